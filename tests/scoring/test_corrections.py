"""Corrections of a review as gold, and the disagreements of two of them."""

import csv

import pytest

from labeler.scoring.gold import read_gold

HEADER = ["study_id", "observation", "given", "corrected", "note", "drawn"]
DRAWN = "how={how}; reports=2; of=9; where=; seed=0; labels=4"


@pytest.fixture
def corrections(write_csv):
    """Write corrections of two studies and return the path."""

    def write(name, values, how="random"):
        cells = [(study, finding) for study in ("s50000001", "s50000002") for finding in ("Edema", "Pneumonia")]
        rows = [[*cell, "1", value, "", DRAWN.format(how=how)] for cell, value in zip(cells, values, strict=False)]
        return write_csv(name, HEADER, rows)

    return write


def test_a_label_that_was_not_decided_is_not_scored(corrections):
    """A blank is a label; a label without a row, or with ?, is none."""
    gold = read_gold(corrections("c.csv", ["0", "", "?"]))
    assert gold.ids == ("50000001", "50000002")
    assert dict(zip(gold.findings, gold.codes.T.tolist(), strict=True)) == {"Edema": [1, -1], "Pneumonia": [0, -1]}
    assert gold.reviewed.startswith("random sample of 2 of 9 reports (seed 0)")


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (("random", 4), "random sample of 2 of 9 reports (seed 0): scores and intervals hold for the collection.\n"),
        (("the doubtful first", 4), "scores and intervals hold for these only, not for the collection.\n"),
        (("random", 3), "only 3 of 4 labels were decided"),
    ],
)
def test_scores_say_what_they_hold_for(corrections, write_labels, run, tmp_path, drawn, said):  # noqa: PLR0917 - fixtures
    """On the terminal and in the results."""
    pytest.importorskip("matplotlib")
    how, count = drawn
    gold = corrections("c.csv", ["0", "1", "1", "0"][:count], how)
    labels = write_labels("labels.csv", ["Edema", "Pneumonia"], ["01", "11", "00"])
    result = run("evaluate", "--gold", gold, "--predictions", labels, "--resamples", 20, "-o", tmp_path / "out")
    assert said in result.output
    assert said.rstrip(".\n") in (tmp_path / "out" / "results.json").read_text()
    assert said.rstrip(".\n") in (tmp_path / "out" / "index.html").read_text()


def test_what_cannot_be_decided_and_findings_left_out_are_no_omissions(corrections, write_labels, run):
    """A label with ? was looked at, and --finding chooses what is scored, not what was decided."""
    gold = corrections("c.csv", ["0", "1", "1", "?"])
    labels = write_labels("labels.csv", ["Edema", "Pneumonia"], ["01", "11", "00"])
    for chosen in ((), ("--finding", "Edema")):
        result = run("evaluate", "--gold", gold, "--predictions", labels, "--resamples", 0, *chosen)
        assert "intervals hold for the collection.\n" in result.output


def test_a_label_corrected_twice_is_refused(corrections, run):
    """The line is named."""
    path = corrections("c.csv", ["0", "1"])
    with path.open("a", newline="") as file:
        csv.writer(file).writerow(["s50000001", "Edema", "1", "1", "", DRAWN])
    result = run("evaluate", "--gold", path, "--predictions", path, code=2)
    assert "c.csv, line 4: a second correction of the same label; keep one." in result.output


def test_reviewers_who_agree_have_no_disagreements_to_review(corrections, run, tmp_path):
    """The message says so; where they differ, only those labels are asked for."""
    one, other = corrections("a.csv", ["0", "1", "1", "0"]), corrections("b.csv", ["0", "1", "0"])
    reports = tmp_path / "r.csv"
    reports.write_text("study_id,text\n50000001,Edema.\n50000002,Edema.\n")
    page = tmp_path / "p.html"
    result = run("review", reports, "-o", page, "--disagreements", one, one, code=2)
    assert "differ in no label that both have" in result.output
    run("review", reports, "-o", page, "--disagreements", one, other)
    assert page.read_text().count('"others":{') == 1
    result = run("review", reports, "-o", page, "--disagreements", one, other, "--finding", "Fracture", code=2)
    assert "The tables differ in no label that is asked for" in result.output
