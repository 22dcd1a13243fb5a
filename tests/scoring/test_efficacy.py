"""Clinical efficacy of generated reports, by the conventions of the field."""

import json

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from labeler.errors import UsageError
from labeler.scoring.efficacy import COMPETITION, Convention, clinical_efficacy, score_pairs
from labeler.scoring.gold import chexpert_findings

FIVE = ("Edema", "Pleural Effusion", "Fracture")


def test_the_conventions_differ_in_what_uncertain_is(table):
    """R2Gen takes uncertain as negative, F1CheXbert as positive; blank is negative in both."""
    references, candidates = table(["1u.", ".10"], FIVE), table(["11.", "u1."], FIVE)
    r2gen = score_pairs(references, candidates, resamples=0)
    # references: edema, effusion; candidates: edema, effusion twice
    assert r2gen.average("micro", 3).precision.value == pytest.approx(2 / 3)
    assert r2gen.average("micro", 3).recall.value == pytest.approx(1)
    f1chexbert = score_pairs(references, candidates, convention="f1chexbert", resamples=0)
    # references: edema, effusion twice; candidates: edema twice, effusion twice
    assert f1chexbert.average("micro", 3).precision.value == pytest.approx(3 / 4)
    assert f1chexbert.average("micro", 3).recall.value == pytest.approx(1)


def test_uncertain_and_blank_can_be_left_out(table):
    """An ignored cell is not scored: uncertain on either side, blank in the reference only."""
    references, candidates = table(["1u."], FIVE), table(["u11"], FIVE)
    ignored = score_pairs(references, candidates, convention=Convention("own", "ignore", "ignore"), resamples=0)
    assert [score.gold + score.predicted for score in ignored.scores] == [0, 0, 0]
    kept = score_pairs(references, candidates, convention=Convention("own", "ignore"), resamples=0)
    assert [(score.gold, score.predicted) for score in kept.scores] == [(0, 0), (0, 0), (0, 1)]


def test_averages_are_those_of_scikit_learn(table):
    """Micro, macro and example-based figures count what is undefined as 0, over 14 and over 5 observations."""
    random = np.random.default_rng(2)
    rows = ["".join(random.choice(list(".0u1"), 14)) for _ in range(60)]
    others = ["".join(cell if random.random() < 0.6 else "." for cell in row) for row in rows]
    findings = chexpert_findings()
    result = score_pairs(table(rows, findings), table(others, findings), resamples=0)
    sides = [np.array([[cell == "1" for cell in row] for row in side]) for side in (rows, others)]
    five = [findings.index(name) for name in COMPETITION]
    for count, at in ((14, list(range(14))), (5, five)):
        for name, average in (("micro", "micro"), ("macro", "macro"), ("example-based", "samples")):
            expected = precision_recall_fscore_support(
                *(side[:, at] for side in sides), average=average, zero_division=0
            )
            row = result.average(name, count)
            assert [row.precision.value, row.recall.value, row.f1.value] == pytest.approx(list(expected[:3]))


def test_intervals_hold_their_figures(table):
    """Each average and each defined F1 has an interval around it."""
    references, candidates = (
        table(["1.1", ".1.", "11.", "..."] * 10, FIVE),
        table(["1..", "11.", ".1.", "..1"] * 10, FIVE),
    )
    result = score_pairs(references, candidates, resamples=100)
    assert all(row.f1.low < row.f1.value < row.f1.high for row in result.averages)
    json.dumps(result.to_dict(), allow_nan=False)


def test_texts_are_labelled_and_scored():
    """The candidate names one finding of the reference and one that is not there."""
    result = clinical_efficacy(
        ["Left pleural effusion and edema."], ["Left pleural effusion. Pneumothorax."], resamples=0
    )
    scores = {score.finding: (score.gold, score.predicted) for score in result.scores if score.gold + score.predicted}
    assert scores == {"Edema": (1, 0), "Pneumothorax": (0, 1), "Pleural Effusion": (1, 1)}
    assert result.average("example-based", 14).f1.value == pytest.approx(0.5)


def test_unequal_numbers_and_unknown_conventions_are_told():
    """Each reference has one candidate."""
    with pytest.raises(UsageError, match="2 references and 1 candidates"):
        clinical_efficacy(["a", "b"], ["c"])
    with pytest.raises(UsageError, match="no convention 'mean'; there are: r2gen, f1chexbert"):
        clinical_efficacy(["No edema."], ["No edema."], convention="mean")


def test_the_command_reads_tables_json_lines_and_plain_lines(run, row_of, tmp_path, write_csv):
    """Reports meet by id in tables, whatever their order, and by place in plain lines."""
    texts = {"a": "Small left pleural effusion.", "b": "Lungs are clear, no edema."}
    table = write_csv("references.csv", ["study_id", "report"], texts.items())
    lines = tmp_path / "candidates.jsonl"
    rows = [{"study_id": name, "report": text} for name, text in reversed(texts.items())]
    lines.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    plain = tmp_path / "references.txt"
    plain.write_text("\n".join(texts.values()) + "\n", encoding="utf-8")
    for references, candidates in ((table, lines), (plain, plain)):
        result = run("evaluate", "--references", references, "--candidates", candidates, "--resamples", 0)
        assert "2 references and candidates met." in result.output
        assert row_of(result.output, "Clinical efficacy", "micro over 5") == ["1.000", "1.000", "1.000", "-"]


def test_the_command_tells_references_without_candidate(run, write_csv):
    """The ids that don't meet are named."""
    files = [write_csv(f"{name}.csv", ["study_id", "report"], [[name, "No edema."]]) for name in ("a", "b")]
    result = run("evaluate", "--references", files[0], "--candidates", files[1], code=2)
    assert "1 references and 1 candidates; without a candidate: a." in result.output


def test_the_command_writes_the_tables_and_says_the_convention(run, tmp_path, write_csv):
    """An explicit option stands in the facts instead of the convention's name."""
    reports = write_csv("reports.csv", ["study_id", "report"], [["a", "Possible edema."]])
    both = ("--references", reports, "--candidates", reports)
    run("evaluate", *both, "--uncertain", "ignore", "--resamples", 10, "-o", tmp_path / "out")
    content = json.loads((tmp_path / "out" / "results.json").read_text())
    assert content["convention"] == "as given (uncertain ignore, blank negative)"
    assert content["systems"]["reports"]["efficacy"]["reports"] == 1
    assert "Possible" not in (tmp_path / "out" / "index.html").read_text()
