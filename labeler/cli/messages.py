"""What ends a command, reported in one line; the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import click

from labeler.cli.streams import open_streams, refused
from labeler.errors import ConservationError, LabelerError, place_of
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EXIT_CODES = """Exits 0 on success, 1 if some reports could not be read or labelled, 2 if a command is used wrongly or
a file is not valid, 3 on a fault of the labeler itself. LABELER_DEBUG=1 in the environment
shows the traceback of such a fault; it may hold report text."""
_CODE_OF_SIGNAL = 128
"""What shells add to a signal's number where it ends a program."""


class _FailureMessage(click.ClickException):
    """Prints "Error: ..." and ends with 2, as click does for a wrong option."""

    exit_code = 2

    def __init__(self, message: str, notes: Iterable[str] = ()) -> None:
        super().__init__("\n".join([_printable_lines(message), *notes]))  # notes are aligned, and printable already


class _LossMessage(_FailureMessage):
    """Ends with 1, as if a report could not be labelled."""

    exit_code = 1


class _FaultMessage(_FailureMessage):
    """Ends with 3: no option is wrong and no file, but the labeler itself."""

    exit_code = 3


class Commands(click.Group):
    """A group of commands whose errors are reported."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program."""
        open_streams()
        if "_LABELER_COMPLETE" in os.environ:
            from labeler.cli.completion import teach

            teach(self)
        return super().main(*args, **extra)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments."""
        with _reported():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _reported():
            return super().invoke(ctx)


@contextlib.contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except ConservationError as error:
        raise _LossMessage(str(error)) from None
    except LabelerError as error:
        raise _FailureMessage(str(error), getattr(error, "__notes__", ())) from None
    except click.ClickException as error:
        # A shell's * may have named a file that looks like an option.
        error.message = _printable_lines(error.message)  # type: ignore[misc]
        raise
    except (click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if os.environ.get("LABELER_DEBUG"):
            raise
        if isinstance(error, OSError) and error.strerror:
            raise _FailureMessage(refused(error)) from None
        raise _FaultMessage(_unexpected(error)) from None


def _printable_lines(message: str) -> str:
    return "\n".join(printable(line) for line in message.split("\n"))


def _unexpected(error: Exception) -> str:
    if isinstance(error, MemoryError):
        remedy = "use fewer --workers, end other programs, or allow more with --memory-limit"
        return f"Memory is short ({place_of(error)}); {remedy}."
    return (
        f"The labeler fails with {place_of(error)}. Tell its developers this line and what `labeler --version` says, "
        "without any report. LABELER_DEBUG=1 shows the traceback, which may hold report text."
    )


@contextlib.contextmanager
def ending_on_signals() -> Iterator[None]:
    """End with the usual codes on Ctrl-C and on kill, the outputs left in order."""

    def end(*_: object) -> None:
        raise SystemExit(_CODE_OF_SIGNAL + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end) if threading.current_thread() is threading.main_thread() else None
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(_CODE_OF_SIGNAL + signal.SIGINT) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)
