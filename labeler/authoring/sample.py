"""Chooses the reports that a person looks at: all, by identifier, by their labels, at random, or the doubtful first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, tee
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from labeler.errors import UnknownFindingError, UsageError, shown_id
from labeler.records import Status
from labeler.scoring.drawn import ALL, RANDOM, Drawn
from labeler.scoring.labels import normal_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from labeler.pipeline import Labeler
    from labeler.records import Report, StudyLabels

_Item = TypeVar("_Item")

MOST_REPORTS = 5000
"""A page with more reports is slow to open."""
BLANK = "blank"
"""What a condition calls a finding that is not mentioned."""


class Study(NamedTuple):
    """A report with its labels."""

    report: Report
    labels: StudyLabels


class Condition(NamedTuple):
    """A finding with the status that a report must have."""

    finding: str
    status: Status | None

    def __str__(self) -> str:
        return f"{self.finding}={self.status or BLANK}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What reports are asked for; without anything, all of them.

    Parameters
    ----------
    ids : collection of str
        Only these; "s50000001" and "50000001" are the same.
    where : tuple of Condition
        Only those whose labels are these.
    sample : int, optional
        At most so many, at random.
    seed : int
        Of the sample. A report is drawn by its identifier, so the order of the input does not matter.
    doubtful : bool
        Take those with the most doubts, unread words and uncertain labels, instead of a random sample.
    """

    ids: Collection[str] = ()
    where: tuple[Condition, ...] = ()
    sample: int | None = None
    seed: int = 0
    doubtful: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids or self.where or self.sample is not None or self.doubtful)


def condition(text: str, findings: Iterable[str]) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text : str
        Such as "Pneumonia=uncertain".
    findings : iterable of str
        Those that there are.

    Raises
    ------
    UsageError
        If the finding or the status is not known.

    Examples
    --------
    >>> condition("Edema=blank", ["Edema"])
    Condition(finding='Edema', status=None)
    """
    name, sign, value = (part.strip() for part in text.partition("="))
    known = {finding.lower(): finding for finding in findings}
    statuses = {**{status.value: status for status in Status}, BLANK: None}
    if not sign or value.lower() not in statuses:
        raise UsageError(f"{text!r} is not of the form FINDING=STATUS; a status is {', '.join(statuses)}.")
    if name.lower() not in known:
        raise UsageError(str(UnknownFindingError(name, tuple(known.values()))))
    return Condition(known[name.lower()], statuses[value.lower()])


def choose(labeler: Labeler, reports: Iterable[Report], wanted: Wanted) -> tuple[list[Study], Drawn]:
    """Choose reports and label them.

    Parameters
    ----------
    labeler : Labeler
    reports : iterable of Report
        Read once; of a random sample only the chosen ones are labelled.
    wanted : Wanted

    Returns
    -------
    list of Study
        In random order if they are a random sample, so that its first part is one too; otherwise in the order of the
        input, or the doubtful first.
    Drawn
        How they were drawn.

    Raises
    ------
    UsageError
        If an identifier is not there, no report fits, or more than `MOST_REPORTS` do.

    Examples
    --------
    >>> from labeler import Labeler, Report
    >>> reports = [Report("1", "No edema."), Report("2", "Edema."), Report("3", "Edema may be present.")]
    >>> studies, drawn = choose(Labeler(), reports, Wanted(where=(Condition("Edema", Status.PRESENT),)))
    >>> [study.report.id for study in studies], drawn.how, drawn.of
    (['2'], 'all', 1)
    """
    read = _Counted(reports)
    seen = _Counted(_named(read, wanted.ids))
    if not (wanted.doubtful or wanted.where):
        chosen = _take(seen, wanted, lambda report: _draw(report, wanted.seed))
        studies, total = list(_labelled(labeler, chosen)), seen.count
    else:
        fitting = _Counted(study for study in _labelled(labeler, seen) if _fits(study, wanted.where))
        studies, total = _take(fitting, wanted, lambda study: _rank(study, wanted)), fitting.count
    _check_found(studies, seen.count, wanted)
    total = read.count if wanted.ids else total
    return studies, Drawn(_how(wanted), len(studies), total, " and ".join(map(str, wanted.where)), wanted.seed)


class _Counted(Generic[_Item]):
    """Items that are read once, and counted."""

    def __init__(self, items: Iterable[_Item]) -> None:
        self._items = items
        self.count = 0

    def __iter__(self) -> Iterator[_Item]:
        for item in self._items:
            self.count += 1
            yield item


def _named(reports: Iterable[Report], ids: Collection[str]) -> Iterator[Report]:
    names = frozenset(map(normal_id, ids))
    return (report for report in reports if not names or normal_id(report.id) in names)


def _labelled(labeler: Labeler, reports: Iterable[Report]) -> Iterator[Study]:
    read, kept = tee(reports)
    return map(Study, kept, labeler.label_many(read))


def _take(items: Iterable[_Item], wanted: Wanted, key: Callable[[_Item], Any]) -> list[_Item]:
    if wanted.sample is not None:
        return heapq.nsmallest(wanted.sample, items, key=key)
    taken = list(islice(items, MOST_REPORTS + 1))
    if len(taken) > MOST_REPORTS:
        raise UsageError(f"More than {MOST_REPORTS} reports are too many for a page; draw some with --sample 50.")
    return sorted(taken, key=key) if wanted.doubtful else taken


def _draw(report: Report, seed: int) -> bytes:
    """Return the lot of a report: the same in every order, file format and run."""
    return blake2b(f"{seed} {normal_id(report.id)}".encode("utf-8", "backslashreplace")).digest()


def _rank(study: Study, wanted: Wanted) -> tuple[int, bytes]:
    labels = study.labels
    doubts = len(labels.doubts) + len(labels.unread) + sum(status is Status.UNCERTAIN for status in labels.values())
    return (-doubts if wanted.doubtful else 0), _draw(study.report, wanted.seed)


def _fits(study: Study, where: Iterable[Condition]) -> bool:
    return all(study.labels[finding] is status for finding, status in where)


def _check_found(studies: list[Study], seen: int, wanted: Wanted) -> None:
    found = {normal_id(study.report.id) for study in studies}
    missing = [name for name in wanted.ids if normal_id(name) not in found]
    if missing and not wanted.where and wanted.sample is None:
        raise UsageError(
            f"No report has the identifier {shown_id(missing[0])}; of {len(wanted.ids)} asked for, {seen} were found."
        )
    if not studies:
        which = f" with {' and '.join(map(str, wanted.where))}" if wanted.where and seen else ""
        raise UsageError(f"There is no report{which}: {seen} were read.")


def _how(wanted: Wanted) -> str:
    if wanted.ids:
        return "chosen by identifier"
    if wanted.doubtful:
        return "the doubtful first"
    return RANDOM if wanted.sample is not None else ALL
