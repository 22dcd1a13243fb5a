"""Read reports that are rows: what all tables share, and JSON Lines, JSON and Parquet; see `csv_tables` for CSV."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import logging
import sys
import zlib
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from labeler.errors import LabelerError, UsageError, shown_names
from labeler.io.arrow import import_parquet, parquet_records
from labeler.io.cells import report_of
from labeler.io.columns import SECTION_COLUMNS, Columns, choose_columns, column_key
from labeler.io.csv_records import lines
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
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO, TextIO

    Rows = Generator[Report | Failure, None, None]
    Record = Mapping[str, object]

Given = TypeVar("Given")
Value = TypeVar("Value")

_ROWS_TO_COLUMNS = 1000
"""Objects among which one at least must have the columns."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of reports, one a row; the kinds of table differ in the function that reads the rows.

    Parameters
    ----------
    path : str
        "-" is standard input.
    rows : callable
        Yields the rows of `Table`; one of `csv_rows`, `jsonl_rows`, `json_rows`, `parquet_rows` and `chexpert_rows`.
    id_column : str, optional
        The usual names are tried where none is given.
    text_column : str or sequence of str, optional
        Several are sections of the report.
    content : bytes, optional
        The file's, if they have been read already.
    part : str, optional
        The part to read of a JSON file that has several, such as "test"; all by default.
    numbered : bool
        Whether reports may have no identifiers, as generated ones; a CSV file is then one column of reports too.
    is_quiet : bool
        Whether what was taken for the columns, if it had to be found out, goes without a message.
    """

    path: str
    rows: Callable[[Table], Rows]
    id_column: str | None = None
    text_column: str | Sequence[str] | None = None
    content: bytes | None = None
    part: str | None = None
    numbered: bool = False
    is_quiet: bool = False

    @property
    def name(self) -> str:
        """What messages call the table."""
        return "standard input" if self.path == "-" else self.path

    def columns(self, available: Sequence[str], *how: str, alone: bool = True) -> Columns:
        """Return the columns to read, and log what was taken for them if that had to be found out.

        Parameters
        ----------
        available : sequence of str
        *how : str
            What else was found out, such as the separator.
        alone : bool
            Whether reports are numbered if the table has but one column.

        Raises
        ------
        UsageError
            As `choose_columns`.
        """
        columns = choose_columns(
            available,
            self.name,
            id_column=self.id_column,
            text_column=self.text_column,
            numbered=self.numbered or (alone and len(available) == 1),
        )
        self.tell(columns, available, *how)
        return columns

    def has_columns(self, available: Sequence[str]) -> bool:
        """Tell whether names are those of the columns to read."""
        try:
            replace(self, is_quiet=True).columns(available)
        except UsageError:
            return False
        return True

    def tell(self, columns: Columns, available: Iterable[str] = (), *how: str) -> None:
        """Log what was taken for the columns if that had to be found out."""
        told = list(how)
        keys = [column_key(name) for name in columns.texts]
        if self.text_column is None and len(keys) > 1:
            told.append(f"the sections of a report are in the columns {', '.join(keys)}")
        elif self.text_column is None and {*map(column_key, available)}.issuperset(SECTION_COLUMNS):
            told.append(f"the report is in the column {keys[0]}; findings and impression are not read")
        if not columns.id:
            told.append("without identifiers, the reports are numbered from 1")
        if told and not self.is_quiet:
            logging.getLogger(__name__).warning("%s: %s", printable(self.name), "; ".join(told))

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


def jsonl_rows(table: Table) -> Rows:
    """Yield the rows of a JSON Lines file, one object a line; the first that has the columns decides which they are."""
    with open_table(table) as stream:
        records = (caught(_object, line) for line in lines(stream))
        head, columns = _until_columns(table, records)
        for number, record in enumerate(chain(head, records), 1):
            where = f"{table.path} row {number}"
            if isinstance(record, UnreadableError):
                yield record.at(where)
            else:
                columns = columns or table.columns(list(record), alone=False)
                yield report_of(where, record, columns, number)


def _until_columns(
    table: Table, records: Iterator[Record | UnreadableError]
) -> tuple[list[Record | UnreadableError], Columns | None]:
    """Read as far as the first object that has the columns; of those before, what names them is kept."""
    head: list[Record | UnreadableError] = []
    refusal = None
    for record in islice(records, _ROWS_TO_COLUMNS):
        head.append(record)
        if isinstance(record, UnreadableError):
            continue
        try:
            return head, table.columns(list(record), alone=False)
        except UsageError as error:
            refusal = refusal or error
            head[-1] = {name: value if len(str(value)) <= _ROWS_TO_COLUMNS else "" for name, value in record.items()}
    if refusal:
        raise refusal
    return head, None


def json_rows(table: Table) -> Rows:
    """Yield the entries of a JSON file: a list of objects or of texts, an object of texts, or R2Gen's parts of such.

    The file is read as a whole; `annotation.json` of R2Gen has the parts train, val and test.
    """
    with open_table(table) as stream:
        entries, *how = _entries(_parsed(stream.read()), table.part)
    keys = dict.fromkeys(key for entry in entries if isinstance(entry, dict) for key in entry)
    columns = table.columns(list(keys), *how) if keys else None
    for number, entry in enumerate(entries, 1):
        where = f"{table.path} entry {number}"
        if columns and isinstance(entry, dict):
            yield report_of(where, entry, columns, number)
        else:
            wrong = bad_row("is neither an object nor a text", "give entries of one form")
            yield (entry if isinstance(entry, UnreadableError) else wrong).at(where)


def _entries(data: object, part: str | None) -> tuple[Any, ...]:
    """Return the entries of a JSON file as a list of objects, and what was found out about them."""
    if isinstance(data, UnreadableError):
        raise data
    if isinstance(data, dict) and data and all(isinstance(entries, list) for entries in data.values()):
        parts = [name for name in data if part in {None, name}]
        if parts:
            entries = [entry for name in parts for entry in data[name]]
            return *_entries(entries, None), f"the reports are those of {shown_names(parts)}"
    elif isinstance(data, dict) and all(isinstance(text, str) for text in data.values()):
        return ([{"id": name, "text": text} for name, text in data.items()],)
    elif isinstance(data, list):
        return ([{"text": entry} if isinstance(entry, str) else entry for entry in data],)
    forms = 'a list of objects with "id" and "report", an object of texts by identifier, or annotation.json of R2Gen'
    raise bad_row("is JSON of no known form" if data is not None else "is not JSON", f"give {forms}")


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
            for number, record in enumerate(parquet_records(table.path, file, columns.names), 1):
                yield report_of(f"{table.path} row {number}", record, columns, number)
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
    """Open a table as text; see `open_text`."""
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


def _object(line: str | None) -> Record:
    if line is None:
        raise too_large()
    record = _parsed(line)
    if isinstance(record, UnreadableError):
        raise record
    if not isinstance(record, dict):
        raise bad_row("is no JSON object", "write one object a line")
    return record


def _parsed(text: str) -> object:
    try:
        return json.loads(recover(text), object_pairs_hook=_pairs)
    except (ValueError, RecursionError):  # whose messages may quote the text
        return None


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object] | UnreadableError:
    record = dict(pairs)
    return record if len(record) == len(pairs) else bad_row("has a key twice", "give each key once")


def caught(read: Callable[[Given], Value], given: Given) -> Value | UnreadableError:
    """Return what a reader gives, or why it gives nothing: one row's fault, whose other cells name it."""
    try:
        return read(given)
    except UnreadableError as error:
        return error


def _cut_short(reason: str) -> UnreadableError:
    remedy = "fetch or make the file again; the reports before this place are labelled"
    return UnreadableError(FailureKind.CUT_SHORT, reason, remedy)
