"""Bootstrap samples are true samples of studies, and equal seeds pair them."""

import numpy as np
import pytest

from labeler.scoring.bootstrap import difference_of, interval, resampled_confusions
from labeler.scoring.metrics import TASKS, confusion_matrices, micro, outcomes


def labels(studies, seed=3):
    """Give gold and predictions of some studies and 3 findings, a few cells not scored."""
    random = np.random.default_rng(seed)
    gold = random.integers(-1, 4, (studies, 3)).astype(np.int8)
    return gold, np.where(random.random(gold.shape) < 0.8, np.abs(gold), 0).astype(np.int8)


def micro_f1(counts):
    """Give micro F1 of presence."""
    return micro(outcomes(counts, TASKS["presence"]))[..., 2]


def paired_difference(gold, first, second, resamples):
    """Compare micro F1 of two labelers on the same samples of the studies."""
    wholes = [micro_f1(confusion_matrices(gold, predicted)) for predicted in (first, second)]
    samples = [micro_f1(resampled_confusions(gold, each, resamples=resamples)) for each in (first, second)]
    return difference_of(*wholes, *samples)


def test_samples_are_those_of_drawing_studies_one_by_one():
    """The counts are those of the plain way: draw studies, take their rows, count."""
    gold, predicted = labels(50)
    samples = resampled_confusions(gold, predicted, resamples=70, seed=11)
    random = np.random.default_rng(11)
    for sample in samples:
        drawn = random.integers(50, size=50)
        np.testing.assert_array_equal(sample, confusion_matrices(gold[drawn], predicted[drawn]))


def test_equal_seeds_give_equal_samples_and_others_do_not():
    """A seed makes an interval repeatable."""
    gold, predicted = labels(40)
    first, same, other = (resampled_confusions(gold, predicted, resamples=5, seed=seed) for seed in (1, 1, 2))
    assert (first == same).all()
    assert (first != other).any()


def test_interval_holds_the_middle_of_the_samples():
    """The 95 % interval leaves out 2.5 % at each end; samples without the figure don't count."""
    samples = np.append(np.arange(1001.0), np.nan)
    np.testing.assert_allclose(interval(samples), [25, 975])
    assert np.isnan(interval(np.full(4, np.nan))).all()


def test_interval_covers_the_truth_about_as_often_as_it_says():
    """A labeler is right in 80 %; the intervals of 200 small samples hold that in 90 to 99 % of them."""
    random = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        gold = random.integers(0, 4, (150, 1)).astype(np.int8)
        predicted = np.where(random.random(gold.shape) < 0.8, gold, (gold + 1) % 4).astype(np.int8)
        samples = resampled_confusions(gold, predicted, resamples=200)
        low, high = interval(np.trace(samples[:, 0], axis1=1, axis2=2) / 150)
        covered += low <= 0.8 <= high
    assert 0.90 <= covered / 200 <= 0.99


def test_a_labeler_does_not_differ_from_itself():
    """The paired difference of equal labels is 0 in every sample, where unpaired samples would spread."""
    gold, predicted = labels(60)
    same = paired_difference(gold, predicted, predicted, resamples=50)
    assert (same.difference, same.low, same.high, same.p) == (0, 0, 0, 1)


def test_a_better_labeler_differs_clearly():
    """Perfect labels are better than some wrong ones in every sample, and p is as small as the samples allow."""
    gold = np.abs(labels(80)[0])
    better = paired_difference(gold, gold, labels(80)[1], resamples=99)
    assert better.low > 0
    assert better.p == pytest.approx(2 / 100)


def test_difference_leaves_out_undefined_samples():
    """A sample in which either figure is undefined says nothing of the difference."""
    found = difference_of(0.6, 0.5, np.array([0.6, np.nan, 0.7]), np.array([0.5, 0.4, 0.5]))
    assert found.difference == pytest.approx(0.1)
    assert found.low >= 0.1
