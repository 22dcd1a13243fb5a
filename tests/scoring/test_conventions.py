"""The conventions of the field, against small implementations of their own."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, classification_report, precision_recall_fscore_support

from labeler.errors import UsageError
from labeler.scoring.conventions import SCORES, convention_scores, per_report_accuracy
from labeler.scoring.efficacy import COMPETITION
from labeler.scoring.gold import chexpert_findings
from labeler.scoring.labels import LabelTable, Value

MATRICES = 10_000
BLANK, ABSENT, UNCERTAIN, PRESENT = Value
FINDINGS = tuple(chexpert_findings())
FIVE = [FINDINGS.index(name) for name in COMPETITION]
SKLEARN = {"zero_division": 0}


def drawn(random, rows, columns=14):
    """Return two label matrices of random shares of blank, absent, uncertain and present."""
    shares = random.dirichlet([1, 1, 0.5, 1])
    return [random.choice(4, size=(rows, columns), p=shares).astype(np.int8) for _ in range(2)]


def tables(truth, answer, findings=FINDINGS):
    """Return the matrices as tables."""
    ids = tuple(map(str, range(len(truth))))
    return [LabelTable(ids, findings, codes) for codes in (truth, answer)]


def prf(pairs):
    """Return precision, recall and F1 of pairs of truth and answer, counted one by one; undefined is 0."""
    hits = false = missed = 0
    for truth, answer in pairs:
        hits += truth and answer
        false += answer and not truth
        missed += truth and not answer
    below = (hits + false, hits + missed, 2 * hits + false + missed)
    return [above / low if low else 0.0 for above, low in zip((hits, hits, 2 * hits), below, strict=True)]


def mean(rows):
    """Return the mean of each column."""
    rows = list(rows)
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def same(pairs):
    """Return the share of pairs that are equal."""
    return sum(one == other for one, other in pairs) / len(pairs)


def named(values, average):
    """Return precision, recall and F1 by name."""
    return {f"{figure}_{average}": value for figure, value in zip(("precision", "recall", "f1"), values, strict=True)}


def by_hand(name, truth, answer):
    """Return what a convention gives, in plain Python from its definition."""
    wide = [[[cell in (UNCERTAIN, PRESENT) for cell in row] for row in side] for side in (truth, answer)]
    narrow = [[[cell == PRESENT for cell in row] for row in side] for side in (truth, answer)]

    def cells(sides, at):
        return [(one[i], other[i]) for one, other in zip(*sides, strict=True) for i in at]

    def columns(sides, at):
        return [prf(cells(sides, [i])) for i in at]

    def weighted(sides, at):
        cases = [sum(row[i] for row in sides[0]) for i in at]
        rows = columns(sides, at)
        total = sum(cases)
        return [sum(c * row[k] for c, row in zip(cases, rows, strict=True)) / total if total else 0 for k in range(3)]

    every = range(len(truth[0]))
    if name == "r2gen":
        values = {"MACRO": mean(columns(narrow, every)), "MICRO": prf(cells(narrow, every))}
        return {f"{f}_{k}": v[i] for k, v in values.items() for i, f in enumerate(("PRECISION", "RECALL", "F1"))}
    if name == "srr":
        return dict(zip(("srr_precision", "srr_recall", "srr_f1"), weighted(wide, every), strict=True))
    scores = {}
    for label, at in (("5", FIVE), ("all", every)):
        if name == "f1chexbert":
            scores[f"f1chexbert_{label}_micro_f1"] = prf(cells(wide, at))[2]
            scores[f"f1chexbert_{label}_macro_f1"] = mean(columns(wide, at))[2]
            scores[f"f1chexbert_{label}_weighted_f1"] = weighted(wide, at)[2]
            scores[f"f1chexbert_sample_acc_{label}"] = same(cells(wide, at))
        else:
            scores |= named(prf(cells(wide, at)), f"micro_{label}") | {f"acc_{label}": same(cells(wide, at))}
    if name == "f1chexbert":
        rows = [([a[i] for i in FIVE], [b[i] for i in FIVE]) for a, b in zip(*wide, strict=True)]
        return scores | {"f1chexbert_accuracy_5": same(rows)}
    examples = mean(prf(zip(one, other, strict=True)) for one, other in zip(*narrow, strict=True))
    return scores | named(examples, "example_all") | {"acc_example_all": same(cells(narrow, every))}


@pytest.mark.parametrize("name", SCORES)
def test_each_convention_is_what_its_definition_says(name):
    """On 10,000 random label matrices, shared among the four, every figure is that of plain counting, to 1e-9."""
    random = np.random.default_rng(list(name.encode()))
    for _ in range(MATRICES // len(SCORES)):
        truth, answer = drawn(random, random.integers(1, 4))
        found = convention_scores(name, *tables(truth, answer))
        expected = by_hand(name, truth.tolist(), answer.tolist())
        assert found.keys() == expected.keys()
        assert all(abs(found[key] - expected[key]) < 1e-9 for key in expected)


def test_the_conventions_are_those_of_scikit_learn():
    """The programs that the conventions come from call scikit-learn; its figures are the same."""
    random = np.random.default_rng(5)
    for _ in range(50):
        truth, answer = drawn(random, 40)
        both = tables(truth, answer)
        wide = [np.isin(side, (UNCERTAIN, PRESENT)).astype(int) for side in (truth, answer)]
        narrow = [(side == PRESENT).astype(int) for side in (truth, answer)]
        report = classification_report(*wide, output_dict=True, **SKLEARN)
        five = classification_report(*(side[:, FIVE] for side in wide), output_dict=True, **SKLEARN)
        f1chexbert = convention_scores("f1chexbert", *both)
        for average in ("micro", "macro", "weighted"):
            assert f1chexbert[f"f1chexbert_all_{average}_f1"] == pytest.approx(report[f"{average} avg"]["f1-score"])
            assert f1chexbert[f"f1chexbert_5_{average}_f1"] == pytest.approx(five[f"{average} avg"]["f1-score"])
        assert f1chexbert["f1chexbert_accuracy_5"] == accuracy_score(*(side[:, FIVE] for side in wide))
        assert per_report_accuracy(*both) == pytest.approx((wide[0] == wide[1]).mean(axis=1))
        srr = convention_scores("srr", *both)
        assert srr["srr_f1"] == pytest.approx(report["weighted avg"]["f1-score"])
        r2gen = convention_scores("r2gen", *both)
        macro = precision_recall_fscore_support(*narrow, average="macro", **SKLEARN)[:3]
        assert [r2gen[f"{figure}_MACRO"] for figure in ("PRECISION", "RECALL", "F1")] == pytest.approx(macro)
        rgrg = convention_scores("rgrg", *both)
        examples = precision_recall_fscore_support(*narrow, average="samples", **SKLEARN)[:3]
        assert [rgrg[f"{figure}_example_all"] for figure in ("precision", "recall", "f1")] == pytest.approx(examples)


def test_unknown_conventions_and_unequal_tables_are_refused():
    """The message names the conventions that there are; tables of other shapes are not compared."""
    truth, answer = drawn(np.random.default_rng(1), 3)
    with pytest.raises(UsageError, match="r2gen, f1chexbert, rgrg, srr"):
        convention_scores("bleu", *tables(truth, answer))
    one, other = tables(truth, answer)
    with pytest.raises(UsageError, match="same findings"):
        convention_scores("srr", one, other.columns(FINDINGS[:3]))
