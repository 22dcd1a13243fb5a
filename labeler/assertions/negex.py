"""The second reader: NegEx, by negspacy, over our own cue lists and with a scope that knows lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.assertions.scope import CueMatch, Frame, Scope
from labeler.assertions.verdict import Target, Verdict, applies

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.language import Language
    from spacy.tokens import Doc

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import CueRule

_UNUSED = ["\N{NULL}"]  # negspacy wants a list of each kind; this one matches nowhere


class NegexReader:
    """Reads a status off cue phrases before and after a mention.

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

        self._rules: dict[str, list[CueRule]] = {}
        for rule in (rule for file in phrasebook.assertions for rule in file.cues):
            for text in rule.texts():
                self._rules.setdefault(" ".join(t.lower_ for t in nlp.make_doc(text.lower())), []).append(rule)
        self._scope = Scope(phrasebook.scope)
        self._negex = Negex(
            nlp,
            "negex",
            neg_termset={
                "pseudo_negations": _UNUSED,
                "preceding_negations": sorted(self._texts("before", "both")),
                "following_negations": sorted(self._texts("after")),
                "termination": _UNUSED,
            },
        )

    def _texts(self, *sides: str) -> set[str]:
        return {text for text, rules in self._rules.items() if any(rule.side in sides for rule in rules)}

    def read(self, doc: Doc, targets: tuple[Target, ...]) -> tuple[tuple[Verdict, ...], ...]:
        """Returns, for each target, the verdicts of the cues that reach it.

        Parameters
        ----------
        doc : spacy.tokens.Doc
            One sentence in lower case, tokenized; nothing else is needed.
        targets : tuple of Target

        Returns
        -------
        tuple of tuple of Verdict
            One entry per target, in their order.
        """
        cues = self._cues(doc)
        if not cues:
            return ((),) * len(targets)
        spans = [doc.char_span(t.start, t.end, alignment_mode="expand") for t in targets]
        fixed = {i for span in spans for i in range(span.start, span.end)}
        fixed |= {i for cue in cues if cue.rule.reach != "neighbour" for i in range(cue.start, cue.end)}
        frame = Frame(tuple(token.lower_ for token in doc), tuple(cues), frozenset(fixed))
        return tuple(
            tuple(
                Verdict(cue.rule.tier, cue.rule.status, cue.rule.id, self.name, *_characters(doc, cue))
                for cue in sorted(cues, key=lambda cue: max(span.start - cue.end, cue.start - span.end))
                if applies(cue.rule.role, cue.rule.findings, target)
                and self._scope.reaches(frame, cue, span.start, span.end)
            )
            for target, span in zip(targets, spans, strict=True)
        )

    def _cues(self, doc: Doc) -> list[CueMatch]:
        preceding, following, _ = self._negex.process_negations(doc)
        found = sorted({(start, end) for _, start, end in (*preceding, *following)}, key=_longest_first)
        return sorted(self._matches(doc, _without_overlaps(found)), key=lambda cue: (cue.start, cue.rule.id))

    def _matches(self, doc: Doc, spans: Iterable[tuple[int, int]]) -> Iterable[CueMatch]:
        for start, end in spans:
            for rule in self._rules[" ".join(token.lower_ for token in doc[start:end])]:
                yield CueMatch(start, end, rule)


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def _without_overlaps(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in spans:
        if all(end <= first or last <= start for first, last in kept):
            kept.append((start, end))
    return kept


def _characters(doc: Doc, cue: CueMatch) -> tuple[int, int]:
    span = doc[cue.start : cue.end]
    return span.start_char, span.end_char
