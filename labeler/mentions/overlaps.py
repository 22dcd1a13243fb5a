"""What happens where phrases overlap: named policies over hits."""

from __future__ import annotations

from bisect import bisect
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.mentions.find import PhraseHit


def keep_longest(hits: Iterable[PhraseHit]) -> list[PhraseHit]:
    """Keeps, of the overlapping hits of one finding, the longest; findings don't compete with each other.

    At equal length a "not" phrase wins, then the earlier hit. Adding a phrase to one finding can therefore never
    remove a mention of another.

    Parameters
    ----------
    hits : iterable of PhraseHit

    Returns
    -------
    list of PhraseHit
        In the order of the text.
    """
    kept: dict[str, list[PhraseHit]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.role != "not", hit.start, hit.phrase_id)):
        others = kept.setdefault(hit.finding, [])
        at = bisect(others, hit.start, key=attrgetter("start"))  # what is kept never overlaps: two neighbours tell
        if (at == 0 or others[at - 1].end <= hit.start) and (at == len(others) or hit.end <= others[at].start):
            others.insert(at, hit)
    return sorted((hit for hits in kept.values() for hit in hits), key=lambda hit: (hit.start, hit.end, hit.finding))
