"""Tables in the forms that people have them in are read without options, and a message says what was taken."""

import io
import json
import sys

import pandas as pd
import pytest

from labeler.errors import UsageError
from labeler.io.frame import findings_frame, label_frame
from labeler.io.read import open_inputs, read_reports
from labeler.io.source import Failure
from labeler.records import Report

JOINED = " FINDINGS: Clear lungs.\n\n IMPRESSION: No edema."


@pytest.fixture
def read(tmp_path, caplog):
    """Write a file and return what is read of it, failures as their reasons, and what is told."""

    def run(name, content, **options):
        caplog.clear()
        (tmp_path / name).write_text(content, encoding="utf-8")
        read = read_reports([tmp_path / name], **options)
        items = [item.reason if isinstance(item, Failure) else item for item in read]
        return items, [message.removeprefix(f"{tmp_path / name}: ") for message in caplog.messages]

    return run


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.tsv", "uid\ttext\ns1\tNo edema.\n", "the cells are separated by tabs"),
        ("a.csv", "uid\ttext\ns1\tNo edema.\n", "the cells are separated by tabs"),
        ("a.csv", '"Text";"Study ID"\n"No edema.";s1\n', "the cells are separated by semicolons"),
        ("a.csv", " UID |age,sex| Report_Text\ns1|7,f|No edema.\n", "the cells are separated by vertical bars"),
        ("a.csv", "uid, REPORT TEXT \ns1,No edema.\n", None),
        ("a.csv", "s1,No edema.\n", "the first line is no header but a row"),
    ],
)
def test_the_separator_is_the_one_with_which_the_header_has_the_columns(read, name, content, told):
    """Whatever the ending; case and blanks of the names do not count, and what is usual is not told."""
    assert read(name, content) == ([Report("s1", "No edema.")], [told] if told else [])


def test_a_separator_that_cannot_be_told_is_an_error(read):
    """Columns that are asked for decide as well; without any the names of the likeliest separator are shown."""
    with pytest.raises(UsageError, match="may be separated by commas or semicolons; name the columns"):
        read("a.csv", "id,text,a;id;text;b,c\n")
    assert read("b.csv", "key;words\ns1;No edema.\n", id_column="KEY", text_column="words")[0] == [
        Report("s1", "No edema.")
    ]
    with pytest.raises(UsageError, match=r"It has: key, words\."):
        read("b.csv", "key;words\ns1;No edema.\n")


def test_findings_and_impression_are_the_sections_of_a_report(read):
    """As Indiana's tables have them; a text column comes first, and then that is told."""
    table = "uid,MeSH,Findings,IMPRESSION\n1,normal,Clear lungs., No edema. \n2,normal,,\n"
    told = ["the sections of a report are in the columns findings, impression"]
    assert read("a.csv", table) == ([Report("1", JOINED), Report("2", "")], told)
    items, told = read("b.csv", "id,text,findings,impression\n1,a,b,c\n")
    assert items == [Report("1", "a")]
    assert told == ["the report is in the column text; findings and impression are not read"]


def test_columns_that_are_asked_for_are_joined_as_sections(read):
    """In the order of the options, under their names."""
    table = "id,Clinical_History,findings,text\n1,Cough.,Clear lungs.,x\n"
    items, told = read("a.csv", table, text_column=["findings", "clinical history"])
    assert items == [Report("1", " FINDINGS: Clear lungs.\n\n CLINICAL HISTORY: Cough.")]
    assert told == []
    with pytest.raises(UsageError, match="has no column 'impression'"):
        read("a.csv", table, text_column=("findings", "impression"))


def test_the_sectioned_table_of_mimic_is_read(read):
    """The last paragraph or the comparison stands alone where there is no impression and there are no findings."""
    rows = ["s1,No edema.,Clear lungs.,,None.", "s2,,,Tube removed.,None.", "s3,,,,Compared with May.", "s4,,,,"]
    table = "\n".join(["study,impression,findings,last_paragraph,comparison", *rows])
    texts = [item.text for item in read("mimic_cxr_sectioned.csv", table)[0]]
    assert texts == [JOINED, "Tube removed.", "Compared with May.", ""]


