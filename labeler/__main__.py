"""Runs the command line by `python -m labeler`."""

from labeler.cli.app import main

if __name__ == "__main__":
    main(prog_name="labeler")
