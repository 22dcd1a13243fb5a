"""Text in CSV that a spreadsheet would run as a formula has a mark before it, and identifiers lose it when read."""

import csv
import io

import pytest
from click.testing import CliRunner
from faulty_labeler import FaultyLabeler

from labeler.cli.app import main
from labeler.io.write import csv_line, csv_rows, without_mark
from labeler.scoring.gold import read_predictions

FORMULAS = [
    *("=1+1", "=HYPERLINK(A1)", "+cmd|' /C calc'!A0", "-1+A1", "- no edema", "@SUM(A1)", "\t=1", "\r=1", "\n=1"),
    *("=", "+=", "\uff1d1+1", "\uff20SUM(A1)", "\uff0dA1"),
]
OF_ITS_OWN = ["'=7", "''=7", "'\n=7", "\n'=7", "'a;=7", "'=7;'=7", "'+0.5", "';\t'=7", "+1;=7", "\n\n=7"]
"""Texts with apostrophes of their own where marks may go."""
HARMLESS = ["", "edema", "a=1", "'s", "' =1", "-", "+0.5", "-1.0", "-12", "-0.012 to +0.034", "1-2", "\u2212A1"]


def cells(data):
    """Read CSV."""
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_marked_and_the_mark_comes_off(text):
    """One apostrophe makes it text, and tells readers what stood there."""
    (row,) = cells(csv_line([text, -1.0]))
    assert row == ["'" + text, "-1.0"]
    assert without_mark(row[0]) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_formula_is_as_it_was(text):
    """Numbers, figures and words are untouched, with an apostrophe of their own too."""
    assert cells(csv_line([text, 1.0])) == [[text, "1.0"]]
    assert without_mark(text) == text


def test_no_two_texts_are_written_alike():
    """Each has its marks and gives them back, whatever apostrophes it has."""
    texts = {*FORMULAS, *HARMLESS, *OF_ITS_OWN, *(f"a;{text}" for text in (*FORMULAS, *OF_ITS_OWN))}
    written = {text: cells(csv_line([text, ""]))[0][0] for text in texts}
    assert {text: without_mark(cell) for text, cell in written.items()} == {text: text for text in texts}
    assert len(set(written.values())) == len(texts)


def test_marks_do_not_make_a_cell_too_long(monkeypatch):
    """A report of the largest size can be read back from a table, however many marks it has."""
    limit = csv.field_size_limit()
    monkeypatch.setattr("labeler.io.write.MAX_REPORT_BYTES", 100)
    try:
        ((cell,),) = csv_rows([csv_line([";=" * 50])])
    finally:
        csv.field_size_limit(limit)
    assert without_mark(cell) == ";=" * 50


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Make a folder whose reports and file names are formulas; it is labelled without the engine."""
    monkeypatch.setattr("labeler.pipeline.Labeler", FaultyLabeler)
    (tmp_path / "in").mkdir()
    for name in ("=A1", "@B2", "s7"):
        (tmp_path / "in" / f"{name}.txt").write_text("=HYPERLINK(A1)\n\nIMPRESSION: @SUM(1) No edema.")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("label",),
        ("label", "--columns", "chexpert"),
        ("label", "--columns", "chestxray14"),
        ("sections",),
    ],
)
def test_no_cell_of_any_table_is_a_formula(folder, command):
    """Whatever command writes it: identifiers come from file names, which others may have chosen."""
    done = CliRunner().invoke(main, [*command, str(folder / "in"), "-o", str(folder / "out.csv"), "-q"])
    assert done.exit_code == 0, done.output
    rows = cells((folder / "out.csv").read_bytes())
    assert any(cell.startswith("'") for row in rows for cell in row)
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(("=", "@", "+", "\t", "\r", "\n"))
        assert not cell.startswith("-") or cell == "-1.0"


def test_studies_meet_under_their_own_names(folder):
    """`evaluate` and `compare` read the identifiers that the reports had."""
    CliRunner().invoke(main, ["label", str(folder / "in"), "-o", str(folder / "out.csv"), "-q"])
    assert sorted(read_predictions(folder / "out.csv").ids) == ["7", "=A1", "@B2"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Clear;=cmd|'/C calc'!A0", "Clear;'=cmd|'/C calc'!A0"),
        ("Clear; @SUM(A1)", "Clear; '@SUM(A1)"),
        ("Clear;'=1", "Clear;''=1"),
        ("No edema.\n=cmd|'/C calc'!A0", "No edema.\n'=cmd|'/C calc'!A0"),
        ("No edema.\t-2+3+cmd|'/C calc'!A0", "No edema.\t'-2+3+cmd|'/C calc'!A0"),
        ("No edema.\n+HYPERLINK(A1)", "No edema.\n'+HYPERLINK(A1)"),
        (";=1", ";'=1"),
        ("No edema.\n- Heart (new)\n-No effusion; +1", "No edema.\n- Heart (new)\n-No effusion; +1"),
    ],
)
def test_formulas_for_other_separators_are_marked(text, marked):
    """Some spreadsheets split at semicolons or tabs and begin cells inside ours; lists of a report stay as they are."""
    ((cell,),) = cells(csv_line([text]))
    assert cell == marked
    assert without_mark(cell) == text
