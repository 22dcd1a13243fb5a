"""Intervals by bootstrap over studies: whole studies are drawn, so that findings of one study stay together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array  # type: ignore[import-untyped]

from labeler.scoring.labels import SKIPPED, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from labeler.scoring.labels import Codes

    Figures = NDArray[np.float64]

RESAMPLES = 1000
LEVEL = 0.95

_BLOCK = 64
"""Resamples whose weights are held at once; 58 MB of them for the 227,835 studies of MIMIC-CXR."""
_CELLS = len(Value) ** 2


def resampled_confusions(gold: Codes, predicted: Codes, *, resamples: int = RESAMPLES, seed: int = 0) -> Figures:
    """Count the confusion matrices of bootstrap samples of the studies.

    The same seed draws the same studies whatever the predictions are: figures of two labelers that were made with one
    seed are paired.

    Parameters
    ----------
    gold, predicted : array of int8, shape (n_studies, n_findings)
        `Value`; cells that either marks `SKIPPED` are left out.
    resamples : int
        How many samples, each of n_studies with replacement.
    seed : int
        Of the random generator.

    Returns
    -------
    array, shape (resamples, n_findings, 4, 4)
        Counts, gold in rows.

    Examples
    --------
    >>> gold = np.array([[3], [1], [0]])
    >>> samples = resampled_confusions(gold, gold, resamples=5)
    >>> samples.shape, set(samples.sum(axis=(1, 2, 3)))
    ((5, 1, 4, 4), {np.float64(3.0)})
    """
    studies, findings = gold.shape
    cells = _cells(gold, predicted)
    random = np.random.default_rng(seed)
    blocks = [cells @ _weights(random, studies, min(_BLOCK, resamples - done)) for done in range(0, resamples, _BLOCK)]
    counts = np.concatenate(blocks, axis=1).T.astype(np.float64)
    return counts.reshape(resamples, findings, len(Value), len(Value))


def _cells(gold: Codes, predicted: Codes) -> csr_array:
    """Return which cell of which finding's matrix each study adds to; shape (n_findings * 16, n_studies)."""
    studies, findings = gold.shape
    scored = (gold != SKIPPED) & (predicted != SKIPPED)
    cell = gold.astype(np.int64) * len(Value) + predicted + np.arange(findings) * _CELLS
    study = np.broadcast_to(np.arange(studies)[:, None], gold.shape)
    ones = np.ones(int(scored.sum()), np.float32)  # exact for counts up to 2**24
    return csr_array((ones, (cell[scored], study[scored])), shape=(findings * _CELLS, studies))


def _weights(random: np.random.Generator, studies: int, resamples: int) -> NDArray[np.float32]:
    """Draw how often each study is in each sample; shape (n_studies, resamples)."""
    drawn = [np.bincount(random.integers(studies, size=studies), minlength=studies) for _ in range(resamples)]
    return np.ascontiguousarray(np.array(drawn, np.float32).T)


def interval(samples: Figures, *, level: float = LEVEL) -> Figures:
    """Return the percentile interval of figures over their bootstrap samples.

    Parameters
    ----------
    samples : array, shape (resamples, ...)
        Samples in which the figure is undefined (NaN) are left out.
    level : float
        Share of the samples that the interval holds.

    Returns
    -------
    array, shape (2, ...)
        Lower and upper end; NaN where the figure is defined in no sample.

    Examples
    --------
    >>> interval(np.linspace(0, 1, 1001))
    array([0.025, 0.975])
    """
    tail = 100 * (1 - level) / 2
    never = np.isnan(samples).all(axis=0)
    ends = np.nanpercentile(np.where(never, 0, samples), [tail, 100 - tail], axis=0)
    return np.where(never, np.nan, ends)


@dataclass(frozen=True, slots=True)
class Difference:
    """The measure of how much a figure of one labeler is above that of another on the same studies.

    Parameters
    ----------
    difference : float
        First minus second.
    low, high : float
        Ends of the interval by paired bootstrap.
    p : float
        Two-sided: twice the share of the samples in which the difference has the other sign or is 0, at most 1. The
        studies as they are count as one more sample, so that p is never 0.
    """

    difference: float
    low: float
    high: float
    p: float


def difference_of(first: Figures | float, second: Figures | float, samples: Figures, others: Figures) -> Difference:
    """Return the difference of two figures whose bootstrap samples are paired.

    Parameters
    ----------
    first, second : float
        The figures on all studies.
    samples, others : array, shape (resamples,)
        The figures on the same samples of the studies.
    """
    differences = samples - others
    low, high = interval(differences)
    defined = differences[~np.isnan(differences)]
    other = min((defined <= 0).sum(), (defined >= 0).sum())
    p = min(1.0, 2 * (int(other) + 1) / (defined.size + 1))
    return Difference(float(first - second), float(low), float(high), p)
