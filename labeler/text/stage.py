"""From a report to the sentences that are labelled: what is seen, its sections, the chosen ones, their sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from labeler.limits import check_time
from labeler.records import Section, Sentence
from labeler.text.legible import legible
from labeler.text.plain import plain
from labeler.text.sections import choose_sections, selected_kinds, split_sections
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import collapse, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.records import Report
    from labeler.text.section_rules import SectionRules
    from labeler.text.whitespace import NormalText


class Passage(NamedTuple):
    """One sentence that is labelled, as the readers see it, with the way back to the report.

    Parameters
    ----------
    words : str
        The sentence in the form in which sentences are compared (`labeler.text.plain.plain`).
    start, end : int
        Half-open extent in the legible text.
    section : Section
        With offsets into the legible text.
    seen : NormalText
        The legible text of the whole report.
    """

    words: str
    start: int
    end: int
    section: Section
    seen: NormalText

    def sentence(self, report: str) -> Sentence:
        """Return the sentence with its text and offsets in the report's text."""
        start, end = self.seen.span(self.start, self.end)
        return Sentence(_in_report(self.section, self.seen), start, end, report[start:end])

    def normal(self) -> NormalText:
        """Return the text that offsets in `words` count in, with the way back to the report."""
        normal = normalise(self.seen.text, self.start, self.end)
        return replace(normal, origin=self.seen) if self.seen.is_changed else normal


class LabelledText(NamedTuple):
    """The part of a report that is labelled.

    Parameters
    ----------
    report : Report
    passages : list of Passage
        In the order of the text.
    characters : int
        Length of the labelled stretches; 0 if the report has no usable section.
    """

    report: Report
    passages: list[Passage]
    characters: int


class TextStage:
    """The stage that chooses the text of a report that is labelled and cuts it into sentences.

    Parameters
    ----------
    selection : str
        "mimic", "all" or kinds joined by "+", as for `labeler.text.sections.choose_sections`.
    rules : SectionRules

    Raises
    ------
    UsageError
        If the selection names an unknown kind.
    """

    def __init__(self, selection: str, rules: SectionRules) -> None:
        selected_kinds(selection, rules)  # an unknown kind is an error now, not at the first report
        self._selection = selection
        self._rules = rules

    def read(self, report: Report) -> LabelledText:
        """Cut the labelled text of a report into sentences."""
        seen = legible(report.text)
        sections = split_sections(seen.text, self._rules)
        extents = choose_sections(seen.text, sections, self._selection, report.id, self._rules)
        passages = list(_passages(seen, extents))
        return LabelledText(report, passages, sum(end - start for start, end, _ in extents))


def _passages(seen: NormalText, extents: Iterable[tuple[int, int, Section]]) -> Iterator[Passage]:
    for start, end, section in extents:
        for a, b in split_sentences(seen.text, start, end):
            check_time()
            yield Passage(plain(collapse(seen.text[a:b])), a, b, section, seen)


def sections_of(text: str, rules: SectionRules) -> tuple[Section, ...]:
    """Split a report into its sections, those that are not labelled too, with offsets into the report.

    Parameters
    ----------
    text : str
    rules : SectionRules

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> from labeler.text.sections import load_section_rules
    >>> rules = load_section_rules(phrases_folder() / "sections.yaml")
    >>> [section.kind for section in sections_of("INDICATION: Cough. FINDINGS: Clear.", rules)]
    ['indication', 'findings']
    """
    seen = legible(text)
    return tuple([_in_report(section, seen) for section in split_sections(seen.text, rules)])


def _in_report(section: Section, seen: NormalText) -> Section:
    if not seen.is_changed:
        return section
    start = seen.original(section.start) if section.start else 0  # sections tile the report
    return replace(section, start=start, end=seen.original(section.end), body=seen.original(section.body))
