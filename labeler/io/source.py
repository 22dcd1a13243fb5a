"""What every reader shares: the failures it lists and the places that it names."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TextIO

from labeler.errors import ReportFileError, UsageError, place_of, shown_id

MAX_REPORT_BYTES = 64 * 2**20
"""Largest report that is read, in bytes: far above any report, low enough that a zip bomb or an unclosed quote ends."""
MAX_RATIO = 500
"""How many times its size a compressed table may unpack to: far above tables of reports, half of what a bomb does."""


class FailureKind(StrEnum):
    """Why a report could not be labelled, in one word."""

    NOT_TEXT = "not-text"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    BAD_ROW = "bad-row"
    CUT_SHORT = "cut-short"
    WORKER_DIED = "worker-died"
    ENGINE_ERROR = "engine-error"
    OVER_LIMIT = "over-limit"
    VANISHED = "vanished"
    LANGUAGE = "language"


class Stage(StrEnum):
    """The stage that a report did not pass."""

    READ = "read"
    LABEL = "label"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Failure:
    """A report that could not be read or labelled, or a file that could not be read to its end.

    Parameters
    ----------
    where : str
        The path, with the row if the file is a table; blank if the report was read.
    kind : FailureKind
    reason : str
        What is wrong; never report text.
    remedy : str
        What to do about it.
    study_id : str
        Blank if it is not known.
    stage : Stage

    Examples
    --------
    >>> str(Failure("a.txt", FailureKind.NOT_TEXT, "holds NUL bytes", "save it as UTF-8"))
    'a.txt: holds NUL bytes; save it as UTF-8'
    """

    where: str
    kind: FailureKind
    reason: str
    remedy: str
    study_id: str = ""
    stage: Stage = Stage.READ

    header: ClassVar = ("id", "stage", "kind", "where", "reason", "remedy")
    """Names of the columns of `row`."""

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of the file of failures."""
        return self.study_id, self.stage, self.kind, self.where, self.reason, self.remedy

    def __str__(self) -> str:
        return f"{self.where or f'study {shown_id(self.study_id)}'}: {self.reason}; {self.remedy}"


class UnreadableError(ReportFileError):
    """An error with the parts of a failure, for the reader that knows where it happened."""

    def __init__(self, kind: FailureKind, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.kind = kind
        self.reason = reason
        self.remedy = remedy

    def at(self, where: str, study_id: str = "") -> Failure:
        """Return the failure with its place."""
        return Failure(where, self.kind, self.reason, self.remedy, study_id)


@dataclass(frozen=True, slots=True)
class Place:
    """A report's identifiers and file, before it is read.

    Parameters
    ----------
    where : str
        The path, or the zip's path with the member's.
    study_id : str
    subject_id : str, optional
    """

    where: str
    study_id: str
    subject_id: str | None = None


def os_failure(error: OSError, where: str, study_id: str = "") -> Failure:
    """Return the failure for a path that the operating system refuses."""
    reason, _, remedy = refusal(error, "check the path and its permissions").partition("; ")
    return Failure(where, FailureKind.UNREADABLE, f"cannot be read: {reason}", remedy, study_id)


def refusal(error: OSError, remedy: str) -> str:
    """Return why the operating system refuses something, and what to do, which is often the remedy given.

    >>> refusal(OSError(errno.ENAMETOOLONG, "File name too long"), "check it")
    'File name too long; choose a shorter name'
    """
    return f"{error.strerror or type(error).__name__}; {_REMEDIES.get(error.errno or 0, remedy)}"


_REMEDIES = {
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "close other programs, which have too many files open",
}


def reader_failure(error: Exception, where: str) -> Failure:
    """Return the failure for a file on which its reader fails in a way that nobody expected."""
    remedy = "tell the labeler's developers this line and its version; the reports before this place are labelled"
    return Failure(where, FailureKind.ENGINE_ERROR, place_of(error), remedy)


def require_open(stream: TextIO | None, name: str) -> TextIO:
    """Return a stream of the process.

    Raises
    ------
    UsageError
        If the process was started without it.
    """
    if stream is None or stream.closed:
        raise UsageError(f"{name.capitalize()} is closed; give a file instead.")
    return stream


def bad_row(reason: str, remedy: str) -> UnreadableError:
    """Return the error for a row that is none of the table."""
    return UnreadableError(FailureKind.BAD_ROW, reason, remedy)


def unpacks_too_far() -> UnreadableError:
    """Return the error for a compressed table above `MAX_RATIO`."""
    remedy = "unpack it, and look at what it holds; the reports before this place are labelled"
    return UnreadableError(FailureKind.TOO_LARGE, f"unpacks to more than {MAX_RATIO} times its size", remedy)


def too_large() -> UnreadableError:
    """Return the error for a report above `MAX_REPORT_BYTES`."""
    limit = MAX_REPORT_BYTES // 2**20
    return UnreadableError(
        FailureKind.TOO_LARGE, f"a report of more than {limit} MiB", "check that this is one report, and split it"
    )
