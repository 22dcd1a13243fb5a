"""The commands that measure run on a folder of data, and give the figures of the scorer beside the data."""

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from eval.baseline import teach
from eval.benchmark import main as benchmark
from eval.quality import measure_all, measure_sentences
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.scoring.evaluation import Scoring, evaluate
from labeler.scoring.gold import PROTOCOLS, chexpert_findings, read_gold, read_predictions
from labeler.scoring.labels import meet

REPORTS = {
    1: ("Mild cardiomegaly. No edema.", "No pneumothorax."),
    2: ("Possible pneumonia at the left base.", ""),
    3: ("Lungs are clear. Heart size is normal.", "No acute disease."),
    4: ("Small left pleural effusion with atelectasis.", "Effusion."),
}


@pytest.fixture
def small_data(tmp_path, write_csv, write_labels, monkeypatch):
    """Write a folder of data in the layout that is read, and blind sentences in place of those of the tests."""
    rows = ("development\tNo edema.\tEdema=0;No Finding=1", "read afterwards\tLikely edema.\tEdema=1")
    (tmp_path / "blind.tsv").write_text("\n".join(("part\ttext\tlabels", *rows, "")))
    monkeypatch.setattr("eval.quality.BLIND", tmp_path / "blind.tsv")
    findings = chexpert_findings()
    rows = {1: "..1..0...0....", 2: ".......u......", 3: "1.0...........", 4: "........1.1..."}
    reports = [[uid, *texts] for uid, texts in REPORTS.items()]
    cells = list(rows.values())
    for folder in ("openi", "elsewhere", "negex", "cases"):
        (tmp_path / folder).mkdir()
    write_csv("openi/reports_dev.csv", ["uid", "findings", "impression"], reports)
    for name in ("annotations_chexpert14_dev", "chexpert_original_full_dev", "chexbert_on_findings_dev"):
        write_labels(f"openi/{name}.csv", findings, cells, ids=list(rows), id_column="uid")
    texts = [["a", "notes", "No edema."], ["b", "notes", "Report pending."]]
    write_csv("elsewhere/texts_dev.csv", ["study_id", "source", "text"], texts)
    annotated = ["1....0........", ".............."]
    write_labels("elsewhere/annotations_chexpert14_dev.csv", findings, annotated, ids=["a", "b"])
    write_csv(
        "openi/sentences_dev.csv",
        ["uid", "section", "sentence", "label"],
        [
            [1, "Findings", "Small left pleural effusion", "h"],
            [1, "Findings", "Heart size is normal", "h"],
            [1, "Findings", "Pacemaker is in place", "h"],
            [2, "Findings", "Opacity may represent pneumonia", "a"],
            [2, "Findings", "The bones are intact", "a"],
            [3, "Findings", "No edema", "s"],
            [3, "Findings", "Right pneumothorax", "s"],
        ],
    )
    write_csv(
        "negex/negex_dev.csv",
        ["line", "concept", "sentence", "negation"],
        [
            [1, "edema", "He has no EDEMA.", "Negated"],
            [2, "cough", "COUGH.", "Affirmed"],
            [3, "rash", "None.", "Negated"],
        ],
    )
    (tmp_path / "cases" / "known_sentences.tsv").write_text(
        "# text\texpected\tsource\nNo edema.\tEdema=0\thand\nPossible pneumonia.\tPneumonia=1\twrong on purpose\n",
        encoding="utf-8",
    )
    return tmp_path


def test_each_figure_is_counted_as_it_says(small_data):
    """Every count is that of the few sentences and reports by hand."""
    found = {row.key: row for row in measure_all(small_data)}
    assert found["mention"].value == found["negation"].value == 1
    assert found["no_finding"].value == 1
    assert found["elsewhere.mention"].counts == "1 in the gold, 1 found"
    assert found["elsewhere.no_finding"].value == 1
    assert found["known_sentences"].counts == "1 of 2"
    assert found["blind.development"].counts == "1 of 1"
    assert found["blind.read afterwards"].counts == "0 of 1"
    assert found["negex"].counts == "1 missed, 0 false"
    assert found["healthy_present"].counts == "1 of 3"
    assert found["hedged_uncertain"].counts == "1 of 1"
    assert found["abnormal_found"].counts == "1 of 2"


def test_the_table_of_quality_has_peers_marks_and_an_ablation(small_data, tmp_path):
    """The command prints and writes figures for both readers and for each alone, and no text."""
    result = CliRunner().invoke(
        benchmark, ["--data", str(small_data), "--only", "quality", "-o", str(tmp_path / "out")]
    )
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["quality.md"]
    content = (tmp_path / "out" / "quality.md").read_text(encoding="utf-8")
    assert "negspacy 0.941, nlplite 0.937, medspaCy 0.930" in content
    assert "| data | figure | both | dependency only | NegEx only | plain NegEx |" in content
    assert "| openi, annotated | 7 | 0 (0.0%) | 0 | 0 | 0 | 0 | 4 | 0 (0.0%) |" in content
    assert "cardiomegaly" not in content.lower()


