"""Read reports that are rows: CSV, JSON Lines, Parquet and the one-column CSV of the original CheXpert labeler."""

from __future__ import annotations

import contextlib
import gzip
import importlib
import json
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from labeler.errors import LabelerError, UsageError
from labeler.io.columns import Columns, choose_columns
from labeler.io.csv_records import Records, is_identifier, lines
from labeler.io.decode import open_text, recover, without_nul
from labeler.io.duplicates import report_duplicates
from labeler.io.source import (
    MAX_REPORT_BYTES,
    Failure,
    FailureKind,
    UnreadableError,
    os_failure,
    reader_failure,
    too_large,
)
from labeler.records import Report

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from typing import TextIO

    Rows = Generator[Report | Failure, None, None]

_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Table:
    """A table of reports, one a row; the kinds of table differ in the function that reads the rows.

    Parameters
    ----------
    path : str
        "-" is standard input.
    rows : callable
        Yields the rows of `Table`; one of `csv_rows`, `jsonl_rows`, `parquet_rows` and `chexpert_rows`.
    id_column, text_column : str, optional
        The usual names are tried where none is given.
    """

    path: str
    rows: Callable[[Table], Rows]
    id_column: str | None = None
    text_column: str | None = None

    def columns(self, available: Sequence[str]) -> Columns:
        """Return the columns to read; see `choose_columns`."""
        name = "standard input" if self.path == "-" else self.path
        return choose_columns(available, name, id_column=self.id_column, text_column=self.text_column)

    def has_subjects(self) -> bool:
        """Tell whether the rows have a subject_id; False for standard input, which can be read only once.

        Raises
        ------
        UsageError
            If a column does not exist.
        """
        if self.path == "-":
            return False
        with contextlib.closing(self.unread()) as rows:
            first = next((row for row in rows if isinstance(row, Report)), None)
        return first is not None and first.subject_id is not None

    def unread(self) -> Rows:
        """Yield the reports, read already, in the order of the rows, and what cannot be read in its place.

        Raises
        ------
        UsageError
            If a column does not exist.
        """
        try:
            yield from report_duplicates(self.path, self.rows(self))
        except UnreadableError as error:
            yield error.at(self.path)
        except (EOFError, zlib.error, UnicodeDecodeError, gzip.BadGzipFile):
            yield _cut_short("is damaged or cut short").at(self.path)
        except OSError as error:
            yield os_failure(error, self.path)
        except LabelerError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the other inputs can be read
            yield reader_failure(error, self.path)


def csv_rows(table: Table) -> Rows:
    """Yield the rows of a CSV file with a header.

    A row with more or fewer cells than the header is a failure: a comma that was not quoted would cut the text short.
    """
    with _open(table.path) as stream:
        records = Records(stream)
        header = records.header()
        if header is None:
            raise _bad_row("is empty", "give a CSV file with a header line")
        columns = table.columns(header)
        at_id = header.index(columns.id)
        places = [(name, header.index(name)) for name in (columns.id, columns.text, columns.subject) if name]
        rows = records.rows(lambda cells: len(cells) == len(header) and is_identifier(cells[at_id]))
        for number, cells in enumerate(rows, 1):
            where = f"{table.path} row {number}"
            if isinstance(cells, UnreadableError):
                yield cells.at(where)
            elif len(cells) != len(header):
                reason = f"has {len(cells)} cells where the header has {len(header)}"
                yield _bad_row(reason, "quote cells that hold commas or line ends").at(where)
            else:
                yield _report(where, {name: _recovered(cells[at]) for name, at in places}, columns)


def chexpert_rows(table: Table) -> Rows:
    """Yield the rows of the original CheXpert labeler's input, one column without a header, numbered from 1.

    After a row whose quotes are broken there is no telling which number the next one has, and none is read.
    """
    with _open(table.path) as stream:
        for number, cells in enumerate(Records(stream).rows(lambda _: False), 1):
            where = f"{table.path} row {number}"
            if isinstance(cells, UnreadableError):
                yield cells.at(where)
            elif len(cells) != 1:
                reason = f"has {len(cells)} cells where this format has one"
                yield _bad_row(reason, "quote reports that hold commas, or use --input-format csv").at(where)
            else:
                yield _report(where, {"id": number, "text": _recovered(cells[0])}, Columns("id", "text", None))


