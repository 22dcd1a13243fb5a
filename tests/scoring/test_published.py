"""Published figures are whole, and their arithmetic holds."""

import pytest

from labeler.scoring.gold import chexpert_findings
from labeler.scoring.metrics import TASKS
from labeler.scoring.published import peers, quality, single, source, weighted

ROWS = [
    (table, task, peer.name, finding, score)
    for table in ("mimic-687", "open-i", "open-i-classes")
    for task in TASKS
    for peer in peers(table, task)
    for finding, score in peer.scores.items()
]
WHOLE = [row for row in ROWS if None not in (row[4].precision, row[4].recall, row[4].f1)]


@pytest.mark.parametrize(("table", "task", "name", "finding", "score"), WHOLE)
def test_precision_and_recall_of_a_row_give_its_f1(table, task, name, finding, score):
    """The three figures of a row, each rounded to three decimals, belong together."""
    f1 = 2 * score.precision * score.recall / (score.precision + score.recall)
    assert f1 == pytest.approx(score.f1, abs=0.0011), (table, task, name, finding)


@pytest.mark.parametrize(
    ("task", "name"),
    [(task, name) for task in ("negation", "uncertainty") for name in ("NegBio", "CheXpert labeler")]
    + [("mention", "CheXpert labeler")],
)
def test_macro_is_the_mean_of_the_rows_with_undefined_as_zero(task, name):
    """The published averages follow from the rows."""
    scores = next(peer.scores for peer in peers("mimic-687", task) if peer.name == name)
    rows = [score.f1 or 0 for finding, score in scores.items() if finding in chexpert_findings()]
    assert sum(rows) / len(rows) == pytest.approx(scores["macro"].f1, abs=0.0011)


def test_a_dash_is_not_zero():
    """The CheXpert labeler has no F1 of negated fractures, and the gold has 8."""
    chexpert = peers("mimic-687", "negation")[1].scores["Fracture"]
    assert (chexpert.gold, chexpert.f1) == (8, None)


def test_gold_cases_of_two_labelers_are_the_same():
    """Both were scored on the same set."""
    for task in ("mention", "negation", "uncertainty"):
        one, other = (peer.scores for peer in sorted(peers("mimic-687", task), key=lambda peer: len(peer.scores)))
        assert all(other[name].gold == score.gold for name, score in one.items())


def test_every_table_has_a_source():
    """A figure without a source is none."""
    assert all(source(table) for table in ("mimic-687", "open-i", "open-i-classes", "baseline"))


def test_marks_have_peers():
    """Every row of the table of quality has something to stand beside, if a peer was measured on its data."""
    assert all(0 < mark.reach <= 1 for mark in quality().values())
    assert {key for key, mark in quality().items() if not mark.peers} == {
        "known_sentences",
        "blind.development",
        "blind.read afterwards",
        *(f"elsewhere.{key}" for key in ("mention", "negation", "uncertainty", "presence", "no_finding")),
    }
    assert weighted("generic") == {}
    assert single("baseline", "weighted") == pytest.approx(0.8047)
