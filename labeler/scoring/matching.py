"""Matches the findings of two reports one to one, so that together they lose the fewest points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from labeler.scoring.losses import Loss, alone, compare, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labeler.scoring.items import Item
    from labeler.scoring.weights import Weights

    Losses = tuple[Loss, ...]
    Pair = tuple[Item, Item]

_A_PAIR = 1e-6
"""What a pair gains by being one: findings that lose as much together as apart are still matched."""


def match(references: Sequence[Item], candidates: Sequence[Item], weights: Weights) -> tuple[list[Pair], list[Loss]]:
    """Match findings one to one and return the pairs and everything that is lost.

    A finding that is left over loses what missing or inventing it costs, and no more than it would lose beside the
    finding of the other report that is most like it: to name one finding twice is no error.

    Parameters
    ----------
    references, candidates : sequence of Item
    weights : Weights
    """
    missed = [alone(item, "missed", weights) for item in references]
    invented = [alone(item, "invented", weights) for item in candidates]
    compared = {
        (row, column): losses
        for row, one in enumerate(references)
        for column, other in enumerate(candidates)
        if (losses := compare(one, other, weights)) is not None
    }
    gains = np.zeros((len(references), len(candidates)))
    for (row, column), losses in compared.items():
        gains[row, column] = max(missed[row].points + invented[column].points - total(losses), 0) + _A_PAIR
    assigned = zip(*linear_sum_assignment(gains, maximize=True), strict=True)
    matched = [(int(row), int(column)) for row, column in assigned if (row, column) in compared]
    lost = [loss for pair in matched for loss in compared[pair]]
    for side, lone in enumerate((missed, invented)):
        for at in sorted(set(range(len(lone))) - {pair[side] for pair in matched}):
            lost += _least(lone[at], (losses for pair, losses in compared.items() if pair[side] == at))
    return [(references[row], candidates[column]) for row, column in matched], [loss for loss in lost if loss.points]


def _least(lone: Loss, near: Iterable[Losses]) -> Losses:
    return min([(lone,), *near], key=total)
