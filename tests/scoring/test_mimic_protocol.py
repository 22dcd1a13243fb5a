"""The protocol of MIMIC-CXR-JPG's manual test set, on a gold standard of its shape with figures worked out by hand."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from eval import mimic_687
from eval.benchmark import main as benchmark
from labeler.scoring.evaluation import Scoring, evaluate
from labeler.scoring.gold import PROTOCOLS, chexpert_findings, read_gold, read_predictions
from labeler.scoring.labels import meet
from labeler.scoring.metrics import TASKS

MIMIC = tuple(sorted(["Airspace Opacity", *(name for name in chexpert_findings() if name != "Lung Opacity")]))
EXAMPLES = Path(__file__).parents[2] / "examples" / "reports"

# Gold and prediction, and how many of the 687 studies have them; the others are blank on both sides.
PAIRS = {
    "Edema": {"11": 80, "1u": 10, "1.": 10, "00": 40, "0.": 10, "uu": 5, "u1": 15, ".1": 7},
    "Enlarged Cardiomediastinum": {"0u": 28, "00": 2, "uu": 1},
    "Fracture": {"0.": 8},
    "Support Devices": {".u": 3},
    "Airspace Opacity": {"11": 4},
}


def columns_of(side):
    """Give one side of every finding, 687 characters each, gold and prediction shuffled alike by their order."""
    columns = {}
    for name in MIMIC:
        cells = "".join(pair[side] * times for pair, times in PAIRS.get(name, {}).items())
        columns[name] = cells + "." * (687 - len(cells))
    return columns


@pytest.fixture
def files(write_labels):
    """Write gold and predictions; the predictions in another order of columns, and two more studies."""
    gold, predicted = columns_of(0), columns_of(1)
    rows = ["".join(cells) for cells in zip(*gold.values(), strict=True)]
    names = [name.replace("Airspace", "Lung") for name in reversed(predicted)]
    answers = ["".join(cells) for cells in zip(*reversed(predicted.values()), strict=True)]
    return (
        write_labels("mimic-cxr-2.1.0-test-set-labeled.csv", MIMIC, rows),
        write_labels("labels.csv", names, [*answers, "1" * 14, "0" * 14]),
    )


@pytest.fixture
def evaluation(files):
    """Scores the predictions without intervals."""
    protocol = PROTOCOLS["mimic-687"]
    gold = read_gold(files[0], protocol=protocol.name)
    gold, predicted, meeting = meet(gold, read_predictions(files[1], gold.findings))
    assert str(meeting) == "687 studies in both; 0 only in the gold, 2 only in the predictions"
    return evaluate(gold, predicted, Scoring(resamples=0))


@pytest.mark.parametrize(
    ("row", "gold", "figures"),
    [
        # mention of edema: 150 hits, 7 false, 20 missed
        (("Edema", "mention"), 170, (150 / 157, 150 / 170, 300 / 327)),
        (("Edema", "negation"), 50, (1.0, 0.8, 80 / 90)),
        # uncertainty: 5 hits, 10 false, 15 missed
        (("Edema", "uncertainty"), 20, (1 / 3, 1 / 4, 10 / 35)),
        # presence: 80 hits, 22 false, 20 missed
        (("Edema", "presence"), 100, (80 / 102, 0.8, 160 / 202)),
        # the stable mediastinum that is called uncertain: 1 hit, 28 false
        (("Enlarged Cardiomediastinum", "uncertainty"), 1, (1 / 29, 1.0, 2 / 30)),
        (("Enlarged Cardiomediastinum", "negation"), 30, (1.0, 2 / 30, 4 / 32)),
        (("Fracture", "negation"), 8, (None, 0.0, None)),
        (("Fracture", "uncertainty"), 0, (None, None, None)),
        (("Support Devices", "uncertainty"), 0, (0.0, None, None)),
        (("Lung Opacity", "presence"), 4, (1.0, 1.0, 1.0)),
        (("Pneumonia", "mention"), 0, (None, None, None)),
        # 6 hits, 10 + 28 + 3 false, 15 missed
        (("micro", "uncertainty"), 21, (6 / 47, 6 / 21, 12 / 68)),
        (("macro", "uncertainty"), 21, ((1 / 3 + 1 / 29) / 2, (1 / 4 + 1) / 2, (10 / 35 + 2 / 30) / 2)),
        # Fracture has gold cases and no F1: 0 in one average, left out of the other
        (("macro", "negation"), 88, (2 / 3, (0.8 + 2 / 30) / 3, (80 / 90 + 4 / 32) / 3)),
        (("macro of defined", "negation"), 88, (1.0, (0.8 + 2 / 30) / 3, (80 / 90 + 4 / 32) / 2)),
    ],
)
def test_figures_are_those_worked_out_by_hand(evaluation, row, gold, figures):
    """Every study counts, blank is not the class, and what is undefined is a dash."""
    score = evaluation.score(*row)
    assert score.gold == gold
    found = [figure.value for figure in (score.precision, score.recall, score.f1)]
    assert found == [None if figure is None else pytest.approx(figure) for figure in figures]


@pytest.mark.parametrize("task", TASKS)
def test_the_protocol_in_one_file_gives_the_figures_of_the_command(files, evaluation, task):
    """`eval/mimic_687.py` spells the protocol out with scikit-learn; `labeler evaluate` counts by matrices."""
    gold = mimic_687.read_gold(files[0])
    predicted = pd.read_csv(files[1]).set_index("study_id").loc[gold.index.astype(int), list(gold.columns)]
    found = mimic_687.score(gold, predicted.set_axis(gold.index), task)
    for name, figures in found.iterrows():
        score = evaluation.score(name, task)
        expected = [score.gold, score.precision.value, score.recall.value, score.f1.value]
        assert figures[:4].tolist() == pytest.approx([float("nan") if x is None else x for x in expected], nan_ok=True)
        assert score.f1.value is None or figures["low"] <= figures["F1"] <= figures["high"]


def test_weighted_f1_and_kappa_are_those_worked_out_by_hand(evaluation):
    """CheXbert's F1 weighs the three values of edema by 100, 50 and 20 gold cases."""
    at = evaluation.findings.index("Edema")
    assert evaluation.weighted_f1[at] == pytest.approx((100 * 160 / 202 + 50 * 80 / 90 + 20 * 10 / 35) / 170)
    agreed = 80 + 40 + 5 + (687 - 177)
    by_chance = (100 * 102 + 50 * 40 + 20 * 15 + 517 * 530) / 687
    assert evaluation.kappa[at] == pytest.approx((agreed - by_chance) / (687 - by_chance))
    assert evaluation.weighted_f1[evaluation.findings.index("Pneumonia")] is None


