"""Stage 2 as a whole: what a sentence asserts of each mention in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS, Decider
from labeler.assertions.dependency import DependencyReader
from labeler.assertions.model import find_model
from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model, load_tokenizer
from labeler.assertions.verdict import Target
from labeler.sentence_cache import SentenceCache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.tokens import Doc

    from labeler.assertions.model import Model
    from labeler.assertions.verdict import Verdict
    from labeler.phrasebook.load import Phrasebook

    _Surface = tuple[tuple[Verdict, ...] | None, ...]


_PARSED_AT_ONCE = 64
KEPT_DOCS = 5_000
"""Sentences of which a shared stage keeps tokens and trees: more than the reports hold that are labelled at once."""


class AssertionStage:
    """The stage that decides of each mention in a sentence whether it is asserted, denied or left open.

    Parameters
    ----------
    phrasebook : Phrasebook
    readers : sequence of str
        "dependency", "negex" or both.
    model : Model, optional
        The parser's; the default model without it.

    Attributes
    ----------
    is_shared : bool
        Whether several label sets ask for the same sentences, so that tokens, cues and trees are kept for the next.
    """

    is_shared = False

    def __init__(self, phrasebook: Phrasebook, readers: Sequence[str] = READERS, model: Model | None = None) -> None:
        self._phrasebook = phrasebook
        self._model = model or find_model()
        self._nlp = load_tokenizer()
        self._decider = Decider(phrasebook.order)
        self._docs = SentenceCache(self._tokenize, KEPT_DOCS)
        self._trees = SentenceCache(self._parse, KEPT_DOCS)
        self._anchors = _anchors(phrasebook) if "dependency" in readers else frozenset[str]()
        self._has_vetoes = "dependency" in readers and _has_vetoes(phrasebook)
        self._negex = NegexReader(phrasebook, self._nlp) if "negex" in readers else None

    @cached_property
    def _dependency(self) -> DependencyReader:
        """Made at the first sentence that is in doubt; few are, and the parser takes half a second to load."""
        return DependencyReader(self._phrasebook, load_model(self._model).vocab)

    def read(self, text: str, targets: tuple[Target, ...]) -> tuple[Verdict, ...]:
        """Return the verdict for each mention.

        Parameters
        ----------
        text : str
            One sentence, as `labeler.assertions.parse.plain` gives it.
        targets : tuple of Target
            With offsets into `text`.
        """
        (verdicts,) = self.read_all([(text, targets)])
        return verdicts

    def read_all(self, sentences: Sequence[tuple[str, tuple[Target, ...]]]) -> list[tuple[Verdict, ...]]:
        """Return what `read` does for each sentence; those in doubt are parsed together, in a third of the time."""
        docs = self._of(self._docs, [text for text, _ in sentences])
        surface = [self._read_surface(doc, targets) for doc, (_, targets) in zip(docs, sentences, strict=True)]
        clauses = [
            self._negex.clauses(doc, targets, verdicts) if self._negex and self._has_vetoes else frozenset[Target]()
            for doc, (_, targets), verdicts in zip(docs, sentences, surface, strict=True)
        ]
        doubtful = [
            index
            for index, (doc, verdicts) in enumerate(zip(docs, surface, strict=True))
            if clauses[index] or self._is_doubtful(doc, verdicts)
        ]
        grammar = self._read_grammar([sentences[index] for index in doubtful])
        by_index = dict(zip(doubtful, grammar, strict=True))
        return [
            self._decide(targets, verdicts, by_index.get(index, ((),) * len(targets)), clauses[index])
            for index, ((_, targets), verdicts) in enumerate(zip(sentences, surface, strict=True))
        ]

    def _of(self, kept: SentenceCache[Doc], texts: Sequence[str]) -> Sequence[Doc]:
        """Return the sentences as spaCy has them, from memory if another label set has asked for them before."""
        if not self.is_shared:
            return kept.read_all(texts)
        docs = kept.of(texts)
        return [docs[text] for text in texts]

    def _tokenize(self, texts: Sequence[str]) -> list[Doc]:
        return [self._nlp.make_doc(text) for text in texts]

    def _parse(self, texts: Sequence[str]) -> list[Doc]:
        return list(load_model(self._model).pipe(texts, batch_size=_PARSED_AT_ONCE))

    def _is_doubtful(self, doc: Doc, surface: _Surface) -> bool:
        """Tell whether the surface is in doubt of a mention, and a rule has an anchor in the sentence."""
        return None in surface and not self._anchors.isdisjoint(token.lower_ for token in doc)

    def _read_surface(self, doc: Doc, targets: tuple[Target, ...]) -> tuple[tuple[Verdict, ...] | None, ...]:
        return self._negex.read(doc, targets) if self._negex else (None,) * len(targets)

    def _read_grammar(
        self, sentences: Sequence[tuple[str, tuple[Target, ...]]]
    ) -> Iterator[tuple[tuple[Verdict, ...], ...]]:
        if not sentences:
            return
        docs = self._of(self._trees, [text for text, _ in sentences])
        for doc, (_, targets) in zip(docs, sentences, strict=True):
            yield self._dependency.read(doc, targets)

    def _decide(
        self,
        targets: tuple[Target, ...],
        surface: tuple[tuple[Verdict, ...] | None, ...],
        grammar: tuple[tuple[Verdict, ...], ...],
        clauses: frozenset[Target],
    ) -> tuple[Verdict, ...]:
        """Return the verdict that decides for each mention."""
        return tuple(
            self._decider.decide(target, self._weighed(by_surface, by_grammar, target if target in clauses else None))
            for target, by_surface, by_grammar in zip(targets, surface, grammar, strict=True)
        )

    def _weighed(
        self, surface: tuple[Verdict, ...] | None, grammar: tuple[Verdict, ...], clause: Target | None
    ) -> Sequence[Verdict]:
        """Return the grammar's verdicts if the surface is in doubt, otherwise the surface's.

        Of a mention that may begin a clause, a veto leaves out what the cues before it say.
        """
        if surface is None:
            return grammar
        vetoes = [verdict for verdict in grammar if self._dependency.is_veto(verdict)]
        if clause is None or not vetoes:
            return surface
        return [verdict for verdict in (*surface, *vetoes) if verdict.end > clause.start]


def _has_vetoes(phrasebook: Phrasebook) -> bool:
    return any(rule.vetoes for file in phrasebook.assertions for rule in file.dependencies)


def _anchors(phrasebook: Phrasebook) -> frozenset[str]:
    """Return the words of which one must stand in a sentence for any dependency rule to be able to match."""
    rules = (rule for file in phrasebook.assertions for rule in file.dependencies)
    return frozenset(anchor for rule in rules for anchor in rule.anchors)
