"""What a run could not do: a line on standard error each, and a row in the file beside the labels."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from labeler.errors import LabelerError, place_of
from labeler.io.output import GrowingFile
from labeler.io.source import FailureKind, ReadFailure
from labeler.io.write import count_csv, csv_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.records import Report

NO_REPORTS_FAULT = (LabelerError, ImportError, OSError)
"""What goes wrong with every report, such as a model that is not whole; it ends the run."""


class Stage(StrEnum):
    """Says how far a report came."""

    READ = "read"
    LABEL = "label"
    WRITE = "write"


_NOT_DONE = {Stage.READ: "Not read", Stage.LABEL: "Not labelled", Stage.WRITE: "Not written"}


@dataclass(frozen=True, slots=True)
class Failure:
    """Is a report that has no row in the table of labels, or a file that could not be read to its end.

    Parameters
    ----------
    id : str
        The study's identifier; blank where it is not known.
    stage : Stage
    kind : FailureKind
    where : str
        The path, with the row where the file is a table; blank where the report was read.
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
        """Returns the failure for what a reader could not read."""
        return cls(failure.study_id, Stage.READ, failure.kind, failure.where, failure.reason, failure.remedy)

    @classmethod
    def of_worker(cls, report: Report) -> Self:
        """Returns the failure for a report of which a worker process died."""
        reason, remedy = "a worker process died of it, twice", "look at it, and label it alone"
        return cls(report.id, Stage.LABEL, FailureKind.WORKER_DIED, "", reason, remedy)

    @classmethod
    def of_engine(cls, report: Report, stage: Stage, error: Exception) -> Self:
        """Returns the failure for a report on which the labeler itself fails; the error's message may hold text."""
        remedy = "tell the labeler's developers this line and its version, without the report"
        return cls(report.id, stage, FailureKind.ENGINE_ERROR, "", place_of(error), remedy)

    def __str__(self) -> str:
        return f"{_NOT_DONE[self.stage]}: {self.where or f'study {self.id}'}: {self.reason}; {self.remedy}"


def failures_path(table: str) -> str:
    """Returns the path of the file of failures beside a table of labels.

    Examples
    --------
    >>> failures_path("labels.csv")
    'labels.csv.errors.csv'
    """
    return f"{table}.errors.csv"


class FailuresFile(GrowingFile):
    """Is the CSV file of what failed; there is none where nothing failed.

    Parameters
    ----------
    path : str
    """

    head = csv_line([field.name for field in fields(Failure)])

    def __init__(self, path: str) -> None:
        super().__init__(path, self.head)

    def add(self, failures: Iterable[Failure]) -> None:
        """Adds a row for each failure."""
        self.append(b"".join([csv_line(astuple(failure)) for failure in failures]))

    def count(self) -> int:
        """Counts the rows that stand in the file."""
        return count_csv(self.blocks()) - 1

    def finish(self) -> None:
        """Gives the file its name; where it has no row, removes that of an earlier run."""
        if self.is_open and self.size == len(self.head):
            self.target.unlink(missing_ok=True)
            self.remove()
        else:
            super().finish()

    def is_finished(self) -> bool:
        """Says whether there is no more to be done."""
        return not self.part.exists()
