"""Show labels as a table that can be read on a terminal."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from labeler.io.write import cells_of
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from labeler.io.write import Cell, Layout

_ROWS_SHOWN = 100
"""Most rows that are shown; of more, only"""
_ROWS_OF_MANY = 20
"""so many are, and totals."""
_STEP = 4
_LEGEND = {1.0: "present (1)", 0.0: "absent (0)", -1.0: "uncertain (-1)", None: "not mentioned (.)"}


@contextlib.contextmanager
def open_shown(layout: Layout, echo: Callable[[str], None]) -> Iterator[Callable[[bytes], None]]:
    """Show labels with the observations' names in steps above their columns; of many, some and the totals.

    Parameters
    ----------
    layout : Layout
        Of the form "mimic".
    echo : callable
        Prints a line. The first rows wait until it is known whether there are many.

    Yields
    ------
    callable
        Shows the lines that `labeler.io.write.CellLines` makes.
    """
    waiting: list[tuple[Cell, ...]] = []
    totals: list[Counter[Cell]] = [Counter() for _ in layout.columns]
    count = 0

    def show(rows: Sequence[tuple[Cell, ...]]) -> None:
        widths = _widths(layout.identifiers, rows)
        for line in (*_head(layout, widths), *(_line(row, widths) for row in rows)):
            echo(line)

    def write(lines: bytes) -> None:
        nonlocal count
        for row in cells_of(lines.splitlines()):
            count += 1
            for total, value in zip(totals, row[len(layout.identifiers) :], strict=True):
                total[value] += 1
            if count <= _ROWS_SHOWN:
                waiting.append(row)
            elif count == _ROWS_SHOWN + 1:
                show(waiting[:_ROWS_OF_MANY])

    yield write
    if count <= _ROWS_SHOWN:
        show(waiting)
        echo(", ".join(_LEGEND.values()))
        return
    echo(f"... and {count - _ROWS_OF_MANY} more; --output writes them all, - to standard output")
    echo("")
    for line in _totals(layout.columns, totals):
        echo(line)


def _totals(findings: Sequence[str], totals: Sequence[Counter[Cell]]) -> Iterator[str]:
    width = max(map(len, findings))
    yield " " * width + "".join(f"  {name}" for name in _LEGEND.values())
    for finding, total in zip(findings, totals, strict=True):
        yield f"{finding:{width}}" + "".join(f"  {total[value]:{len(name)}}" for value, name in _LEGEND.items())


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