def test_the_headerless_table_of_mimic_is_read(read):
    """Identifiers and reports of many lines; a first line that could be a header is none of a report."""
    items, told = read("mimic_cxr_000.csv", 's50000001," FINAL REPORT\n No edema, "\ns50000002,Clear lungs.\ns3,a,b\n')
    assert items == [
        Report("s50000001", " FINAL REPORT\n No edema, "),
        Report("s50000002", "Clear lungs."),
        "has 3 cells where the first row has 2",
    ]
    assert told == ["the first line is no header but a row"]
    assert read("a.csv", 's1,"No edema; a; b; c."\n')[0] == [Report("s1", "No edema; a; b; c.")]
    for first in ("col1,Final Report", "No edema.,Clear lungs.", "s1,Normal", "s1,No edema.,x"):
        with pytest.raises(UsageError, match="has no column study_id") as caught:
            read("a.csv", f"{first}\ns2,Clear lungs.\n")
        assert "edema" not in str(caught.value)


def test_one_column_with_a_header_is_numbered(read):
    """As CheXbert reads it; one without a header must be said to be that."""
    items, told = read("a.csv", 'Report Impression\nNo edema.\n"Clear, as before."\n')
    assert items == [Report("1", "No edema."), Report("2", "Clear, as before.")]
    assert told == ["without identifiers, the reports are numbered from 1"]
    with pytest.raises(UsageError, match="--input-format chexpert"):
        read("a.csv", "No edema.\n")


@pytest.mark.parametrize(
    ("data", "expected", "told"),
    [
        (["No edema."], [Report("1", "No edema.")], "without identifiers, the reports are numbered from 1"),
        ({"s1": "No edema."}, [Report("s1", "No edema.")], None),
        ([{"ID": 7, "findings": "Clear lungs.", "impression": "No edema."}], [Report("7", JOINED)], "the sections of"),
        (
            {
                "train": [{"id": "d1", "study_id": 5, "subject_id": 3, "report": "a", "image_path": ["x.jpg"]}],
                "test": [{"id": "d2", "study_id": 6, "subject_id": 3, "report": "b"}, {"report": "c"}, 7],
            },
            [
                Report("5", "a", "3"),
                Report("6", "b", "3"),
                "has no study_id",
                "is neither an object nor a text",
            ],
            "the reports are those of train, test",
        ),
        ([], [], None),
        ({}, [], None),
        (7, ["is JSON of no known form"], None),
        ([{"id": 1, "text": "a\0"}], ["is not text: holds NUL bytes"], None),
    ],
)
def test_json_is_read_in_every_form(read, data, expected, told):
    """R2Gen's annotation.json has its reports in parts; an entry that is no report is a failure of its own."""
    items, said = read("a.json", json.dumps(data))
    assert items == expected
    assert [message.startswith(told) for message in said] == ([True] if told else [])


def test_a_key_that_comes_twice_spoils_its_entry_alone(read):
    """Nothing tells which value counts; a file of which it is the identifiers cannot be read."""
    items, _ = read("a.json", '[{"id": 1, "text": "a", "text": "b"}, {"id": 2, "text": "c"}]')
    assert items == ["has a key twice", Report("2", "c")]
    assert read("a.json", '{"s1": "a", "s1": "b"}')[0] == ["has a key twice"]


def test_json_that_is_cut_is_a_failure_without_its_text(read):
    """As of every table."""
    assert read("a.json", '[{"id": "s1", "report": "No edema') == (["is not JSON"], [])


def test_standard_input_is_told_once_too(monkeypatch, caplog):
    """It can be looked into only when it is read."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id;text\n1;No edema.\n")))
    assert list(open_inputs(["-"], input_format="csv")) == [Report("1", "No edema.")]
    assert caplog.messages == ["standard input: the cells are separated by semicolons"]


def test_frames_have_sections_as_files_have(caplog):
    """Columns are found without regard to case, also that of identifiers; what was taken is told."""
    seen = []

    def rows_of(reports):
        seen.extend((report.id, report.text) for report in reports)
        return iter(())

    frame = pd.DataFrame({"study_id": [7, 8], "Findings": ["Clear lungs.", None], "impression": ["No edema.", None]})
    findings_frame(rows_of, frame)
    findings_frame(rows_of, frame, id_column="Study_ID", text_column=["impression"])
    assert seen == [("7", JOINED), ("8", ""), ("7", "No edema."), ("8", "")]
    assert caplog.messages == ["The table: the sections of a report are in the columns findings, impression"]
    assert list(label_frame(rows_of, [], frame[:0], id_column="STUDY_ID").columns) == ["study_id"]