def test_a_missing_file_is_named(tmp_path):
    """A folder of another layout is told by the file that it lacks."""
    result = CliRunner().invoke(benchmark, ["--data", str(tmp_path), "-o", str(tmp_path)])
    assert result.exit_code == 1
    assert "annotations_chexpert14_dev.csv" in result.output


def test_the_benchmark_writes_a_file_for_each_data_set(small_data, tmp_path, write_labels):
    """One command runs all that it is given; each file says what it was made with."""
    classes = ["Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax"]
    classes += ["Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia"]
    rows = ["01" + "0" * 12, "0" * 14, "0" * 14, "101" + "0" * 11]
    write_labels("openi/gold_chestxray14_dev.csv", classes, rows, ids=list(REPORTS), id_column="uid")
    texts = ("Small pleural effusion.", "No edema.")
    with (small_data / "openi" / "reports_dev.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{uid},{texts[uid % 2]},\n" for uid in range(5, 25))  # enough for the student
    with (small_data / "openi" / "gold_chestxray14_dev.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{uid}{',0' * 14}\n" for uid in range(5, 25))
    out = tmp_path / "out"
    result = CliRunner().invoke(benchmark, ["--data", str(small_data), "-o", str(out)])
    assert result.exit_code == 0, result.output
    names = ["baseline.md", "openi-annotations.md", "openi-classes.md", "quality.md"]
    assert sorted(path.name for path in out.iterdir()) == names
    for path in out.iterdir():
        content = path.read_text(encoding="utf-8")
        assert re.search(r"- phrases: [0-9a-f]{12}\n- date: \d{4}-\d\d-\d\d\n", content)
        assert "Small pleural" not in content
        assert all("data)" in line for line in content.splitlines() if line.startswith("### "))


def test_the_benchmark_wants_data():
    """Nothing to run is told, half of the manual test set too."""
    for options in ([], ["--mimic-gold", "gold.csv"], ["--data", ".", "--only", "mimic-687"]):
        result = CliRunner().invoke(benchmark, options)
        assert result.exit_code == 1
        assert "Error: Give" in result.output


def test_a_student_learns_from_its_teacher_and_never_sees_the_gold(table):
    """A few phrasings are learned well; reports that the gold has are not learned from."""
    texts = ["No pleural effusion.", "Small pleural effusion.", "Possible pleural effusion.", "Clear lungs."]
    reports = [Report(str(at), texts[at % 4]) for at in range(1, 81)]
    gold = table(["." * 14] * 8, chexpert_findings())
    baseline = teach(Labeler(sections="all"), reports, gold)
    at = baseline.kept.findings.index("Pleural Effusion")
    assert baseline.kept.weighted_f1[at] == pytest.approx(1)
    assert baseline.trained + baseline.kept.studies == 80
    assert baseline.teacher.studies == baseline.student.studies == 8


def test_figures_are_those_of_the_scorer_beside_the_data(data):
    """The original labeler's file gives the very figures of score14.py."""
    folder, protocol = data / "openi", PROTOCOLS["open-i"]
    files = [folder / "annotations_chexpert14_dev.csv", folder / "chexpert_original_full_dev.csv"]
    gold = read_gold(files[0], protocol=protocol.name)
    met = meet(gold, read_predictions(files[1], gold.findings), missing="blank")
    result = evaluate(*met[:2], Scoring(apart=protocol.apart, least=protocol.least, resamples=0))
    script = [sys.executable, str(data.parent / "tools" / "score14.py"), *map(str, files)]
    printed = subprocess.run(script, capture_output=True, text=True, check=True).stdout
    names = {"mention": "mention", "negated": "negation", "uncertain": "uncertainty", "present": "presence"}
    for name, task in names.items():
        micro, macro = (result.score(average, task) for average in ("micro", "macro"))
        shown = (micro.precision.value, micro.recall.value, micro.f1.value, macro.f1.value)
        assert re.search(name + r"\s+P {:.3f} R {:.3f} F1 {:.3f} macro {:.3f}".format(*shown), printed)
    apart = result.score("No Finding", "presence")
    assert f"No Finding P {apart.precision.value:.3f} R {apart.recall.value:.3f} F1 {apart.f1.value:.3f}" in printed


def test_healthy_sentences_are_measured_on_the_data(data):
    """The share of healthy sentences in which something is called present stays below a hundredth."""
    healthy = next(measure_sentences(data / "openi" / "sentences_dev.csv", ("dependency", "negex")))
    assert healthy.value < 0.01
