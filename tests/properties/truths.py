"""Truths that hold for any input, told so that tests on drawn examples and coverage-guided fuzzing check the same."""

import csv
import io
import re
import zipfile

from labeler.errors import UsageError
from labeler.io.read import open_inputs
from labeler.io.source import Failure
from labeler.records import Report
from labeler.text.sections import choose_sections, split_sections
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import normalise


def sections_tile_the_report(text, rules):
    """Sections are in order, without gap or overlap; each body lies in its section, and so does what is chosen."""
    sections = split_sections(text, rules)
    assert "".join(text[section.start : section.end] for section in sections) == text
    for section in sections:
        assert section.start < section.end
        assert section.start <= section.body <= section.end
        assert section.title in text[section.start : section.body]
    for selection in ("mimic", "all", "findings+impression"):
        position = 0
        for start, end, section in choose_sections(text, sections, selection, "1", rules):
            assert position <= start < end <= section.end
            assert section.body <= start
            assert text[start:end] == text[start:end].strip()
            position = end


def sentences_tile_the_text(text):
    """Sentences are in order, trimmed, not empty; only white space stands between; each leads back to its words."""
    position = 0
    for start, end in split_sentences(text, 0, len(text)):
        assert not text[position:start].strip()
        assert text[start:end].strip() == text[start:end] != ""
        normal = normalise(text, start, end)
        assert normal.span(0, len(normal.text)) == (start, end)
        position = end
    assert not text[position:].strip()


def rows_are_reports_or_failures(path, input_format):
    """Whatever a file holds, its rows are reports or failures, and what is wrong with all of it is a wrong use.

    Returns
    -------
    int or None
        The rows; None where the file can't be used as it is, or its one failure is the file's as a whole.
    """
    try:
        rows = list(open_inputs([path], input_format=input_format))
    except UsageError:
        return None
    for row in rows:
        assert isinstance(row, Report | Failure)
        if isinstance(row, Report):
            row.text.encode()
            assert row.id.encode()
            assert "\0" not in row.text
    whole = len(rows) == 1 and isinstance(rows[0], Failure) and rows[0].where == str(path)
    return None if whole else len(rows)


def csv_rows_are_kept(path, data):
    """Check that a file that is good CSV gives as many rows as it has, one more if it begins without a header."""
    rows = rows_are_reports_or_failures(path, "csv")
    try:
        there = [cells for cells in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True) if cells]
    except (UnicodeDecodeError, csv.Error):
        return
    if rows is not None and there:
        assert rows - len(there) in {-1, 0}


def zip_members_are_kept(path):
    """Check that a good zip gives as many rows as it has .txt members that are not hidden."""
    rows = rows_are_reports_or_failures(path, "zip")
    try:
        with zipfile.ZipFile(path) as archive:
            names = [re.split(r"[/\\]", name) for name in archive.namelist() if name.lower().endswith(".txt")]
    except Exception:  # noqa: BLE001 - zipfile has many ways to say that it can't
        return
    if rows is not None:
        hidden = [any(part == "__MACOSX" or (part[:1] == "." and part not in {".", ".."}) for part in n) for n in names]
        assert rows == hidden.count(False)
