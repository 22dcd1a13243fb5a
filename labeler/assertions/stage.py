"""Stage 2 as a whole: what a sentence asserts of each mention in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS, Decider
from labeler.assertions.dependency import DependencyReader
from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        answers = []
        if self._dependency and not self._dependency.anchors.isdisjoint(token.lower_ for token in doc):
            answers.append(self._dependency.read(self._nlp(doc), targets))
        if self._negex:
            answers.append(self._negex.read(doc, targets))
        return tuple(
            self._decider.decide(target, [verdict for answer in answers for verdict in answer[index]])
            for index, target in enumerate(targets)
        )
