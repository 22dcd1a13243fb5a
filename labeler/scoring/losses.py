"""What a finding of a candidate loses against a finding of its reference, attribute by attribute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from labeler.records import Cue, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.scoring.items import Item
    from labeler.scoring.weights import Weights

ATTRIBUTES = ("side", "location", "severity", "change", "device")
_NONE: frozenset[str] = frozenset()
_ALIKE = 0.2
"""How much two lengths may differ, as a share of the larger one, and still agree."""
_ALIKE_MM = 2.0


@dataclass(frozen=True, slots=True)
class Loss:
    """Points that a candidate loses, with the words of both reports that they are lost by.

    Parameters
    ----------
    kind : str
        "missed", "invented", "status", "finding" (another name for it), "side", "location", "severity", "change",
        "size", "device", "end", "position", "measurement", "words", "normal" or "silent".
    finding : str
        "" for what hangs on no finding.
    points : float
    reference, candidate : Cue or None
        The words of each; None in the report that has none.
    said : tuple of str
        What the reference says, and what the candidate says; "" for nothing.
    """

    kind: str
    finding: str
    points: float
    reference: Cue | None
    candidate: Cue | None
    said: tuple[str, str] = ("", "")


def total(losses: Iterable[Loss]) -> float:
    """Return the points of all losses."""
    return sum(loss.points for loss in losses)


def alone(item: Item, kind: str, weights: Weights) -> Loss:
    """Return what a finding loses that the other report does not have.

    Parameters
    ----------
    item : Item
    kind : "missed" or "invented"
        Whether it is the reference's or the candidate's.
    weights : Weights
    """
    missed = kind == "missed"
    points = item.points
    if item.status is Status.ABSENT:
        points = weights.faults["normal-omitted" if missed else "normal-added"].points
        kind = "normal"
    elif "wrong" in item.values.get("position", _NONE):
        points = max(points, weights.faults["position"].points)
    words, said = item.words, item.status.value
    return (
        Loss(kind, item.name, points, words, None, (said, ""))
        if missed
        else Loss(kind, item.name, points, None, words, ("", said))
    )


def compare(one: Item, other: Item, weights: Weights) -> tuple[Loss, ...] | None:
    """Return what a candidate's finding loses against a reference's, None if the two are not about the same.

    Parameters
    ----------
    one, other : Item
        Of the reference and of the candidate.
    weights : Weights
    """
    share = _share(one, other, weights)
    if not share:
        return None
    points = max(one.points, other.points)
    if Status.ABSENT in (one.status, other.status):
        if not one.names & other.names:
            return None  # to deny one is not to deny the other
        lost = points if one.status is not other.status else 0.0
        return (_lost(one, other, "status", lost, (one.status.value, other.status.value)),)
    losses = list(_wrong_values(one, other, points, weights))
    if share < 1:
        losses.append(_lost(one, other, "finding", points * (1 - share), (one.name, other.name)))
    else:
        losses += _wrong_status(one, other, points, weights)
    return (*_capped(losses, points), *_device_faults(one, other, weights))


def _share(one: Item, other: Item, weights: Weights) -> float:
    """Return how alike two findings are by their names; of alternatives those that are most alike count."""
    if one.name == other.name:
        return 1.0
    if one.names & other.names:
        return weights.alternative.share
    if one.observation == other.observation and one.observation in {one.name, other.name}:
        return weights.unnamed.share
    if not (one.others or other.others):
        return weights.likeness.get((one.name, other.name), 0.0)
    return max(weights.likeness.get((a, b), 0.0) for a in one.names for b in other.names)


def _lost(one: Item, other: Item, kind: str, points: float, said: tuple[str, str]) -> Loss:
    return Loss(kind, one.name, points, one.cue(kind), other.cue(kind), said)


def _wrong_status(one: Item, other: Item, points: float, weights: Weights) -> Iterator[Loss]:
    if one.status is not other.status:
        lost = points * weights.attributes["status"].wrong
        yield _lost(one, other, "status", lost, (one.status.value, other.status.value))


def _wrong_values(one: Item, other: Item, points: float, weights: Weights) -> Iterator[Loss]:
    for kind in ATTRIBUTES:
        mine, theirs = one.values.get(kind, _NONE), other.values.get(kind, _NONE)
        share = _apart(mine, theirs, kind, weights)
        if share:
            yield _lost(one, other, kind, points * share, (", ".join(sorted(mine)), ", ".join(sorted(theirs))))
    size = weights.attributes["size"]
    if one.sizes and other.sizes and not any(lengths_agree(a, b) for a in one.sizes for b in other.sizes):
        yield _lost(one, other, "size", points * size.wrong, (_millimetres(one), _millimetres(other)))


def _millimetres(item: Item) -> str:
    return ", ".join(f"{size:g} mm" for size in item.sizes)


def lengths_agree(one: float, other: float) -> bool:
    """Return whether two lengths in mm are the same to a reader.

    >>> lengths_agree(8, 9), lengths_agree(30, 26), lengths_agree(8, 12)
    (True, True, False)
    """
    return abs(one - other) <= max(_ALIKE_MM, _ALIKE * max(one, other))


def _apart(one: frozenset[str], other: frozenset[str], kind: str, weights: Weights) -> float:
    """Return the share of a finding's points that two sets of values of an attribute lose."""
    if one == other:
        return 0.0
    attribute = weights.attributes[kind]
    if not one or not other:
        return attribute.unsaid
    # Each value is as far as its nearest on the other side; the mean over both sides, so that a part counts as a part.
    steps = [min(weights.step(a, b) for b in other) for a in one]
    steps += [min(weights.step(a, b) for a in one) for b in other]
    return attribute.wrong * sum(steps) / len(steps)


def _device_faults(one: Item, other: Item, weights: Weights) -> Iterator[Loss]:
    """Yield what two reports say differently of where a device is; a position that is wrong counts most."""
    ends = one.values.get("end", _NONE), other.values.get("end", _NONE)
    positions = [item.values.get("position", _NONE) for item in (one, other)]
    wrong = ["wrong" in position for position in positions]
    said = one.cue("end").text, other.cue("end").text
    if wrong[0] != wrong[1]:
        fault = "position" if all(positions) else "position-unsaid"
        yield _lost(one, other, "position", weights.faults[fault].points, said)
    elif all(ends) and ends[0] != ends[1]:
        points = weights.faults["wrong-end" if all(wrong) else "end"].points
        differing = len(ends[0] ^ ends[1]) / len(ends[0] | ends[1])
        yield _lost(one, other, "end", points * differing, said)


def _capped(losses: list[Loss], most: float) -> list[Loss]:
    """Return losses that together are at most that of the whole finding."""
    lost = total(losses)
    return losses if lost <= most else [replace(loss, points=loss.points * most / lost) for loss in losses]
