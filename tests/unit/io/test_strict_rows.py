"""What makes a row a report: the same for every kind of table, and each row for itself."""

import gzip

import pytest
from test_tables import failed_ids, read, write_parquet

from labeler.errors import UsageError
from labeler.io.tables import jsonl_rows, parquet_rows
from labeler.records import Report


def test_a_value_that_python_cannot_hold_is_a_failure_of_its_row(tmp_path):
    """Arrow has types that Python has not."""
    arrow = pytest.importorskip("pyarrow")
    data = write_parquet(tmp_path / "t", id=arrow.array([2**60], arrow.duration("s")), text=["XYZZY"])
    assert read(tmp_path, data, parquet_rows) == [("row 1", "has a value that cannot be read")]


def test_a_parquet_row_that_is_not_utf8_spoils_no_other(tmp_path):
    """The bad row is the failure, and has its identifier."""
    arrow = pytest.importorskip("pyarrow")
    texts = arrow.array([b"a", b"\xff", b"c"])
    texts = arrow.StringArray.from_buffers(3, *texts.buffers()[1:])
    data = write_parquet(tmp_path / "t", id=["1", "2", "3"], text=texts)
    assert read(tmp_path, data, parquet_rows) == [
        Report("1", "a"),
        ("row 2", "is not text: holds bytes that are not UTF-8"),
        Report("3", "c"),
    ]
    assert failed_ids(tmp_path, "t.parquet", data) == ["2"]


def test_a_text_that_many_rows_of_parquet_share_is_held_once(tmp_path):
    """A dictionary of one text takes the memory of one text, however many rows have it."""
    arrow = pytest.importorskip("pyarrow")
    shared = arrow.DictionaryArray.from_arrays(arrow.array([0, 0, None, 0]), arrow.array(["edema " * 9]))
    data = write_parquet(tmp_path / "t", id=[1, 2, 3, 4], text=shared)
    first, second, third, fourth = read(tmp_path, data, parquet_rows)
    assert third == Report("3", "")
    assert first.text is second.text
    assert fourth.text == "edema " * 9


def test_parquet_is_read_by_bytes(tmp_path, monkeypatch):
    """Few large rows are read at once, and a file that unpacks too far not at all."""
    data = write_parquet(tmp_path / "t", id=["1", "2"], text=["effusion " * 999, "edema " * 999])
    monkeypatch.setattr("labeler.io.arrow._BYTES", 10)
    assert [row.id for row in read(tmp_path, data, parquet_rows)] == ["1", "2"]
    monkeypatch.setattr("labeler.io.arrow.MAX_REPORT_BYTES", 99)
    monkeypatch.setattr("labeler.io.arrow.MAX_RATIO", 2)
    assert read(tmp_path, data, parquet_rows) == [("", "unpacks to more than 500 times its size")]


def test_a_packed_table_is_read_as_far_as_its_size_is_reasonable(tmp_path, monkeypatch):
    """A bomb ends its file, and no row before is lost."""
    monkeypatch.setattr("labeler.io.tables.MAX_REPORT_BYTES", 2**20)
    data = gzip.compress(b"id,text\n1,a\n2," + b'"' + b"\n" * 2**24)
    assert read(tmp_path, data, name="t.csv.gz") == [Report("1", "a"), ("", "unpacks to more than 500 times its size")]


def test_identifiers_are_exact_or_fail(tmp_path):
    """A number that was rounded is no identifier; whole numbers of any length are."""
    numbers = ["12345678901234567.0", "1e300", "12345678901234567", "7.0", "7.5", "NaN"]
    lines = "\n".join(f'{{"id": {number}, "text": "a"}}' for number in numbers)
    rounded = "has a number for an identifier that was rounded"
    assert read(tmp_path, lines, jsonl_rows) == [
        ("row 1", rounded),
        ("row 2", rounded),
        Report("12345678901234567", "a"),
        Report("7", "a"),
        ("row 5", "has an identifier that is neither text nor a whole number"),
        ("row 6", "has no identifier"),
    ]
    long = "x" * 257
    assert read(tmp_path, f"id,text\n{long},a\n") == [("row 1", "has an identifier of more than 256 characters")]


def test_a_jsonl_line_that_lacks_the_text_is_one_failure_anywhere(tmp_path):
    """The first line that has all decides the columns; where none has, the run is refused."""
    lacking, whole = '{"id": 1, "note": "a"}\n', '{"id": 2, "text": "a"}\n'
    failure = "has no text"
    assert read(tmp_path, lacking + whole, jsonl_rows) == [("row 1", failure), Report("2", "a")]
    assert read(tmp_path, whole + lacking, jsonl_rows) == [Report("2", "a"), ("row 2", failure)]
    assert read(tmp_path, "{\n" + lacking + "{\n" + whole, jsonl_rows)[-1] == Report("2", "a")
    assert failed_ids(tmp_path, "t.jsonl", (lacking + whole).encode()) == ["1"]
    for table in (lacking, "{\n" + lacking * 3, lacking * 2000 + whole):
        with pytest.raises(UsageError, match="has no column text"):
            read(tmp_path, table, jsonl_rows)


def test_a_key_that_is_given_twice_is_a_failure(tmp_path):
    """Neither value is taken."""
    lines = '{"id": 1, "text": "a", "text": "b"}\n{"id": 2, "text": "a"}\n'
    assert read(tmp_path, lines, jsonl_rows) == [("row 1", "has a key twice"), Report("2", "a")]


def test_columns_that_differ_by_case_alone_are_refused(tmp_path):
    """Unless one is named."""
    with pytest.raises(UsageError, match="has more than one column 'text'"):
        read(tmp_path, "id,text,Text\n1,a,b\n")
    assert read(tmp_path, "id,text,Text\n1,a,b\n", text_column="Text") == [Report("1", "b")]


def test_the_header_of_a_file_that_was_joined_is_recognised(tmp_path):
    """It is no study."""
    assert read(tmp_path, "id,text\n1,a\nid,text\n2,b\n") == [
        Report("1", "a"),
        ("row 2", "is the header again"),
        Report("2", "b"),
    ]


def test_text_is_never_an_identifier(tmp_path):
    """A line end that is not quoted fails its row, whose text it cuts, and the lines after it."""
    cut, text = "may be cut short: what follows it is no row", "has no identifier but what looks like text"
    content = "id,text\ns1,a\ns2,FINDINGS clear\nNormal heart, no edema\nStable, unchanged\n2. No edema\ns3,b\n"
    assert read(tmp_path, content) == [
        Report("s1", "a"),
        ("row 2", cut),
        ("row 3", text),
        ("row 4", text),
        ("row 5", text),
        Report("s3", "b"),
    ]
    assert read(tmp_path, "id,text\nDoe Jane,a\nRoe,b\n") == [Report("Doe Jane", "a"), Report("Roe", "b")]


def test_an_odd_identifier_fails_neither_its_row_nor_the_row_before(tmp_path):
    """One word is an identifier unless its row reads as the rest of a text."""
    content = "id,text\ns1,No edema.\ncontrol,Edema.\ns2,Clear.\n"
    assert read(tmp_path, content) == [Report("s1", "No edema."), Report("control", "Edema."), Report("s2", "Clear.")]
