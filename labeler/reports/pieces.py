"""Cuts what is read into pieces: what goes to a worker at once, and where an interrupted run may go on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from labeler.errors import UsageError
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.reports.source import ReadFailure

_LARGEST = 256
"""Most reports of a piece; more would make sending no cheaper."""
_PIECES_PER_WORKER = 16
"""Pieces that each worker gets at least, so that all end at about the same time."""
_CHARACTERS = 2**20
"""A piece is closed when its reports have this many characters, so that huge ones don't add up."""


class Piece(NamedTuple):
    """Is a stretch of what was read.

    Parameters
    ----------
    read : tuple of Report or ReadFailure
    items : int
        Reports and failures from the start of the inputs to the end of this piece.
    digest : str
        Sum over all of them.
    """

    read: tuple[Report | ReadFailure, ...]
    items: int
    digest: str

    @property
    def reports(self) -> tuple[Report, ...]:
        """What could be read."""
        return tuple([item for item in self.read if isinstance(item, Report)])


def piece_size(expected: int | None, workers: int) -> int:
    """Returns the number of reports of a piece.

    Parameters
    ----------
    expected : int or None
        Number of reports of the run, where it is known.
    workers : int

    Examples
    --------
    >>> piece_size(227_835, 2), piece_size(1000, 2), piece_size(3, 2)
    (256, 31, 1)
    """
    if expected is None:
        return _LARGEST // 8
    return max(1, min(_LARGEST, expected // (workers * _PIECES_PER_WORKER)))


class Cutter:
    """Cuts what is read into pieces and keeps a sum over it.

    Parameters
    ----------
    read : iterator of Report or ReadFailure
    """

    def __init__(self, read: Iterable[Report | ReadFailure]) -> None:
        self._read = iter(read)
        self._items = 0
        self._sum = hashlib.blake2b(digest_size=16)

    def skip(self, items: int, digest: str) -> None:
        """Reads again what an interrupted run had done with.

        Parameters
        ----------
        items : int
        digest : str
            Of the last piece that was done.

        Raises
        ------
        UsageError
            Where it is not what it was.
        """
        while self._items < items and self._next() is not None:
            pass
        if (self._items, self._sum.hexdigest()) != (items, digest):
            raise UsageError(
                "The inputs are not those of the interrupted run: what it had read has changed since. Leave out "
                "--resume to begin anew."
            )

    def pieces(self, size: int) -> Iterator[Piece]:
        """Yields what is left, in pieces of up to `size` reports, the last one of what remains."""
        read: list[Report | ReadFailure] = []
        characters = 0
        while (item := self._next()) is not None:
            read.append(item)
            characters += len(item.text) if isinstance(item, Report) else 0
            if len(read) >= size or characters >= _CHARACTERS:
                yield Piece(tuple(read), self._items, self._sum.hexdigest())
                read.clear()
                characters = 0
        if read:
            yield Piece(tuple(read), self._items, self._sum.hexdigest())

    def _next(self) -> Report | ReadFailure | None:
        item = next(self._read, None)
        if item is not None:
            self._items += 1
            self._sum.update(_bytes_of(item))
        return item


def _bytes_of(item: Report | ReadFailure) -> bytes:
    """Returns bytes that differ for any two different items, and for any two different rows of items."""
    if isinstance(item, Report):
        parts = ("r", item.id, item.subject_id or "", str(item.subject_id is None), item.text)
    else:
        parts = ("f", item.where, item.kind, "", "")
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join([b"%d:%b" % (len(part), part) for part in encoded])
