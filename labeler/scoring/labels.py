"""Tables of labels: what any labeler, or a person, said of each finding in each study."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from labeler.errors import UsageError, shown_id
from labeler.io.write import without_mark
from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from labeler.records import StudyLabels

    Codes = NDArray[np.int8]

NAMED_IN_ERRORS = 5
"""How many identifiers or names an error message lists before it only counts them."""

_STUDY = re.compile(r"(?:CXR|s)?(\d+)(?:\.0)?", re.IGNORECASE)


class Value(IntEnum):
    """What a table says of a finding, and its place in the rows and columns of a confusion matrix."""

    BLANK = 0
    ABSENT = 1
    UNCERTAIN = 2
    PRESENT = 3


SKIPPED = -1
"""A cell that is not scored: the gold marks it `?`."""

OF_STATUS: dict[Status | None, Value] = {
    None: Value.BLANK,
    Status.ABSENT: Value.ABSENT,
    Status.UNCERTAIN: Value.UNCERTAIN,
    Status.PRESENT: Value.PRESENT,
}
TO_STATUS = {value: status for status, value in OF_STATUS.items()}


def normal_id(name: str) -> str:
    """Return a study's identifier as all tables can write it: "s50000001", "CXR12" and "12.0" are numbers.

    Examples
    --------
    >>> [normal_id(name) for name in ("s50000001", "CXR12", "12.0", "A-7", "'=7")]
    ['50000001', '12', '12', 'A-7', '=7']
    """
    bare = without_mark(name.strip())
    match = _STUDY.fullmatch(bare)
    return match[1] if match else bare


def some(names: Iterable[object]) -> str:
    """Return the first few identifiers for a message, and how many more there are; see `shown_id`.

    Examples
    --------
    >>> some(range(7))
    '0, 1, 2, 3, 4 and 2 more'
    """
    listed = [shown_id(str(name)) for name in names]
    more = len(listed) - NAMED_IN_ERRORS
    return ", ".join(listed[:NAMED_IN_ERRORS]) + (f" and {more} more" if more > 0 else "")


@dataclass(frozen=True, eq=False)
class LabelTable:
    """One value per study and finding.

    Parameters
    ----------
    ids : tuple of str
        Identifiers of the studies, each once.
    findings : tuple of str
    codes : array of int8, shape (n_studies, n_findings)
        `Value`, or `SKIPPED`.
    source : str
        Where the labels come from, for headings and messages.
    subjects : tuple of str
        The patient of each study, as it was written; empty if the table does not say.
    reviewed : str
        How the studies of corrections were drawn, and what scores on them hold for.

    Raises
    ------
    UsageError
        If an identifier comes twice.
    """

    ids: tuple[str, ...]
    findings: tuple[str, ...]
    codes: Codes
    source: str = ""
    subjects: tuple[str, ...] = ()
    reviewed: str = ""

    def __post_init__(self) -> None:
        if len(self.rows) < len(self.ids):
            twice = [name for name, times in Counter(self.ids).items() if times > 1]
            raise UsageError(f"{self.source} has two rows for: {some(twice)}; each study needs a row of its own.")

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row of each study."""
        return {name: row for row, name in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def columns(self, findings: Sequence[str]) -> LabelTable:
        """Return the table with these findings only, in this order."""
        at = [self.findings.index(finding) for finding in findings]
        return replace(self, findings=tuple(findings), codes=self.codes[:, at])

    def take(self, ids: Sequence[str]) -> LabelTable:
        """Return the rows of these studies in this order; a study that is not there is blank throughout."""
        blank = np.zeros((1, len(self.findings)), np.int8)
        padded = np.concatenate([self.codes, blank])
        rows = [self.rows.get(name, len(self.ids)) for name in ids]
        subjects = tuple([(*self.subjects, "")[row] for row in rows]) if self.subjects else ()
        return replace(self, ids=tuple(ids), codes=padded[rows], subjects=subjects)


def table_of(studies: Iterable[StudyLabels], findings: Sequence[str], source: str) -> LabelTable:
    """Return the labels that a labeler gave as a table.

    Parameters
    ----------
    studies : iterable of StudyLabels
        In the order of the rows.
    findings : sequence of str
        The columns.
    source : str
        What messages call it.

    Examples
    --------
    >>> from labeler.records import Label, StudyLabels
    >>> study = StudyLabels((Label("Edema", Status.ABSENT, "documented.absent"),), (), "s50000001")
    >>> table_of([study], ["Edema"], "a labeler").codes
    array([[1]], dtype=int8)
    """
    ids, rows = [], []
    for study in studies:
        ids.append(normal_id(study.study_id))
        rows.append(codes_of([study], findings))
    codes = np.concatenate([np.empty((0, len(findings)), np.int8), *rows])
    return LabelTable(tuple(ids), tuple(findings), codes, source)


def codes_of(studies: Iterable[StudyLabels], findings: Sequence[str]) -> Codes:
    """Return the labels that a labeler gave, without their identifiers.

    Parameters
    ----------
    studies : iterable of StudyLabels
        In the order of the rows.
    findings : sequence of str
        The columns.

    Returns
    -------
    array of int8, shape (n_studies, n_findings)
        `Value`.
    """
    rows = [[OF_STATUS[study[finding]] for finding in findings] for study in studies]
    return np.array(rows, np.int8).reshape(len(rows), len(findings))


@dataclass(frozen=True, slots=True)
class Meeting:
    """The number of studies that two tables share.

    Parameters
    ----------
    met : int
    missing : tuple of str
        Studies of the gold that have no prediction.
    surplus : int
        Studies with a prediction only.
    """

    met: int
    missing: tuple[str, ...]
    surplus: int

    def __str__(self) -> str:
        return (
            f"{self.met} studies in both; {len(self.missing)} only in the gold, {self.surplus} only in the predictions"
        )


def meet(gold: LabelTable, predicted: LabelTable, *, missing: str = "error") -> tuple[LabelTable, LabelTable, Meeting]:
    """Bring gold and predictions to the same studies in the same order.

    Parameters
    ----------
    gold, predicted : LabelTable
        With any studies in any order.
    missing : "error", "blank" or "skip"
        What a study without a prediction is: an error, blank throughout, or not scored.

    Returns
    -------
    gold, predicted : LabelTable
    meeting : Meeting

    Raises
    ------
    UsageError
        If no study meets, or one is missing and that is an error; the message names them.

    Examples
    --------
    >>> gold = LabelTable(("1", "2"), ("Edema",), np.array([[1], [3]], np.int8), "gold.csv")
    >>> predicted = LabelTable(("2", "9"), ("Edema",), np.array([[3], [3]], np.int8), "labels.csv")
    >>> str(meet(gold, predicted, missing="skip")[2])
    '1 studies in both; 1 only in the gold, 1 only in the predictions'
    >>> meet(gold, predicted)
    Traceback (most recent call last):
    ...
    labeler.errors.UsageError: labels.csv has no row for 1 of 2 studies of gold.csv: 1; count them ...
    """
    absent = tuple(name for name in gold.ids if name not in predicted.rows)
    meeting = Meeting(len(gold) - len(absent), absent, len(predicted) - len(gold) + len(absent))
    if not meeting.met:
        raise UsageError(
            f"{gold.source} and {predicted.source} share no study: {some(gold.ids)} against {some(predicted.ids)}; "
            "check the id columns."
        )
    if absent and missing == "error":
        raise UsageError(
            f"{predicted.source} has no row for {len(absent)} of {len(gold)} studies of {gold.source}: {some(absent)}; "
            "count them as blank or leave them out with --missing blank or --missing skip."
        )
    ids = gold.ids if missing == "blank" else tuple(name for name in gold.ids if name in predicted.rows)
    return gold.take(ids), predicted.take(ids), meeting
