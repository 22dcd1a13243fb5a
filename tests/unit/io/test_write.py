"""Labels to tables: columns, coding, formats, whole files only."""

import csv
import gzip
import io
import json
import os
import resource

import pytest

from labeler.cli.show import open_shown
from labeler.errors import ReportFileError, UsageError
from labeler.io.evidence import evidence_format
from labeler.io.output import OutputFile, open_output
from labeler.io.write import CellLines, Layout, csv_line, table_format, value_of
from labeler.records import Label, Report, Status, StudyLabels

FINDINGS = ("Edema", "Atelectasis", "Pneumonia", "Fracture")
STATUSES = (Status.PRESENT, Status.ABSENT, Status.UNCERTAIN, None)
MADE_WITH = {"labeler": "1", "phrases": "abc"}


def study(report):
    """Return labels of each status."""
    labels = tuple(Label(*pair, "rule") for pair in zip(FINDINGS, STATUSES, strict=True))
    return StudyLabels(labels, (), report.id, report.subject_id, len(report.text))


def write(path, *reports, form="mimic", with_subjects=False):
    """Write a table of reports."""
    save(path, *table_format(str(path), Layout(FINDINGS, form, with_subjects), MADE_WITH), *reports)


def save(path, lines, finish, *reports):
    """Write an output of reports as a run does."""
    file = OutputFile(str(path), lines.head(), finish)
    try:
        file.open()
        for report in reports:
            file.append(lines.line(report, study(report)))
        file.finish()
    except BaseException:
        file.remove()
        raise


def test_value_of_is_the_coding():
    """1 present, 0 absent, -1 uncertain, nothing where not mentioned."""
    assert [value_of(status) for status in STATUSES] == [1.0, 0.0, -1.0, None]


@pytest.mark.parametrize(
    ("form", "with_subjects", "header", "row"),
    [
        ("mimic", False, "study_id,Atelectasis,Edema,Fracture,Pneumonia", "s1,0.0,1.0,,-1.0"),
        ("mimic", True, "subject_id,study_id,Atelectasis,Edema,Fracture,Pneumonia", ",s1,0.0,1.0,,-1.0"),
        ("chexpert", True, "Reports,Edema,Atelectasis,Pneumonia,Fracture", '"a, ""b""\r\n",1.0,0.0,-1.0,'),
    ],
)
def test_csv_has_the_columns_of_its_form(tmp_path, form, with_subjects, header, row):
    """Alphabetical for MIMIC-CXR-JPG, the label set's order for the original labeler."""
    write(tmp_path / "out.csv", Report("s1", 'a, "b"\r\n'), form=form, with_subjects=with_subjects)
    assert (tmp_path / "out.csv").read_bytes().decode() == f"{header}\n{row}\n"


@pytest.mark.parametrize("cell", ["a", "a,b", 'a"b', "a\nb", "a\rb", "a\r\nb", " a ", "é\u2028"])
def test_csv_line_is_read_back(cell):
    """Any text is one cell again."""
    line = csv_line([cell, None, -1.0]).decode()
    assert list(csv.reader(io.StringIO(line, newline=""))) == [[cell, "", "-1.0"]]


def test_gz_is_the_same_bytes_at_any_time(tmp_path):
    """No time and no name stand in the header."""
    write(tmp_path / "out.csv.gz", Report("s1", "a"))
    data = (tmp_path / "out.csv.gz").read_bytes()
    assert data[3:8] == bytes(5)
    assert gzip.decompress(data).startswith(b"study_id,")


def test_jsonl_has_null_where_not_mentioned(tmp_path):
    """A line is an object of the columns."""
    write(tmp_path / "out.jsonl", Report("s1", "a", "p1"), with_subjects=True)
    assert json.loads((tmp_path / "out.jsonl").read_text()) == {
        "subject_id": "p1", "study_id": "s1", "Atelectasis": 0.0, "Edema": 1.0, "Fracture": None, "Pneumonia": -1.0,
    }  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 8192, 8193])
def test_parquet_has_every_row_and_what_it_was_made_with(tmp_path, count):
    """Rows are written in groups; the last group may be any size."""
    parquet = pytest.importorskip("pyarrow.parquet")
    write(tmp_path / "out.parquet", *(Report(f"s{number}", "a") for number in range(count)))
    table = parquet.read_table(tmp_path / "out.parquet")
    assert table.column("study_id").to_pylist() == [f"s{number}" for number in range(count)]
    assert [str(field.type) for field in table.schema] == ["string"] + ["double"] * 4
    assert table.schema.metadata[b"phrases"] == b"abc"
    assert table.column("Fracture").null_count == count


def test_table_format_refuses_an_unknown_ending():
    """The ending decides the format, so that it must be known."""
    with pytest.raises(UsageError, match=r"out\.tsv ends in none of \.csv"):
        table_format("out.tsv", Layout(FINDINGS, "mimic", with_subjects=False), {})


