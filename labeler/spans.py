"""The assertion stage by itself: what a text asserts of given spans, whatever they name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS
from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target, cue_of
from labeler.errors import UsageError
from labeler.phrasebook.load import load_phrasebook
from labeler.records import Assertion, Mention, Section, Sentence, Status
from labeler.text.plain import plain
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.text.whitespace import NormalText


def assert_spans(
    text: str, spans: Iterable[tuple[int, int]], *, readers: tuple[str, ...] = READERS
) -> tuple[Assertion, ...]:
    """Decide of given spans of a text whether they are asserted, denied or left open; the phrase lists play no part.

    Parameters
    ----------
    text : str
        One sentence or several.
    spans : iterable of (int, int)
        Half-open offsets into `text`, each naming some finding.
    readers : tuple of str
        "dependency", "negex" or both.

    Returns
    -------
    tuple of Assertion
        One per span, in their order; `status` is None where the text names the span without asserting anything of it.

    Raises
    ------
    UsageError
        If a span is empty or lies outside the text.

    Examples
    --------
    >>> text = "He denies chest pain; rales are possible."
    >>> [assertion.status.value for assertion in assert_spans(text, [(10, 20), (22, 27)])]
    ['absent', 'uncertain']
    """
    stage = _stage(readers)
    sentences = split_sentences(text, 0, len(text))
    return tuple(_assert_span(stage, text, _sentence_around(text, sentences, *span), span) for span in spans)


@lru_cache(maxsize=3)
def _stage(readers: tuple[str, ...]) -> AssertionStage:
    return AssertionStage(load_phrasebook(), readers)


def _sentence_around(text: str, sentences: tuple[tuple[int, int], ...], start: int, end: int) -> Sentence:
    """Return the sentence that a span lies in, or the sentences that it runs over as one."""
    if not 0 <= start < end <= len(text):
        raise UsageError(f"span {start}:{end} is empty or lies outside a text of {len(text)} characters")
    touched = [(first, last) for first, last in sentences if first < end and start < last] or [(start, end)]
    first, last = touched[0][0], touched[-1][1]
    return Sentence(Section("text", "", 0, len(text), 0), first, last, text[first:last])


def _assert_span(stage: AssertionStage, text: str, sentence: Sentence, span: tuple[int, int]) -> Assertion:
    start, end = span
    normal = normalise(text, sentence.start, sentence.end)
    (verdict,) = stage.read(plain(normal.text), (Target(*_inside(normal, start, end)),))
    return Assertion(
        mention=Mention("", start, end, text[start:end], ""),
        status=None if verdict.status == "none" else Status(verdict.status),
        rule_id=verdict.rule_id,
        reader=verdict.reader,
        cue=cue_of(verdict, normal, text),
        sentence=sentence,
    )


def _inside(normal: NormalText, start: int, end: int) -> tuple[int, int]:
    """Return where a span of the original stands in the normal text."""
    offsets = range(len(normal.text) + 1)
    first = max(offset for offset in offsets if normal.original(offset) <= max(start, normal.start))
    last = min(offset for offset in offsets if normal.original(offset) >= min(end, normal.end))
    return first, last
