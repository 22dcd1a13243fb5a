"""Show for one report each label and, in its sentence, each mention with what decided it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from labeler.records import Status
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.records import Assertion, Label, Report, Sentence, StudyLabels


_CUE = {"fg": "cyan"}
_FAINT = {"dim": True}
_STYLES: dict[Status | None, dict[str, Any]] = {
    Status.PRESENT: {"fg": "red", "bold": True},
    Status.ABSENT: {"fg": "green"},
    Status.UNCERTAIN: {"fg": "yellow", "bold": True},
    None: _FAINT,
}


def explain(report: Report, labels: StudyLabels) -> Iterator[str]:
    """Explain a report's labels.

    Parameters
    ----------
    report : Report
        Whose text is shown.
    labels : StudyLabels
        Its labels.

    Yields
    ------
    str
        The lines, styled for a terminal: the labels with the aggregation rule of each, then every sentence with a
        mention; the mention is in [brackets] and the cue in <angles>. Terminal controls in the text are left out.
    """
    yield click.style(f"Report {printable(report.id)}", bold=True)
    if labels.labelled_characters == 0:
        yield "No text to label: the report has no usable section."
    if labels.is_foreign:
        yield "Not labelled: the text is mostly not in English."
    yield from _labels(labels)
    if labels.unread:
        words = dict.fromkeys(printable(report.text[word.start : word.end]) for word in labels.unread)
        yield click.style(f"Unread: {', '.join(words)}", **_FAINT)
    for sentence, assertions in groupby(_in_order(labels.assertions), key=lambda assertion: assertion.sentence):
        yield from _sentence(report.text, sentence, list(assertions))


def _labels(labels: StudyLabels) -> Iterator[str]:
    width = max((len(label.finding) for label in labels.labels), default=0)
    for label in labels.labels:
        if label.status is not None:
            yield _label(label, width)
    missing = [label.finding for label in labels.labels if label.status is None]
    if missing:
        yield click.style(f"Not mentioned: {', '.join(missing)}", **_FAINT)


def _label(label: Label, width: int) -> str:
    status = click.style(f"{label.status:9}", **_STYLES[label.status])
    return f"{label.finding:{width}}  {status}" + click.style(f"  {label.rule_id}", **_FAINT)


def _sentence(text: str, sentence: Sentence, assertions: list[Assertion]) -> Iterator[str]:
    yield ""
    title = click.style(f"{printable(sentence.section.kind)}: ", bold=True)
    yield title + "".join(_marked(text, sentence, assertions))
    for assertion in assertions:
        yield _reason(assertion)
        if assertion.doubt:
            yield click.style(f"        in doubt: {_one_line(assertion.doubt)}", fg="magenta")


def _reason(assertion: Assertion) -> str:
    mention = assertion.mention
    status = click.style(assertion.status or "not asserted", **_STYLES[assertion.status])
    cue = f', cue "{_one_line(assertion.cue.text)}"' if assertion.cue else ""
    decided = f"{cue}, rule {assertion.rule_id} ({assertion.reader}), phrase {mention.phrase_id}"
    return f'    "{_one_line(mention.text)}": {mention.finding} {status}' + click.style(decided, **_FAINT)


def _marked(text: str, sentence: Sentence, assertions: list[Assertion]) -> Iterator[str]:
    """Yield a sentence in parts; of marks that overlap, the one that starts first, and the longer, is shown."""
    at = sentence.start
    # A word that is its own cue is shown as the mention.
    marks = sorted(_marks(assertions), key=lambda mark: (mark[0], -mark[1], mark[2]))
    for start, end, is_cue, status in marks:
        if start >= at and end <= sentence.end:
            left, right = "<>" if is_cue else "[]"
            yield printable(text[at:start])
            yield click.style(f"{left}{printable(text[start:end])}{right}", **(_CUE if is_cue else _STYLES[status]))
            at = end
    yield printable(text[at : sentence.end]).rstrip()


def _marks(assertions: list[Assertion]) -> Iterator[tuple[int, int, bool, Status | None]]:
    for assertion in assertions:
        yield assertion.mention.start, assertion.mention.end, False, assertion.status
        if assertion.cue is not None:
            yield assertion.cue.start, assertion.cue.end, True, None


def _in_order(assertions: Iterable[Assertion]) -> list[Assertion]:
    return sorted(assertions, key=lambda assertion: (assertion.sentence.start, assertion.mention.start))


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
