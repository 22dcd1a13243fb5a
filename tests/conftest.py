"""What holds for all tests."""

collect_ignore_glob = ["*/conftest.py"]  # no doctests in them; those of two folders would be modules of one name
