"""Mentions as rows of NOTE_NLP."""

import io

import pytest

from labeler import Labeler, Report
from labeler.interop.codes import Origin
from labeler.interop.omop import NOTE_NLP_COLUMNS, NoteNlpRows, omop_format, read_labels
from labeler.records import Label, Status, StudyLabels

ORIGIN = Origin("chexpert", "cxr-labeler 1.2.3", {})
NOW = "2026-11-25 12:00:00"


@pytest.fixture(scope="module")
def rows():
    """Return the rows of a text as dictionaries."""
    labeler = Labeler(sections="all")

    def rows(text, *, with_text=False):
        report = Report("7", text)
        made = NoteNlpRows(ORIGIN, NOW, with_text)(report, labeler.label(report))
        return [dict(zip(NOTE_NLP_COLUMNS[1:], row, strict=True)) for row in made]

    return rows


def written(studies, origin, monkeypatch):
    """Return the CSV file of studies."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764072000")
    form, finish = omop_format("note_nlp.csv", origin, {}, with_text=True)
    table = io.BytesIO()
    finish(io.BytesIO(b"".join(form.line(*study) for study in studies)), table)
    return table.getvalue().decode()


def test_labels_are_read_back_without_loss(labelled, said, monkeypatch):
    """Every label of every study that says anything comes back, and no other."""
    for origin, studies in labelled:
        found = read_labels(io.StringIO(written(studies, origin, monkeypatch), newline=""))
        assert found == {report.id: said(labels) for report, labels in studies if labels.assertions or said(labels)}


def test_rows_are_numbered_and_dated(labelled, monkeypatch):
    """Numbers go on from study to study; the date is that of the run, or what SOURCE_DATE_EPOCH says."""
    origin, studies = labelled[0]
    head, *lines = written(studies[-5:-2], origin, monkeypatch).splitlines()
    assert head.split(",") == list(NOTE_NLP_COLUMNS)
    assert [line.split(",")[0] for line in lines] == [str(number) for number in range(1, len(lines) + 1)]
    assert all(",2025-11-25,2025-11-25 12:00:00," in line for line in lines)


def test_statuses_are_told_as_the_model_has_them(rows):
    """What is denied, or asserted of nobody, does not exist; what is uncertain does, and a modifier says so."""
    found = rows("No edema. Possible effusion. Pneumothorax. Evaluate for pneumonia.")
    assert [(row["lexical_variant"], row["term_exists"], row["term_temporal"]) for row in found] == [
        ("Edema", "N", "present"),
        ("Pleural Effusion", "Y", "present"),
        ("Pneumothorax", "Y", "present"),
        ("Pneumonia", "N", None),
    ]
    assert [row["term_modifiers"] for row in found[1::2]] == [
        "finding=Pleural Effusion,status=uncertain,label=uncertain",
        "finding=Pneumonia,status=none",
    ]


def test_a_mention_is_described_by_its_modifiers(rows):
    """Attributes are modifiers; a mention and the label of its study may differ."""
    right, left = rows("Small right pneumothorax. No left pneumothorax.")
    assert right["term_modifiers"] == "finding=Pneumothorax,status=present,label=present,side=right,severity=mild"
    assert left["term_modifiers"] == "finding=Pneumothorax,status=absent,label=present"
    assert (left["term_exists"], left["offset"]) == ("N", "34")


def test_a_label_without_a_mention_has_a_row(rows):
    """What follows from other findings has no offset."""
    implied = [row for row in rows("No edema. No effusion. No pneumothorax.") if row["offset"] is None]
    assert [row["term_modifiers"] for row in implied] == ["finding=No Finding,status=present,label=present"]


def test_report_text_is_there_only_if_it_is_asked_for(rows):
    """Without it, the required column holds the finding's name."""
    text = "ETT, tip 4 cm above the carina."
    bare, told = rows(text)[0], rows(text, with_text=True)[0]
    assert (bare["snippet"], bare["lexical_variant"]) == (None, "Support Devices")
    assert "carina" not in str(bare)
    assert (told["snippet"], told["lexical_variant"]) == (text, "ETT")
    assert "tip=4 cm above the carina" in told["term_modifiers"]


def test_marks_inside_a_value_are_none_of_the_modifiers(said):
    """A finding of a label set may be called anything."""
    labels = StudyLabels((Label("A,label=x%", Status.ABSENT, "r"),), (), "7", read_findings=tuple)
    (row,) = NoteNlpRows(ORIGIN, NOW, with_text=False)(Report("7", ""), labels)
    table = io.StringIO(f'note_id,term_modifiers\n7,"{row[-1]}"\n')
    assert read_labels(table) == {"7": said(labels)}