def test_evidence_format_writes_compressed_lines(tmp_path):
    """Evidence may be compressed; what it was made with is in each line."""
    report = Report("s1", "a", "p1")
    save(tmp_path / "e.jsonl.gz", *evidence_format(str(tmp_path / "e.jsonl.gz"), MADE_WITH), report)
    line = json.loads(gzip.decompress((tmp_path / "e.jsonl.gz").read_bytes()))
    assert line["subject_id"] == "p1"
    assert line["observations"]["Edema"] == {"status": "present", "rule_id": "rule"}
    assert line["mentions"] == []
    assert line["made_with"] == MADE_WITH


def test_an_output_has_its_name_only_when_whole(tmp_path):
    """While it is written a file is private and has another name, in the same folder."""
    with open_output(str(tmp_path / "out.csv")) as stream:
        stream.write(b"a")
        (temporary,) = tmp_path.iterdir()
        assert temporary.name.startswith(".out.csv.")
        assert temporary.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").read_bytes() == b"a"


def test_an_output_obeys_the_umask(tmp_path):
    """The mode at the end is that of any new file."""
    before = os.umask(0o027)
    try:
        with open_output(str(tmp_path / "out.csv")):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "out.csv").stat().st_mode & 0o777 == 0o640


def test_an_output_that_breaks_leaves_nothing(tmp_path):
    """The former file stays, the temporary one goes."""
    (tmp_path / "out.csv").write_text("former")
    with pytest.raises(TypeError), open_output(str(tmp_path / "out.csv")) as stream:
        stream.writelines([b"half", None])
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").read_text() == "former"


def test_an_output_through_a_link_changes_what_it_links_to(tmp_path):
    """A link stays a link."""
    (tmp_path / "there").mkdir()
    (tmp_path / "out.csv").symlink_to(tmp_path / "there" / "real.csv")
    with open_output(str(tmp_path / "out.csv")) as stream:
        stream.write(b"a")
    assert (tmp_path / "out.csv").is_symlink()
    assert (tmp_path / "there" / "real.csv").read_bytes() == b"a"


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.jsonl", "out.parquet"])
def test_an_output_that_cannot_grow_names_the_output(tmp_path, name):
    """The message names the file that was asked for and the system's reason; nothing is left behind."""
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    reports = [Report(f"{number * 7919 % 100_003}", "a") for number in range(20_000)]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(ReportFileError, match=f"{name} cannot be written: File too large"):
            write(tmp_path / name, *reports)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_is_a_folder_is_a_usage_error(tmp_path):
    """A folder of the output's name is reported before anything is labelled."""
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        write(tmp_path / "out.csv")


def shown(names):
    """Return the lines that are shown for studies of these names."""
    lines = []
    layout = Layout(FINDINGS, "mimic", with_subjects=False)
    with open_shown(layout, lines.append) as show:
        for name in names:
            report = Report(name, "")
            show(CellLines(layout).line(report, study(report)))
    return lines


def test_hundred_rows_are_shown_with_a_legend():
    """Identifiers of many widths stand in one column."""
    lines = shown([*(f"s{number}" for number in range(99)), "the-longest"])
    assert lines[:6] == [
        "                Atelectasis",
        "                |   Edema",
        "                |   |   Fracture",
        "                |   |   |   Pneumonia",
        "study_id        |   |   |   |",
        "s0              0   1   .  -1",
    ]
    assert lines[-2:] == [
        "the-longest     0   1   .  -1",
        "present (1), absent (0), uncertain (-1), not mentioned (.)",
    ]
    assert len(lines) == 106


def test_more_rows_are_some_and_the_totals():
    """A collection does not flood the terminal."""
    lines = shown(f"s{number}" for number in range(2000))
    assert len(lines) == 5 + 20 + 2 + 5
    assert lines[25:] == [
        "... and 1980 more; --output writes them all, - to standard output",
        "",
        "             present (1)  absent (0)  uncertain (-1)  not mentioned (.)",
        "Atelectasis            0        2000               0                  0",
        "Edema               2000           0               0                  0",
        "Fracture               0           0               0               2000",
        "Pneumonia              0           0            2000                  0",
    ]


def test_shown_table_without_rows_has_its_head():
    """No report, no row."""
    lines = []
    with open_shown(Layout(FINDINGS[:1], "mimic", with_subjects=False), lines.append):
        pass
    assert lines[:2] == ["             Edema", "study_id     |"]


def test_an_output_that_cannot_be_made_leaves_its_lines_only(tmp_path):
    """What a full disk cuts short while a file is compressed is removed; its lines stay for a run that resumes."""

    def finish(_lines, stream):
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    file = OutputFile(str(tmp_path / "out.csv.gz"), b"head\n", finish)
    file.open()
    with pytest.raises(ReportFileError, match="No space left on device"):
        file.finish()
    assert [path.name for path in tmp_path.iterdir()] == [".out.csv.gz.part"]
