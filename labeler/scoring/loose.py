"""What a report says beside its findings: numbers and words that no finding has taken, compared report to report."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.records import Cue
from labeler.scoring.extents import Extents
from labeler.scoring.losses import Loss, lengths_agree
from labeler.scoring.words import RIB

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from labeler.scoring.weights import Weights
    from labeler.scoring.words import Said

_MEASURE = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?:-\s*)?(?P<unit>mm|cm|%|millimet(?:er|re)s?|centimet(?:er|re)s?|percent)(?![a-z])"
    r"|(?<![\d.])0?\.(?P<hundredths>\d\d)(?!\d| ?[cm]m)"
    r"|\b(?P<region>[TL])-?(?P<level>\d{1,2})\b"
    r"|\b(?P<rib>\d{1,2})(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_LUMBAR = 100
"""Added to the number of a lumbar vertebra, which sets it apart from the thoracic one."""
_ALIKE_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a report with its dimension: a length in mm, a percentage, a vertebra, the number of a rib."""

    dimension: str
    value: float
    words: Cue


def quantities(text: str, said: Iterable[Said] = (), taken: Iterable[Cue] = ()) -> list[Quantity]:
    """Return the measurements, vertebrae and ordinals of a text.

    Parameters
    ----------
    text : str
    said : iterable of Said
        The words of the text, among which numbers of ribs are.
    taken : iterable of Cue
        The sizes that are compared with their findings.

    Examples
    --------
    >>> [(q.dimension, q.value) for q in quantities("Nodule of 1.2 cm; wedge of T12 with 40% loss; 8th rib.")]
    [('length', 12.0), ('level', 12.0), ('share', 40.0), ('rib', 8.0)]
    """
    sizes = Extents((cue.start, cue.end) for cue in taken)
    ribs = [Quantity(one.kind, float(one.value), one.words) for one in said if one.kind == RIB]
    return ribs + [
        Quantity(*_measured(match), Cue(*match.span(), match[0]))
        for match in _MEASURE.finditer(text)
        if not sizes.meet(*match.span())
    ]


def _measured(match: re.Match[str]) -> tuple[str, float]:
    if match["level"]:
        return "level", float(match["level"]) + (_LUMBAR if match["region"] in "Ll" else 0)
    if match["rib"]:
        return RIB, float(match["rib"])
    if match["hundredths"]:
        return "share", float(match["hundredths"])
    unit = match["unit"].lower()
    if unit.startswith(("%", "p")):
        return "share", float(match["number"])
    return "length", float(match["number"]) * (10 if unit.startswith("c") else 1)


def compare_quantities(
    references: Sequence[Quantity], candidates: Sequence[Quantity], weights: Weights
) -> Iterator[Loss]:
    """Yield what the numbers lose that hang on no finding.

    Numbers of one dimension that agree are put aside; one that is left contradicts one that is left on the other side.
    A number that only one report gives is no error.
    """
    points = weights.faults["measurement"].points
    for dimension in dict.fromkeys(quantity.dimension for quantity in (*references, *candidates)):
        ones, others = ([q for q in side if q.dimension == dimension] for side in (references, candidates))
        for one, other in zip(*_without_agreeing(ones, others), strict=False):
            yield Loss("measurement", "", points, one.words, other.words, (one.words.text, other.words.text))


def _without_agreeing(ones: Sequence[Quantity], others: Sequence[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """Return the numbers of each side without those that agree: each takes the nearest that does of those left."""
    left = sorted(others, key=_value)
    alone = []
    for one in ones:
        near = min(
            (at for at in _next_to(one.value, left) if _agree(one, left[at])),
            key=lambda at: (abs(left[at].value - one.value), left[at].words.start),
            default=None,
        )
        if near is None:
            alone.append(one)
        else:
            del left[near]
    return alone, sorted(left, key=lambda quantity: quantity.words.start)


def _next_to(value: float, ordered: Sequence[Quantity]) -> Iterator[int]:
    """Yield the places of the next smaller number and of the next that is not smaller, of equal ones the first."""
    at = bisect_left(ordered, value, key=_value)
    if at > 0:
        yield bisect_left(ordered, ordered[at - 1].value, key=_value)
    if at < len(ordered):
        yield at


def _value(quantity: Quantity) -> float:
    return quantity.value


def _agree(one: Quantity, other: Quantity) -> bool:
    if one.dimension == "length":
        return lengths_agree(one.value, other.value)
    return abs(one.value - other.value) <= (_ALIKE_PERCENT if one.dimension == "share" else 0)


def compare_words(
    references: Sequence[Said],
    candidates: Sequence[Said],
    taken: tuple[Collection[Cue], Collection[Cue]],
    weights: Weights,
) -> Iterator[Loss]:
    """Yield what words lose that contradict words of the other report, where a finding has not taken both.

    Words of one kind, such as sides, are put aside where the other report has the same value anywhere. What is left
    over is no fault by itself: only two values that exclude each other are.

    Parameters
    ----------
    references, candidates : sequence of Said
    taken : tuple of collection of Cue
        The words of each report that its findings have taken.
    weights : Weights
    """
    extents = [Extents((cue.start, cue.end) for cue in cues) for cues in taken]
    for kind in dict.fromkeys(said.kind for said in references):
        ones, others = ([said for said in side if said.kind == kind] for side in (references, candidates))
        left = _without(ones, others), _without(others, ones)
        for one, other in zip(*left, strict=False):
            if all(
                side.meet(said.words.start, said.words.end) for side, said in zip(extents, (one, other), strict=True)
            ):
                continue
            points = weights.faults[_fault(one, other, weights)].points * weights.step(one.value, other.value)
            yield Loss("words", "", points, one.words, other.words, (one.value, other.value))


def _fault(one: Said, other: Said, weights: Weights) -> str:
    """Return the name of the fault of saying one thing for another."""
    if (one.judged == "wrong") != (other.judged == "wrong"):
        return "wrong-end"
    return one.kind if one.kind in weights.faults else "words"


def _without(ones: Iterable[Said], others: Iterable[Said]) -> list[Said]:
    """Return the first words of each value that the other report does not have."""
    values = {said.value for said in others}
    return list({said.value: said for said in reversed(list(ones)) if said.value not in values}.values())[::-1]
