"""Scores labels as the field does: from one 4 x 4 confusion matrix per finding come all tasks, averages and kappa.

The convention is that of the authors of MIMIC-CXR-JPG (compare_negbio_and_chexpert.ipynb in MIT-LCP/mimic-cxr): every
study counts in every task, and blank is simply "not the class". A figure that is undefined is NaN here and a dash in
every table, never 0: recall without gold cases, precision without predicted ones, F1 without a true positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import confusion_matrix  # type: ignore[import-untyped]

from labeler.scoring.labels import SKIPPED, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from labeler.scoring.labels import Codes

    Counts = NDArray[np.int64]
    Figures = NDArray[np.float64]

TASKS: dict[str, tuple[Value, ...]] = {
    "mention": (Value.ABSENT, Value.UNCERTAIN, Value.PRESENT),
    "negation": (Value.ABSENT,),
    "uncertainty": (Value.UNCERTAIN,),
    "presence": (Value.PRESENT,),
}
"""What counts as the class in each task; everything else is not the class."""

ROWS = ("all", "mentioned")
"""Which cells count: the authors' "all", or the variant "mentioned", where gold and prediction both have a value."""

CHEXBERT_CLASSES = (Value.PRESENT, Value.ABSENT, Value.UNCERTAIN)


def confusion_matrices(gold: Codes, predicted: Codes) -> Counts:
    """Count for each finding how often each gold value met each predicted value.

    Parameters
    ----------
    gold, predicted : array of int8, shape (n_studies, n_findings)
        `Value`; cells that either marks `SKIPPED` are left out.

    Returns
    -------
    array of int, shape (n_findings, 4, 4)
        Gold in rows and predictions in columns, in the order blank, absent, uncertain, present.

    Examples
    --------
    >>> confusion_matrices(np.array([[3], [3], [0]]), np.array([[3], [1], [0]]))[0]
    array([[1, 0, 0, 0],
           [0, 0, 0, 0],
           [0, 0, 0, 0],
           [0, 1, 0, 1]])
    """
    counts = np.zeros((gold.shape[1], len(Value), len(Value)), np.int64)
    for finding in range(gold.shape[1]):
        scored = (gold[:, finding] != SKIPPED) & (predicted[:, finding] != SKIPPED)
        if scored.any():
            truth, answer = gold[scored, finding], predicted[scored, finding]
            counts[finding] = confusion_matrix(truth, answer, labels=[int(value) for value in Value])
    return counts


def outcomes(confusion: NDArray[Any], classes: tuple[Value, ...], *, rows: str = "all") -> NDArray[Any]:
    """Count true positives, false positives and false negatives of a task.

    Parameters
    ----------
    confusion : array, shape (..., 4, 4)
        From `confusion_matrices`.
    classes : tuple of Value
        What counts as the class; see `TASKS`.
    rows : str
        One of `ROWS`.

    Returns
    -------
    array, shape (..., 3)

    Examples
    --------
    >>> confusion = confusion_matrices(np.array([[3], [3], [0]]), np.array([[3], [1], [3]]))
    >>> outcomes(confusion, TASKS["presence"])
    array([[1, 1, 1]])
    """
    is_it = np.isin(np.arange(len(Value)), [int(value) for value in classes])
    counted = np.ones(len(Value), bool) if rows == "all" else np.arange(len(Value)) != Value.BLANK
    masks = (np.outer(is_it, is_it), np.outer(~is_it & counted, is_it), np.outer(is_it, ~is_it & counted))
    return np.stack([np.sum(confusion * mask, axis=(-2, -1)) for mask in masks], axis=-1)


def precision_recall_f1(counts: NDArray[Any], *, without_hit: float = np.nan) -> Figures:
    """Return precision, recall and F1; NaN where one is undefined.

    Parameters
    ----------
    counts : array, shape (..., 3)
        True positives, false positives, false negatives.
    without_hit : float
        What F1 is if there are gold cases and no true positive. In bootstrap samples it is 0: leaving such samples out
        would make the interval of a rare finding too good.

    Returns
    -------
    array, shape (..., 3)

    Examples
    --------
    >>> precision_recall_f1(np.array([[8, 2, 0], [0, 0, 4], [0, 3, 0]]))
    array([[0.8       , 1.        , 0.88888889],
           [       nan, 0.        ,        nan],
           [0.        ,        nan,        nan]])
    >>> precision_recall_f1(np.array([[0, 0, 4], [0, 3, 0]]), without_hit=0)
    array([[nan,  0.,  0.],
           [ 0., nan, nan]])
    """
    hits, false, missed = (counts[..., at].astype(float) for at in range(3))
    f1 = np.where(hits > 0, divide(2 * hits, 2 * hits + false + missed), np.where(missed > 0, without_hit, np.nan))
    return np.stack([divide(hits, hits + false), divide(hits, hits + missed), f1], axis=-1)


