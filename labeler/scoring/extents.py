"""Stretches of a text that are asked for again and again."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Extents:
    """Stretches of a text, of which it is asked whether another one meets any; each question takes logarithmic time.

    Parameters
    ----------
    extents : iterable of (int, int)
        Half-open.

    Examples
    --------
    >>> extents = Extents([(4, 6), (0, 2)])
    >>> [extents.meet(*extent) for extent in [(1, 3), (2, 4), (5, 9)]]
    [True, False, True]
    """

    def __init__(self, extents: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(extents)
        self._starts = [start for start, _ in ordered]
        self._ends = list(accumulate((end for _, end in ordered), max))

    def meet(self, start: int, end: int) -> bool:
        """Tell whether a stretch has a character in common with one of these."""
        before = bisect_left(self._starts, end)
        return before > 0 and start < self._ends[before - 1]
