"""The standard streams of a process: messages that cannot be written never decide a run."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from labeler.io.source import refusal

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def open_streams() -> None:
    """Keep what is opened later out of the place of a closed stream, and let messages be lost where nobody takes them.

    A process may be started without standard streams. The first file that it opens would then have the number of
    standard error, and messages would be written into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            os.set_inheritable(number, True)  # noqa: FBT003 - the function takes no names
    if sys.stderr is None or sys.stderr is sys.__stderr__:
        raw = io.BufferedWriter(_Forgiving(2, "w", closefd=False))
        sys.stderr = io.TextIOWrapper(raw, errors="backslashreplace", write_through=True, line_buffering=True)


class _Forgiving(io.FileIO):
    """A file that takes all that is written to it, whether the system does or not."""

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def refused(error: OSError) -> str:
    """Return the message for what the operating system refuses."""
    try:
        os.getcwd()  # noqa: PTH109 - a path would ask for more
    except OSError:
        return "The working directory does not exist any more; change to another one."
    named = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return f"The operating system refuses: {named}{refusal(error, 'check the path and its permissions')}."
