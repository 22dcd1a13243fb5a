"""Stage 2 as a whole: what a sentence asserts of each mention in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS, Decider
from labeler.assertions.dependency import DependencyReader
from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model

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
        self._nlp = load_model()
        self._decider = Decider(phrasebook.order)
        self._dependency = DependencyReader(phrasebook, self._nlp.vocab) if "dependency" in readers else None
        self._negex = NegexReader(phrasebook, self._nlp) if "negex" in readers else None

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
        if not self._dependency or self._dependency.anchors.isdisjoint(token.lower_ for token in doc):
            return ((),) * len(targets)
        return self._dependency.read(self._nlp(doc), targets)
