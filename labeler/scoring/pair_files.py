"""Reads generated reports and their references in the forms that people have them in."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from labeler.errors import ReportFileError, UsageError, shown_id
from labeler.io.columns import USUAL_ID_COLUMNS, USUAL_TEXT_COLUMNS
from labeler.io.decode import decode
from labeler.io.read import open_inputs
from labeler.io.source import MAX_REPORT_BYTES, UnreadableError
from labeler.records import Report
from labeler.scoring.labels import LabelTable, Value, normal_id

if TYPE_CHECKING:
    from collections.abc import Sequence


def read_reports(
    path: str, *, id_column: str | None = None, text_column: str | Sequence[str] | None = None
) -> dict[str, str]:
    """Read reports by identifier.

    Read are tables and JSON as `labeler label` takes them, where reports without identifiers are numbered; a CSV with
    one column and no header, as R2Gen writes it; and .txt with one report a line. Of R2Gen's annotation.json the part
    "test" is taken.

    Parameters
    ----------
    path : str
    id_column : str, optional
        Column of a table, or key of the objects of a .json.
    text_column : str or sequence of str, optional
        Column of a table, or several that are sections.

    Raises
    ------
    UsageError
        If the file cannot be read, or a column is missing.
    ReportFileError
        If a report cannot be read, or an identifier comes twice.
    """
    if path.lower().endswith(".txt"):
        lines = _text(path).split("\n")
        return {str(number): text for number, text in enumerate(lines[:-1] if lines[-1] == "" else lines, 1)}
    texts: dict[str, str] = {}
    for item in open_inputs([path], id_column=id_column, text_column=text_column, for_pairs=True):
        if not isinstance(item, Report):
            raise ReportFileError(str(item))
        if item.id in texts:
            raise ReportFileError(f"{path} has two reports {shown_id(item.id)}; each needs an id of its own.")
        texts[item.id] = item.text
    return texts


_VALUES = {"": Value.BLANK, "nan": Value.BLANK, "1": Value.PRESENT, "0": Value.ABSENT, "-1": Value.UNCERTAIN}


def read_labels(path: str, findings: Sequence[str], *, id_column: str | None = None) -> LabelTable | None:
    """Read a CSV of labels as the CheXpert labeler and CheXbert write it, with or without identifiers.

    Parameters
    ----------
    path : str
    findings : sequence of str
    id_column : str, optional

    Returns
    -------
    LabelTable or None
        None if the file is no CSV with a column for each finding, or has reports too. Without a column of identifiers
        the number of the row stands for it.

    Raises
    ------
    UsageError
        If a cell is none of 1, 0, -1 and blank.
    """
    if not path.lower().endswith(".csv"):
        return None
    header, *lines = [cells for cells in _csv_rows(path, _text(path)) if cells] or [[]]
    if not lines or not set(findings) <= set(header) or {*USUAL_TEXT_COLUMNS} & set(header):
        return None
    uneven = next((number for number, cells in enumerate(lines, 1) if len(cells) != len(header)), None)
    if uneven is not None:
        raise UsageError(f"{path}, row {uneven}: has not as many cells as the header.")
    rows = [dict(zip(header, cells, strict=True)) for cells in lines]
    name = next((name for name in (id_column, *USUAL_ID_COLUMNS) if name in rows[0]), None)
    ids = tuple(normal_id(row[name]) if name else str(number) for number, row in enumerate(rows, 1))
    codes = [[_value(path, number, row[finding]) for finding in findings] for number, row in enumerate(rows, 1)]
    return LabelTable(ids, tuple(findings), np.array(codes, np.int8), path)


def _value(path: str, number: int, cell: str | None) -> Value:
    text = (cell or "").strip().lower().removesuffix(".0")
    if text not in _VALUES:
        raise UsageError(f"{path}, row {number}: a cell that is no label; labels are 1, 0, -1 and blank.")
    return _VALUES[text]


def _text(path: str) -> str:
    try:
        return decode(Path(path).read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except UnreadableError as error:
        raise ReportFileError(f"{path} {error}") from None


def _csv_rows(path: str, text: str) -> list[list[str]]:
    csv.field_size_limit(MAX_REPORT_BYTES)  # of the process; the default, 128 KiB, is less than some reports
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        limit = MAX_REPORT_BYTES // 2**20
        raise ReportFileError(f"{path} has a cell of more than {limit} MiB; check its quotes.") from None
