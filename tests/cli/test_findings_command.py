"""`labeler label --findings` and `--attributes`, with the labeler itself."""

import csv
import gzip
import json
from functools import partial

import pandas as pd
import pytest

from labeler.pipeline import Labeler

HEADER = (
    "study_id,subject_id,observation,status,side,location,severity,change,size_mm,device,tip,position,text,start,end"
)
TEXTS = {
    "s1": "Small right effusion, unchanged. ETT tip 4 cm above the carina.",
    "s2": "No edema.",
    "s3": "Normal chest.",
    "s4": "Right and left upper lobe nodules, 7 mm and mild edema.",
}


@pytest.fixture
def label(label_beside):
    """Label the reports with their findings and return what was written."""
    return partial(label_beside, "--findings")


def test_findings_have_a_row_each(label):
    """Values are joined by ";", the sentence has its offsets, and a study without findings has no row."""
    lines = label("findings.csv").read_text().splitlines()
    tube = "s1,,Support Devices,present,,,,,,endotracheal tube,4 cm above the carina,"
    assert lines[:4] == [
        HEADER,
        's1,,Pleural Effusion,present,right,,mild,unchanged,,,,,"Small right effusion, unchanged.",0,32',
        f"{tube},ETT tip 4 cm above the carina.,33,63",
        "s2,,Edema,absent,,,,,,,,,No edema.,0,9",
    ]
    assert lines[4].startswith("s4,,Lung Lesion,present,right;left,upper,,,7,,,,")
    assert {line.split(",")[0] for line in lines[1:]} == {"s1", "s2", "s4"}


def test_every_format_has_the_same_rows(label):
    """CSV, JSON Lines and Parquet, compressed or not, hold one table."""
    plain = label("f.csv")
    with plain.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert gzip.decompress(label("f.csv.gz").read_bytes()) == plain.read_bytes()
    objects = [json.loads(line) for line in label("f.jsonl").read_text().splitlines()]
    assert [{name: str(value) for name, value in row.items()} for row in objects] == rows
    table = pd.read_parquet(label("f.parquet")).astype(str).to_dict("records")
    assert table == rows


def test_workers_and_a_second_run_change_no_byte(label):
    """Findings don't depend on the number of workers."""
    assert label("one.csv").read_bytes() == label("two.csv", "--workers", "2").read_bytes()


def test_attributes_are_columns_of_the_table(label, tmp_path):
    """A wide table has a column for each attribute that an observation can have."""
    label("f.csv", "--attributes")
    table = pd.read_csv(tmp_path / "labels.csv", dtype=str).set_index("study_id").fillna("")
    assert table.loc["s1", "Pleural Effusion side"] == "right"
    assert table.loc["s1", "Support Devices tip"] == "4 cm above the carina"
    assert table.loc["s4", "Lung Lesion side"] == "right;left"
    assert "Cardiomegaly location" not in table.columns
    assert "No Finding side" not in table.columns


def test_wide_table_as_parquet_has_text_and_numbers(run, reports, tmp_path):
    """Labels are numbers, attributes are text."""
    run("label", reports, "-o", tmp_path / "l.parquet", "--attributes", "--sections", "all", "-q")
    table = pd.read_parquet(tmp_path / "l.parquet").set_index("study_id")
    assert table["Pleural Effusion"].dtype == "float64"
    assert table.loc["s1", "Pleural Effusion side"] == "right"


def test_findings_of_a_resumed_run_are_whole(label, tmp_path, monkeypatch):
    """An interrupted run is resumed to the same bytes."""
    whole = label("whole.csv").read_bytes()
    read = Labeler.label_batch

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Labeler, "label_batch", interrupted)
    with pytest.raises(AssertionError):
        label("resumed.csv")
    monkeypatch.setattr(Labeler, "label_batch", read)
    assert label("resumed.csv", "--resume").read_bytes() == whole
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--findings", "f.csv"], "--findings needs a file; name it with --output."),
        (["-o", "l.csv", "--findings", "f.txt"], "f.txt ends in none of .csv,"),
        (["-o", "l.csv", "--findings", "l.csv"], "name the same file"),
    ],
)
def test_what_cannot_be_written_is_one_message(run, reports, monkeypatch, options, said):
    """A missing table, another ending and one name twice end the run with 2."""
    monkeypatch.chdir(reports.parent)
    result = run("label", reports, *options)
    assert result.exit_code == 2
    assert said in result.stderr


def test_findings_frame_is_the_table_as_pandas():
    """Rows are those of --findings, in the order of the reports, for any number of workers."""
    frame = pd.DataFrame({"study_id": list(TEXTS), "text": list(TEXTS.values())})
    labeler = Labeler(sections="all")
    findings = labeler.findings_frame(frame, id_column="study_id")
    assert ",".join(findings.columns) == HEADER
    assert list(findings["study_id"]) == ["s1", "s1", "s2", "s4", "s4"]
    assert findings.equals(labeler.findings_frame(frame, id_column="study_id", workers=2))


def test_findings_frame_keeps_the_type_of_identifiers():
    """Numbers stay numbers, so that the findings can be merged with the table."""
    frame = pd.DataFrame({"subject_id": [3], "study_id": [7], "text": ["Edema."]})
    found = Labeler(sections="all").findings_frame(frame)
    assert found.merge(frame, on=["subject_id", "study_id"])["status"].tolist() == ["present"]


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_identifiers_of_findings_keep_their_type(run, tmp_path, ending):
    """They can be merged with the labels; a study without a patient has none."""
    given, findings = tmp_path / "in.csv", tmp_path / f"f{ending}"
    given.write_text("study_id,text\n7,Edema.\n")
    assert run("label", given, "-o", tmp_path / f"l{ending}", "--findings", findings).exit_code == 0
    read = pd.read_parquet if ending == ".parquet" else partial(pd.read_json, lines=True, dtype=False)
    assert read(findings)["study_id"].tolist() == read(tmp_path / f"l{ending}")["study_id"].tolist() == [7]
