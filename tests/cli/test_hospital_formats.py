"""`labeler label --fhir` and `--omop`, and FHIR and HL7 as inputs, with the labeler itself."""

import base64
import csv
import gzip
import json

import pandas as pd
import pytest

from labeler import Labeler
from labeler.interop import fhir, omop

TEXTS = {
    "s1": "Small right effusion, unchanged. ETT tip 4 cm above the carina.",
    "s2": "No edema.",
    "s3": "Lungs.",
    "s4": "Right and left upper lobe nodules, 7 mm and possible edema.",
}
VALUES = {"present": "1.0", "absent": "0.0", "uncertain": "-1.0"}


@pytest.fixture
def reports(tmp_path):
    """Write a table of reports."""
    path = tmp_path / "in.csv"
    path.write_text("study_id,text\n" + "".join([f'{name},"{text}"\n' for name, text in TEXTS.items()]))
    return path


@pytest.fixture
def label(run, tmp_path, monkeypatch):
    """Label reports and return what was written."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764072000")

    def label(reports, *options, name="labels.csv"):
        result = run("label", reports, "-o", tmp_path / name, "--sections", "all", "-q", *options)
        assert result.exit_code == 0, result.output
        return tmp_path / name

    return label


def table_of(path):
    """Return what a table of labels says, without what is blank."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return {row.pop("study_id"): {name: value for name, value in row.items() if value} for row in rows}


def values_of(labels):
    """Return labels as a table has them."""
    return {study: {name: VALUES[status] for name, status in said.items()} for study, said in labels.items()}


def test_each_format_has_the_labels_of_the_table(label, reports, tmp_path):
    """What is read back from FHIR and from OMOP is what the table says."""
    paths = tmp_path / "out.ndjson", tmp_path / "note_nlp.csv"
    labels = table_of(label(reports, "--fhir", paths[0], "--omop", paths[1]))
    assert values_of(fhir.read_labels(paths[0].read_bytes().splitlines())) == labels
    with paths[1].open(newline="") as file:
        assert values_of(omop.read_labels(file)) == {study: said for study, said in labels.items() if said}


def test_workers_resume_and_compression_change_nothing(label, reports, tmp_path):
    """Numbers of rows too are those of one process."""
    outputs = {"one": ("one.ndjson", "one.csv"), "two": ("two.ndjson.gz", "two.parquet")}
    one, two = ([tmp_path / name for name in names] for names in outputs.values())
    label(reports, "--fhir", one[0], "--omop", one[1])
    label(reports, "--fhir", two[0], "--omop", two[1], "--workers", "2", name="two-labels.csv")
    assert gzip.decompress(two[0].read_bytes()) == one[0].read_bytes()
    frame = pd.read_parquet(two[1])
    assert frame["note_nlp_id"].tolist() == list(range(1, len(frame) + 1))
    with one[1].open(newline="") as file:
        assert frame.fillna("").astype(str).to_dict("records") == list(csv.DictReader(file))


def test_a_resumed_run_has_each_study_once(label, tmp_path, monkeypatch):
    """What an interruption leaves is taken up at the study where it stopped, and numbers go on from there."""
    many = tmp_path / "many.csv"
    many.write_text("study_id,text\n" + "".join([f'{number},"Small effusion. No edema."\n' for number in range(600)]))
    paths = tmp_path / "out.ndjson", tmp_path / "note_nlp.csv"
    options = "--fhir", paths[0], "--omop", paths[1]
    label(many, *options)
    whole = [path.read_bytes() for path in paths]
    label_batch, calls = Labeler.label_batch, []

    def interrupted(self, reports):
        calls.append(len(reports))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return label_batch(self, reports)

    monkeypatch.setattr(Labeler, "label_batch", interrupted)
    with pytest.raises(AssertionError):
        label(many, *options)
    assert 0 < sum(calls[:2]) < 600
    label(many, *options, "--resume")
    assert sum(calls[:2]) + sum(calls[3:]) == 600
    assert [path.read_bytes() for path in paths] == whole


def test_no_words_of_a_report_are_in_them_unless_asked_for(label, reports, tmp_path):
    """--with-text adds sentences and words to both."""
    paths = tmp_path / "out.ndjson", tmp_path / "note_nlp.csv"
    words = ("carina", "nodules", "ETT")
    label(reports, "--fhir", paths[0], "--omop", paths[1])
    assert not [word for word in words for path in paths if word in path.read_text()]
    label(reports, "--fhir", paths[0], "--omop", paths[1], "--with-text")
    assert [word for word in words for path in paths if word not in path.read_text()] == []


def test_a_report_that_fails_is_in_neither(run, tmp_path):
    """It is a failure as ever, and the run ends well for the others."""
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "No edema."}\n{"id": "b", "text": 7}\n')
    outputs = "--fhir", tmp_path / "out.ndjson", "--omop", tmp_path / "out.csv"
    result = run("label", tmp_path / "in.jsonl", "-o", tmp_path / "labels.csv", *outputs)
    assert result.exit_code == 1
    assert set(fhir.read_labels((tmp_path / "out.ndjson").read_bytes().splitlines())) == {"a"}
    with (tmp_path / "out.csv").open(newline="") as file:
        assert set(omop.read_labels(file)) == {"a"}
    assert (tmp_path / "labels.csv.errors.csv").exists()


def test_the_same_reports_give_the_same_labels_in_each_format(label, reports, tmp_path):
    """A table, FHIR and HL7 v2 are three ways to send one text."""
    forms = {name: [{"contentType": "text/plain", "data": _base64(text)}] for name, text in TEXTS.items()}
    resources = [{"resourceType": "DiagnosticReport", "id": name, "presentedForm": of} for name, of in forms.items()]
    (tmp_path / "in.ndjson").write_text("\n".join(map(json.dumps, resources)))
    head = "MSH|^~\\&|||||||ORU^R01"
    messages = [f"{head}\rOBR|1||{name}\rOBX|1|TX|1||{text}\r" for name, text in TEXTS.items()]
    (tmp_path / "in.hl7").write_text("".join(messages), newline="")
    want = label(reports).read_bytes()
    assert label(tmp_path / "in.ndjson", name="fhir.csv").read_bytes() == want
    assert label(tmp_path / "in.hl7", name="hl7.csv").read_bytes() == want


def _base64(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fhir", "f.ndjson"], "--fhir needs a file; name it with --output."),
        (["--omop", "o.csv"], "--omop needs a file; name it with --output."),
        (["-o", "l.csv", "--with-text"], "--with-text is for --fhir and --omop; give one of them."),
        (["-o", "l.csv", "--omop", "o.xlsx"], "o.xlsx ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet;"),
        (
            ["-o", "l.csv", "--fhir", "f.ndjson", "--label-set", "chexpert", "--label-set", "vindr"],
            "--findings, --fhir, --omop and --attributes are for one label set; run each by itself.",
        ),
    ],
)
def test_what_cannot_be_is_refused(run, reports, options, message):
    """Before a report is read."""
    result = run("label", reports, *options)
    assert result.exit_code == 2
    assert message in result.output
