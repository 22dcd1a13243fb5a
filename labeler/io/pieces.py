"""Cuts what is read into pieces: what goes to a worker at once, and where an interrupted run may go on."""

from __future__ import annotations

import hashlib
from itertools import accumulate, chain, repeat, takewhile
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from labeler.errors import UsageError
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.io.source import ReadFailure

_LARGEST = 512
"""Most reports of a piece; their doubtful sentences, some thirty, are parsed together."""
_FIRST = 32
"""Reports of the first piece where nobody knows how many are to come."""
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


def piece_sizes(expected: int | None, workers: int) -> Iterator[int]:
    """Yields the number of reports of each piece.

    Parameters
    ----------
    expected : int or None
        Number of reports of the run, where it is known; else pieces grow, so that the first labels come soon.
    workers : int

    Examples
    --------
    >>> from itertools import islice
    >>> list(islice(piece_sizes(227_835, 2), 2)), list(islice(piece_sizes(1000, 2), 2))
    ([512, 512], [31, 31])
    >>> next(piece_sizes(3, 2))
    1
    >>> list(islice(piece_sizes(None, 2), 6))
    [32, 64, 128, 256, 512, 512]
    """
    if expected is not None:
        return repeat(max(1, min(_LARGEST, expected // (workers * _PIECES_PER_WORKER))))
    growing = accumulate(repeat(2), mul, initial=_FIRST)
    return chain(takewhile(lambda size: size < _LARGEST, growing), repeat(_LARGEST))


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

    def pieces(self, sizes: Iterator[int]) -> Iterator[Piece]:
        """Yields what is left, in pieces of up to as many reports as `sizes` says, the last one of what remains."""
        size = next(sizes)
        read: list[Report | ReadFailure] = []
        characters = 0
        while (item := self._next()) is not None:
            read.append(item)
            characters += len(item.text) if isinstance(item, Report) else 0
            if len(read) >= size or characters >= _CHARACTERS:
                yield Piece(tuple(read), self._items, self._sum.hexdigest())
                read.clear()
                characters = 0
                size = next(sizes)
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