def test_confusion_has_gold_in_rows(evaluation):
    """The matrix of edema has what the pairs say, and 510 studies blank on both sides."""
    matrix = evaluation.confusion[evaluation.findings.index("Edema")].tolist()
    assert matrix == [[510, 0, 0, 7], [10, 40, 0, 0], [0, 0, 5, 15], [10, 0, 10, 80]]


def test_the_command_shows_published_figures_beside_ours(files, run, row_of):
    """NegBio's and CheXpert's columns stand beside, with who is better; dashes are dashes."""
    result = run(
        "evaluate", "--gold", files[0], "--predictions", files[1], "--protocol", "mimic-687", "--resamples", 50
    )
    assert "687 studies in both; 0 only in the gold, 2 only in the predictions." in result.output
    edema = row_of(result.output, "Uncertainty, 687 studies", "Edema")
    assert edema[:4] == ["20", "0.333", "0.250", "0.286"]
    assert edema[-3:] == ["0.169", "0.207", "better"]
    fracture = row_of(result.output, "Negation, 687 studies", "Fracture")
    assert fracture == ["8", "-", "0.000", "-", "-", "0.462", "-", "worse"]
    mediastinum = row_of(result.output, "Uncertainty, 687 studies", "Enlarged Cardiomediastinum")
    assert mediastinum[-3:] == ["0.065", "0.069", "worse"]


def test_a_gold_standard_of_another_size_is_told(write_labels, run):
    """The published figures are on 687 studies."""
    gold = write_labels("gold.csv", MIMIC, ["1" * 14] * 3)
    result = run("evaluate", "--gold", gold, "--predictions", gold, "--protocol", "mimic-687", "--resamples", 0)
    assert "Note: gold.csv has 3 studies; the published figures are on 687." in result.output


def test_the_benchmark_labels_and_scores_the_manual_test_set(write_labels, tmp_path):
    """Reports in MIMIC-CXR's layout are labelled, and published figures stand beside; a missing report is an error."""
    options = ["--mimic-reports", str(EXAMPLES), "-o", str(tmp_path / "out"), "--mimic-gold"]
    studies = [50000001, 50000002, 50000003]
    gold = write_labels("gold.csv", MIMIC, ["." * 14, "1" * 14, "0" * 14], ids=studies)
    result = CliRunner().invoke(benchmark, [*options, str(gold)])
    assert result.exit_code == 0, result.output
    content = (tmp_path / "out" / "mimic-687.md").read_text(encoding="utf-8")
    assert "### Uncertainty, 3 studies (held-out data)" in content
    assert "| Finding | n | P | R | F1 | 95 % interval | F1 NegBio | F1 CheXpert labeler |  |" in content
    assert "- note: the published figures are on 687 reports" in content
    absent = write_labels("gold.csv", MIMIC, ["." * 14], ids=[59999999])
    result = CliRunner().invoke(benchmark, [*options, str(absent)])
    assert "has no report of 1 of 1 studies: 59999999." in result.output


def test_reports_of_a_mimic_folder_are_labelled_and_scored(write_labels, run, tmp_path):
    """Predictions that the label command wrote and reports that are labelled at once give the same figures."""
    studies = [50000001, 50000002, 50000003]
    gold = write_labels("gold.csv", MIMIC, ["." * 14, "1" * 14, "0" * 14], ids=studies)
    labels = tmp_path / "labels.csv"
    run("label", EXAMPLES, "-o", labels)
    common = ("--protocol", "mimic-687", "--resamples", 0, "-o")
    run("evaluate", "--gold", gold, "--predictions", labels, *common, tmp_path / "one")
    run("evaluate", "--gold", gold, "--reports", EXAMPLES, *common, tmp_path / "other")
    one, other = (json.loads((tmp_path / name / "results.json").read_text())["evaluation"] for name in ("one", "other"))
    assert one["studies"] == 3
    assert one["confusion"] == other["confusion"]
