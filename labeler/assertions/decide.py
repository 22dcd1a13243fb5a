"""Where the readers meet: the first tier that answers decides, and within it the reader that stands first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.assertions.verdict import Target, Verdict
from labeler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.phrasebook.schema import OrderFile

READERS = ("dependency", "negex")
"""The readers in the order in which they are asked within a tier."""


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
    labeler.errors.UsageError: readers must be a list of one or both of dependency, negex; not 'negex'.
    """
    names = () if isinstance(readers, str) else tuple(readers)
    if not names or not set(names) <= set(READERS):
        raise UsageError(f"readers must be a list of one or both of {', '.join(READERS)}; not {readers!r}.")
    return names


class Decider:
    """The choice among verdicts.

    Parameters
    ----------
    order : OrderFile
        The tiers of phrases/assertion/order.yaml.
    """

    def __init__(self, order: OrderFile) -> None:
        self._rank = {tier.id: rank for rank, tier in enumerate(order.tiers)}

    def decide(self, target: Target, verdicts: Sequence[Verdict]) -> Verdict:
        """Return the verdict that decides for a mention.

        A finding of which no rule says anything is present: the report names it. Anatomy is then no mention.

        Parameters
        ----------
        target : Target
        verdicts : sequence of Verdict
            The readers' answers, the nearest cue first within a reader.
        """
        if verdicts:
            return min(verdicts, key=lambda verdict: (self._rank[verdict.tier], READERS.index(verdict.reader)))
        if target.role == "anatomy":
            return Verdict("default", "none", "default.undescribed", "default", 0, 0)
        return Verdict("default", "present", "default.asserted", "default", 0, 0)