def jsonl_rows(table: Table) -> Rows:
    """Yield the rows of a JSON Lines file, one object a line; the first object's keys decide the columns."""
    columns = None
    with _open(table.path) as stream:
        for number, line in enumerate(lines(stream), 1):
            where = f"{table.path} row {number}"
            try:
                record = _object(line)
            except UnreadableError as error:
                yield error.at(where)
                continue
            columns = columns or table.columns(list(record))
            yield _report(where, record, columns)


def parquet_rows(table: Table) -> Rows:
    """Yield the rows of a Parquet file, read a batch at a time.

    Raises
    ------
    UsageError
        If pyarrow is not installed, or the table comes by standard input.
    """
    if table.path == "-":
        raise UsageError("Parquet cannot be read from standard input; give the file's path.")
    arrow, parquet = import_parquet()
    try:
        with parquet.ParquetFile(table.path) as file:
            columns = table.columns(file.schema_arrow.names)
            wanted = [name for name in (columns.id, columns.text, columns.subject) if name]
            batches = file.iter_batches(batch_size=_BATCH, columns=wanted)
            records = (record for batch in batches for record in batch.to_pylist())
            for number, record in enumerate(records, 1):
                yield _report(f"{table.path} row {number}", record, columns)
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the system's; Arrow's own have no number
            raise
        raise _cut_short("is no whole Parquet file") from None


def import_parquet() -> tuple[Any, Any]:
    """Return the modules pyarrow and pyarrow.parquet.

    Raises
    ------
    UsageError
        If pyarrow, an extra, is not installed.
    """
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        message = 'Parquet files need pyarrow; install it with: pip install "cxr-labeler[parquet]"'
        raise UsageError(message) from None


@contextlib.contextmanager
def _open(path: str) -> Iterator[TextIO]:
    with contextlib.ExitStack() as stack:
        if path == "-":
            stream = cast("io.BufferedIOBase", sys.stdin.buffer)
        elif path.lower().endswith(".gz"):
            stream = stack.enter_context(gzip.GzipFile(path, "rb"))
        else:
            stream = stack.enter_context(Path(path).open("rb"))
        yield stack.enter_context(open_text(stream))


def _object(line: str | None) -> Mapping[str, object]:
    if line is None:
        raise too_large()
    try:
        record = json.loads(recover(line))
    except (ValueError, RecursionError):  # whose messages may quote the line
        record = None
    if not isinstance(record, dict):
        raise _bad_row("is no JSON object", "write one object a line") from None
    return record


def _recovered(cell: str) -> str | UnreadableError:
    """Recovers a cell, or says why it is no text: the row is then a failure that has the name of its other cell."""
    try:
        return recover(cell)
    except UnreadableError as error:
        return error


def _report(where: str, record: Mapping[str, object], columns: Columns) -> Report | Failure:
    missing = [name for name in (columns.id, columns.text) if name not in record]
    study_id = ""
    try:
        study_id = _name(record.get(columns.id)) or ""
        if missing:
            raise _bad_row(f"has no {' and no '.join(missing)}", "give every row the same columns")
        if not study_id:
            raise _bad_row("has no identifier", "give every report one")
        subject = None if columns.subject is None else _name(record.get(columns.subject)) or ""
        return Report(study_id, _text(record[columns.text]), subject)
    except UnreadableError as error:
        return error.at(where, study_id)


def _name(value: object) -> str | None:
    if isinstance(value, UnreadableError):
        raise value
    if isinstance(value, str):
        return without_nul(value).strip()
    if isinstance(value, float) and value.is_integer():  # a table with gaps holds its whole numbers as floats
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, UnreadableError):
        raise value
    if not isinstance(value, str):
        raise _bad_row("has a text that is no text", "check --text-column")
    if len(value) > MAX_REPORT_BYTES:
        raise too_large()
    return without_nul(value)


def _bad_row(reason: str, remedy: str) -> UnreadableError:
    return UnreadableError(FailureKind.BAD_ROW, reason, remedy)


def _cut_short(reason: str) -> UnreadableError:
    remedy = "fetch or make the file again; the reports before this place are labelled"
    return UnreadableError(FailureKind.CUT_SHORT, reason, remedy)
