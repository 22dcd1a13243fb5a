"""Makes one item of what a report says of one finding in several places, so that an error counts once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.scoring.items import Item
    from labeler.scoring.weights import Weights

_CERTAINTY = {Status.PRESENT: 0, Status.UNCERTAIN: 1, Status.ABSENT: 2}


def merged(items: Iterable[Item], weights: Weights) -> list[Item]:
    """Return the items of a report, each finding once.

    What the impression says again is one with what the findings section said, if side and place do not exclude each
    other. A general finding is one with the specific finding that explains it in the same place ("opacity, likely
    pneumonia"). A denial beside the same finding elsewhere ("no focal opacity") says nothing more.

    Parameters
    ----------
    items : iterable of Item
    weights : Weights
    """
    kept: list[Item] = []
    for item in items:
        twin = next((at for at, other in enumerate(kept) if _is_one(other, item, weights)), None)
        if twin is None:
            kept.append(item)
        else:
            kept[twin] = _joined(kept[twin], item)
    found = {item.name for item in kept if item.status is not Status.ABSENT}
    kept = [item for item in kept if item.status is not Status.ABSENT or item.name not in found]
    return _explained(kept, weights)


def _explained(items: list[Item], weights: Weights) -> list[Item]:
    """Return the items without the general ones that a specific one explains, which takes their places and words."""
    kept = list(items)
    for general in items:
        specific = weights.specific.get(general.name, ())
        for at, item in enumerate(kept):
            is_explanation = item.name in specific and Status.ABSENT not in (item.status, general.status)
            if is_explanation and _is_in_one_place(general, item, weights):
                kept[at] = replace(_joined(item, general), name=item.name, status=item.status)
                kept = [other for other in kept if other is not general]
                break
    return kept


def _is_one(one: Item, other: Item, weights: Weights) -> bool:
    if one.status is other.status and _overlap(one, other) and (one.name, other.name) in weights.likeness:
        return True
    is_absent = one.status is Status.ABSENT, other.status is Status.ABSENT
    return one.name == other.name and is_absent[0] == is_absent[1] and _is_in_one_place(one, other, weights)


def _is_in_one_place(one: Item, other: Item, weights: Weights) -> bool:
    sides = one.values.get("side"), other.values.get("side")
    places = one.values.get("location"), other.values.get("location")
    return (not all(sides) or sides[0] == sides[1]) and (
        not (places[0] and places[1]) or any(weights.step(a, b) < 1 for a in places[0] for b in places[1])
    )


def _overlap(one: Item, other: Item) -> bool:
    return one.words.start < other.words.end and other.words.start < one.words.end


def _joined(one: Item, other: Item) -> Item:
    if one.name != other.name and _overlap(one, other):
        # Words that name two findings say no more than the lesser one.
        one, other = sorted((one, other), key=lambda item: item.points)
        other = replace(other, points=one.points)
    first = one if one.words.start <= other.words.start else other
    values = {
        kind: one.values.get(kind, frozenset()) | other.values.get(kind, frozenset())
        for kind in one.values.keys() | other.values.keys()
    }
    return replace(
        one,
        status=min(one.status, other.status, key=_CERTAINTY.__getitem__),
        points=max(one.points, other.points),
        words=first.words,
        values=values,
        sizes=tuple(dict.fromkeys((*one.sizes, *other.sizes))),
        cues={**other.cues, **one.cues},
    )
