"""Read the records of a CSV file, and recover after a record whose quotes are broken."""

from __future__ import annotations

import csv
import re
from collections import deque
from typing import TYPE_CHECKING

from labeler.io.decode import recover
from labeler.io.source import MAX_REPORT_BYTES, FailureKind, UnreadableError, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    Cells = list[str] | UnreadableError

_IDENTIFIER = re.compile(r"\S*\d\S*")


def lines(stream: TextIO) -> Iterator[str | None]:
    """Yield the lines of a table, None for one that is longer than any report, of which no more is kept."""
    while line := stream.readline(MAX_REPORT_BYTES):
        if len(line) < MAX_REPORT_BYTES:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = stream.readline(MAX_REPORT_BYTES)
        yield None


def is_identifier(cell: str) -> bool:
    """Tell whether a cell is surely no text: one word with a digit.

    >>> is_identifier("s50414267"), is_identifier("Normal"), is_identifier("2. No edema")
    (True, False, False)
    """
    return _IDENTIFIER.fullmatch(cell.strip()) is not None


class Records:
    """The records of a CSV file.

    Where quotes are broken, nothing tells where the next record begins. The lines that were taken for the broken
    record are then looked at once more, and what `begins_row` does not know for a row counts as the rest of the broken
    one, so that the text of a report is never taken for an identifier.

    Parameters
    ----------
    stream : TextIO
        From `labeler.io.decode.open_text`.
    """

    def __init__(self, stream: TextIO) -> None:
        csv.field_size_limit(MAX_REPORT_BYTES)  # of the process; the default, 128 KiB, is less than some reports
        self._feed = _Feed(stream)
        self._reader = csv.reader(self._feed, strict=True)

    def header(self) -> list[str] | None:
        """Return the cells of the first record, None where there is none.

        Raises
        ------
        UnreadableError
            Where its quotes are broken, or it is no text.
        """
        try:
            return next(([recover(cell) for cell in cells] for cells in self._reader if cells), None)
        except csv.Error:
            raise _broken_quotes(1, self._feed.line) from None

    def rows(self, begins_row: Callable[[list[str]], bool]) -> Iterator[Cells]:
        """Yield the cells of each further record, to be recovered, or why there are none; a blank line is no record.

        Parameters
        ----------
        begins_row : callable
            Says of the cells of a record that follows a broken one whether they are surely a row.
        """
        broken, in_doubt = 0, False
        while True:
            begin = self._feed.begin()
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except UnreadableError as error:
                if not in_doubt:
                    yield error
                in_doubt = in_doubt or error.kind is FailureKind.TOO_LARGE
                continue
            except csv.Error:
                if broken:
                    yield _broken_quotes(broken, begin - 1)
                broken, in_doubt = begin, True
                self._feed.give_again()
                continue
            if cells and (not in_doubt or begins_row(cells)):
                if broken:
                    yield _broken_quotes(broken, begin - 1)
                broken, in_doubt = 0, False
                yield cells
        if broken:
            yield _broken_quotes(broken, self._feed.line)


class _Feed:
    """The lines of a file for the reader of records, and those of a broken record again, but once."""

    def __init__(self, stream: TextIO) -> None:
        self._lines = lines(stream)
        self._record: list[str] = []
        self._again: deque[str] = deque()
        self._given_again = 0
        self.line = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.line += 1
        if line is None:
            raise too_large()
        self._record.append(line)
        return line

    def begin(self) -> int:
        """Begins a record and return the number of its first line."""
        self._record.clear()
        return self.line + 1

    def give_again(self) -> None:
        """Goes back to the second line of the record, or behind what was given again already: the work stays linear."""
        end = self.line
        back = end - max(end - len(self._record) + 1, self._given_again)
        self._again.extendleft(reversed(self._record[len(self._record) - back :]))
        self.line = end - back
        self._given_again = max(end, self._given_again)


def _broken_quotes(first: int, last: int) -> UnreadableError:
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    reason = f"has a quote that is not closed, or text after a closing quote: {where}"
    return UnreadableError(FailureKind.BAD_ROW, reason, "fix the quotes")
