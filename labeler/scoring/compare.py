"""Holds two tables of labels against each other where neither is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labeler.io.columns import SUBJECT_COLUMN
from labeler.io.output import open_output
from labeler.io.write import csv_line, value_of
from labeler.scoring.evaluation import defined
from labeler.scoring.labels import SKIPPED, TO_STATUS, LabelTable, Value, meet
from labeler.scoring.metrics import agreement, cohens_kappa, confusion_matrices
from labeler.scoring.tables import Table, number

if TYPE_CHECKING:
    from labeler.io.write import Cell
    from labeler.scoring.labels import Meeting
    from labeler.scoring.metrics import Counts

DIFFERS = "?"
"""Marks a cell on which two labelers differ; as gold, such a cell is not scored."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The measure of how far two tables of labels agree.

    Parameters
    ----------
    first, second : LabelTable
        The studies that both have, in the order of the first.
    meeting : Meeting
        How many studies they share.
    confusion : array of int, shape (n_findings, 4, 4)
        First in rows, in the order blank, absent, uncertain, present.
    """

    first: LabelTable
    second: LabelTable
    meeting: Meeting
    confusion: Counts

    def summary(self) -> Table:
        """Return agreement and kappa per finding, with the most frequent disagreement; 100 columns wide at most.

        Names of findings that are longer than CheXpert's make it wider.
        """
        everything = self.confusion.sum(axis=0, keepdims=True)
        confusion = np.concatenate([self.confusion, everything])
        rows = zip((*self.first.findings, "all"), confusion, agreement(confusion), cohens_kappa(confusion), strict=True)
        cells = tuple(
            (
                *(name, str(matrix.sum()), str(matrix.sum() - np.trace(matrix))),
                *(number(defined(x)) for x in figures),
                _most_frequent(matrix),
            )
            for name, matrix, *figures in rows
        )
        title = f"Agreement of {self.first.source} and {self.second.source}"
        return Table(title, ("Finding", "studies", "differ", "agreement", "Cohen's kappa", "most often (A / B)"), cells)

    def matrix(self) -> Table:
        """Return the counts of each kind of disagreement."""
        pairs = [(one, other) for one in Value for other in Value if one is not other]
        header = ("Finding", *(f"{one.name.lower()} / {other.name.lower()}" for one, other in pairs))
        rows = tuple(
            (finding, *(str(matrix[one, other]) for one, other in pairs))
            for finding, matrix in zip(self.first.findings, self.confusion, strict=True)
        )
        return Table(f"Kinds of disagreement: {self.first.source} / {self.second.source}", header, rows)


def _most_frequent(matrix: Counts) -> str:
    apart = matrix - np.diag(np.diag(matrix))
    if not apart.any():
        return ""
    one, other = divmod(int(apart.argmax()), len(Value))
    return f"{Value(one).name.lower()} / {Value(other).name.lower()} {apart.max()}"


def compare_labels(first: LabelTable, second: LabelTable) -> Agreement:
    """Compare two tables of labels on the studies that both have.

    Parameters
    ----------
    first, second : LabelTable
        With the same findings in the same order.

    Raises
    ------
    UsageError
        If they share no study.

    Examples
    --------
    >>> first = LabelTable(("1", "2"), ("Edema",), np.array([[3], [1]], np.int8), "a.csv")
    >>> second = LabelTable(("2", "1"), ("Edema",), np.array([[1], [2]], np.int8), "b.csv")
    >>> int(compare_labels(first, second).confusion[0, Value.PRESENT, Value.UNCERTAIN])
    1
    """
    one, other, meeting = meet(first, second, missing="skip")
    return Agreement(one, other, meeting, confusion_matrices(one.codes, other.codes))


def write_merged(path: str, agreed: Agreement) -> int:
    """Write one table of both: a label where they agree, `?` where they differ; with subject_id if either has it.

    Parameters
    ----------
    path : str
        Ends in .csv or .csv.gz, or is "-" for standard output.
    agreed : Agreement
        From `compare_labels`.

    Returns
    -------
    int
        How many cells differ.

    Raises
    ------
    UsageError
        If the folder of the file does not exist.
    """
    one, other = agreed.first, agreed.second
    differ = (one.codes != other.codes) | (one.codes == SKIPPED)
    with open_output(path) as stream:
        subjects = one.subjects or other.subjects
        stream.write(csv_line((*([SUBJECT_COLUMN] if subjects else []), "study_id", *one.findings)))
        names = zip(subjects, one.ids, strict=True) if subjects else zip(one.ids, strict=True)
        for identifiers, codes, marks in zip(names, one.codes, differ, strict=True):
            cells = (DIFFERS if mark else _cell(int(code)) for code, mark in zip(codes, marks, strict=True))
            stream.write(csv_line((*identifiers, *cells)))
    return int(differ.sum())


def _cell(code: int) -> Cell:
    return value_of(TO_STATUS[Value(code)])
