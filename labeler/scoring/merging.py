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

    Of words that lie in longer words the longer ones name the finding. What the impression says again is one with what
    the findings section said, if side and place do not exclude each other. A general finding is one with the specific
    findings that explain it in the same place ("opacity, atelectasis or pneumonia"). A denial beside the same finding
    elsewhere ("no focal opacity") says nothing more.

    Parameters
    ----------
    items : iterable of Item
    weights : Weights
    """
    kept: list[Item] = []
    for item in _outermost(list(items), weights):
        twin = next((at for at, other in enumerate(kept) if _is_one(other, item, weights)), None)
        if twin is None:
            kept.append(item)
        else:
            kept[twin] = _joined(kept[twin], item)
    kept = _explained(kept, weights)
    found = {name for item in kept if item.status is not Status.ABSENT for name in item.names}
    return [item for item in kept if item.status is not Status.ABSENT or item.name not in found]


def _outermost(items: list[Item], weights: Weights) -> list[Item]:
    """Return the items but those whose words all lie in the words of another, which takes what is said of them."""
    kept = list(items)
    for item in items:
        outer = next(
            (at for at, other in enumerate(kept) if other is not item and _is_inside(item, other, weights)), None
        )
        if outer is not None and any(other is item for other in kept):
            whole = kept[outer]
            kept[outer] = replace(_joined(whole, item), others=whole.others, points=whole.points)
            kept = [other for other in kept if other is not item]
    return kept


def _is_inside(item: Item, other: Item, weights: Weights) -> bool:
    """Return whether the words of an item are part of another's; of the same words the lesser finding is the other."""
    if item.status is not other.status or item.name == other.name:
        return False
    if item.mentions == other.mentions:
        return (item.name, other.name) in weights.likeness and item.points > other.points
    return all(any(left <= start and end <= right for left, right in other.mentions) for start, end in item.mentions)


def _explained(items: list[Item], weights: Weights) -> list[Item]:
    """Return the items without the general ones that specific ones explain, which take what is said of them.

    Of a finding with a differential ("opacity, atelectasis or pneumonia") the specific ones of a sentence are one, by
    alternative names.
    """
    kept = list(items)
    for general in items:
        rule = weights.specific.get(general.name)
        if rule is None or not any(item is general for item in kept):
            continue
        found = [item for item in kept if item.name in rule.specific and _explains(item, general, weights)]
        beside = [item for item in found if item.sentences & general.sentences] if rule.differential else []
        parts = beside or found[:1]
        if parts:
            first = min(parts, key=lambda item: (_CERTAINTY[item.status], -item.points))
            whole = first
            for item in (*(item for item in parts if item is not first), general):
                whole = _joined(whole, item)
            others = whole.others if rule.differential else first.others
            gone = (general, *parts)
            at = next(at for at, item in enumerate(kept) if item is first)
            kept[at] = replace(whole, status=first.status, others=others)
            kept = [item for item in kept if not any(item is other for other in gone)]
    return kept


def _explains(item: Item, general: Item, weights: Weights) -> bool:
    return Status.ABSENT not in (item.status, general.status) and _is_in_one_place(general, item, weights)


def _is_one(one: Item, other: Item, weights: Weights) -> bool:
    is_absent = one.status is Status.ABSENT, other.status is Status.ABSENT
    return one.name == other.name and is_absent[0] == is_absent[1] and _is_in_one_place(one, other, weights)


def _is_in_one_place(one: Item, other: Item, weights: Weights) -> bool:
    sides = one.values.get("side"), other.values.get("side")
    places = one.values.get("location"), other.values.get("location")
    return (not all(sides) or sides[0] == sides[1]) and (
        not (places[0] and places[1]) or any(weights.step(a, b) < 1 for a in places[0] for b in places[1])
    )


def _joined(one: Item, other: Item) -> Item:
    """Return one item with the values of both, by the name of the first."""
    first = one if one.words.start <= other.words.start else other
    values = {
        kind: one.values.get(kind, frozenset()) | other.values.get(kind, frozenset())
        for kind in one.values.keys() | other.values.keys()
    }
    return replace(
        one,
        others=one.others | other.names - {one.name},
        status=min(one.status, other.status, key=_CERTAINTY.__getitem__),
        points=max(one.points, other.points),
        words=first.words,
        values=values,
        sizes=tuple(dict.fromkeys((*one.sizes, *other.sizes))),
        cues={**other.cues, **one.cues},
        mentions=one.mentions | other.mentions,
        sentences=one.sentences | other.sentences,
    )
