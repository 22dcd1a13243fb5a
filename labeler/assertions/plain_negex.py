"""Plain NegEx: negspacy's own algorithm, by which a term reaches every mention up to the next termination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.assertions.decide import unsaid
from labeler.assertions.parse import load_tokenizer
from labeler.assertions.verdict import Verdict
from labeler.phrasebook.fields import expand

if TYPE_CHECKING:
    from spacy.tokens import Span

    from labeler.assertions.tokens import Tokens
    from labeler.assertions.verdict import Target
    from labeler.phrasebook.schema import NegexFile, TermSet

_TARGETS = "targets"


class PlainNegex:
    """A reader that knows neither lists nor grammar: the baseline of the ablation, and a reading to compare with.

    Parameters
    ----------
    file : NegexFile
        The term sets, of phrases/assertion/negex.yaml; the first of which a term reaches a mention decides.

    Examples
    --------
    >>> from labeler.assertions.tokens import tokenized
    >>> from labeler.assertions.verdict import Target
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> reader = PlainNegex(load_phrasebook().negex)
    >>> [verdict.status for verdict in reader.read(tokenized("no edema, stable mass"), (Target(3, 8), Target(17, 21)))]
    ['absent', 'absent']
    """

    name = "negspacy"

    def __init__(self, file: NegexFile) -> None:
        from negspacy.negation import Negex

        self._vocab = load_tokenizer().vocab
        self._sets = file.sets
        self._components = [
            Negex(load_tokenizer(), rule.id, _terms(rule, file), extension_name=rule.id, span_keys=[_TARGETS])
            for rule in file.sets
        ]

    def read(self, tokens: Tokens, targets: tuple[Target, ...]) -> tuple[Verdict, ...]:
        """Return what NegEx says of each target; a term is said of findings alone.

        Parameters
        ----------
        tokens : Tokens
            One sentence in lower case.
        targets : tuple of Target
        """
        from spacy.tokens import Doc, Span

        words = list(tokens.words)
        doc = Doc(self._vocab, words, sent_starts=[at == 0 for at in range(len(words))])
        spans = [Span(doc, span.start, span.stop) for span in map(tokens.at, targets)]
        doc.spans[_TARGETS] = spans
        for component in self._components:
            component(doc)
        return tuple([self._verdict(target, span) for target, span in zip(targets, spans, strict=True)])

    def _verdict(self, target: Target, span: Span) -> Verdict:
        if target.role == "finding":
            for rule in self._sets:
                if span._.get(rule.id):
                    return Verdict("default", rule.status, rule.id, self.name, 0, 0)
        return unsaid(target)


def _terms(rule: TermSet, file: NegexFile) -> dict[str, list[str]]:
    """Return the terms of a set by the names that negspacy has for their kinds."""
    kinds = {
        "pseudo_negations": rule.pseudo,
        "preceding_negations": rule.before,
        "following_negations": rule.after,
        "termination": file.terminations,
    }
    return {kind: [text for phrase in phrases for text in expand(phrase)] for kind, phrases in kinds.items()}
