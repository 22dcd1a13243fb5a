"""What cannot be labelled: the file of failures, messages, exit codes; with the fake labeler."""

import csv
import os
import re
from pathlib import Path

import pytest

from labeler.io.write import CsvLines

pytestmark = pytest.mark.usefixtures("fake")

FAULT = "tell the labeler's developers this line and its version, without the report"
HEAD = "id,stage,kind,where,reason,remedy\n"


@pytest.fixture
def reports(tmp_path):
    """Make a folder of 40 reports, to which tests add."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(40):
        (folder / f"s{number:02}.txt").write_text("XYZZY. No edema.")
    return folder


def failures(table):
    """Read the file of failures beside a table."""
    with table.with_name(f"{table.name}.errors.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("fault", ["faulty", "endless"])
def test_a_report_on_which_the_labeler_fails_is_one_failure(run, reports, tmp_path, workers, fault):
    """It is reported with our line and without its text, and the others are labelled."""
    (reports / "s17.txt").write_text(f"XYZZY. A {fault} report.")
    result = run("label", reports, "-o", tmp_path / "out.csv", "--workers", workers)
    assert result.exit_code == 1
    (failure,) = failures(tmp_path / "out.csv")
    error = {"faulty": "ValueError", "endless": "RecursionError"}[fault]
    assert re.fullmatch(rf"{error} at labeler\.io\.rows:\d+", failure.pop("reason"))
    assert failure == {"id": "s17", "stage": "label", "kind": "engine-error", "where": "", "remedy": FAULT}
    assert f"Not labelled: study s17: {error} at labeler.io.rows:" in result.stderr
    assert "40 reports seen = 39 labelled + 1 failed, in " in result.stderr
    studies = [line.split(",")[0] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert studies == [f"s{number:02}" for number in range(40) if number != 17]
    assert "XYZZY" not in result.output


def test_a_row_that_cannot_be_written_is_a_failure(run, reports, tmp_path, monkeypatch):
    """The stage says so."""
    whole = CsvLines.line

    def line(self, report, labels):
        if report.id == "s05":
            raise OverflowError
        return whole(self, report, labels)

    monkeypatch.setattr(CsvLines, "line", line)
    result = run("label", reports, "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    assert [(row["id"], row["stage"]) for row in failures(tmp_path / "out.csv")] == [("s05", "write")]
    assert "Not written: study s05: OverflowError at labeler.io.rows:" in result.stderr
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 40


def test_failures_stand_in_the_order_of_the_inputs(run, reports, tmp_path):
    """Whatever the stage and the number of workers, the file is the same."""
    (reports / "s02.txt").write_text("faulty")
    (reports / "s03.txt").write_bytes(b"\0")
    (reports / "s04.txt").write_text("endless")
    (reports / "s38.txt").unlink()
    (reports / "s38.txt").symlink_to("nowhere")
    (reports / "s39.txt").write_text("huge")
    for workers in (1, 2):
        run("label", reports, "-o", tmp_path / f"{workers}.csv", "--workers", workers)
    assert [(row["id"], row["stage"], row["kind"]) for row in failures(tmp_path / "1.csv")] == [
        ("s02", "label", "engine-error"),
        ("s03", "read", "not-text"),
        ("s04", "label", "engine-error"),
        ("s38", "read", "unreadable"),
        ("s39", "label", "over-limit"),
    ]
    assert (tmp_path / "1.csv.errors.csv").read_bytes() == (tmp_path / "2.csv.errors.csv").read_bytes()


def test_names_cannot_break_the_file(run, tmp_path):
    """A line end in a name is quoted, and no cell is a formula."""
    (tmp_path / "=1+2\n,x.txt").write_bytes(b"\0")
    (tmp_path / "s.txt").write_text("edema")
    run("label", tmp_path, "-o", tmp_path / "out.csv")
    (row,) = failures(tmp_path / "out.csv")
    assert row["id"] == "'=1+2\n,x"
    assert row["where"] == f"{tmp_path}/=1+2\n,x.txt"


def test_where_nothing_fails_no_file_is_left(run, reports, tmp_path):
    """That of an earlier run goes when the new table takes its place."""
    (reports / "bad.txt").write_bytes(b"\0")
    assert run("label", reports, "-o", tmp_path / "out.csv").exit_code == 1
    assert (tmp_path / "out.csv.errors.csv").exists()
    (reports / "bad.txt").unlink()
    assert run("label", reports, "-o", tmp_path / "out.csv").exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out.csv"]


def test_standard_output_has_no_file_beside_it(run, reports, tmp_path, monkeypatch):
    """What failed is only reported."""
    monkeypatch.chdir(tmp_path)
    (reports / "bad.txt").write_bytes(b"\0")
    result = run("label", reports)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Not read: {reports}/bad.txt: is not text")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_the_file_of_failures_replaces_no_input(run, tmp_path):
    """Its name counts among the outputs'."""
    (tmp_path / "out.csv.errors.csv").write_text("id,text\ns1,edema\n")
    result = run("label", tmp_path / "out.csv.errors.csv", "-o", tmp_path / "out.csv")
    assert result.exit_code == 2
    assert "is an input; an output would replace it." in result.stderr


