"""What every reader shares: the failures it lists and the places that it names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from labeler.errors import ReportFileError, place_of

MAX_REPORT_BYTES = 64 * 2**20
"""Largest report that is read, in bytes: far above any report, low enough that a zip bomb or an unclosed quote ends."""


class FailureKind(StrEnum):
    """Says in one word why a report could not be labelled."""

    NOT_TEXT = "not-text"
    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    BAD_ROW = "bad-row"
    CUT_SHORT = "cut-short"
    WORKER_DIED = "worker-died"
    ENGINE_ERROR = "engine-error"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class ReadFailure:
    """Is a report that could not be read, or a file that could not be read to its end.

    Parameters
    ----------
    where : str
        The path, with the row where the file is a table.
    kind : FailureKind
    reason : str
        What is wrong; never report text.
    remedy : str
        What to do about it.
    study_id : str
        Blank where it is not known.

    Examples
    --------
    >>> str(ReadFailure("a.txt", FailureKind.NOT_TEXT, "holds NUL bytes", "save it as UTF-8"))
    'a.txt: holds NUL bytes; save it as UTF-8'
    """

    where: str
    kind: FailureKind
    reason: str
    remedy: str
    study_id: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}; {self.remedy}"


class UnreadableError(ReportFileError):
    """Carries the parts of a failure up to the reader that knows where it happened."""

    def __init__(self, kind: FailureKind, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.kind = kind
        self.reason = reason
        self.remedy = remedy

    def at(self, where: str, study_id: str = "") -> ReadFailure:
        """Returns the failure with its place."""
        return ReadFailure(where, self.kind, self.reason, self.remedy, study_id)


@dataclass(frozen=True, slots=True)
class Place:
    """Names a report by its file, before it is read.

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


def os_failure(error: OSError, where: str, study_id: str = "") -> ReadFailure:
    """Returns the failure for a path that the operating system refuses."""
    reason = f"cannot be read: {error.strerror or type(error).__name__}"
    return ReadFailure(where, FailureKind.UNREADABLE, reason, "check the path and its permissions", study_id)


def reader_failure(error: Exception, where: str) -> ReadFailure:
    """Returns the failure for a file on which its reader fails in a way that nobody expected."""
    remedy = "tell the labeler's developers this line and its version; the reports before this place are labelled"
    return ReadFailure(where, FailureKind.ENGINE_ERROR, place_of(error), remedy)


def too_large() -> UnreadableError:
    """Returns the error for a report above `MAX_REPORT_BYTES`."""
    limit = MAX_REPORT_BYTES // 2**20
    return UnreadableError(
        FailureKind.TOO_LARGE, f"a report of more than {limit} MiB", "check that this is one report, and split it"
    )
