"""Collapses white space and keeps the way back to the original offsets, since phrases break across lines."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LONG_RUN = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class NormalText:
    r"""A text made from a piece of a report, as `normalise` and `legible` make it, and the way back to the report.

    Parameters
    ----------
    text : str
        The piece, in which characters were left out or stand for others.
    start, end : int
        Half-open extent of the piece in the original.
    edges : sequence of int
        Offsets in `text` just after each place that has another length than in the original, ascending.
    shifts : sequence of int
        What to add to an offset in `text` from the edge of the same index on, in characters.
    origin : NormalText, optional
        The text that the piece was taken from, if that was itself made from the original: offsets are led back
        through it.

    Examples
    --------
    >>> report = "Small left\n  pleural effusion."
    >>> normal = normalise(report)
    >>> normal.text
    'Small left pleural effusion.'
    >>> normal.span(11, 27)
    (13, 29)
    >>> report[13:29]
    'pleural effusion'
    """

    text: str
    start: int
    end: int
    edges: Sequence[int] = ()
    shifts: Sequence[int] = ()
    origin: NormalText | None = None

    @property
    def is_changed(self) -> bool:
        """Whether an offset in `text` may be another than in the original."""
        return bool(self.edges or self.origin)

    def original(self, offset: int) -> int:
        r"""Return the offset in the original of the character at an offset in `text`, or of its end.

        >>> normalise("no\n\neffusion").original(3)
        4
        """
        at = bisect_right(self.edges, offset) if self.edges else 0
        place = self.start + offset + (self.shifts[at - 1] if at else 0)
        return self.origin.original(place) if self.origin else place

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span in the original of a half-open span in `text`; it ends with its last character."""
        if start == end or not self.is_changed:
            return self.original(start), self.original(end)
        return self.original(start), self.original(end - 1) + 1


def normalise(text: str, start: int = 0, end: int | None = None) -> NormalText:
    r"""Collapses every run of white space in a piece of a text to one blank and drops the outer white space.

    White space is what Python takes for it: blanks, tabs, line ends, form feeds, no-break spaces.

    Parameters
    ----------
    text : str
        The original.
    start, end : int, optional
        Half-open extent of the piece in the original; the whole text by default.

    Returns
    -------
    NormalText
        Its offsets lead back into `text`, not into the piece.

    Examples
    --------
    >>> normalise("No\n pleural\teffusion.").text
    'No pleural effusion.'
    """
    end = len(text) if end is None else end
    piece = text[start:end]
    collapsed = collapse(piece)
    # Most sentences lie on one line: nothing changes and no offset needs a shift.
    if collapsed == piece:
        return NormalText(collapsed, start, end)
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    end = start + len(piece)
    if len(collapsed) == len(piece):
        return NormalText(collapsed, start, end)
    edges, shifts = _shifts(piece)
    return NormalText(collapsed, start, end, edges, shifts)


def collapse(piece: str) -> str:
    r"""Return the text of `normalise`, without the way back.

    >>> collapse(" No\n effusion. ")
    'No effusion.'
    """
    return " ".join(piece.split())


def rewritten(text: str, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> NormalText:
    r"""Return a text with the matches of a pattern replaced; the ends of a replacement lead back to those of its match.

    >>> normal = rewritten("no effussion.", re.compile("effussion"), lambda _: "effusion")
    >>> normal.text, normal.span(3, 11)
    ('no effusion.', (3, 12))
    """
    parts: list[str] = []
    edges, shifts = array("q"), array("q")
    at = shift = 0
    for match in pattern.finditer(text):
        new = replacement(match)
        parts += text[at : match.start()], new
        begin, at = match.start() - shift, match.end()
        kept = min(len(new), at - match.start())
        if kept < at - match.start():
            shift += at - match.start() - kept
            edges.append(begin + max(kept - 1, 0))
            shifts.append(shift)
        for extra in range(kept, len(new)):  # every further letter leads back to the whole
            shift -= 1
            edges.append(begin + extra)
            shifts.append(shift)
    parts.append(text[at:])
    return NormalText("".join(parts), 0, len(text), edges, shifts)


def _shifts(piece: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    edges: list[int] = []
    shifts: list[int] = []
    shift = 0
    for run in _LONG_RUN.finditer(piece):
        edges.append(run.start() - shift + 1)
        shift += run.end() - run.start() - 1
        shifts.append(shift)
    return tuple(edges), tuple(shifts)