def divide(numerator: Figures, denominator: Figures) -> Figures:
    """Divides, with NaN where the denominator is 0."""
    quotient: Figures = np.full(np.shape(numerator), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator != 0)
    return quotient


def micro(counts: NDArray[Any]) -> Figures:
    """Return precision, recall and F1 of the counts of all findings together.

    Parameters
    ----------
    counts : array, shape (..., n_findings, 3)
        From `outcomes`.

    Returns
    -------
    array, shape (..., 3)
    """
    return precision_recall_f1(counts.sum(axis=-2))


def macro(counts: NDArray[Any], *, least: int = 1, undefined: float = 0.0) -> Figures:
    """Return the means of precision, recall and F1 over the findings that have gold cases.

    Parameters
    ----------
    counts : array, shape (..., n_findings, 3)
        From `outcomes`.
    least : int
        Fewest gold cases with which a finding counts.
    undefined : float
        What an undefined figure counts as: 0, or NaN to leave it out of its mean.

    Returns
    -------
    array, shape (..., 3)
        NaN where no finding counts.

    Examples
    --------
    >>> counts = np.array([[8, 2, 0], [0, 0, 4], [0, 3, 0]])
    >>> macro(counts), macro(counts, undefined=np.nan)
    (array([0.4       , 0.5       , 0.44444444]), array([0.8       , 0.5       , 0.88888889]))
    """
    has_gold = (counts[..., 0] + counts[..., 2] >= least)[..., None]
    figures = precision_recall_f1(counts)
    if not np.isnan(undefined):
        figures = np.nan_to_num(figures, nan=undefined)
    counted = has_gold & ~np.isnan(figures)
    return divide(np.sum(np.where(counted, figures, 0), axis=-2), counted.sum(axis=-2).astype(float))


def weighted_f1(confusion: NDArray[Any]) -> Figures:
    """Return CheXbert's F1 of each finding: positive, negated and uncertain F1, weighted by their gold cases.

    Parameters
    ----------
    confusion : array, shape (..., 4, 4)
        From `confusion_matrices`.

    Returns
    -------
    array, shape (...)
        NaN for a finding without gold cases; an undefined F1 counts as 0 (Smit 2020).

    Examples
    --------
    >>> gold, predicted = np.array([[3], [3], [3], [1]]), np.array([[3], [3], [3], [0]])
    >>> weighted_f1(confusion_matrices(gold, predicted))
    array([0.75])
    """
    counts = np.stack([outcomes(confusion, (value,)) for value in CHEXBERT_CLASSES], axis=-2)
    cases = (counts[..., 0] + counts[..., 2]).astype(float)
    f1 = np.nan_to_num(precision_recall_f1(counts)[..., 2], nan=0.0)
    return divide((f1 * cases).sum(axis=-1), cases.sum(axis=-1))


def agreement(confusion: NDArray[Any]) -> Figures:
    """Return the share of cells on which the two sides agree, NaN where there are none; shape (...)."""
    diagonal = np.trace(confusion, axis1=-2, axis2=-1).astype(float)
    return divide(diagonal, confusion.sum(axis=(-2, -1)).astype(float))


def cohens_kappa(confusion: NDArray[Any]) -> Figures:
    """Return Cohen's kappa over the four values, unweighted.

    Parameters
    ----------
    confusion : array, shape (..., 4, 4)
        From `confusion_matrices`.

    Returns
    -------
    array, shape (...)
        NaN where both sides always say the same one value: chance alone would agree.

    Examples
    --------
    >>> cohens_kappa(confusion_matrices(np.array([[3], [3], [0], [0]]), np.array([[3], [0], [0], [0]])))
    array([0.5])
    """
    total = confusion.sum(axis=(-2, -1)).astype(float)
    by_chance = (confusion.sum(axis=-1) * confusion.sum(axis=-2)).sum(axis=-1).astype(float)
    expected = divide(by_chance, total**2)
    return divide(agreement(confusion) - expected, 1 - expected)


def mean_defined(figures: Figures) -> float:
    """Return the mean of the figures that are defined, NaN where none is."""
    defined = figures[~np.isnan(figures)]
    return float(defined.mean()) if defined.size else float("nan")
