"""Evaluations hold averages, variants and comparisons as asked for."""

import json

import pytest

from labeler.errors import UsageError
from labeler.scoring.evaluation import Scoring, compare_scores, evaluate
from labeler.scoring.gold import CHESTXRAY14
from labeler.scoring.tables import Table, comparison_table, score_tables

PLAIN = Scoring(resamples=0)


def test_findings_apart_have_rows_and_count_in_no_average(table):
    """No Finding is scored by itself where a protocol wants that."""
    gold = table(["11", "11"], ["No Finding", "Edema"])
    predicted = table([".1", "1."], ["No Finding", "Edema"])
    result = evaluate(gold, predicted, Scoring(apart=("No Finding",), resamples=0))
    assert result.score("No Finding", "presence").f1.value == pytest.approx(2 / 3)
    assert result.score("micro", "presence").gold == 2
    assert result.score("micro", "presence").recall.value == pytest.approx(1 / 2)


def test_intervals_hold_the_figure_and_are_repeatable(table):
    """Every defined figure lies in its interval; a seed makes it repeatable."""
    gold, predicted = table(["1", "0", "1", "."] * 20, ["Edema"]), table(["1", "0", ".", "1"] * 20, ["Edema"])
    result, again = (evaluate(gold, predicted, Scoring(resamples=200)) for _ in range(2))
    assert result.scores == again.scores
    f1 = result.score("Edema", "presence").f1
    assert f1.low < f1.value < f1.high


def test_rare_findings_have_honest_intervals(table):
    """A sample that loses the only hit counts as 0 and is not left out."""
    gold, predicted = (table(["1"] + ["."] * 3, ["Edema"]) for _ in range(2))
    f1 = evaluate(gold, predicted, Scoring(resamples=300)).score("Edema", "presence").f1
    assert f1.value == 1
    missed = table(["1", "1", ".", "."], ["Edema"])
    assert evaluate(missed, predicted, Scoring(resamples=300)).score("Edema", "presence").f1.low == 0


def test_classes_are_scored_by_presence_only(table):
    """Against ChestX-ray14 classes an absent or uncertain prediction is simply not present."""
    gold, predicted = table(["1" + "." * 13, "." * 14], CHESTXRAY14), table(["1" + "0" * 13, "u" * 14], CHESTXRAY14)
    result = evaluate(gold, predicted, PLAIN)
    assert result.scoring.tasks == ("presence",)
    assert result.score("micro", "presence").f1.value == 1
    with pytest.raises(UsageError, match="presence only"):
        evaluate(gold, predicted, Scoring(("negation",), resamples=0))


def test_tables_that_differ_are_refused(table):
    """Scoring wants the same studies and findings on both sides."""
    with pytest.raises(UsageError, match=r"a\.csv and b\.csv differ"):
        evaluate(table(["1"], ["Edema"]), table(["1"], ["Fracture"], "b.csv"), PLAIN)


def test_results_are_json_without_nan(table):
    """Undefined figures are null, which every reader of JSON knows."""
    gold = table(["1.", "0."], ["Edema", "Fracture"])
    content = json.loads(json.dumps(evaluate(gold, gold, Scoring(resamples=20)).to_dict(), allow_nan=False))
    assert content["values"] == ["BLANK", "ABSENT", "UNCERTAIN", "PRESENT"]
    assert content["confusion"][0][1][1] == 1
    assert {"finding": "Fracture", "task": "mention", "gold": 0}.items() <= content["scores"][1].items()
    assert content["scores"][1]["f1"]["value"] is None


def test_a_comparison_is_paired(table):
    """Two labelers with the same labels differ by exactly 0; a dash has no difference."""
    gold, predicted = table(["1.", "0.", "1."], ["Edema", "Fracture"]), table(["1.", "1.", ".."], ["Edema", "Fracture"])
    rows = {(row.finding, row.task): row for row in compare_scores(gold, predicted, predicted, Scoring(resamples=30))}
    same = rows["Edema", "presence"].difference
    assert (same.difference, same.low, same.high) == (0, 0, 0)
    assert rows["Fracture", "presence"].difference is None
    cells = comparison_table(rows.values(), ("ours", "theirs")).rows
    assert ("Fracture", "presence", "-", "-", "-", "-", "-", "") in cells


def test_without_samples_there_are_no_intervals(table):
    """0 resamples give figures alone."""
    gold = table(["1", "0"], ["Edema"])
    assert evaluate(gold, gold, PLAIN).score("Edema", "presence").f1.low is None
    assert all(row.difference is None for row in compare_scores(gold, gold, gold, PLAIN))
    assert score_tables(evaluate(gold, gold, PLAIN))[0].rows[0][-1] == "-"


def test_a_table_escapes_what_its_format_would_read():
    """A bar ends a cell in Markdown; an ampersand in LaTeX."""
    odd = Table("100 % & more", ("Finding", "n"), (("A|B", "1"), ("C_{d}", "2")))
    assert "| A\\|B | 1 |" in odd.to_markdown()
    assert r"\caption{100 \% \& more}" in odd.to_latex()
    assert r"C\_\{d\} & 2 \\" in odd.to_latex()
    assert odd.to_csv() == b"Finding,n\nA|B,1\nC_{d},2\n"
