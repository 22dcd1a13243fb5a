"""Shows for one report each label and, in its sentence, each mention with what decided it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.records import Assertion, Label, Report, Sentence, Status, StudyLabels


class Style(StrEnum):
    """Says what a piece of a line is; how it looks is the terminal's matter."""

    PLAIN = "plain"
    HEADING = "heading"
    FAINT = "faint"
    CUE = "cue"
    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"
    NOT_ASSERTED = "not asserted"


@dataclass(frozen=True, slots=True)
class Segment:
    """Is a piece of a line in one style."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Segment, ...]


def explain(report: Report, labels: StudyLabels) -> Iterator[Line]:
    """Explains a report's labels.

    Parameters
    ----------
    report : Report
        Whose text is shown.
    labels : StudyLabels
        Its labels.

    Yields
    ------
    tuple of Segment
        The lines: the labels with the aggregation rule of each, then every sentence with a mention; the mention stands
        in [brackets] and the cue in <angles>. Terminal controls in the text are left out.
    """
    yield _heading(f"Report {printable(report.id)}")
    if labels.labelled_characters == 0:
        yield (Segment("No text to label: the report has no usable section."),)
    yield from _labels(labels)
    for sentence, assertions in groupby(_in_order(labels.assertions), key=lambda assertion: assertion.sentence):
        yield from _sentence(report.text, sentence, list(assertions))


def plain(line: Line) -> str:
    """Returns a line without its styles.

    Examples
    --------
    >>> plain((Segment("no ", Style.CUE), Segment("edema")))
    'no edema'
    """
    return "".join(segment.text for segment in line)


def _labels(labels: StudyLabels) -> Iterator[Line]:
    width = max((len(label.finding) for label in labels.labels), default=0)
    for label in labels.labels:
        if label.status is not None:
            yield _label(label, width)
    missing = [label.finding for label in labels.labels if label.status is None]
    if missing:
        yield (Segment(f"Not mentioned: {', '.join(missing)}", Style.FAINT),)


def _label(label: Label, width: int) -> Line:
    return (
        Segment(f"{label.finding:{width}}  "),
        Segment(f"{label.status:9}", _style(label.status)),
        Segment(f"  {label.rule_id}", Style.FAINT),
    )


def _sentence(text: str, sentence: Sentence, assertions: list[Assertion]) -> Iterator[Line]:
    yield ()
    title = printable(sentence.section.kind)
    yield Segment(f"{title}: ", Style.HEADING), *_marked(text, sentence, assertions)
    for assertion in assertions:
        yield _reason(assertion)


def _reason(assertion: Assertion) -> Line:
    mention, style = assertion.mention, _style(assertion.status)
    cue = f', cue "{_one_line(assertion.cue.text)}"' if assertion.cue else ""
    return (
        Segment(f'    "{_one_line(mention.text)}": {mention.finding} '),
        Segment(assertion.status or Style.NOT_ASSERTED, style),
        Segment(f"{cue}, rule {assertion.rule_id} ({assertion.reader}), phrase {mention.phrase_id}", Style.FAINT),
    )


def _marked(text: str, sentence: Sentence, assertions: list[Assertion]) -> Iterator[Segment]:
    """Yields a sentence in pieces; of marks that overlap, the one that starts first, and the longer, is shown."""
    at = sentence.start
    for start, end, style in sorted(set(_marks(assertions)), key=_mark_order):
        if start >= at and end <= sentence.end:
            left, right = "<>" if style is Style.CUE else "[]"
            yield Segment(printable(text[at:start]))
            yield Segment(f"{left}{printable(text[start:end])}{right}", style)
            at = end
    yield Segment(printable(text[at : sentence.end]).rstrip())


def _marks(assertions: list[Assertion]) -> Iterator[tuple[int, int, Style]]:
    for assertion in assertions:
        yield assertion.mention.start, assertion.mention.end, _style(assertion.status)
        if assertion.cue is not None:
            yield assertion.cue.start, assertion.cue.end, Style.CUE


def _mark_order(mark: tuple[int, int, Style]) -> tuple[int, int, bool, Style]:
    start, end, style = mark
    return start, -end, style is Style.CUE, style  # a word that is its own cue is shown as the mention


def _in_order(assertions: Iterable[Assertion]) -> list[Assertion]:
    return sorted(assertions, key=lambda assertion: (assertion.sentence.start, assertion.mention.start))


def _style(status: Status | None) -> Style:
    return Style.NOT_ASSERTED if status is None else Style(status.value)


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())


def _heading(text: str) -> Line:
    return (Segment(text, Style.HEADING),)
