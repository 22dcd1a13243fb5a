"""What is found in a sentence, and what happens where phrases overlap: named policies over hits."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase found in a sentence, with offsets into the normal text of the sentence.

    Parameters
    ----------
    finding : str
    start, end : int
    phrase_id : str
    role : str
        "finding", "anatomy", or "not" for a phrase that says what is no mention.
    """

    finding: str
    start: int
    end: int
    phrase_id: str
    role: str


def keep_longest(hits: Iterable[PhraseHit]) -> list[PhraseHit]:
    """Keep, of the overlapping hits of one finding, the longest; findings don't compete with each other.

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


def keep_all_unbarred(hits: Iterable[PhraseHit]) -> list[PhraseHit]:
    """Keep every hit that overlaps no "not" phrase of its finding, as the CheXpert labeler does.

    A phrase inside a longer one counts as well ("heart" in "heart size").

    Parameters
    ----------
    hits : iterable of PhraseHit

    Returns
    -------
    list of PhraseHit
        In the order of the text.
    """
    distinct = set(hits)
    barred = [hit for hit in distinct if hit.role == "not"]
    kept = [hit for hit in distinct if hit.role == "not" or not any(_overlaps(hit, other) for other in barred)]
    return sorted(kept, key=lambda hit: (hit.start, hit.end, hit.finding, hit.phrase_id))


def _overlaps(hit: PhraseHit, other: PhraseHit) -> bool:
    return hit.finding == other.finding and hit.start < other.end and other.start < hit.end
