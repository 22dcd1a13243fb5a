"""Show labels as a table that can be read on a terminal."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from labeler.io.write import cells_of
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from labeler.io.write import Cell, Layout

_ROWS_THAT_SET_WIDTHS = 100
_STEP = 4


@contextlib.contextmanager
def open_shown(layout: Layout, echo: Callable[[str], None]) -> Iterator[Callable[[bytes], None]]:
    """Show labels with the observations' names in steps above their columns, and "." for not mentioned.

    Parameters
    ----------
    layout : Layout
        Of the form "mimic".
    echo : callable
        Prints a line. The first rows wait until the widths of the identifiers are known.

    Yields
    ------
    callable
        Shows the lines that `labeler.io.write.CellLines` makes.
    """
    waiting: list[tuple[Cell, ...]] = []
    widths: list[int] = []

    def show_waiting() -> None:
        widths[:] = _widths(layout.identifiers, waiting)
        for line in _head(layout, widths):
            echo(line)
        for row in waiting:
            echo(_line(row, widths))
        waiting.clear()

    def write(lines: bytes) -> None:
        for row in cells_of(lines.splitlines()):
            if widths:
                echo(_line(row, widths))
                continue
            waiting.append(row)
            if len(waiting) == _ROWS_THAT_SET_WIDTHS:
                show_waiting()

    yield write
    if not widths:
        show_waiting()


def _widths(identifiers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    return [max(len(name), *(len(_name(row[at])) for row in rows), 0) for at, name in enumerate(identifiers)]


def _head(layout: Layout, widths: Sequence[int]) -> Iterator[str]:
    margin = " " * sum(width + 2 for width in widths)
    for step, finding in enumerate(layout.columns):
        yield margin + ("   |" * step) + f"   {finding}"
    names = "".join(f"{name:{width}}  " for name, width in zip(layout.identifiers, widths, strict=True))
    yield names + "   |" * len(layout.columns)


def _line(row: Sequence[Cell], widths: Sequence[int]) -> str:
    names = "".join(f"{_name(cell):{width}}  " for cell, width in zip(row, widths, strict=False))
    return names + "".join(f"{_value(cell):>{_STEP}}" for cell in row[len(widths) :])


def _name(cell: Cell) -> str:
    return printable(str(cell))


def _value(cell: Cell) -> str:
    return "." if cell is None else f"{cell:g}"
