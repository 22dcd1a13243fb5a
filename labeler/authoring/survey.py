"""Shows what a label set finds in a collection, and what a second version of it changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.phrasebook.load import Phrasebook
    from labeler.pipeline import Labeler
    from labeler.records import Assertion, Report, StudyLabels

_STATUSES = ("present", "uncertain", "absent", "not asserted")
_SNIPPET = 60
"""Characters of a sentence shown on either side of a mention."""


class Survey:
    """Counts of what a label set finds in reports.

    Parameters
    ----------
    studies : iterable of (Report, StudyLabels)
    snippets : int
        Examples kept for each phrase.
    """

    def __init__(self, studies: Iterable[tuple[Report, StudyLabels]], snippets: int = 2) -> None:
        self._snippets, self._reports = snippets, 0
        self._studies: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._found: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        self._examples: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for report, labels in studies:
            self._reports += 1
            for finding, status in labels.items():
                self._studies[finding].update([status.value] if status else [])
            for assertion in labels.assertions:
                self._add(report, assertion)

    def _add(self, report: Report, assertion: Assertion) -> None:
        mention = assertion.mention
        key = mention.finding, mention.phrase_id, " ".join(mention.text.lower().split())
        status = assertion.status.value if assertion.status else "not asserted"
        self._found[key][status] += 1
        if len(self._examples[key]) < self._snippets:
            self._examples[key].append(f"{status}: {_snippet(report.text, assertion)}")

    def lines(self, book: Phrasebook) -> Iterator[str]:
        """Yield the survey as text: studies per finding, mentions per phrase with examples, and what never fired.

        Parameters
        ----------
        book : Phrasebook
            Of the label set.
        """
        yield f"{self._reports} reports"
        for file in book.findings:
            yield from ("", f"{file.finding}: {_told(self._studies[file.finding])} (studies)")
            for group in file.mentions:
                fired = {key: counts for key, counts in self._found.items() if key[:2] == (file.finding, group.id)}
                yield f"  {group.id}"
                for key, counts in sorted(fired.items(), key=lambda item: (-item[1].total(), item[0])):
                    yield f"    {key[2]!r}: {_told(counts)}"
                    yield from (f"        {example}" for example in self._examples[key])
                silent = sorted({text.lower() for text in group.texts()} - {key[2] for key in fired})
                if silent:
                    yield f"    never: {', '.join(silent)}"


def changes(studies: Iterable[tuple[Report, StudyLabels]], other: Labeler) -> dict[tuple[str, str, str], list[str]]:
    """Return the studies whose label another version changes.

    Parameters
    ----------
    studies : iterable of (Report, StudyLabels)
        With the labels of the one version.
    other : Labeler

    Returns
    -------
    dict of (finding, before, after) to list of study ids
        In the order of the findings; "blank" where a version says nothing of a finding.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for report, labels in studies:
        one, two = labels.to_dict(), other.label(report).to_dict()
        for finding in one | two:
            before, after = one.get(finding) or "blank", two.get(finding) or "blank"
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
