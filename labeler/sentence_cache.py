"""A bounded memory of what sentences say: radiology sentences repeat, within a report and across collections."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Reading = TypeVar("Reading")

_READ_AT_ONCE = 4096
"""New sentences that are read together: what that takes in memory is bounded, also for a report of a million."""


class SentenceCache(Generic[Reading]):
    """A least-recently-used cache of what sentences say, which reads several new ones together.

    Parameters
    ----------
    read_all : callable
        Reads several sentences, each by nothing but its own text.
    size : int
        Most sentences that are kept; the one that was not asked for the longest goes first.

    Examples
    --------
    >>> cache = SentenceCache(lambda sentences: [len(sentence) for sentence in sentences], size=100)
    >>> cache.of(["no edema", "no effusion", "no edema"])
    {'no edema': 8, 'no effusion': 11}
    """

    def __init__(self, read_all: Callable[[Sequence[str]], Sequence[Reading]], size: int) -> None:
        self.read_all = read_all
        self._size = size
        self._kept: OrderedDict[str, Reading] = OrderedDict()

    def of(self, sentences: Iterable[str]) -> dict[str, Reading]:
        """Return the reading of each sentence; those that are not kept are read together, a bounded number at once."""
        readings: dict[str, Reading] = {}
        new: dict[str, None] = {}
        for sentence in sentences:
            if sentence in self._kept:
                readings[sentence] = self._kept[sentence]
                self._kept.move_to_end(sentence)
            else:
                new[sentence] = None
        waiting = list(new)
        for start in range(0, len(waiting), _READ_AT_ONCE):
            together = waiting[start : start + _READ_AT_ONCE]
            read = dict(zip(together, self.read_all(together), strict=True))
            readings |= read
            self._keep(read)
        return readings

    def _keep(self, read: dict[str, Reading]) -> None:
        self._kept.update(read)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
