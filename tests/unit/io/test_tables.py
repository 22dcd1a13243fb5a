"""Reports that are rows: CSV, JSON Lines, Parquet, the original's one-column CSV."""

import gzip
import io
import json
import sys

import pytest

from labeler.errors import UsageError
from labeler.io import cells, csv_records
from labeler.io.csv_tables import chexpert_rows, csv_rows
from labeler.io.read import read_reports
from labeler.io.source import FailureKind
from labeler.io.tables import Table, jsonl_rows, parquet_rows
from labeler.records import Report

BROKEN = "has a quote that is not closed, or text after a closing quote"


def read(tmp_path, content, rows=csv_rows, name="t", **columns):
    """Read a table of the given content; failures as (row, reason)."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    shown = str(path)
    return [
        row if isinstance(row, Report) else (row.where.removeprefix(shown).strip(), row.reason)
        for row in Table(shown, rows, **columns).unread()
    ]


def test_csv_finds_the_usual_columns_in_any_case(tmp_path):
    """`Study_ID` and `Report` need no option."""
    rows = read(tmp_path, "Report,Study_ID,age\nNo edema.,s1,70\n")
    assert rows == [Report("s1", "No edema.")]


def test_csv_keeps_texts_as_they_are(tmp_path):
    """Quoted commas, quotes and line ends of every kind are part of the text; outer blanks of an id are not."""
    rows = read(tmp_path, 'id,text\r\n 1 ,"No ""edema"",\r\nno\reffusion.\n "\r\n')
    assert rows == [Report("1", 'No "edema",\r\nno\reffusion.\n ')]


def test_csv_gives_the_subjects(tmp_path):
    """A column subject_id is kept, an empty cell of it as such."""
    rows = read(tmp_path, "subject_id,study_id,text\np1,s1,Edema\n,s2,Edema\n")
    assert rows == [Report("s1", "Edema", "p1"), Report("s2", "Edema", "")]


def test_csv_lists_bad_rows_and_loses_no_other(tmp_path):
    """Ragged rows, rows without an id and broken quotes are listed by number; blank lines don't count."""
    content = 'id,text\n1,a\n2,b,c\n\n3\n,d\n"4"x,e\n5,f\n6,"g\n7,h\n'
    assert read(tmp_path, content) == [
        Report("1", "a"),
        ("row 2", "has 3 cells where the header has 2"),
        ("row 3", "has 1 cells where the header has 2"),
        ("row 4", "has no identifier"),
        ("row 5", f"{BROKEN}: line 7"),
        Report("5", "f"),
        ("row 7", f"{BROKEN}: line 9"),
        Report("7", "h"),
    ]


