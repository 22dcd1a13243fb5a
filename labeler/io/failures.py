"""What a run could not do: a line on standard error each, and a row in the file beside the labels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from labeler.errors import LabelerError, place_of
from labeler.io.source import FailureKind, ReadFailure

if TYPE_CHECKING:
    from labeler.records import Report

NO_REPORTS_FAULT = (LabelerError, ImportError, OSError)
"""What goes wrong with every report, such as a model that is not whole; it ends the run."""


class Stage(StrEnum):
    """The stage that a report did not pass."""

    READ = "read"
    LABEL = "label"
    WRITE = "write"


_NOT_DONE = {Stage.READ: "Not read", Stage.LABEL: "Not labelled", Stage.WRITE: "Not written"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A report that has no row in the table of labels, or a file that could not be read to its end.

    Parameters
    ----------
    id : str
        The study's identifier; blank if it is not known.
    stage : Stage
    kind : FailureKind
    where : str
        The path, with the row if the file is a table; blank if the report was read.
    reason, remedy : str
        What is wrong, and what to do about it; never report text.

    Examples
    --------
    >>> print(Failure("s1", Stage.LABEL, FailureKind.WORKER_DIED, "", "a worker died of it", "label it alone"))
    Not labelled: study s1: a worker died of it; label it alone
    """

    id: str
    stage: Stage
    kind: FailureKind
    where: str
    reason: str
    remedy: str

    @classmethod
    def of_reading(cls, failure: ReadFailure) -> Self:
        """Return the failure for what a reader could not read."""
        return cls(failure.study_id, Stage.READ, failure.kind, failure.where, failure.reason, failure.remedy)

    @classmethod
    def of_worker(cls, report: Report) -> Self:
        """Return the failure for a report of which a worker process died."""
        reason, remedy = "a worker process died of it, twice", "look at it, and label it alone"
        return cls(report.id, Stage.LABEL, FailureKind.WORKER_DIED, "", reason, remedy)

    @classmethod
    def of_engine(cls, report: Report, stage: Stage, error: Exception) -> Self:
        """Return the failure for a report on which the labeler itself fails; the error's message may hold text."""
        remedy = "tell the labeler's developers this line and its version, without the report"
        return cls(report.id, stage, FailureKind.ENGINE_ERROR, "", place_of(error), remedy)

    def __str__(self) -> str:
        return f"{_NOT_DONE[self.stage]}: {self.where or f'study {self.id}'}: {self.reason}; {self.remedy}"


def failures_path(table: str) -> str:
    """Return the path of the file of failures beside a table of labels.

    Examples
    --------
    >>> failures_path("labels.csv")
    'labels.csv.errors.csv'
    """
    return f"{table}.errors.csv"
