"""What a run has read, before anything is done with it: counted, summed and divided into batches."""

from __future__ import annotations

import hashlib
from itertools import accumulate, chain, repeat, takewhile
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

from labeler.errors import UsageError
from labeler.io.identifiers import Tally, name_of
from labeler.io.source import Failure, FailureKind
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LARGEST = 512
"""Most reports of a batch; their doubtful sentences, some thirty, are parsed together."""
_FIRST = 32
"""Reports of the first batch if nobody knows how many are to come."""
_BATCHES_PER_WORKER = 16
"""Batches that each worker gets at least, so that all end at about the same time."""
_CHARACTERS = 2**20
"""A batch is closed when its reports have this many characters, so that huge ones don't add up."""


class Batch(NamedTuple):
    """A stretch of what was read: what goes to a worker at once, and where an interrupted run may resume.

    Parameters
    ----------
    read : tuple of Report or Failure
    seen : int
        Reports and failures from the start of the inputs to the end of this batch.
    digest : str
        Sum over all of them.
    """

    read: tuple[Report | Failure, ...]
    seen: int
    digest: str

    @property
    def reports(self) -> tuple[Report, ...]:
        """What could be read."""
        return tuple([item for item in self.read if isinstance(item, Report)])


class Seen:
    """The reports that are read, counted and summed before anything is done with them.

    If fewer reports come than were there at the start, a failure at the end says so.

    Parameters
    ----------
    read : iterable of Report or Failure
    expected : int or None
        Number of reports, if it is known.

    Attributes
    ----------
    tally : Tally
        The identifiers of the reports and failures so far.
    """

    def __init__(self, read: Iterable[Report | Failure], expected: int | None) -> None:
        self.tally = Tally()
        self.expected = expected
        self._read = iter(read)
        self._counted = self._count()
        self._listing = hashlib.sha256()
        self._digest = hashlib.blake2b(digest_size=16)

    @property
    def count(self) -> int:
        """The number of reports and failures so far."""
        return self.tally.count

    @property
    def listing(self) -> str:
        """The SHA-256 sum of a line per item: subject_id, if there is one, and study_id, joined by a comma.

        For what could not be read and has no identifier, it is the place.
        """
        return self._listing.hexdigest()

    def first_has_subject(self) -> bool:
        """Tell whether the first report has a subject_id; to be asked before anything is read.

        Examples
        --------
        >>> seen = Seen([Report("s1", "No edema.", "p1")], None)
        >>> seen.first_has_subject(), [item.id for item in seen]
        (True, ['s1'])
        """
        looked_at: list[Report | Failure] = []
        for item in self._read:
            looked_at.append(item)
            if isinstance(item, Report):
                break
        self._read = chain(looked_at, self._read)
        return any(isinstance(item, Report) and item.subject_id is not None for item in looked_at)

    def __iter__(self) -> Iterator[Report | Failure]:
        return self._counted

    def skip(self, count: int, digest: str) -> None:
        """Read again what an interrupted run had done.

        Raises
        ------
        UsageError
            If it is not what it was.
        """
        while self.count < count and next(self._counted, None) is not None:
            pass
        if (self.count, self._digest.hexdigest()) != (count, digest):
            raise UsageError(
                "The inputs are not those of the interrupted run: what it had read has changed since. Leave out "
                "--resume to start over."
            )

    def batches(self, sizes: Iterator[int]) -> Iterator[Batch]:
        """Yield what is left, in batches of up to as many reports as `sizes` says."""
        size = next(sizes)
        read: list[Report | Failure] = []
        characters = 0
        for item in self._counted:
            read.append(item)
            characters += len(item.text) if isinstance(item, Report) else 0
            if len(read) >= size or characters >= _CHARACTERS:
                yield Batch(tuple(read), self.count, self._digest.hexdigest())
                read.clear()
                characters = 0
                size = next(sizes)
        if read:
            yield Batch(tuple(read), self.count, self._digest.hexdigest())

    def _count(self) -> Iterator[Report | Failure]:
        for item in self._read:
            self._add(item)
            yield item
        if self.expected is not None and self.count < self.expected:
            reason = f"of {self.expected} reports that were there at the start {self.count} were read"
            remedy = "label the inputs again when they are whole and nobody changes them"
            vanished = Failure("the inputs", FailureKind.VANISHED, reason, remedy)
            self._add(vanished)
            yield vanished

    def _add(self, item: Report | Failure) -> None:
        self.tally.add(name_of(item))
        if isinstance(item, Report):
            name = item.id if item.subject_id is None else f"{item.subject_id},{item.id}"
            parts = ("r", item.id, item.subject_id or "", str(item.subject_id is None), item.text)
        else:
            name = name_of(item)
            parts = ("f", item.where, item.kind, "", "")
        self._listing.update(f"{name}\n".encode("utf-8", "surrogatepass"))
        for part in parts:  # each after its length, so that different items give different sums
            encoded = part.encode("utf-8", "surrogatepass")
            self._digest.update(b"%d:%b" % (len(encoded), encoded))


def batch_sizes(expected: int | None, workers: int) -> Iterator[int]:
    """Yield the number of reports of each batch.

    Parameters
    ----------
    expected : int or None
        Number of reports of the run, if it is known; if not, batches grow, so that the first labels come soon.
    workers : int

    Examples
    --------
    >>> from itertools import islice
    >>> list(islice(batch_sizes(227_835, 2), 2)), list(islice(batch_sizes(1000, 2), 2))
    ([512, 512], [31, 31])
    >>> next(batch_sizes(3, 2))
    1
    >>> list(islice(batch_sizes(None, 2), 6))
    [32, 64, 128, 256, 512, 512]
    """
    if expected is not None:
        return repeat(max(1, min(_LARGEST, expected // (workers * _BATCHES_PER_WORKER))))
    growing = accumulate(repeat(2), mul, initial=_FIRST)
    return chain(takewhile(lambda size: size < _LARGEST, growing), repeat(_LARGEST))
