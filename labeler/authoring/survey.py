"""Shows what a label set finds in a collection, and what a second version of it changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labeler.phrasebook.load import load_phrasebook
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from labeler.pipeline import Labeler
    from labeler.records import Assertion, Report, StudyLabels

PhraseKey = tuple[str, str, str]
"""Finding, group and text of a phrase."""

_STATUSES = ("present", "uncertain", "absent", "not asserted")
_SNIPPET = 60
"""Characters of a sentence shown on either side of a mention."""


@dataclass(slots=True)
class Survey:
    """Counts what a label set finds.

    Parameters
    ----------
    snippets : int
        Examples kept for each phrase.
    """

    snippets: int = 2
    reports: int = 0
    found: dict[PhraseKey, Counter[str]] = field(default_factory=dict)
    examples: dict[PhraseKey, list[str]] = field(default_factory=dict)
    studies: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, report: Report, labels: StudyLabels) -> None:
        """Count a report."""
        self.reports += 1
        for label in labels.labels:
            if label.status is not None:
                self.studies.setdefault(label.finding, Counter())[label.status.value] += 1
        for assertion in labels.assertions:
            mention = assertion.mention
            key = mention.finding, mention.phrase_id, " ".join(mention.text.lower().split())
            status = assertion.status.value if assertion.status else "not asserted"
            self.found.setdefault(key, Counter())[status] += 1
            kept = self.examples.setdefault(key, [])
            if len(kept) < self.snippets:
                kept.append(f"{status}: {_snippet(report.text, assertion)}")

    def lines(self, finding_groups: Iterable[tuple[str, str, tuple[str, ...]]]) -> Iterator[str]:
        """Yield the survey as text: studies per finding, mentions per phrase with examples, and what never fired.

        Parameters
        ----------
        finding_groups : iterable of (str, str, tuple of str)
            Finding, id and texts of each group of mentions.
        """
        yield f"{self.reports} reports"
        before = ""
        for finding, group, texts in finding_groups:
            if finding != before:
                yield ""
                yield f"{finding}: {_told(self.studies.get(finding, Counter()))} (studies)"
                before = finding
            yield from self._group(finding, group, texts)

    def _group(self, finding: str, group: str, texts: tuple[str, ...]) -> Iterator[str]:
        fired = {key: counts for key, counts in self.found.items() if key[:2] == (finding, group)}
        yield f"  {group}"
        for key, counts in sorted(fired.items(), key=lambda item: (-item[1].total(), item[0])):
            yield f"    {key[2]!r}: {_told(counts)}"
            yield from (f"        {example}" for example in self.examples[key])
        silent = sorted({text.lower() for text in texts} - {key[2] for key in fired})
        if silent:
            yield f"    never: {', '.join(silent)}"


def groups_of(label_set: str, root: Path | None) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return finding, id and texts of each group of mentions of a label set, in the order of its files."""
    book = load_phrasebook(label_set, root)
    return [(file.finding, group.id, group.texts()) for file in book.findings for group in file.mentions]


def survey(labeler: Labeler, reports: Iterable[Report], snippets: int = 2) -> Survey:
    """Surveys reports.

    Parameters
    ----------
    labeler : Labeler
    reports : iterable of Report
    snippets : int
        Examples kept for each phrase.
    """
    surveyed = Survey(snippets)
    for report in reports:
        surveyed.add(report, labeler.label(report))
    return surveyed


def changes(first: Labeler, second: Labeler, reports: Iterable[Report]) -> dict[tuple[str, str, str], list[str]]:
    """Return the studies whose label another version changes.

    Parameters
    ----------
    first, second : Labeler
    reports : iterable of Report

    Returns
    -------
    dict of (finding, before, after) to list of study ids
        In the order of the findings; "blank" where a version says nothing of a finding.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for report in reports:
        one, other = first.label(report).to_dict(), second.label(report).to_dict()
        for finding in [*one, *(name for name in other if name not in one)]:
            before, after = one.get(finding) or "blank", other.get(finding) or "blank"
            if before != after:
                found.setdefault((finding, before, after), []).append(report.id)
    return dict(sorted(found.items()))


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[status]} {status}" for status in _STATUSES if counts[status]) or "none"


def _snippet(text: str, assertion: Assertion) -> str:
    mention, sentence = assertion.mention, assertion.sentence
    start, end = max(sentence.start, mention.start - _SNIPPET), min(sentence.end, mention.end + _SNIPPET)
    left = ("..." if start > sentence.start else "") + printable(text[start : mention.start])
    right = printable(text[mention.end : end]) + ("..." if end < sentence.end else "")
    return f"{left}[{printable(mention.text)}]{right}"
