"""Keeps reports out of what the system writes when a process crashes."""

from __future__ import annotations


def forbid_core_dumps() -> None:
    """Keeps this process, and those that it starts, from leaving an image of its memory on disk.

    A core would hold the reports at hand, in a folder that nobody chose for them. The command line calls this; a
    program that uses the library decides for itself.
    """
    try:
        import resource
    except ImportError:  # Windows, which has no cores
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
