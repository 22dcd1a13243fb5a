"""Read the records of a CSV file, and recover after a record whose quotes are broken."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from typing import TYPE_CHECKING

from labeler.io.decode import recover
from labeler.io.source import MAX_REPORT_BYTES, FailureKind, UnreadableError, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    Cells = list[str] | UnreadableError

_LINES_OF_A_CHUNK = 1024


def lines(stream: TextIO) -> Iterator[str | None]:
    """Yield the lines of a table, None for one that is longer than any report, of which no more is kept."""
    while line := stream.readline(MAX_REPORT_BYTES):
        if len(line) < MAX_REPORT_BYTES:
            yield line
            continue
        while line and not line.endswith(("\n", "\r")):
            line = stream.readline(MAX_REPORT_BYTES)
        yield None


def looking_ahead(rows: Iterable[Cells]) -> Iterator[tuple[Cells, Cells | None]]:
    """Yield each row with the one that follows; the last one also if an error comes in the place of the next.

    >>> list(looking_ahead([["1"], ["2"]]))
    [(['1'], ['2']), (['2'], None)]
    """
    held = None
    try:
        for row in rows:
            if held is not None:
                yield held, row
            held = row
    except Exception:
        if held is not None:
            yield held, None
        raise
    if held is not None:
        yield held, None


class IdentifierShape:
    """What identifiers of a file look like: those that follow have a digit, and no white space, if the first has.

    A line of a text whose line ends are not quoted looks like a row where it has as many commas as the header. What
    stands in the identifier's place is then text, which is no identifier. One word in that place is an identifier,
    however unlike the first, if the row has as many cells as the first and none begins with a blank: prose has a blank
    after a comma, a row has none.

    Parameters
    ----------
    at : int
        The identifier's place in a row.

    Examples
    --------
    >>> shape = IdentifierShape(0)
    >>> shape.learn(["s50414267", "No edema."])
    >>> [shape.goes_on([cell, ""]) for cell in ("s7", "Lungs clear", "2. No edema", "")]
    [False, True, True, False]
    >>> [shape.goes_on(cells) for cells in (["Stable", " no edema"], ["Stable"], ["control", "No edema."])]
    [True, True, False]
    >>> shape.is_certain(["s7", ""]), shape.is_certain(["Normal", ""])
    (True, False)
    """

    def __init__(self, at: int) -> None:
        self._at = at
        self._tests: list[Callable[[str], object]] = []
        self._is_known = False
        self._cells = 0

    def learn(self, cells: list[str]) -> None:
        """Learn from the first row."""
        if not self._is_known and (name := cells[self._at].strip()):
            self._is_known = True
            self._cells = 0 if _has_blank(cells) else len(cells)
            self._tests = [test for test in (_DIGIT.search, _ONE_WORD.fullmatch) if test(name)]

    def goes_on(self, cells: Cells | None) -> bool:
        """Tell whether the cells are likely the rest of the text before them."""
        if not isinstance(cells, list):
            return False
        name = cells[min(self._at, len(cells) - 1)].strip()
        if not name or "\0" in name or all(test(name) for test in self._tests):
            return False
        return len(cells) != self._cells or _has_blank(cells) or not _ONE_WORD.fullmatch(name)

    def is_certain(self, cells: list[str]) -> bool:
        """Tell whether the cells are surely no text: the identifier is one word with a digit."""
        name = cells[self._at].strip()
        return bool(_DIGIT.search(name) and _ONE_WORD.fullmatch(name))


def _has_blank(cells: list[str]) -> bool:
    return any(cell[:1].isspace() for cell in cells[1:])


_DIGIT = re.compile(r"\d")
_ONE_WORD = re.compile(r"\S+")


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
    """The lines of a file for the reader of records, and those of a broken record again, but once.

    A record that is longer than any report is broken, too. Its lines are kept as chunks of many, which take a tenth of
    the memory.
    """

    def __init__(self, stream: TextIO) -> None:
        self._lines = lines(stream)
        self._record: list[str] = []
        self._chunks: list[str] = []
        self._characters = 0
        self._again: deque[str] = deque()
        self._given_again = 0
        self._first = 1
        self.line = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._next()
        self.line += 1
        if line is None:
            raise too_large()
        self._record.append(line)
        self._characters += len(line)
        if self._characters > MAX_REPORT_BYTES:
            raise csv.Error
        if len(self._record) >= _LINES_OF_A_CHUNK:
            self._chunks.append("".join(self._record))
            self._record.clear()
        return line

    def _next(self) -> str | None:
        if not self._again:
            return next(self._lines)
        line = self._again.popleft()
        if len(line) > 1 and _LINE_END.search(line, 0, len(line) - 1):  # a chunk
            split = list(io.StringIO(line, newline=""))
            self._again.extendleft(reversed(split[1:]))
            return split[0]
        return line

    def begin(self) -> int:
        """Begin a record and return the number of its first line."""
        self._record.clear()
        self._chunks.clear()
        self._characters = 0
        self._first = self.line + 1
        return self._first

    def give_again(self) -> None:
        """Go back to the second line of the record, or behind what was given again already: the work stays linear."""
        end = self.line
        start = max(self._first + 1, self._given_again + 1)
        back = end - start + 1
        parts = [*self._chunks, *self._record]
        sizes = [_LINES_OF_A_CHUNK] * len(self._chunks) + [1] * len(self._record)
        while back > 0:
            part, size = parts.pop(), sizes.pop()
            if size > back:
                part = "".join(list(io.StringIO(part, newline=""))[size - back :])
            self._again.appendleft(part)
            back -= size
        self.line = min(end, start - 1)
        self._given_again = max(end, self._given_again)


_LINE_END = re.compile("\r\n?|\n")


def _broken_quotes(first: int, last: int) -> UnreadableError:
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    reason = f"has a quote that is not closed, or text after a closing quote: {where}"
    return UnreadableError(FailureKind.BAD_ROW, reason, "fix the quotes")