def test_reports_that_vanish_before_they_are_read_are_told(run, reports, tmp_path, monkeypatch):
    """Fewer reports than there were at the start are a failure, though none of those read fails."""
    from labeler.io.read import Reading

    whole = Reading.__iter__
    monkeypatch.setattr(Reading, "__iter__", lambda self: iter(list(whole(self))[:-3]))
    result = run("label", reports, "-o", tmp_path / "out.csv")
    assert result.exit_code == 1
    (row,) = failures(tmp_path / "out.csv")
    assert (row["stage"], row["kind"]) == ("read", "vanished")
    assert row["reason"] == "of 40 reports that were there at the start 37 were read"


def test_a_labeler_that_is_not_whole_ends_the_run(run, reports, tmp_path):
    """What no report is to blame for is reported once, with its place and without text, and what is done stays."""
    (reports / "s30.txt").write_text("XYZZY uninstalled")
    result = run("label", reports, "-o", tmp_path / "out.csv")
    assert result.exit_code == 3
    interrupted, error = result.stderr.splitlines()
    assert interrupted.startswith("Interrupted. 30 reports are labelled;")
    assert re.match(r"Error: The labeler fails with ImportError at labeler\.io\.rows:\d+\. Tell its dev", error)
    assert "XYZZY" not in result.output
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("faulty", r"The labeler fails with ValueError at labeler\.cli\.pages:\d+\. "),
        ("huge", r"Memory is short \(MemoryErr"),
    ],
)
def test_any_other_fault_is_one_line(run, tmp_path, fault, said):
    """Every command says where it failed, never with what, and ends with 3."""
    (tmp_path / "s1.txt").write_text(f"XYZZY {fault}")
    result = run("explain", tmp_path / "s1.txt")
    assert result.exit_code == 3
    assert re.match(f"Error: {said}", result.stderr)
    assert "XYZZY" not in result.output
    assert result.output.count("\n") == 1


def test_the_traceback_of_a_fault_can_be_had(run, tmp_path, monkeypatch):
    """LABELER_DEBUG leaves the error as it is."""
    (tmp_path / "s1.txt").write_text("faulty")
    monkeypatch.setenv("LABELER_DEBUG", "1")
    with pytest.raises(ValueError, match="faulty"):
        run("explain", tmp_path / "s1.txt")


def test_a_name_that_is_no_text_is_escaped(run, tmp_path):
    """File names may be any bytes."""
    path = os.fsencode(tmp_path) + b"/\xff.txt"
    Path(os.fsdecode(path)).write_bytes(b"\0")
    (tmp_path / "s.txt").write_text("edema")
    assert run("label", tmp_path, "-o", tmp_path / "out.csv").exit_code == 1
    (row,) = failures(tmp_path / "out.csv")
    assert (row["id"], row["where"]) == ("\\udcff", f"{tmp_path}/\\udcff.txt")


def test_help_names_exit_codes_and_files(run):
    """What a run leaves beside its output is documented where it is asked for."""
    assert "LABELER_DEBUG=1" in run("--help").output
    assert "OUTPUT.errors.csv" in run("label", "--help").output
    assert "OUTPUT.manifest.json" in run("label", "--help").output
