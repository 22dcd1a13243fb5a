"""The first reader: how far cues reach by grammar, in rules in the form of spaCy's DependencyMatcher."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from labeler.assertions.verdict import Target, Verdict, span_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.tokens import Doc, Span, Token
    from spacy.vocab import Vocab

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import DependencyRule


class GrammarAnswer(NamedTuple):
    """What grammar says of one mention.

    Parameters
    ----------
    carried : tuple of Verdict
        Those of the cues that were asked about that reach the mention, the nearest first.
    veto : str
        Id of the rule by which the mention begins a clause of its own, so that no cue before it reaches it; "" if none.
    """

    carried: tuple[Verdict, ...] = ()
    veto: str = ""


NOTHING = GrammarAnswer()
_AGREEING = frozenset({"VBZ", "VBD"}), frozenset({"VBP", "VBD"})
"""Tags of the finite verbs that agree with a singular and a plural subject."""


class _Match(NamedTuple):
    """A rule that matches, with the words of its nodes `cue` and `finding`."""

    rule: DependencyRule
    cue: int
    finding: int


class DependencyReader:
    """A reader that tells by grammar which cues reach a mention, where the lists of words can't.

    A rule's node `finding` matches a mention's head word, or a word that the head is coordinated with
    ("effusion" in "no effusion or pneumothorax" stands for both).

    Parameters
    ----------
    phrasebook : Phrasebook
    vocab : spacy.vocab.Vocab
    """

    name = "dependency"

    def __init__(self, phrasebook: Phrasebook, vocab: Vocab) -> None:
        from labeler.assertions.matcher import BoundedMatcher

        self._rules = [rule for file in phrasebook.assertions for rule in file.dependencies]
        self._matchers: dict[str, tuple[BoundedMatcher, int, int]] = {}
        for rule in self._rules:
            matcher = BoundedMatcher(vocab)
            matcher.rule = rule.id
            matcher.add(rule.id, [[node.model_dump(exclude_unset=True) for node in rule.pattern]])
            names = [node.RIGHT_ID for node in rule.pattern]
            self._matchers[rule.id] = matcher, names.index("cue"), names.index("finding")
        scope = phrasebook.scope
        self._openers, self._separators = scope.words("openers"), scope.words("separators")
        self._contrasts = scope.words("contrasts")
        self.pronouns = scope.pronouns

    def read(
        self, doc: Doc, targets: tuple[Target, ...], asked: Sequence[tuple[Verdict, ...]]
    ) -> tuple[GrammarAnswer, ...]:
        """Return what grammar says of each target.

        Parameters
        ----------
        doc : spacy.tokens.Doc
            One parsed sentence in lower case.
        targets : tuple of Target
        asked : sequence of tuple of Verdict
            For each target, what the cues say that may reach it.

        Returns
        -------
        tuple of GrammarAnswer
            One per target, in their order.
        """
        matches = [_Match(rule, *pair) for rule in self._rules for pair in self._pairs(doc, rule)]
        spans = [span_of(doc, target) for target in targets]
        return tuple(
            [
                self._answer(doc, span, verdicts, [m for m in matches if not self._is_screened(m, span, spans)])
                for span, verdicts in zip(spans, asked, strict=True)
            ]
        )

    def with_pronoun(self, text: str, target: Target) -> tuple[str, Target]:
        """Return a sentence with a pronoun in a mention's place, and where it stands.

        The parser often takes a verb that it does not know behind a noun ("haze blankets the base") for a noun; behind
        a pronoun it can't.
        """
        pronoun = self.pronouns[text[target.end - 1] == "s"]
        return text[: target.start] + pronoun + text[target.end :], replace(target, end=target.start + len(pronoun))

    def begins_clause(self, doc: Doc, pronoun: Target) -> str:
        """Return the id of the veto by which a pronoun is the subject of a verb that agrees with it, "" if none."""
        span = span_of(doc, pronoun)
        agreeing = _AGREEING[span.text == self.pronouns[1]]
        if span.end >= len(doc) or doc[span.end].tag_ not in agreeing:
            return ""
        vetoes = (rule for rule in self._rules if rule.effect == "vetoes")
        return next((rule.id for rule in vetoes if (span.end, span.start) in self._pairs(doc, rule)), "")

    def _pairs(self, doc: Doc, rule: DependencyRule) -> list[tuple[int, int]]:
        matcher, cue, finding = self._matchers[rule.id]
        return sorted({(tokens[cue], tokens[finding]) for _, tokens in matcher(doc)})

    def _answer(self, doc: Doc, span: Span, verdicts: tuple[Verdict, ...], matches: Iterable[_Match]) -> GrammarAnswer:
        carriers = self._carriers(span)
        meant = [
            match
            for match in matches
            if match.finding in (carriers if match.rule.spreads else range(span.start, span.end))
            and _stands(match, span)
            and not self._is_cut_off(doc, match.cue, span)
        ]
        vetoes = [match.rule.id for match in meant if match.rule.effect == "vetoes"]
        carrying = {match.cue for match in meant if match.rule.effect == "carries"}
        return GrammarAnswer(
            tuple([verdict for verdict in verdicts if _holds(doc, verdict, carrying)]), vetoes[0] if vetoes else ""
        )

    def _is_screened(self, match: _Match, span: Span, spans: list[Span]) -> bool:
        """Tell whether another mention, not coordinated with this one, stands nearer to a cue behind both.

        For a rule that does not spread, any mention between is one too many.

        The parser hangs a clipped last clause on the first noun ("Opacity at the base, pneumonia not excluded").
        """
        cue = match.cue
        if not match.rule.spreads:
            return any(min(cue, span.end) <= other.start < max(cue, span.start) for other in spans if other != span)
        nearer = (other for other in spans if span.end <= other.start and other.end <= cue)
        return any(self._carriers(other).isdisjoint(range(span.start, span.end)) for other in nearer)

    def _carriers(self, span: Span) -> set[int]:
        """Return the words that speak for a mention: its own, and those it is coordinated with.

        A contrast ends the coordination, and so does a word that opens a statement of its own ("no effusion and mild
        cardiomegaly").
        """
        carriers = set(range(span.start, span.end))
        word = span.root
        while word.dep_ == "conj" and not self._is_contrast(word) and not self._opens(word):
            word = word.head
            carriers.add(word.i)
        return carriers

    def _opens(self, word: Token) -> bool:
        return word.lower_ in self._openers or any(child.lower_ in self._openers for child in word.lefts)

    def _is_contrast(self, word: Token) -> bool:
        between = word.doc[word.head.i : word.i] if word.head.i < word.i else ()
        return any(token.lower_ in self._contrasts for token in between)

    def _is_cut_off(self, doc: Doc, cue: int, span: Span) -> bool:
        """Tell whether another statement begins between a cue and the mention behind it: at a bar, or after a comma."""
        return any(
            doc[at].lower_ in self._separators or (doc[at].lower_ == "," and doc[at + 1].lower_ in self._openers)
            for at in range(cue + 1, span.start)
        )


def _stands(match: _Match, span: Span) -> bool:
    return match.cue < span.start if match.rule.side == "before" else match.cue >= span.end


def _holds(doc: Doc, verdict: Verdict, words: set[int]) -> bool:
    """Tell whether one of some words belongs to the cue of a verdict."""
    cue = doc.char_span(verdict.start, verdict.end, alignment_mode="expand")
    return cue is not None and not words.isdisjoint(range(cue.start, cue.end))
