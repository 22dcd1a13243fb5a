"""A text cut where its mentions and cues begin and end, for whatever shows them: a notebook, a page, a terminal."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.records import Assertion, Status

    Name = TypeVar("Name")
    Mark = tuple[int, int, Name]

_STRONGEST = ("present", "uncertain", "absent")


class Piece(NamedTuple):
    """A piece of a text, all of whose characters belong to the same mentions and cues.

    Parameters
    ----------
    start, end : int
        Half-open extent in the text.
    text : str
    mentions : tuple of Assertion
        Those whose mention the piece belongs to, in the order given.
    cues : tuple of Assertion
        Those whose cue the piece belongs to, in the order given.
    """

    start: int
    end: int
    text: str
    mentions: tuple[Assertion, ...] = ()
    cues: tuple[Assertion, ...] = ()

    @property
    def status(self) -> Status | None:
        """The strongest status of its mentions: present, then uncertain, then absent; None if nothing is asserted."""
        statuses = [assertion.status for assertion in self.mentions if assertion.status is not None]
        return min(statuses, key=_STRONGEST.index, default=None)

    @property
    def ending(self) -> tuple[Assertion, ...]:
        """The assertions whose mention ends with this piece."""
        return tuple(assertion for assertion in self.mentions if assertion.mention.end == self.end)


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


def marked_pieces(text: str, assertions: Iterable[Assertion], start: int = 0, end: int | None = None) -> list[Piece]:
    """Cut a text, or a stretch of it, into pieces that tile it: mentions and cues may overlap, pieces don't.

    Parameters
    ----------
    text : str
        The report's text.
    assertions : iterable of Assertion
        Of this report; those outside the stretch are not looked at.
    start, end : int
        The stretch; the whole text by default.

    Examples
    --------
    >>> from labeler.spans import assert_spans
    >>> text = "No edema."
    >>> [(piece.text, piece.status, len(piece.cues)) for piece in marked_pieces(text, assert_spans(text, [(3, 8)]))]
    [('No', None, 1), (' ', None, 0), ('edema', <Status.ABSENT: 'absent'>, 0), ('.', None, 0)]
    """
    last = len(text) if end is None else end
    marks = [
        (max(part.start, start) - start, min(part.end, last) - start, (is_cue, assertion))
        for assertion in assertions
        for is_cue, part in ((False, assertion.mention), (True, assertion.cue))
        if part is not None and part.start < last and part.end > start
    ]
    return [
        Piece(
            start + first,
            start + stop,
            text[start + first : start + stop],
            tuple(assertion for is_cue, assertion in covering if not is_cue),
            tuple(assertion for is_cue, assertion in covering if is_cue),
        )
        for first, stop, covering in cut(text[start:last], marks)
    ]
