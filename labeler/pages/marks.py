"""Cuts a text at its marks, so that a page can show every mark in place, those that overlap too."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.records import Assertion

    Name = TypeVar("Name")
    Mark = tuple[int, int, Name]

NOT_ASSERTED = "unasserted"
"""What a page calls a mention of which nothing is asserted."""


class Piece(NamedTuple):
    """A stretch of a text that the same marks cover.

    Parameters
    ----------
    text : str
    classes : tuple of str
        The statuses of the mentions there, and "cue" where words decided a status.
    """

    text: str
    classes: tuple[str, ...]


def cut(text: str, marks: Iterable[Mark[Name]]) -> list[tuple[int, int, tuple[Name, ...]]]:
    """Cut a text wherever a mark starts or ends.

    Parameters
    ----------
    text : str
    marks : iterable of (int, int, name)
        Half-open stretches, in any order; empty ones are left out.

    Returns
    -------
    list of (int, int, tuple of name)
        Stretches that tile the text, each with the names of the marks that cover it, in the order given.

    Examples
    --------
    >>> cut("No edema.", [(0, 8, "sentence"), (3, 8, "mention")])
    [(0, 3, ('sentence',)), (3, 8, ('sentence', 'mention')), (8, 9, ())]
    """
    kept = [mark for mark in marks if mark[0] < mark[1]]
    starts: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for at, (start, end, _) in enumerate(kept):
        starts.setdefault(start, []).append(at)
        ends.setdefault(end, []).append(at)
    bounds = sorted({0, len(text), *starts, *ends})
    pieces: list[tuple[int, int, tuple[Name, ...]]] = []
    open_marks: set[int] = set()
    for start, end in pairwise(bounds):
        open_marks.difference_update(ends.get(start, ()))
        open_marks.update(starts.get(start, ()))
        pieces.append((start, end, tuple([kept[at][2] for at in sorted(open_marks)])))
    return pieces


def marked_pieces(text: str, assertions: Iterable[Assertion]) -> list[Piece]:
    """Cut a report into pieces, each with the statuses of what it mentions.

    Parameters
    ----------
    text : str
    assertions : iterable of Assertion

    Examples
    --------
    >>> from labeler import Labeler
    >>> text = "No edema."
    >>> marked_pieces(text, Labeler().label(text).assertions)
    [Piece(text='No', classes=('cue',)), Piece(text=' ', classes=()), Piece(text='edema', classes=('absent',)), \
Piece(text='.', classes=())]
    """
    marks = []
    for assertion in assertions:
        mention, cue = assertion.mention, assertion.cue
        marks.append((mention.start, mention.end, assertion.status or NOT_ASSERTED))
        if cue is not None:
            marks.append((cue.start, cue.end, "cue"))
    return [Piece(text[start:end], tuple(dict.fromkeys(map(str, names)))) for start, end, names in cut(text, marks)]
