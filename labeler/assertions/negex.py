"""The second reader: NegEx, by negspacy, over our own cue lists and with a scope that knows lists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from labeler.assertions.scope import CueMatch, Frame, Scope, faces
from labeler.assertions.verdict import Target, Verdict, applies, span_of
from labeler.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.language import Language
    from spacy.tokens import Doc, Span

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import CueRule

_KINDS = ("pseudo_negations", "preceding_negations", "following_negations", "termination")
_NOWHERE = ["\N{NULL}"]
"""What negspacy is given of each kind; cues follow as sentences need them."""


class NegexReader:
    """A reader that takes a status from cue phrases before and after a mention.

    negspacy's matcher finds the cues. Its scope ("all up to the next termination word") is replaced by
    `labeler.assertions.scope`: measured on reports, it carries a negation over "No effusion, stable cardiomegaly".

    Parameters
    ----------
    phrasebook : Phrasebook
    nlp : spacy.language.Language
        Gives the vocabulary and the tokenizer; no trained component is used.
    """

    name = "negex"

    def __init__(self, phrasebook: Phrasebook, nlp: Language) -> None:
        from negspacy.negation import Negex
        from spacy.tokens import Doc

        self._rules: dict[str, list[CueRule]] = {}
        known: dict[str, str] = {}
        for rule in (rule for file in phrasebook.assertions for rule in file.cues):
            for text in rule.texts():
                self._rules.setdefault(_tokenized(text, nlp, known), []).append(rule)
        self._scope = Scope(phrasebook.scope)
        self._key = uuid4().hex
        self._negex = Negex(nlp, "negex", neg_termset=dict.fromkeys(_KINDS, _NOWHERE))
        self._waiting: dict[str, list[list[str]]] = {}
        for words in map(str.split, self._rules):
            self._waiting.setdefault(max(words, key=len), []).append(words)
        self._doc_of = partial(Doc, nlp.vocab)

    def read(self, doc: Doc, targets: tuple[Target, ...]) -> tuple[tuple[Verdict, ...] | None, ...]:
        """Return, for each target, the verdicts of the cues that reach it.

        Parameters
        ----------
        doc : spacy.tokens.Doc
            One sentence in lower case, tokenized; nothing else is needed.
        targets : tuple of Target

        Returns
        -------
        tuple of (tuple of Verdict or None)
            One entry per target, in their order. None where no cue reaches the target although one stands on the
            right side of it: the reader is in doubt. An empty tuple where there is none.
        """
        words = tuple([token.lower_ for token in doc])
        cues = doc.user_data.get(self._key)
        if cues is None:  # a sentence that several label sets ask for has them already
            cues = doc.user_data[self._key] = self._cues(doc, words)
        if not cues:
            return ((),) * len(targets)
        spans = [span_of(doc, target) for target in targets]
        frame = _frame(words, cues, targets, spans, self._scope.joins)
        return tuple(self._verdicts(doc, frame, target, span) for target, span in zip(targets, spans, strict=True))

    def clauses(
        self, doc: Doc, targets: tuple[Target, ...], answers: tuple[tuple[Verdict, ...] | None, ...]
    ) -> frozenset[Target]:
        """Return the mentions that a cue reaches over a list although they may begin a clause of their own.

        Parameters
        ----------
        doc : spacy.tokens.Doc
        targets : tuple of Target
        answers : tuple of (tuple of Verdict or None)
            What `read` gave for them.
        """
        reached = [
            (target, verdict)
            for target, verdicts in zip(targets, answers, strict=True)
            if target.role != "statement"
            for verdict in verdicts or ()
            if verdict.end <= target.start
        ]
        if not reached:
            return frozenset()
        words = tuple([token.lower_ for token in doc])
        return frozenset(target for target, verdict in reached if self._may_be_clause(doc, words, target, verdict))

    def _may_be_clause(self, doc: Doc, words: tuple[str, ...], target: Target, verdict: Verdict) -> bool:
        cue, span = doc.char_span(verdict.start, verdict.end), span_of(doc, target)
        return cue is not None and self._scope.may_begin_clause(words, range(cue.end, span.start), span.end)

    def _verdicts(self, doc: Doc, frame: Frame, target: Target, span: Span) -> tuple[Verdict, ...] | None:
        near = sorted(frame.cues, key=lambda cue: max(span.start - cue.end, cue.start - span.end))
        asked = [
            cue
            for cue in near
            if applies(cue.rule.role, cue.rule.findings, target) and faces(cue, span.start, span.end)
        ]
        reaching = tuple(
            Verdict(cue.rule.tier, cue.rule.status, cue.rule.id, self.name, *_characters(doc, cue))
            for cue in asked
            if self._scope.reaches(frame, cue, span.start, span.end)
        )
        return None if asked and not reaching else reaching

    def _cues(self, doc: Doc, words: tuple[str, ...]) -> list[CueMatch]:
        self._add_cues(words)
        found, _, _ = self._negex.process_negations(doc)
        spans = sorted({(start, end) for _, start, end in found}, key=_longest_first)
        matches = [
            CueMatch(*span, rule)
            for span in spans
            for rule in self._rules[" ".join(words[slice(*span)])]
            if not rule.closes or self._scope.is_closed(words, span[1])
        ]
        # Cues said of anatomy and cues said of findings don't take words from each other.
        kept = {id(cue) for role in ("finding", "anatomy") for cue in _without_overlaps(matches, role)}
        return sorted((cue for cue in matches if id(cue) in kept), key=lambda cue: (cue.start, cue.rule.id))

    def _add_cues(self, words: tuple[str, ...]) -> None:
        """Add cues to negspacy's when the first sentence comes that has their longest word.

        Cues stand for many texts, of which a report has few. All go in as one kind: the side is that of the rule.
        """
        for word in self._waiting.keys() & words:
            self._negex.matcher.add("Preceding", [self._doc_of(cue) for cue in self._waiting.get(word, ())])
            self._waiting.pop(word, None)  # last, for the sake of other threads


def _tokenized(text: str, nlp: Language, known: dict[str, str]) -> str:
    """Return a cue's tokens joined by blanks; no token spans a blank, so that each word is tokenized once."""
    words = plain(text).split()
    for word in words:
        if word not in known:
            known[word] = " ".join(token.lower_ for token in nlp.make_doc(word))
    return " ".join([known[word] for word in words])


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def _without_overlaps(cues: Iterable[CueMatch], role: str) -> list[CueMatch]:
    """Keep the cues for one role that overlap no longer one; cues of equal extent stand together."""
    kept: list[CueMatch] = []
    for cue in cues:
        same = [other for other in kept if cue.start < other.end and other.start < cue.end]
        if cue.rule.role in (role, "any") and all((o.start, o.end) == (cue.start, cue.end) for o in same):
            kept.append(cue)
    return kept


def _frame(
    words: tuple[str, ...],
    cues: list[CueMatch],
    targets: tuple[Target, ...],
    spans: list[Span],
    joins: frozenset[str],
) -> Frame:
    pairs = [pair for pair in zip(targets, spans, strict=True) if pair[0].role != "statement"]
    mentions = frozenset(i for _, span in pairs for i in range(span.start, span.end))
    anatomy = frozenset(i for target, span in pairs if target.role == "anatomy" for i in range(span.start, span.end))
    # The "or" of a cue such as "or" still joins; the "with" of "consistent with" stops nothing.
    inside = {
        i for cue in cues for i in range(cue.start, cue.end) if cue.rule.reach != "neighbour" or words[i] not in joins
    }
    return Frame(words, tuple(cues), mentions | inside, mentions, anatomy)


def _characters(doc: Doc, cue: CueMatch) -> tuple[int, int]:
    span = doc[cue.start : cue.end]
    return span.start_char, span.end_char
