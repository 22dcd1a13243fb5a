"""The first reader: rules over the parsed sentence, in the form of spaCy's DependencyMatcher."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from labeler.assertions.verdict import Target, Verdict, applies, span_of

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, Token
    from spacy.vocab import Vocab

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import DependencyRule

_SEPARATORS = frozenset({"|", ";"})
_CONTRAST = frozenset({"but", "however", "although", "though", "while", "yet"})


class DependencyReader:
    """A reader that takes a status from the grammar of a sentence.

    A rule's node `finding` matches a mention's head word, or a word that the head is coordinated with
    ("effusion" in "no effusion or pneumothorax" stands for both).

    Parameters
    ----------
    phrasebook : Phrasebook
    vocab : spacy.vocab.Vocab
    """

    name = "dependency"

    def __init__(self, phrasebook: Phrasebook, vocab: Vocab) -> None:
        from spacy.matcher import DependencyMatcher

        self._rules = {rule.id: rule for file in phrasebook.assertions for rule in file.dependencies}
        self._matchers: dict[str, tuple[DependencyMatcher, int, int]] = {}
        self._by_anchor: dict[str, list[DependencyRule]] = {}
        for rule in self._rules.values():
            matcher = DependencyMatcher(vocab)
            matcher.add(rule.id, [[node.model_dump(exclude_unset=True) for node in rule.pattern]])
            names = [node.RIGHT_ID for node in rule.pattern]
            self._matchers[rule.id] = matcher, names.index("cue"), names.index("finding")
            for anchor in rule.anchors:
                self._by_anchor.setdefault(anchor, []).append(rule)
        self._key = uuid4().hex
        self._vetoes = {rule.id: rule for rule in self._rules.values() if rule.vetoes}
        self.anchors = frozenset(self._by_anchor)
        self._openers = phrasebook.scope.words("openers")

    def read(self, doc: Doc, targets: tuple[Target, ...]) -> tuple[tuple[Verdict, ...], ...]:
        """Return, for each target, the verdicts of the rules that match it.

        Parameters
        ----------
        doc : spacy.tokens.Doc
            One parsed sentence in lower case.
        targets : tuple of Target

        Returns
        -------
        tuple of tuple of Verdict
            One entry per target, in their order.
        """
        words = {token.lower_ for token in doc} & self.anchors
        rules = self._vetoes | {rule.id: rule for word in sorted(words) for rule in self._by_anchor[word]}
        if not rules:
            return ((),) * len(targets)
        if self._key not in doc.user_data:  # a sentence that several label sets ask for has them already
            doc.user_data[self._key] = [(rule, *pair) for rule in rules.values() for pair in self._pairs(doc, rule)]
        pairs: list[tuple[DependencyRule, int, int]] = doc.user_data[self._key]
        spans = [span_of(doc, target) for target in targets]
        return tuple(
            tuple(self._verdicts(doc, target, span, [p for p in pairs if not self._is_screened(*p[:2], span, spans)]))
            for target, span in zip(targets, spans, strict=True)
        )

    def _pairs(self, doc: Doc, rule: DependencyRule) -> list[tuple[int, int]]:
        matcher, cue, finding = self._matchers[rule.id]
        return sorted({(tokens[cue], tokens[finding]) for _, tokens in matcher(doc)})

    def _is_screened(self, rule: DependencyRule, cue: int, span: Span, spans: list[Span]) -> bool:
        """Tell whether another mention, not coordinated with this one, stands nearer to a cue behind both.

        For a rule that does not spread, any mention between is one too many.

        The parser hangs a clipped last clause on the first noun ("Opacity at the base, pneumonia not excluded").
        """
        if not rule.spreads:
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
        while word.dep_ == "conj" and not _is_contrast(word) and not self._opens(word):
            word = word.head
            carriers.add(word.i)
        return carriers

    def _opens(self, word: Token) -> bool:
        return word.lower_ in self._openers or any(child.lower_ in self._openers for child in word.lefts)

    def _is_cut_off(self, doc: Doc, cue: int, span: Span) -> bool:
        """Tell whether another statement begins between a cue and the mention behind it: at a bar, or after a comma."""
        return any(
            doc[at].lower_ in _SEPARATORS or (doc[at].lower_ == "," and doc[at + 1].lower_ in self._openers)
            for at in range(cue + 1, span.start)
        )

    def is_veto(self, verdict: Verdict) -> bool:
        """Tell whether a verdict says that no cue before the mention reaches it."""
        return verdict.rule_id in self._vetoes

    def _verdicts(
        self, doc: Doc, target: Target, span: Span, pairs: list[tuple[DependencyRule, int, int]]
    ) -> list[Verdict]:
        carriers = self._carriers(span)
        found = [
            (abs(cue - span.root.i), Verdict(rule.tier, rule.status, rule.id, self.name, *_extent(doc[cue])))
            for rule, cue, finding in pairs
            if finding in (carriers if rule.spreads else range(span.start, span.end))
            and _stands(rule, cue, span)
            and not self._is_cut_off(doc, cue, span)
            and applies(rule.role, rule.findings, target)
        ]
        return [verdict for _, verdict in sorted(found, key=lambda item: (item[0], item[1].rule_id))]


def _stands(rule: DependencyRule, cue: int, span: Span) -> bool:
    return (cue < span.start and rule.side != "after") or (cue >= span.end and rule.side != "before")


def _extent(token: Token) -> tuple[int, int]:
    return token.idx, token.idx + len(token)


def _is_contrast(word: Token) -> bool:
    between = word.doc[word.head.i : word.i] if word.head.i < word.i else ()
    return any(token.lower_ in _CONTRAST for token in between)
