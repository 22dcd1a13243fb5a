"""The assertion stage by itself: what a text asserts of given spans, whatever they name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from operator import index
from typing import TYPE_CHECKING, Any

from labeler.assertions.decide import READERS, checked_readers
from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target, cue_of
from labeler.errors import UsageError
from labeler.phrasebook.load import load_phrasebook
from labeler.records import Assertion, Mention, Section, Sentence, Status
from labeler.text.plain import plain
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import normalise

if TYPE_CHECKING:
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
        "dependency", "negex" or both, or "negspacy" alone.

    Returns
    -------
    tuple of Assertion
        One per span, in their order; `status` is None where the text names the span without asserting anything of it.

    Raises
    ------
    TypeError
        If the text is no str, or a span no pair of whole numbers.
    UsageError
        If a span is empty or lies outside the text, or a reader is not known.

    Examples
    --------
    >>> text = "He denies chest pain; rales are possible."
    >>> [assertion.status.value for assertion in assert_spans(text, [(10, 20), (22, 27)])]
    ['absent', 'uncertain']
    """
    if not isinstance(text, str):
        raise TypeError(f"The text must be a str, not {type(text).__name__}.")
    pairs = [_pair(span) for span in spans] if isinstance(spans, Iterable) else [_pair(spans)]
    stage = _stage(checked_readers(readers))
    seen = _HALF.sub("\ufffd", text)
    sentences = split_sentences(seen, 0, len(seen))
    return tuple(_assert_span(stage, text, seen, _sentence_around(seen, sentences, *span), span) for span in pairs)


_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which the parser cannot take."""


def _pair(span: Any) -> tuple[int, int]:
    try:
        start, end = span
        return index(start), index(end)
    except (TypeError, ValueError):
        raise TypeError(
            f"Spans must be pairs of whole numbers, (start, end); one is a {type(span).__name__}."
        ) from None


@lru_cache(maxsize=4)
def _stage(readers: tuple[str, ...]) -> AssertionStage:
    return AssertionStage(load_phrasebook(), readers)


def _sentence_around(text: str, sentences: tuple[tuple[int, int], ...], start: int, end: int) -> Sentence:
    """Return the sentence that a span lies in, or the sentences that it runs over as one."""
    if not 0 <= start < end <= len(text):
        raise UsageError(f"span {start}:{end} is empty or lies outside a text of {len(text)} characters")
    touched = [(first, last) for first, last in sentences if first < end and start < last] or [(start, end)]
    first, last = touched[0][0], touched[-1][1]
    return Sentence(Section("text", "", 0, len(text), 0), first, last, text[first:last])


def _assert_span(stage: AssertionStage, text: str, seen: str, sentence: Sentence, span: tuple[int, int]) -> Assertion:
    start, end = span
    normal = normalise(seen, sentence.start, sentence.end)
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
