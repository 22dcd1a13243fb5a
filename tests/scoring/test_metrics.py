"""Metrics agree with figures worked out by hand and with scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score, precision_recall_fscore_support

from labeler.scoring.labels import SKIPPED, Value
from labeler.scoring.metrics import (
    TASKS,
    cohens_kappa,
    confusion_matrices,
    macro,
    mean_defined,
    micro,
    outcomes,
    precision_recall_f1,
    weighted_f1,
)


@pytest.fixture(scope="module")
def random_labels():
    """Give gold and predictions of 400 studies and 5 findings that mostly agree."""
    random = np.random.default_rng(7)
    gold = random.integers(0, 4, (400, 5)).astype(np.int8)
    predicted = np.where(random.random(gold.shape) < 0.7, gold, random.integers(0, 4, gold.shape)).astype(np.int8)
    return gold, predicted


@pytest.mark.parametrize("task", TASKS)
def test_each_task_agrees_with_scikit_learn(random_labels, task):
    """Precision, recall, F1 and their averages are those that scikit-learn gives for the binary task."""
    gold, predicted = random_labels
    truth, answer = (np.isin(codes, TASKS[task]) for codes in random_labels)
    counts = outcomes(confusion_matrices(gold, predicted), TASKS[task])
    expected = precision_recall_fscore_support(truth, answer, average=None)
    np.testing.assert_allclose(precision_recall_f1(counts).T, expected[:3])
    np.testing.assert_allclose(micro(counts)[2], f1_score(truth, answer, average="micro"))
    np.testing.assert_allclose(macro(counts)[2], f1_score(truth, answer, average="macro"))


def test_kappa_agrees_with_scikit_learn(random_labels):
    """Cohen's kappa is that of scikit-learn."""
    gold, predicted = random_labels
    expected = [cohen_kappa_score(gold[:, at], predicted[:, at]) for at in range(gold.shape[1])]
    np.testing.assert_allclose(cohens_kappa(confusion_matrices(gold, predicted)), expected)


def test_weighted_f1_agrees_with_scikit_learn(random_labels):
    """CheXbert's weighted F1 is scikit-learn's weighted average over the three values that are no blank."""
    gold, predicted = random_labels
    classes = [Value.PRESENT, Value.ABSENT, Value.UNCERTAIN]
    expected = [
        f1_score(gold[:, at], predicted[:, at], labels=classes, average="weighted") for at in range(gold.shape[1])
    ]
    np.testing.assert_allclose(weighted_f1(confusion_matrices(gold, predicted)), expected)


def test_kappa_is_undefined_where_both_always_say_the_same():
    """Where chance alone would agree, kappa is undefined and not 0 or 1."""
    blank = np.zeros((10, 1), np.int8)
    assert np.isnan(cohens_kappa(confusion_matrices(blank, blank))[0])


def test_skipped_cells_are_left_out():
    """A cell that the gold marks as not scored counts in no matrix."""
    gold, predicted = np.array([[3], [SKIPPED]]), np.array([[3], [1]])
    assert confusion_matrices(gold, predicted).sum() == 1


@pytest.mark.parametrize(
    ("hits", "false", "missed", "expected"),
    [
        (8, 2, 0, (0.8, 1.0, 16 / 18)),
        (0, 0, 0, (None, None, None)),
        (0, 0, 4, (None, 0.0, None)),
        (0, 3, 0, (0.0, None, None)),
        (0, 3, 4, (0.0, 0.0, None)),
    ],
)
def test_undefined_is_not_zero(hits, false, missed, expected):
    """Recall without gold, precision without predictions and F1 without a hit are undefined."""
    figures = precision_recall_f1(np.array([hits, false, missed]))
    assert [None if np.isnan(figure) else pytest.approx(figure) for figure in figures] == list(expected)


def test_macro_counts_undefined_as_zero_or_leaves_it_out():
    """Of two findings with gold cases one has no hit; a third has no gold cases and never counts."""
    counts = np.array([[6, 0, 0], [0, 0, 4], [0, 5, 0]])
    assert macro(counts)[2] == pytest.approx(0.5)
    assert macro(counts, undefined=np.nan)[2] == pytest.approx(1.0)
    assert macro(counts, least=5)[2] == pytest.approx(1.0)
    assert np.isnan(macro(counts, least=7)[2])


def test_rows_mentioned_leave_out_blank_cells():
    """In the variant, a negation that the prediction leaves blank is not missed."""
    gold, predicted = np.array([[1], [1], [3]]), np.array([[1], [0], [1]])
    confusion = confusion_matrices(gold, predicted)
    assert outcomes(confusion, TASKS["negation"]).tolist() == [[1, 1, 1]]
    assert outcomes(confusion, TASKS["negation"], rows="mentioned").tolist() == [[1, 1, 0]]


def test_mean_of_nothing_is_undefined():
    """The mean of figures of which none is defined is undefined."""
    assert np.isnan(mean_defined(np.array([np.nan])))
