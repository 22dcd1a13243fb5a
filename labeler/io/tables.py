"""Read reports that are rows: CSV, JSON Lines, Parquet and the one-column CSV of the original CheXpert labeler."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from labeler.errors import LabelerError, UsageError
from labeler.io.arrow import import_parquet, parquet_records
from labeler.io.cells import report_of
from labeler.io.columns import Columns, choose_columns
from labeler.io.csv_records import IdentifierShape, Records, lines, looking_ahead
from labeler.io.decode import open_text, recover
from labeler.io.source import (
    MAX_RATIO,
    MAX_REPORT_BYTES,
    Failure,
    FailureKind,
    UnreadableError,
    bad_row,
    os_failure,
    reader_failure,
    require_open,
    too_large,
    unpacks_too_far,
)
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
    from typing import BinaryIO, TextIO

    Rows = Generator[Report | Failure, None, None]

_LINES_TO_COLUMNS = 1000
"""Lines of JSON among which one at least must have the columns."""


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
    content : bytes, optional
        The file's, if they have been read already.
    """

    path: str
    rows: Callable[[Table], Rows]
    id_column: str | None = None
    text_column: str | None = None
    content: bytes | None = None

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
            yield from self.rows(self)
        except (UnreadableError, _UnpackingError) as error:
            yield (unpacks_too_far() if isinstance(error, _UnpackingError) else error).at(self.path)
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
    So is one whose identifier is none, and the row before it: a line end that was not quoted cut that one's text.
    """
    with open_table(table) as stream:
        records = Records(stream)
        header = _header(records)
        columns = table.columns(header)
        shape = IdentifierShape(header.index(columns.id))
        places = [(name, header.index(name)) for name in (columns.id, columns.text, columns.subject) if name]
        rows = records.rows(lambda cells: len(cells) == len(header) and shape.is_certain(cells))
        is_text = False
        for number, (cells, following) in enumerate(looking_ahead(rows), 1):
            where = f"{table.path} row {number}"
            if isinstance(cells, UnreadableError):
                yield cells.at(where)
            elif cells == header:
                yield bad_row("is the header again", "remove the headers inside files that were joined").at(where)
            elif is_text:
                yield bad_row("has no identifier but what looks like text", _QUOTE).at(where)
            elif len(cells) != len(header):
                yield bad_row(f"has {len(cells)} cells where the header has {len(header)}", _QUOTE).at(where)
            else:
                row = report_of(where, {name: _recovered(cells[at]) for name, at in places}, columns)
                shape.learn(cells)
                is_text = shape.goes_on(following)
                if is_text and isinstance(row, Report) and following != header:
                    yield bad_row("may be cut short: what follows it is no row", _QUOTE).at(where, row.id)
                else:
                    yield row
                continue
            is_text = shape.goes_on(following)


_QUOTE = "quote cells that hold commas or line ends"


def csv_columns(table: Table) -> Columns:
    """Return the columns of a CSV file.

    Raises
    ------
    UsageError
        If a column does not exist.
    UnreadableError
        If there is no header.
    """
    with open_table(table) as stream:
        return table.columns(_header(Records(stream)))


def _header(records: Records) -> list[str]:
    header = records.header()
    if header is None:
        raise bad_row("is empty", "give a CSV file with a header line")
    return header


def chexpert_rows(table: Table) -> Rows:
    """Yield the rows of the original CheXpert labeler's input, one column without a header, numbered from 1.

    After a row whose quotes are broken there is no telling which number the next one has, and none is read.
    """
    with open_table(table) as stream:
        for number, cells in enumerate(Records(stream).rows(lambda _: False), 1):
            where = f"{table.path} row {number}"
            if isinstance(cells, UnreadableError):
                yield cells.at(where)
            elif len(cells) != 1:
                reason = f"has {len(cells)} cells where this format has one"
                yield bad_row(reason, "quote reports that hold commas, or use --input-format csv").at(where)
            else:
                yield report_of(where, {"id": number, "text": _recovered(cells[0])}, Columns("id", "text", None))


def jsonl_rows(table: Table) -> Rows:
    """Yield the rows of a JSON Lines file, one object a line; the first that has the columns decides which they are."""
    with open_table(table) as stream:
        columns = refusal = None
        waiting: list[tuple[str, Mapping[str, object]]] = []
        for number, line in enumerate(lines(stream), 1):
            where = f"{table.path} row {number}"
            try:
                record = _object(line)
                columns = columns or table.columns(list(record))
            except UnreadableError as error:
                yield error.at(where)
            except UsageError as error:
                refusal = refusal or error
                waiting.append((where, _shortened(record)))
                if number >= _LINES_TO_COLUMNS:
                    break
            else:
                for earlier, lacking in waiting:
                    yield report_of(earlier, lacking, columns)
                waiting.clear()
                yield report_of(where, record, columns)
        if refusal and columns is None:
            raise refusal


def _shortened(record: Mapping[str, object]) -> Mapping[str, object]:
    """Return what names a row that lacks a column: no text, since many may wait until a row has them all."""
    return {name: value if len(str(value)) <= _LINES_TO_COLUMNS else "" for name, value in record.items()}


def parquet_rows(table: Table) -> Rows:
    """Yield the rows of a Parquet file.

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
            for number, record in enumerate(parquet_records(table.path, file, wanted), 1):
                yield report_of(f"{table.path} row {number}", record, columns)
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the system's; Arrow's own have no number
            raise
        raise _cut_short("is no whole Parquet file") from None


class _UnpackingError(ValueError):
    """A compressed table that unpacks to more than is reasonable; no error of one row."""


class _Unpacked(gzip.GzipFile):
    """A compressed table, read as far as its size is reasonable."""

    def read1(self, size: int = -1) -> bytes:
        """Return what is unpacked next."""
        data = super().read1(size)
        if self.tell() > max(MAX_REPORT_BYTES, MAX_RATIO * cast("BinaryIO", self.fileobj).tell()):
            raise _UnpackingError
        return data


@contextlib.contextmanager
def open_table(table: Table) -> Iterator[TextIO]:
    """Open a table as text, unpacked; see `labeler.io.decode.open_text`."""
    with contextlib.ExitStack() as stack:
        if table.path == "-":
            stream = require_open(sys.stdin, "standard input").buffer
        elif table.content is None:
            stream = stack.enter_context(Path(table.path).open("rb"))
        else:
            stream = io.BytesIO(table.content)
        if table.path.lower().endswith(".gz"):
            stream = cast("BinaryIO", stack.enter_context(_Unpacked(fileobj=stream, mode="rb")))
        yield stack.enter_context(open_text(cast("io.BufferedIOBase", stream)))


def _object(line: str | None) -> Mapping[str, object]:
    if line is None:
        raise too_large()
    try:
        record = json.loads(recover(line), object_pairs_hook=_pairs)
    except (ValueError, RecursionError):  # whose messages may quote the line
        record = None
    if not isinstance(record, dict):
        raise bad_row("is no JSON object", "write one object a line")
    return record


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise bad_row("has a key twice", "give each key once")
    return record


def _recovered(cell: str) -> str | UnreadableError:
    """Recovers a cell, or says why it is no text: the row is then a failure that has the name of its other cell."""
    try:
        return recover(cell)
    except UnreadableError as error:
        return error


def _cut_short(reason: str) -> UnreadableError:
    remedy = "fetch or make the file again; the reports before this place are labelled"
    return UnreadableError(FailureKind.CUT_SHORT, reason, remedy)
