"""Properties of reading that hold for any bytes: rows in are rows out, and what is written is read again."""

import codecs
import csv
import gzip
import io
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from truths import csv_rows_are_kept, rows_are_reports_or_failures, zip_members_are_kept

from labeler.io.decode import decode
from labeler.io.read import open_inputs
from labeler.io.source import UnreadableError
from labeler.io.write import csv_line, without_mark
from labeler.records import Report

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)
MEMBERS = st.text(st.characters(exclude_characters="\0"), max_size=12)
ROWS = st.lists(st.tuples(NAMES, TEXTS), max_size=6)
# A CSV whose first identifier has a digit has one in every identifier: what has none is text that a line end cut off.
NUMBERED = st.lists(st.tuples(NAMES.map(lambda name: f"{name}1"), TEXTS), max_size=6)
MARKS = [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE]
PIECES = [
    *[b"study_id,text\n", b"study_id", b"text", b"1,No edema.\n", b'"', b'""', b",", b"\n", b"\r", b"\r\n", b" "],
    *[b'{"study_id": 1, "text": "x"}\n', b"{", b"}", b"[", b"null", b"1e400", b"\\ud800", b"9" * 5000],
    *[b"\0", b"\xff", b"\xe9", b"\xc3\xa9", b"\x81", b"\x1a", b"\f", *MARKS],
]
DATA = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=15).map(b"".join))
TABLE = b"study_id,text\n" + b"".join(b'%d,"No edema, row %d."\n' % (number, number) for number in range(9))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give one folder for all examples."""
    return tmp_path_factory.mktemp("inputs")


def written(path, data):
    """Write a file and return its path."""
    path.write_bytes(data)
    return path


def read(path, **options):
    """Return the identifiers and texts of a file's reports, of which each must be readable."""
    rows = list(open_inputs([path], **options))
    assert all(isinstance(row, Report) for row in rows)
    return [(row.id, row.text) for row in rows]


@given(data=DATA)
@example(data=codecs.BOM_UTF16_LE + b"a")
@example(data=codecs.BOM_UTF8 + b"\xff")
@example(data=b"37\xb0\x1a")
def test_what_is_decoded_encodes_back(data):
    """No byte is lost or made up: the text in its encoding is what was read, but for the mark of byte order."""
    try:
        text = decode(data)
    except UnreadableError:
        return
    marked = [codecs.BOM_UTF16_LE + text.encode("utf-16-le"), codecs.BOM_UTF16_BE + text.encode("utf-16-be")]
    assert data in [text.encode(), text.encode("utf-8-sig"), text.encode("cp1252", "ignore"), *marked]


@given(text=TEXTS)
def test_text_is_decoded_from_each_encoding_that_is_marked(text):
    """UTF-8 with and without its mark, and UTF-16 of either order, give the text."""
    assume(not text.startswith("\ufeff"))
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode(text.encode(encoding)) == text
    assert decode(codecs.BOM_UTF16_BE + text.encode("utf-16-be")) == text


@given(data=DATA)
@example(data=b"")
def test_file_of_any_bytes_is_one_report_or_one_failure(folder, data):
    """A text file is never lost."""
    assert len(list(open_inputs([written(folder / "a.txt", data)]))) == 1


@given(rows=NUMBERED)
@example(rows=[("a", '"'), ("b", '""\r\n,'), ("c", "\r")])
@example(rows=[("=1", "-x")])
def test_csv_that_is_written_is_read_again(folder, rows):
    """Quotes, commas, line ends and formulas come back as they were."""
    data = csv_line(("study_id", "text")) + b"".join(csv_line(row) for row in rows)
    path = written(folder / "written.csv", data)
    assert [(without_mark(name), without_mark(text)) for name, text in read(path)] == rows
    plain = io.StringIO(newline="")
    csv.writer(plain).writerows([("study_id", "text"), *rows])
    assert read(written(path, plain.getvalue().encode())) == rows
    assert read(written(folder / "written.csv.gz", gzip.compress(plain.getvalue().encode()))) == rows


@given(rows=ROWS, escaped=st.booleans())
@example(rows=[("1", "\u2028\x85\U0001f600")], escaped=False)
def test_json_lines_that_are_written_are_read_again(folder, rows, escaped):
    """Characters come back as they were, written out or escaped."""
    lines = [json.dumps({"study_id": name, "text": text}, ensure_ascii=escaped) for name, text in rows]
    data = "".join(f"{line}\n" for line in lines).encode()
    assert read(written(folder / "written.jsonl", data)) == rows


@given(data=DATA)
@example(data=b"study_id,text\n1,a\0b\n2,c\n")
@example(data=b'study_id,text\n1,"a\n2,b\n')
@example(data=b"study_id,text\0\n1,a\n2,b\n")
def test_table_of_any_bytes_gives_reports_or_failures(folder, data):
    """No bytes make a reader raise; good CSV gives as many rows as it has."""
    csv_rows_are_kept(written(folder / "any.csv", data), data)
    for kind, ending in (("jsonl", "jsonl"), ("chexpert", "csv"), ("csv", "csv.gz"), ("zip", "zip"), ("parquet", "pq")):
        rows_are_reports_or_failures(written(folder / f"any.{ending}", data), kind)


@given(cut=st.integers(0, len(TABLE)))
def test_table_that_is_cut_short_loses_nothing_before_the_cut(folder, cut):
    """The rows before the cut are there, packed or not; what is cut is a row or a failure."""
    whole = TABLE[:cut].count(b'."\n')
    for path, data in ((folder / "cut.csv", TABLE[:cut]), (folder / "cut.csv.gz", gzip.compress(TABLE[:cut])[:-5])):
        rows = rows_are_reports_or_failures(written(path, data), "csv")
        assert rows is None or whole <= rows <= whole + 2


@given(
    members=st.lists(st.tuples(MEMBERS, st.binary(max_size=40)), max_size=5),
    method=st.sampled_from([0, 8]),
)
@example(members=[("../a.txt\\.t", b"x"), ("a.txt\\b", b"y")], method=0)
@example(members=[("../a.txt", b"x"), ("/etc/b.txt", b"y"), ("c.txt/", b""), (".d.txt", b"z")], method=0)
def test_zip_gives_a_row_for_each_text_in_it(folder, members, method):
    """Members of any name and content are reports or failures, and none is lost."""
    path = folder / "members.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for number, (name, content) in enumerate(members):
            with suppress(UnicodeEncodeError, ValueError):
                archive.writestr(zipfile.ZipInfo(f"{name}{number}.txt"), content)
    zip_members_are_kept(path)


@given(at=st.integers(0, 400), value=st.integers(0, 255))
@example(at=23, value=86)
def test_zip_with_a_wrong_byte_gives_reports_or_failures(folder, at, value):
    """No byte of a zip makes the reader raise."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.txt", "p10/p10000032/s50414267.txt"):
            archive.writestr(zipfile.ZipInfo(name), b"No edema. " * 9)
    data = bytearray(packed.getvalue())
    data[at % len(data)] = value
    zip_members_are_kept(written(folder / "wrong.zip", bytes(data)))
