"""Reads the reports that belong to a gold standard, whatever layout their collection has."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import LabelerError
from labeler.io.columns import SECTIONED
from labeler.io.csv_tables import csv_columns, csv_rows
from labeler.io.read import Failure, open_inputs
from labeler.io.tables import Table
from labeler.records import Report
from labeler.scoring.labels import normal_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Corpus:
    """A row of reports that are read when they are iterated over.

    Parameters
    ----------
    items : iterable of Report or Failure
        Identifiers are as `labeler.scoring.labels.normal_id` gives them.
    sections : str or None
        The text to label where the collection has chosen it already: all of it.
    """

    items: Iterable[Report | Failure]
    sections: str | None = None

    def __iter__(self) -> Iterator[Report | Failure]:
        for item in self.items:
            yield item if isinstance(item, Failure) else Report(normal_id(item.id), item.text, item.subject_id)


def open_corpus(
    path: str | Path, *, id_column: str | None = None, text_column: str | Sequence[str] | None = None
) -> Corpus:
    """Open reports for scoring.

    Parameters
    ----------
    path : str or Path
        What `labeler label` reads, such as a MIMIC folder, Open-I's folder of XML files or a table. Of MIMIC-CXR's
        sectioned table the text that its authors label is taken.
    id_column : str, optional
        Column of a table.
    text_column : str or sequence of str, optional
        Column of a table, or several that are sections.

    Raises
    ------
    UsageError
        If there are no reports at the path, or a column is missing.
    """
    if text_column is None and _is_sectioned(path, id_column):
        # Hand-set ranges of the collection are offsets into the whole report, so no choice may follow this one.
        return Corpus(_first_parts(path, id_column), "all")
    return Corpus(open_inputs([path], id_column=id_column, text_column=text_column))


def _is_sectioned(path: str | Path, id_column: str | None) -> bool:
    if not str(path).lower().endswith((".csv", ".csv.gz")):
        return False
    try:
        texts = csv_columns(Table(str(path), csv_rows, id_column, is_quiet=True)).texts
    except (LabelerError, OSError, EOFError, zlib.error, UnicodeDecodeError):
        return False  # the reader of tables says what is wrong
    return len(texts) == len(SECTIONED)


def _first_parts(path: str | Path, id_column: str | None) -> Iterator[Report | Failure]:
    """Yield the first text of each row, reading the table once per column; a failure of a row is reported once."""
    readings = [open_inputs([path], id_column=id_column, text_column=column) for column in SECTIONED]
    for row in zip(*readings, strict=True):
        failure = next((part for part in row if isinstance(part, Failure)), None)
        if failure is not None:
            yield failure
            continue
        parts = [part for part in row if isinstance(part, Report)]
        yield next((part for part in parts if part.text.strip()), parts[0])
