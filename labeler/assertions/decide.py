"""Where the readers meet: what lists and grammar let reach a mention, of which the first tier decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.assertions.verdict import Verdict

if TYPE_CHECKING:
    from labeler.assertions.dependency import GrammarAnswer
    from labeler.assertions.negex import SurfaceAnswer
    from labeler.assertions.verdict import Target
    from labeler.phrasebook.schema import OrderFile

READERS = ("dependency", "negex")
"""The readers of assertions: grammar, and cues in the scope of lists."""


class Decider:
    """The choice among verdicts.

    Parameters
    ----------
    order : OrderFile
        The tiers of phrases/assertion/order.yaml.
    """

    def __init__(self, order: OrderFile) -> None:
        self._rank = {tier.id: rank for rank, tier in enumerate(order.tiers)}

    def decide(self, target: Target, surface: SurfaceAnswer, grammar: GrammarAnswer) -> Verdict:
        """Return the verdict that decides for a mention.

        Grammar is asked where the surface is in doubt, and where a cue reaches a mention that may begin a clause of its
        own: a veto leaves out what the cues before it say. A finding of which no cue says anything is present: the
        report names it. Anatomy is then no mention.

        Parameters
        ----------
        target : Target
        surface : SurfaceAnswer
        grammar : GrammarAnswer
        """
        vetoed = surface.may_begin_clause and grammar.veto
        verdicts = surface.reaching or tuple([replace(verdict, reader="dependency") for verdict in grammar.carried])
        if vetoed:
            verdicts = tuple([verdict for verdict in verdicts if verdict.end > target.start])
        if verdicts:
            return min(verdicts, key=lambda verdict: self._rank[verdict.tier])
        if target.role == "anatomy":
            return Verdict("default", "none", "default.undescribed", "default", 0, 0)
        if vetoed:
            return Verdict("default", "present", grammar.veto, "dependency", 0, 0)
        return Verdict("default", "present", "default.asserted", "default", 0, 0)
