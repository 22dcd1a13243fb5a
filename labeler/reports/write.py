"""Writes labels as tables; the only place that knows the coding 1, 0, -1 and blank."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from labeler.errors import UsageError
from labeler.records import Report, Status, StudyLabels
from labeler.reports.output import open_output
from labeler.reports.tables import import_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

Cell = str | float | None
Form = Literal["mimic", "chexpert"]
WriteRow = Callable[[Report, StudyLabels], None]

_VALUES = {Status.PRESENT: 1.0, Status.ABSENT: 0.0, Status.UNCERTAIN: -1.0}
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_PARQUET_ROWS = 8192


def value_of(status: Status | None) -> float | None:
    """Returns the number that tables hold for a status, None for blank.

    Examples
    --------
    >>> value_of(Status.UNCERTAIN)
    -1.0
    """
    return None if status is None else _VALUES[status]


@dataclass(frozen=True, slots=True)
class Layout:
    """Says which columns a table has.

    Parameters
    ----------
    findings : tuple of str
        The label set's findings in its order.
    form : {"mimic", "chexpert"}
        "mimic" has study_id and the findings in alphabetical order, as mimic-cxr-2.0.0-chexpert.csv.gz; "chexpert" has
        the report's text as `Reports` and the findings in the label set's order, as the CheXpert labeler writes.
    with_subjects : bool
        Whether "mimic" starts with subject_id.

    Examples
    --------
    >>> Layout(("Edema", "Atelectasis"), "mimic", with_subjects=True).header
    ('subject_id', 'study_id', 'Atelectasis', 'Edema')
    """

    findings: tuple[str, ...]
    form: Form
    with_subjects: bool

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The names of the columns before the findings."""
        if self.form == "chexpert":
            return ("Reports",)
        return ("subject_id", "study_id") if self.with_subjects else ("study_id",)

    @property
    def columns(self) -> tuple[str, ...]:
        """The findings in the order of their columns."""
        return self.findings if self.form == "chexpert" else tuple(sorted(self.findings))

    @property
    def header(self) -> tuple[str, ...]:
        """The names of all columns."""
        return self.identifiers + self.columns

    def row(self, report: Report, labels: StudyLabels) -> tuple[Cell, ...]:
        """Returns the cells of a study."""
        return self._names(report) + tuple(value_of(labels[finding]) for finding in self.columns)

    def _names(self, report: Report) -> tuple[Cell, ...]:
        if self.form == "chexpert":
            return (report.text,)
        return (report.subject_id or "", report.id) if self.with_subjects else (report.id,)


def open_table(path: str, layout: Layout, made_with: Mapping[str, str]) -> AbstractContextManager[WriteRow]:
    """Opens a table for labels; the ending of its name decides the format.

    Parameters
    ----------
    path : str
        Ends in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet, or is "-" for CSV on standard output.
    layout : Layout
        The columns.
    made_with : mapping of str to str
        Version, model and hash of the phrases; a Parquet file carries them as metadata.

    Returns
    -------
    context manager of callable
        Writes a study's row. The file is whole when the block has ended.

    Raises
    ------
    UsageError
        Where the ending is unknown, or the file's folder does not exist.
    ReportFileError
        Where the file cannot be written.
    """
    name = path.lower()
    if name == "-" or name.endswith((".csv", ".csv.gz")):
        return _open_csv(path, layout)
    if name.endswith((".jsonl", ".jsonl.gz")):
        return _open_jsonl(path, layout)
    if name.endswith(".parquet"):
        return _open_parquet(path, layout, made_with)
    raise UsageError(f"{path} ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet; name the output with one.")


def csv_line(cells: Iterable[Cell]) -> bytes:
    r"""Returns a line of CSV, quoted where a cell holds a comma, a quote or a line end.

    Python's own writer quotes a carriage return in some versions only; equal labels are to be equal bytes in all.

    Examples
    --------
    >>> csv_line(["s1", 1.0, None, "effusion, small"])
    b's1,1.0,,"effusion, small"\n'
    """
    return (",".join(_csv_cell(cell) for cell in cells) + "\n").encode()


def _csv_cell(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


@contextlib.contextmanager
def _open_csv(path: str, layout: Layout) -> Iterator[WriteRow]:
    with open_output(path) as stream:

        def write(report: Report, labels: StudyLabels) -> None:
            stream.write(csv_line(layout.row(report, labels)))

        stream.write(csv_line(layout.header))
        yield write


@contextlib.contextmanager
def _open_jsonl(path: str, layout: Layout) -> Iterator[WriteRow]:
    with open_output(path) as stream:

        def write(report: Report, labels: StudyLabels) -> None:
            row = dict(zip(layout.header, layout.row(report, labels), strict=True))
            stream.write((json.dumps(row, ensure_ascii=False) + "\n").encode())

        yield write


@contextlib.contextmanager
def _open_parquet(path: str, layout: Layout, made_with: Mapping[str, str]) -> Iterator[WriteRow]:
    arrow, parquet = import_parquet()
    fields = [(name, arrow.string()) for name in layout.identifiers]
    fields += [(name, arrow.float64()) for name in layout.columns]
    schema = arrow.schema(fields, metadata=dict(made_with))
    rows: list[tuple[Cell, ...]] = []
    with open_output(path) as stream, parquet.ParquetWriter(stream, schema) as writer:

        def flush() -> None:
            columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in fields]
            writer.write_table(arrow.table(columns, schema=schema))
            rows.clear()

        def write(report: Report, labels: StudyLabels) -> None:
            rows.append(layout.row(report, labels))
            if len(rows) == _PARQUET_ROWS:
                flush()

        yield write
        flush()
