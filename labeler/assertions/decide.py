"""Where the readers meet: what lists and grammar let reach a mention, of which the first tier decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.assertions.verdict import Verdict
from labeler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.assertions.dependency import GrammarAnswer
    from labeler.assertions.negex import SurfaceAnswer
    from labeler.assertions.verdict import Target
    from labeler.phrasebook.schema import OrderFile

READERS = ("dependency", "negex")
"""The readers of assertions: grammar, and cues in the scope of lists."""
BASELINE = "negspacy"
"""Plain NegEx, which is chosen alone, and read beside the others to see where they are in doubt."""


def checked_readers(readers: Sequence[str]) -> tuple[str, ...]:
    """Return the names of readers, each of which must be known.

    Parameters
    ----------
    readers : sequence of str

    Raises
    ------
    UsageError
        If there is none, one is not known, or a string is given for a list: every mention would be read as present.

    Examples
    --------
    >>> checked_readers(["negex"])
    ('negex',)
    >>> checked_readers("negex")
    Traceback (most recent call last):
    ...
    labeler.errors.UsageError: readers must be a list of dependency, negex or both, or of negspacy; not 'negex'.
    """
    names = tuple(readers) if isinstance(readers, list | tuple) else ()
    if names != (BASELINE,) and (not names or not set(names) <= set(READERS)):
        known = f"{', '.join(READERS)} or both, or of {BASELINE}"
        raise UsageError(f"readers must be a list of {known}; not {readers!r}.")
    return names


def unsaid(target: Target) -> Verdict:
    """Return the verdict for a mention of which no reader says anything: present, as the report names it.

    Anatomy is then no mention.

    Parameters
    ----------
    target : Target
    """
    if target.role == "anatomy":
        return Verdict("default", "none", "default.undescribed", "default", 0, 0)
    return Verdict("default", "present", "default.asserted", "default", 0, 0)


def contradiction(verdict: Verdict, grammar: Verdict, plain: Verdict | None) -> str:
    """Say which readings contradict a verdict so that it is in doubt; "" if none does.

    A verdict is in doubt if both others contradict it, or, being a doubt of the report's writer, one does. Measured on
    annotated reports, what cues call absent or present is no more often wrong where but one other reading differs.

    Parameters
    ----------
    verdict : Verdict
        The one that decides.
    grammar : Verdict
        The one that grammar gives without lists.
    plain : Verdict or None
        The one of plain NegEx; None if that says nothing of mentions of this kind.

    Examples
    --------
    >>> present, doubt = [Verdict("hedge", status, "x", "negex", 0, 2) for status in ("present", "uncertain")]
    >>> contradiction(doubt, present, doubt)
    'grammar alone reads present'
    >>> contradiction(present, present, doubt)
    ''
    """
    readings = ("grammar alone", grammar), ("plain NegEx", plain)
    against = [f"{name} reads {other.status}" for name, other in readings if other and other.status != verdict.status]
    enough = 1 if verdict.status == "uncertain" else len(readings)
    return "; ".join(against) if len(against) >= enough else ""


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
        own: a veto leaves out what the cues before it say.

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
        if vetoed and target.role != "anatomy":
            return Verdict("default", "present", grammar.veto, "dependency", 0, 0)
        return unsaid(target)
