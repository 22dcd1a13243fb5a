"""What a report says beside its findings: numbers and words that no finding has taken, compared report to report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.records import Cue
from labeler.scoring.losses import Loss, lengths_agree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labeler.scoring.weights import Weights

_MEASURE = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)\s*(?:-\s*)?(?P<unit>mm|cm|%|millimet(?:er|re)s?|centimet(?:er|re)s?|percent)(?![a-z])"
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


def quantities(text: str, taken: Iterable[tuple[int, int]] = ()) -> list[Quantity]:
    """Return the measurements, vertebrae and ordinals of a text.

    Parameters
    ----------
    text : str
    taken : iterable of (start, end)
        Extents of what is compared with its finding.

    Examples
    --------
    >>> [(q.dimension, q.value) for q in quantities("Nodule of 1.2 cm; wedge of T12 with 40% loss; 8th rib.")]
    [('length', 12.0), ('level', 12.0), ('share', 40.0), ('rib', 8.0)]
    """
    pieces = list(taken)
    return [
        Quantity(*_measured(match), Cue(*match.span(), match[0]))
        for match in _MEASURE.finditer(text)
        if not any(start < match.end() and match.start() < end for start, end in pieces)
    ]


def _measured(match: re.Match[str]) -> tuple[str, float]:
    if match["level"]:
        return "level", float(match["level"]) + (_LUMBAR if match["region"] in "Ll" else 0)
    if match["rib"]:
        return "rib", float(match["rib"])
    unit = match["unit"].lower()
    if unit.startswith(("%", "p")):
        return "share", float(match["number"])
    return "length", float(match["number"]) * (10 if unit.startswith("c") else 1)


def compare_quantities(
    references: Sequence[Quantity], candidates: Sequence[Quantity], weights: Weights
) -> Iterator[Loss]:
    """Yield what the numbers lose that hang on no finding.

    Numbers of one dimension that agree are put aside; one that is left contradicts one that is left on the other side,
    or stands alone.
    """
    for dimension in dict.fromkeys(quantity.dimension for quantity in (*references, *candidates)):
        ones, others = ([q for q in side if q.dimension == dimension] for side in (references, candidates))
        yield from _contradictions(
            [one for one in ones if not any(_agree(one, other) for other in others)],
            [other for other in others if not any(_agree(one, other) for one in ones)],
            weights,
        )


def _agree(one: Quantity, other: Quantity) -> bool:
    if one.dimension == "length":
        return lengths_agree(one.value, other.value)
    return abs(one.value - other.value) <= (_ALIKE_PERCENT if one.dimension == "share" else 0)


def _contradictions(ones: list[Quantity], others: list[Quantity], weights: Weights) -> Iterator[Loss]:
    for at in range(max(len(ones), len(others))):
        one, other = (side[at].words if at < len(side) else None for side in (ones, others))
        fault = weights.faults["measurement" if one and other else "measurement-unsaid"]
        yield Loss("measurement", "", fault.points, one, other, (one.text if one else "", other.text if other else ""))
