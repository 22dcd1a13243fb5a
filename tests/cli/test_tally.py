"""The tally of a run: reports seen = labelled + failed, or an error with the difference; with the fake labeler."""

import re
from itertools import repeat

import pytest

from labeler.io.evidence import EvidenceLines
from labeler.io.output import OutputFile
from labeler.io.rows import RowMaker
from labeler.io.tally import Seen
from labeler.io.write import CsvLines
from labeler.records import Report

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def label(run, tmp_path):
    """Label 40 reports, of which one cannot be read, and return the result."""
    (tmp_path / "in").mkdir()
    for number in range(39):
        (tmp_path / "in" / f"s{number:02}.txt").write_text("No edema.")
    (tmp_path / "in" / "bad.txt").write_bytes(b"\0")

    def label(*options):
        return run("label", tmp_path / "in", "-o", tmp_path / "out.csv", *options)

    return label


def drop_read(patch):
    """Loses the second report of each batch before it is labelled."""
    whole = Seen.batches
    patch.setattr(
        Seen,
        "batches",
        lambda self, _sizes: (p._replace(read=p.read[:1] + p.read[2:]) for p in whole(self, repeat(20))),
    )


def drop_batch(patch):
    """Loses the second batch."""
    whole = Seen.batches
    patch.setattr(Seen, "batches", lambda self, _sizes: (p for n, p in enumerate(whole(self, repeat(20))) if n != 1))


def drop_rows(patch):
    """Loses the rows of each batch that starts with a certain report."""
    whole = RowMaker.__call__

    def call(self, reports):
        return [] if reports[0].id == "s07" else whole(self, reports)

    patch.setattr(RowMaker, "__call__", call)


def drop_line(patch):
    """Loses one line."""
    whole = CsvLines.line
    patch.setattr(CsvLines, "line", lambda self, report, of: b"" if report.id == "s09" else whole(self, report, of))


def double_line(patch):
    """Write one line twice."""
    whole = CsvLines.line
    patch.setattr(CsvLines, "line", lambda self, report, of: whole(self, report, of) * (1 + (report.id == "s09")))


def drop_failure(patch):
    """Loses the failures."""
    whole = OutputFile.append
    patch.setattr(OutputFile, "append", lambda self, data: None if b",read," in data else whole(self, data))


def drop_bytes(patch):
    """Loses what is written to a file, now and then."""
    whole = OutputFile.append
    patch.setattr(OutputFile, "append", lambda self, data: None if b"s11" in data else whole(self, data))


def put_another(patch):
    """Write one study under the name of another."""
    whole = CsvLines.line
    patch.setattr(CsvLines, "line", lambda self, r, of: whole(self, Report("s08", r.text) if r.id == "s09" else r, of))


@pytest.mark.parametrize(
    ("break_stage", "found"),
    [
        (drop_read, "labelled 37, failed 1: 2 missing"),
        (drop_batch, "labelled 19, failed 1: 20 missing"),
        (drop_rows, "labelled 37, failed 1: 2 missing"),
        (drop_line, "labelled 38, failed 1: 1 missing"),
        (double_line, "labelled 40, failed 1: 1 too many"),
        (drop_failure, "labelled 39, failed 0: 1 missing"),
        (drop_bytes, "labelled 37, failed 1: 2 missing"),
        (put_another, "labelled 39, failed 1: other identifiers"),
    ],
)
def test_a_stage_that_swallows_reports_is_found(label, tmp_path, monkeypatch, break_stage, found):
    """Wherever it happens, the run ends with 1 and the difference, and no output takes its name."""
    (tmp_path / "out.csv").write_text("former")
    break_stage(monkeypatch)
    result = label()
    assert result.exit_code == 1
    assert f"Error: {tmp_path}/out.csv: reports seen 40, {found}. This is a fault of the labeler;" in result.stderr
    assert "Interrupted" not in result.stderr
    assert (tmp_path / "out.csv").read_text() == "former"
    assert not (tmp_path / "out.csv.errors.csv").exists()


@pytest.mark.parametrize("break_stage", [drop_read, drop_line, double_line, put_another])
def test_standard_output_is_counted_too(run, tmp_path, label, monkeypatch, break_stage):
    """What has been printed cannot be taken back, but is not passed over."""
    assert label
    break_stage(monkeypatch)
    result = run("label", tmp_path / "in")
    assert result.exit_code == 1
    assert re.search(
        r"Error: -: reports seen 40, labelled \d+, failed 1: (\d missing|\d too many|other identifiers)\. ",
        result.stderr,
    )


def test_the_evidence_is_counted_too(label, tmp_path, monkeypatch):
    """Each output has a row for each report that did not fail."""
    whole = EvidenceLines.line
    monkeypatch.setattr(EvidenceLines, "line", lambda self, r, of: b"" if r.id == "s09" else whole(self, r, of))
    result = label("--evidence", tmp_path / "out.jsonl")
    assert result.exit_code == 1
    assert f"Error: {tmp_path}/out.jsonl: reports seen 40, labelled 38, failed 1: 1 missing." in result.stderr


def test_rows_with_line_ends_inside_are_one_each(run, tmp_path):
    """A report's text may stand in its row."""
    (tmp_path / "in.csv").write_text('id,text\n1,"No edema.\n\n""Small"" effusion,\n"\n2,\n3,"\n"\n')
    result = run("label", tmp_path / "in.csv", "--columns", "chexpert", "-o", tmp_path / "out.csv")
    assert result.exit_code == 0
    assert result.stderr.startswith("3 reports seen = 3 labelled + 0 failed, in ")