def test_csv_decodes_each_row_for_itself(tmp_path):
    """A row that is not UTF-8 is read as Windows-1252, or is listed, and spoils no other."""
    content = "id,text\n1,37°\n".encode() + b"2,37\xb0 no edema\n3,\xff\xff\xff\n4,a\0b\n5,c\n"
    assert read(tmp_path, content) == [
        Report("1", "37°"),
        Report("2", "37° no edema"),
        ("row 3", "is not text: neither UTF-8 nor likely Windows-1252"),
        ("row 4", "is not text: holds NUL bytes"),
        Report("5", "c"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_csv_takes_a_byte_order_mark(tmp_path, encoding):
    """Tables as spreadsheets save them are read."""
    assert read(tmp_path, "id,text\n1,é\n".encode(encoding)) == [Report("1", "é")]


def test_csv_gz_is_read_to_where_it_is_cut(tmp_path):
    """A compressed table that is cut short gives its rows up to there, and one failure."""
    lines = "".join(f"{number},effusion {number * 7919 % 10007}\n" for number in range(20_000))
    packed = gzip.compress(b"id,text\n" + lines.encode())
    assert len(read(tmp_path, packed, name="t.csv.gz")) == 20_000
    *reports, failure = read(tmp_path, packed[: len(packed) // 2], name="t.csv.gz")
    assert failure == ("", "is damaged or cut short")
    assert len(reports) > 1000
    assert read(tmp_path, b"id,text\n1,a\n", name="t.csv.gz") == [("", "is damaged or cut short")]


def test_csv_takes_large_cells_up_to_the_limit(tmp_path, monkeypatch):
    """Python's own limit of 128 KiB does not hold; ours spoils the row alone."""
    text = "effusion " * 50_000
    assert read(tmp_path, f"id,text\n1,{text}\n2,b\n") == [Report("1", text), Report("2", "b")]
    monkeypatch.setattr(csv_records, "MAX_REPORT_BYTES", 100)
    assert read(tmp_path, f"id,text\n1,a\n2,{text}\n3,c\n") == [
        Report("1", "a"),
        ("row 2", "a report of more than 64 MiB"),
        Report("3", "c"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ('1,"a\n2,b\n3,c\n', [("row 1", f"{BROKEN}: line 2"), Report("2", "b"), Report("3", "c")]),
        ('1,"a\n2,"b"\n3,c\n', [("row 1", f"{BROKEN}: line 2"), Report("2", "b"), Report("3", "c")]),
        ('1,"a\nNormal, no edema\nb"c\n2,d\n', [("row 1", f"{BROKEN}: lines 2 to 4"), Report("2", "d")]),
        ('1,a\n2,"a\nNormal, no edema\nb', [Report("1", "a"), ("row 2", f"{BROKEN}: lines 3 to 5")]),
        ('1,"a\nb\0\nc,d"e\n2,d\n', [("row 1", f"{BROKEN}: lines 2 to 4"), Report("2", "d")]),
        ('1,"a\n2,"b\n3,c\n', [("row 1", f"{BROKEN}: line 2"), ("row 2", f"{BROKEN}: line 3"), Report("3", "c")]),
    ],
)
def test_csv_finds_its_way_after_broken_quotes(tmp_path, rows, expected):
    """The rows after a broken one are read, and no line of its text is taken for a row."""
    assert read(tmp_path, "id,text\n" + rows) == expected


def test_csv_with_broken_quotes_in_its_header_is_a_failure(tmp_path):
    """Without names of columns no row can be read."""
    assert read(tmp_path, 'id,"text\n1,a\n') == [("", f"{BROKEN}: lines 1 to 2")]


def test_many_broken_quotes_are_read_in_passing(tmp_path):
    """No line is looked at more than twice, also where each seems to go on to the end."""
    assert read(tmp_path, "id,text\n" + '1,"a\n' + 'b","c\n' * 20_000) == [
        ("row 1", f"{BROKEN}: line 2"),
        ("row 2", f"{BROKEN}: lines 3 to 20002"),
    ]


def test_chexpert_rows_end_where_quotes_are_broken(tmp_path):
    """A row's number is its identifier; after broken quotes it would be a guess."""
    assert read(tmp_path, 'a\n"b\nc\n"d\n', chexpert_rows) == [
        Report("1", "a"),
        ("row 2", f"{BROKEN}: lines 2 to 3"),
        ("row 3", f"{BROKEN}: line 4"),
    ]


def test_csv_without_any_line_is_a_failure(tmp_path):
    """An empty file is no table."""
    assert read(tmp_path, "") == [("", "is empty")]
    assert read(tmp_path, "id,text\n") == []


def test_a_column_that_is_not_there_is_a_usage_error(tmp_path):
    """The message names the columns that are there."""
    with pytest.raises(
        UsageError,
        match="report_text or report_impression, nor both findings and impression; name the right",
    ):
        read(tmp_path, "id,findings\n1,a\n")
    with pytest.raises(UsageError, match=r"has no column 'uid'; did you mean 'id'.*It has: id, text\."):
        read(tmp_path, "id,text\n1,a\n", id_column="uid")


def test_chexpert_rows_are_numbered_from_1(tmp_path):
    """The original's input has one column and no header; blank lines are no rows, an empty cell is an empty report."""
    assert read(tmp_path, '"No edema, no\neffusion."\n\n""\nEdema.\na,b\n', chexpert_rows) == [
        Report("1", "No edema, no\neffusion."),
        Report("2", ""),
        Report("3", "Edema."),
        ("row 4", "has 2 cells where this format has 1"),
    ]


def test_jsonl_lists_bad_lines_and_loses_no_other(tmp_path):
    """What is no object, lacks a column or holds no text is listed by number; numbers and null are understood."""
    lines = [
        '{"id": 1, "text": "a"}', '{"id": 2.0, "text": null}', '{"id": "x', "[1]", "[" * 100_000, '{"id": 6}',
        '{"id": true, "text": "a"}', '{"id": 8, "text": 5}', '{"id": 9, "text": "\\u0000"}',
        '{"id": 10, "text": "\\ud800"}', '{"id": 11, "text": "\\ud83e\\udec1"}',
    ]  # fmt: skip
    assert read(tmp_path, "\n".join(lines), jsonl_rows) == [
        Report("1", "a"),
        Report("2", ""),
        ("row 3", "is no JSON object"),
        ("row 4", "is no JSON object"),
        ("row 5", "is no JSON object"),
        ("row 6", "has no text"),
        ("row 7", "has an identifier that is neither text nor a whole number"),
        ("row 8", "has a text that is no text"),
        ("row 9", "is not text: holds NUL bytes"),
        ("row 10", "is not text: holds half of a surrogate pair"),
        Report("11", "\U0001fac1"),
    ]


def test_jsonl_splits_at_line_ends_only(tmp_path):
    """Unicode's own line separators may stand in a text."""
    line = json.dumps({"id": "1", "text": "a\u2028b\x85c"}, ensure_ascii=False)
    assert read(tmp_path, line + "\r\n", jsonl_rows) == [Report("1", "a\u2028b\x85c")]


def test_jsonl_line_above_the_limit_is_a_failure_of_its_own(tmp_path, monkeypatch):
    """A line that never ends is not held in memory; what follows it is read."""
    monkeypatch.setattr(csv_records, "MAX_REPORT_BYTES", 40)
    lines = ['{"id": 1, "text": "a"}', '{"id": 2, "text": "' + "b" * 99 + '"}', '{"id": 3, "text": "c"}', ""]
    failure = ("row 2", "a report of more than 64 MiB")
    assert read(tmp_path, "\n".join(lines), jsonl_rows) == [Report("1", "a"), failure, Report("3", "c")]


def write_parquet(path, **columns):
    """Write a table of columns."""
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    parquet.write_table(arrow.table(columns), path, row_group_size=2)
    return path.read_bytes()


def test_parquet_is_read_with_its_types(tmp_path):
    """Whole numbers are identifiers also where gaps made them floats; null is an empty report."""
    data = write_parquet(
        tmp_path / "t", study_id=[1.0, 2.0, None], text=["a", None, "c"], subject_id=[7, 8, 9], other=[0, 0, 0]
    )
    assert read(tmp_path, data, parquet_rows) == [
        Report("1", "a", "7"),
        Report("2", "", "8"),
        ("row 3", "has no identifier"),
    ]


def test_parquet_cut_short_is_a_failure(tmp_path):
    """A file without its end, or of another kind, is listed."""
    data = write_parquet(tmp_path / "t", id=["1"], text=["a"])
    assert read(tmp_path, data[:-9], parquet_rows) == [("", "is no whole Parquet file")]
    assert read(tmp_path, b"id,text\n", parquet_rows) == [("", "is no whole Parquet file")]


def test_parquet_without_pyarrow_names_the_extra(tmp_path, monkeypatch):
    """Pyarrow is an extra; the message says how to get it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r'pip install "cxr-labeler\[parquet\]"'):
        read(tmp_path, b"", parquet_rows)


def test_a_table_says_whether_it_has_subjects(tmp_path, monkeypatch):
    """The first report tells; standard input is left unread."""
    (tmp_path / "t.csv").write_text("id,text,subject_id\n,a,1\n2,b,\n")
    assert Table(str(tmp_path / "t.csv"), csv_rows).has_subjects()
    (tmp_path / "u.csv").write_text("id,text\n1,a\n")
    assert not Table(str(tmp_path / "u.csv"), csv_rows).has_subjects()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id,text,subject_id\n1,a,2\n")))
    table = Table("-", csv_rows)
    assert not table.has_subjects()
    assert list(table.unread()) == [Report("1", "a", "2")]


def test_a_file_that_is_gone_is_a_failure(tmp_path):
    """What the system refuses while reading is listed."""
    (failure,) = Table(str(tmp_path / "gone.csv"), csv_rows).unread()
    assert failure.kind is FailureKind.UNREADABLE
    assert failure.reason == "cannot be read: No such file or directory"


def test_a_text_above_the_limit_is_a_failure(tmp_path, monkeypatch):
    """What Parquet and JSON hold packed is no larger than a report either."""
    monkeypatch.setattr(cells, "MAX_REPORT_BYTES", 8)
    data = write_parquet(tmp_path / "t", id=["1", "2"], text=["effusions", "effusion"])
    assert read(tmp_path, data, parquet_rows) == [("row 1", "a report of more than 64 MiB"), Report("2", "effusion")]


def test_parquet_with_damaged_pages_is_read_to_there(tmp_path):
    """Damage between the ends of the file is no fault of the system."""
    data = write_parquet(tmp_path / "t", id=["1", "2", "3"], text=["a", "b", "c"])
    at = data.index(b"PAR1", 4) - 1 if data.count(b"PAR1") > 2 else 4
    failure = read(tmp_path, data[:at] + b"\xff" * 40 + data[at + 40 :], parquet_rows)[-1]
    assert failure == ("", "is no whole Parquet file")


def test_a_fault_of_a_reader_is_a_failure_of_its_file_alone(tmp_path, monkeypatch):
    """What nobody thought of ends its file and not the run."""
    monkeypatch.setattr("labeler.io.tables._object", lambda _: 1 / 0)
    (tmp_path / "a.jsonl").write_text("XYZZY")
    (tmp_path / "b.csv").write_text("id,text\ns2,No edema.\n")
    failure, report = read_reports([tmp_path / "a.jsonl", tmp_path / "b.csv"])
    assert report == Report("s2", "No edema.")
    assert (failure.where, failure.kind) == (str(tmp_path / "a.jsonl"), FailureKind.ENGINE_ERROR)
    assert failure.reason.startswith("ZeroDivisionError at labeler.io.tables:")


def failed_ids(path, name, content):
    """Read a table and return the identifiers of what failed."""
    (path / name).write_bytes(content)
    return [item.study_id for item in read_reports([path / name]) if not isinstance(item, Report)]


def test_a_row_that_fails_has_its_identifier(tmp_path, monkeypatch):
    """Where the cell of the identifier can be read and is surely that cell, the failure names the study."""
    monkeypatch.setattr(cells, "MAX_REPORT_BYTES", 9)
    csv = b"age,id,text\n7,1,a\0\n7,2,\xff\xff\xff\n7,3,ten letters\n7,4\n7,5,a,b\n\0,6,a\n7,\0,a\n"
    assert failed_ids(tmp_path, "t.csv", csv) == ["1", "2", "3", "", "", ""]
    lines = b'{"id": 1, "text": 5}\n{"id": 2.0}\n{"id": "3", "text": "\\ud800"}\n{"text": "a"}\n["4"]\n'
    assert failed_ids(tmp_path, "t.jsonl", lines) == ["1", "2", "3", "", ""]


def test_columns_that_are_not_used_spoil_no_row(tmp_path):
    """What is no text in another column is nobody's report."""
    assert read(tmp_path, "age,id,text\n\0,1,a\n") == [Report("1", "a")]


def test_rows_with_the_identifier_of_an_earlier_one_are_reported(tmp_path, caplog):
    """A warning counts them and names the first by number; each is a report all the same."""
    rows = ["a", "b", "a", "", "", *"bacde", *"aaaa"]
    path = tmp_path / "t\x1b[2J"
    path.write_text("id,text\n" + "".join(f"{name},XYZZY\n" for name in rows))
    assert len(list(read_reports([path], input_format="csv"))) == len(rows)
    where = f"{tmp_path}/t: "
    assert caplog.messages == [
        f"{where}7 rows have the identifier of an earlier row (rows 3, 6, 7, 11, 12 ...); all are labelled"
    ]
    path.write_text("id,text\n1,a\n2,b\n1,c\n")
    list(read_reports([path], input_format="csv"))
    assert caplog.messages[1:] == [f"{where}1 row has the identifier of an earlier row (row 3); all are labelled"]


def test_an_identifier_in_two_inputs_is_reported(tmp_path, caplog):
    """Also if it is one input, given twice; a table and a file may meet, too."""
    (tmp_path / "a.csv").write_text("id,text\n1,a\n2,b\n")
    (tmp_path / "b.csv").write_text("id,text\n3,a\n2,b\n")
    (tmp_path / "3.txt").write_text("c")
    inputs = [tmp_path / name for name in ("a.csv", "b.csv", "a.csv", "3.txt")]
    assert len(list(read_reports(inputs))) == 7
    end = "the identifier of a report in an earlier input; all are labelled"
    assert caplog.messages == [
        f"{tmp_path}/b.csv: 1 row has {end}",
        f"{tmp_path}/a.csv: 2 rows have {end}",
        f"{tmp_path}/3.txt: 1 row has {end}",
    ]


def test_identifiers_that_differ_are_not_reported(tmp_path, caplog):
    """A study of one number may be another subject's; what fails has its own place."""
    (tmp_path / "t.csv").write_text("subject_id,study_id,text\n1,1,a\n2,1,b\n,,\n,,\n")
    list(read_reports([tmp_path / "t.csv"]))
    assert caplog.messages == []
