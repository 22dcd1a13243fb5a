"""Joins reading and labelling: readable reports with their labels in order, and whatever else set aside."""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol

from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from labeler.records import StudyLabels
    from labeler.reports.source import ReadFailure


class LabelsMany(Protocol):
    """Is a labeler, as far as a run needs it."""

    def label_many(self, reports: Iterable[str | Report], *, workers: int = 1) -> Iterator[StudyLabels]:
        """Labels reports lazily, in their order."""


def set_failures_aside(
    read: Iterable[Report | ReadFailure], on_failure: Callable[[ReadFailure], None]
) -> Iterator[Report]:
    """Yields the reports and hands over what could not be read."""
    for item in read:
        if isinstance(item, Report):
            yield item
        else:
            on_failure(item)


def peek_subject(reports: Iterator[Report]) -> tuple[bool, Iterator[Report]]:
    """Says whether the first report has a subject_id, and gives all reports back.

    Examples
    --------
    >>> has_subject, reports = peek_subject(iter([Report("s1", "No edema.", "p1")]))
    >>> has_subject, [report.id for report in reports]
    (True, ['s1'])
    """
    first = list(islice(reports, 1))
    return any(report.subject_id is not None for report in first), chain(first, reports)


def label_in_pairs(
    labeler: LabelsMany, reports: Iterable[Report], *, workers: int = 1
) -> Iterator[tuple[Report, StudyLabels]]:
    """Yields each report with its labels; only those are held that are being labelled."""
    waiting: deque[Report] = deque()

    def remembered() -> Iterator[Report]:
        for report in reports:
            waiting.append(report)
            yield report

    for labels in labeler.label_many(remembered(), workers=workers):
        yield waiting.popleft(), labels
