"""Read CSV tables with whatever separator, with or without a header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from labeler.errors import UsageError
from labeler.io.cells import report_of
from labeler.io.columns import Columns, listing
from labeler.io.csv_records import SEPARATORS, IdentifierShape, Records, looking_ahead
from labeler.io.decode import recover
from labeler.io.source import UnreadableError, bad_row
from labeler.io.tables import caught, open_table
from labeler.records import Report

if TYPE_CHECKING:
    from labeler.io.tables import Rows, Table

_WORDS_OF_A_TEXT = 5
"""Words from which a cell of the first line is no name of a column."""


def csv_rows(table: Table) -> Rows:
    """Yield the rows of a CSV file, whose separator is the one with which its header has the columns to read.

    A row with more or fewer cells than the header is a failure: a comma that was not quoted would cut the text short.
    So is one whose identifier is none, and the row before it: a line end that was not quoted cut that one's text.
    """
    with open_table(table) as stream:
        records = Records(stream)
        yield from _csv_rows(table, records, _head(table, records))


def chexpert_rows(table: Table) -> Rows:
    """Yield the rows of the original CheXpert labeler's input, one column without a header, numbered from 1.

    After a row whose quotes are broken there is no telling which number the next one has, and none is read.
    """
    with open_table(table) as stream:
        yield from _csv_rows(table, Records(stream), _ONE_COLUMN)


def _csv_rows(table: Table, records: Records, head: _Head) -> Rows:
    places = [(name, head.names.index(name)) for name in head.columns.names]
    shape = IdentifierShape(head.names.index(head.columns.id) if head.columns.id else None)
    rows = records.rows(lambda cells: len(cells) == len(head.names) and shape.is_certain(cells))
    is_text = False
    for number, (cells, following) in enumerate(looking_ahead(rows), 1):
        where = f"{table.path} row {number}"
        fault = cells if isinstance(cells, UnreadableError) else head.fault(cells, is_text=is_text)
        if isinstance(cells, UnreadableError) or fault:
            is_text = shape.goes_on(following)
            yield cast("UnreadableError", fault).at(where)
            continue
        shape.learn(cells)
        is_text = shape.goes_on(following)
        record = {name: caught(recover, cells[at]) for name, at in places}
        row = report_of(where, record, head.columns, number)
        if is_text and isinstance(row, Report) and following != head.names:
            yield bad_row("may be cut short: what follows it is no row", _QUOTE).at(where, row.id)
        else:
            yield row


_QUOTE = "quote cells that hold commas or line ends"


@dataclass(frozen=True, slots=True)
class _Head:
    """The names of all cells of a row, the columns to read, and what says so."""

    names: list[str]
    columns: Columns
    source: str = "the header"

    def fault(self, cells: list[str], *, is_text: bool) -> UnreadableError | None:
        """Return what is wrong with a row."""
        if cells == self.names:
            return bad_row("is the header again", "remove the headers inside files that were joined")
        if is_text:
            return bad_row("has no identifier but what looks like text", _QUOTE)
        if len(cells) != len(self.names):
            return bad_row(f"has {len(cells)} cells where {self.source} has {len(self.names)}", _QUOTE)
        return None


_ONE_COLUMN = _Head(["text"], Columns("", ("text",)), "this format")
_TWO_COLUMNS = _Head(["id", "text"], Columns("id", ("text",)), "the first row")


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
        return _head(table, Records(stream)).columns


def _head(table: Table, records: Records) -> _Head:
    """Read the header of a CSV file; a file without one has identifiers and reports, or reports alone."""
    first = {separator: records.first_cells(separator) for separator in SEPARATORS}
    fitting = {tuple(cells): separator for separator, cells in reversed(first.items()) if table.has_columns(cells)}
    if len(fitting) > 1:
        found = " or ".join(SEPARATORS[separator] for separator in sorted(fitting.values()))
        raise UsageError(f"{table.name} may be separated by {found}; name the columns with --id-column, --text-column.")
    separator = next(iter(fitting.values()), ",")
    records.use(separator)
    if fitting:
        how = [] if separator == "," else [f"the cells are separated by {SEPARATORS[separator]}"]
        names = records.header() or []
        return _Head(names, table.columns(names, *how))
    widest = max(first.values(), key=lambda cells: len(cells) if len(cells) > 1 else 0)
    names = _caught_header(records, instead=widest)
    is_asked = table.id_column is not None or table.text_column is not None
    headless = None if is_asked else _headless(names, one=table.numbered)
    if headless:
        records.give_again(names)
        table.tell(headless.columns, (), "the first line is no header but a row")
        return headless
    if len(widest) == len(names) == 1 and not is_asked:
        remedy = "put a header such as report before it" if table.numbered else "give --input-format chexpert"
        raise UsageError(
            f"{table.name} has one column, of no usual name; name it with --text-column, or {remedy} if the first "
            f"line is a report. {listing(names)}"
        )
    names = widest if len(widest) > len(names) else names
    return _Head(names, table.columns(names))


def _caught_header(records: Records, *, instead: list[str]) -> list[str]:
    """Return the cells of the first record, or those that another separator gives where commas give none."""
    try:
        names = records.header()
    except UnreadableError:
        if len(instead) > 1:
            return instead
        raise
    if names is None:
        raise bad_row("is empty", "give a CSV file with a header line")
    return names


def _headless(cells: list[str], *, one: bool) -> _Head | None:
    """Return what a first row is that is surely no header."""
    *before, text = cells
    is_text = text.rstrip().endswith(".") or "\n" in text or len(text.split()) >= _WORDS_OF_A_TEXT
    if is_text and one and not before:
        return _ONE_COLUMN
    is_row = is_text and len(cells) == len(_TWO_COLUMNS.names) and IdentifierShape(0).is_certain(cells)
    return _TWO_COLUMNS if is_row else None
