"""What sentences say: stages 1 and 2 over sentences by themselves, and their way back into reports."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target, Verdict, cue_of
from labeler.limits import check_time
from labeler.mentions.find import MentionFinder
from labeler.records import Assertion, Mention, Status, UnreadWord
from labeler.text.words import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.assertions.model import Model
    from labeler.mentions.hits import PhraseHit
    from labeler.phrasebook.load import Phrasebook
    from labeler.records import Cue, Sentence
    from labeler.text.stage import LabelledText, Passage
    from labeler.text.whitespace import NormalText

    _Mentions = tuple[tuple[PhraseHit, Verdict], ...]
    _Part = TypeVar("_Part", PhraseHit, Verdict, UnreadWord)

_LOOKED_AT_FROM = 10
"""One strange word in so many makes a text worth a closer look at its language."""
_STATUSES: dict[str, Status | None] = {**{status.value: status for status in Status}, "none": None}


class Reading(NamedTuple):
    """What a sentence says: its mentions, each with its verdict, its unread words, and how many words are strange."""

    mentions: tuple[tuple[PhraseHit, Verdict], ...]
    unread: tuple[UnreadWord, ...] = ()
    strange: int = 0
    words: int = 0


class SentenceReader:
    """A reader of sentences: their words, what they mention, and what they assert of that.

    Parameters
    ----------
    book : Phrasebook
    readers : sequence of str
        Of the assertion stage.
    model : Model
    doubts : bool
        Whether to say which assertions are in doubt.
    """

    def __init__(self, book: Phrasebook, readers: Sequence[str], model: Model, *, doubts: bool = False) -> None:
        self.vocabulary = Vocabulary(book)
        self.finder = MentionFinder(book)
        self._rules_of = book.rules_of()
        self._new_stage = partial(AssertionStage, book, readers, model, doubts=doubts)

    @cached_property
    def stage(self) -> AssertionStage:
        """Made at the first sentence with a mention: a process that labels nothing itself needs no spaCy."""
        return self._new_stage()

    def share(self, other: SentenceReader) -> bool:
        """Use the assertion stage of a reader with the same rules; tell whether it finds the same mentions."""
        self._new_stage = partial(getattr, other, "stage")
        return self.finder.findings == other.finder.findings

    def read(self, sentences: Sequence[str]) -> list[Reading]:
        """Read sentences, each by nothing but its own text: its mentions and what it asserts of them."""
        spelled = [self.vocabulary.spelled(sentence) for sentence in sentences]
        mentions = [self._find(normal.text) for normal in spelled]
        naming = [
            (normal.text, _targets(hits, self._rules_of))
            for normal, hits in zip(spelled, mentions, strict=True)
            if hits
        ]
        verdicts = iter(self.stage.read_all(naming) if naming else ())
        return [
            self._reading(normal, tuple(zip(hits, next(verdicts), strict=True)) if hits else ())
            for normal, hits in zip(spelled, mentions, strict=True)
        ]

    def _find(self, sentence: str) -> tuple[PhraseHit, ...]:
        check_time()
        return self.finder.find(sentence)

    def _reading(self, spelled: NormalText, mentions: _Mentions) -> Reading:
        """Make the reading of a sentence, with offsets into the sentence as it is written."""
        unread, strange, words = self.vocabulary.account(spelled.text)
        if spelled.edges:
            mentions = tuple([(_as_written(hit, spelled), _as_written(verdict, spelled)) for hit, verdict in mentions])
            unread = tuple([_as_written(word, spelled) for word in unread])
        return Reading(mentions, unread, strange, words)

    def is_foreign(self, text: LabelledText, readings: Mapping[str, Reading]) -> bool:
        """Tell whether a text is not English; few have so many strange words that they are looked at closely."""
        if not self.vocabulary.is_on:
            return False
        sentences = [readings[passage.words] for passage in text.passages]
        strange, words = sum(sentence.strange for sentence in sentences), sum(sentence.words for sentence in sentences)
        if words and strange * _LOOKED_AT_FROM < words:
            return False
        return self.vocabulary.is_foreign(" ".join(p.seen.text[p.start : p.end] for p in text.passages))


def _targets(hits: tuple[PhraseHit, ...], rules_of: Mapping[str, str]) -> tuple[Target, ...]:
    return tuple([Target(hit.start, hit.end, rules_of.get(hit.finding, hit.finding), hit.role) for hit in hits])


def assertions_of(text: LabelledText, readings: Mapping[str, Reading]) -> tuple[Assertion, ...]:
    """Return the assertions of a report in the order of the text, with offsets into the report."""
    report = text.report.text
    return tuple(
        [
            Assertion.drafted(
                places,
                at,
                finding=hit.finding,
                phrase_id=hit.phrase_id,
                status=_STATUSES[verdict.status],
                rule_id=verdict.rule_id,
                reader=verdict.reader,
                doubt=verdict.doubt,
            )
            for passage in text.passages
            if (mentions := readings[passage.words].mentions)
            for places in (_Places(passage, mentions, report),)
            for at, (hit, verdict) in enumerate(mentions)
        ]
    )


class _Places:
    """A sentence in its report, with all that is mentioned there."""

    __slots__ = ("_found", "_mentions", "_passage", "_report")

    def __init__(self, passage: Passage, mentions: _Mentions, report: str) -> None:
        self._passage, self._mentions, self._report = passage, mentions, report
        self._found: tuple[Sentence, NormalText] | None = None

    def located(self, at: int) -> tuple[Mention, Cue | None, Sentence]:
        """Return mention, cue and sentence of the mention of a number; see `labeler.records.Places`."""
        self._found = self._found or (self._passage.sentence(self._report), self._passage.normal())
        (sentence, normal), (hit, verdict) = self._found, self._mentions[at]
        start, end = normal.span(hit.start, hit.end)
        mention = Mention(hit.finding, start, end, self._report[start:end], hit.phrase_id)
        return mention, cue_of(verdict, normal, self._report), sentence


def unread_of(text: LabelledText, readings: Mapping[str, Reading]) -> tuple[UnreadWord, ...]:
    """Return the unread words of a report in the order of the text, with offsets into the report."""
    return tuple(
        [
            UnreadWord(*passage.normal().span(word.start, word.end))
            for passage in text.passages
            for word in readings[passage.words].unread
        ]
    )


def _as_written(part: _Part, spelled: NormalText) -> _Part:
    start, end = spelled.span(part.start, part.end)
    return replace(part, start=start, end=end)
