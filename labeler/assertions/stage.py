"""Stage 2 as a whole: what a sentence asserts of each mention in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS, Decider
from labeler.assertions.dependency import DependencyReader
from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model, load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from spacy.tokens import Doc

    from labeler.assertions.verdict import Target, Verdict
    from labeler.phrasebook.load import Phrasebook


class AssertionStage:
    """Says of each mention in a sentence whether it is asserted, denied or left open.

    Parameters
    ----------
    phrasebook : Phrasebook
    readers : sequence of str
        "dependency", "negex" or both.
    """

    def __init__(self, phrasebook: Phrasebook, readers: Sequence[str] = READERS) -> None:
        self._phrasebook = phrasebook
        self._nlp = load_tokenizer()
        self._decider = Decider(phrasebook.order)
        self._anchors = _anchors(phrasebook) if "dependency" in readers else frozenset[str]()
        self._negex = NegexReader(phrasebook, self._nlp) if "negex" in readers else None

    @cached_property
    def _dependency(self) -> DependencyReader:
        """Made at the first sentence that is in doubt; few are, and the parser takes half a second to load."""
        return DependencyReader(self._phrasebook, load_model().vocab)

    def read(self, text: str, targets: tuple[Target, ...]) -> tuple[Verdict, ...]:
        """Returns the verdict for each mention.

        Parameters
        ----------
        text : str
            One sentence, as `labeler.assertions.parse.plain` gives it.
        targets : tuple of Target
            With offsets into `text`.
        """
        doc = self._nlp.make_doc(text)
        surface = self._negex.read(doc, targets) if self._negex else (None,) * len(targets)
        grammar = self._parse_and_read(doc, targets) if None in surface else ((),) * len(targets)
        return tuple(
            self._decider.decide(target, grammar_verdicts if verdicts is None else verdicts)
            for target, verdicts, grammar_verdicts in zip(targets, surface, grammar, strict=True)
        )

    def _parse_and_read(self, doc: Doc, targets: tuple[Target, ...]) -> tuple[tuple[Verdict, ...], ...]:
        """Asks the grammar; a sentence without an anchor of any rule needs no parse."""
        if self._anchors.isdisjoint(token.lower_ for token in doc):
            return ((),) * len(targets)
        return self._dependency.read(load_model()(doc.text), targets)


def _anchors(phrasebook: Phrasebook) -> frozenset[str]:
    """Returns the words of which one must stand in a sentence for any dependency rule to be able to match."""
    rules = (rule for file in phrasebook.assertions for rule in file.dependencies)
    return frozenset(anchor for rule in rules for anchor in rule.anchors)
