"""Reads generated reports and their references in the forms that people have them in."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labeler.errors import ReportFileError, UsageError, shown_id, shown_names
from labeler.io.cells import identifier
from labeler.io.columns import USUAL_ID_COLUMNS, USUAL_TEXT_COLUMNS
from labeler.io.decode import decode, without_nul
from labeler.io.read import open_inputs
from labeler.io.source import MAX_REPORT_BYTES, UnreadableError
from labeler.records import Report
from labeler.scoring.labels import LabelTable, Value, normal_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPLIT = "test"
"""The part of R2Gen's annotation.json that reports are generated for."""
_HEADERLESS_COLUMNS = (1, 2)


def read_reports(path: str, *, id_column: str | None = None, text_column: str | None = None) -> dict[str, str]:
    """Read reports by identifier.

    Read are tables and JSON Lines as `labeler label` takes them; .txt with one report a line; a CSV without a header,
    of reports or of identifiers and reports, as R2Gen writes it; .json with a list of texts or of objects, an object of
    texts by identifier, or R2Gen's annotation.json, of which the part "test" is taken. Without an identifier, the
    number of the line or of the entry stands for it.

    Parameters
    ----------
    path : str
    id_column, text_column : str, optional
        Columns of a table, or keys of the objects of a .json.

    Raises
    ------
    UsageError
        If the file cannot be read, or a .json is of no known form.
    ReportFileError
        If a report cannot be read, or an identifier comes twice.
    """
    suffix = path.lower().rpartition(".")[2]
    if suffix == "txt":
        lines = _text(path).split("\n")
        return _numbered(lines[:-1] if lines and not lines[-1] else lines)
    if suffix == "json":
        return _of_json(path, id_column, text_column)
    if suffix == "csv" and id_column is None and text_column is None:
        rows = _headerless(path, _text(path))
        if rows is not None:
            return _once(path, rows)
    return _once(path, _of_table(path, id_column, text_column))


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


def _numbered(texts: Iterable[str]) -> dict[str, str]:
    return {str(number): text for number, text in enumerate(texts, 1)}


def _once(path: str, rows: Iterable[tuple[str, str]]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, text in rows:
        if name in texts:
            raise ReportFileError(f"{path} has two reports {shown_id(name)}; each needs an id of its own.")
        texts[name] = text
    return texts


def _of_table(path: str, id_column: str | None, text_column: str | None) -> Iterable[tuple[str, str]]:
    for item in open_inputs([path], id_column=id_column, text_column=text_column):
        if not isinstance(item, Report):
            raise ReportFileError(str(item))
        yield item.id, item.text


def _csv_rows(path: str, text: str) -> list[list[str]]:
    csv.field_size_limit(MAX_REPORT_BYTES)  # of the process; the default, 128 KiB, is less than some reports
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        limit = MAX_REPORT_BYTES // 2**20
        raise ReportFileError(f"{path} has a cell of more than {limit} MiB; check its quotes.") from None


def _headerless(path: str, text: str) -> list[tuple[str, str]] | None:
    """Return the rows of a CSV without a header; None if its first row names columns or it has more than two."""
    rows = [row or [""] for row in _csv_rows(path, text)]  # an empty line is an empty report
    usual = {*USUAL_ID_COLUMNS, *USUAL_TEXT_COLUMNS}
    if not rows or len(rows[0]) not in _HEADERLESS_COLUMNS or any(cell.strip().lower() in usual for cell in rows[0]):
        return None
    if any(len(row) != len(rows[0]) for row in rows) or " " not in rows[0][-1]:
        return None
    if len(rows[0]) == 1:
        return [(str(number), row[0]) for number, row in enumerate(rows, 1)]
    return [(row[0], row[1]) for row in rows]


def _of_json(path: str, id_column: str | None, text_column: str | None) -> dict[str, str]:
    try:
        data = json.loads(_text(path), object_pairs_hook=lambda pairs: _object(path, pairs))
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not JSON; JSON Lines need a name that ends in .jsonl.") from None
    if isinstance(data, dict) and isinstance(data.get(_SPLIT), list):
        data = data[_SPLIT]
    if isinstance(data, dict) and all(isinstance(text, str) for text in data.values()):
        entries = enumerate(data.items(), 1)
        return {_identifier(path, number, name): _whole(path, number, text) for number, (name, text) in entries}
    if isinstance(data, list) and all(isinstance(text, str) for text in data):
        return _numbered(_whole(path, number, text) for number, text in enumerate(data, 1))
    if isinstance(data, list) and all(isinstance(entry, dict) for entry in data):
        ids = (id_column,) if id_column else USUAL_ID_COLUMNS
        names = (text_column,) if text_column else USUAL_TEXT_COLUMNS
        return _once(path, [_entry(path, number, entry, ids, names) for number, entry in enumerate(data, 1)])
    raise UsageError(
        f'{path} is of no known form; give a list of texts, a list of objects with "id" and "report", an object of '
        'texts by id, or one with a list "test".'
    )


def _entry(path: str, number: int, entry: dict[str, Any], ids: Iterable[str], names: Iterable[str]) -> tuple[str, str]:
    text = next((entry[name] for name in names if isinstance(entry.get(name), str)), None)
    if text is None:
        raise UsageError(
            f"{path}, entry {number}: no text under {' or '.join(names)}; it has: {shown_names(sorted(entry))}."
        )
    given = next((key for key in ids if key in entry), None)
    return (str(number) if given is None else _identifier(path, number, entry[given])), _whole(path, number, text)


def _whole(path: str, number: int, text: str) -> str:
    """Return a text that can be read and written; an escape of JSON can stand for half of a character."""
    try:
        return without_nul(text)
    except UnreadableError as error:
        raise ReportFileError(f"{path}, entry {number}: {error}.") from None


def _identifier(path: str, number: int, value: object) -> str:
    try:
        name = "" if isinstance(value, bool) else identifier(value)
    except UnreadableError as error:
        raise UsageError(f"{path}, entry {number}: {error}") from None
    if not name:
        raise UsageError(f"{path}, entry {number}: has no identifier; give every report one, or none any.")
    return name


def _object(path: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise UsageError(f"{path} has an object with a key that is given twice; each report needs a key of its own.")
    return dict(pairs)
