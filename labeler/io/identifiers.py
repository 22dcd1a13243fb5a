"""Identifiers of reports: summed to prove that none is lost, hashed to shards, and compared to find duplicates."""

from __future__ import annotations

import logging
from array import array
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from labeler.errors import ConservationError
from labeler.records import Report
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labeler.io.source import Failure

_BYTES = 16
_SHOWN = 5
"""Rows that are reported by number."""


def name_of(item: Report | Failure) -> str:
    """Return what a report is called in outputs: its identifier, or the place of what has none."""
    return item.id if isinstance(item, Report) else item.study_id or item.where


def shard_of(name: str, shards: int) -> int:
    """Return the shard, from 1, that a report is in: it depends on the identifier and on nothing else.

    >>> [shard_of(name, 3) for name in ("s1", "s2", "s3", "s1")]
    [2, 1, 2, 2]
    """
    return _hash(name) % shards + 1


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode("utf-8", "backslashreplace"), digest_size=_BYTES).digest())


@dataclass(slots=True)
class Tally:
    """A sum over identifiers, in any order: equal sums are of the same identifiers, each as often.

    Parameters
    ----------
    count : int
    total : int or None
        The sum of the identifiers' hashes; None if one is not known, and only the counts can be compared.

    Examples
    --------
    >>> Tally.of(["s1", "s2"]) == Tally.of(["s2", "s1"]), Tally.of(["s1", "s2"]) == Tally.of(["s1", "s1"])
    (True, False)
    """

    count: int = 0
    total: int | None = 0

    @classmethod
    def of(cls, names: Iterable[str | None]) -> Tally:
        """Return the sum of identifiers."""
        tally = cls()
        for name in names:
            tally.add(name)
        return tally

    def add(self, name: str | None) -> None:
        """Add an identifier."""
        self.count += 1
        self.total = None if name is None or self.total is None else (self.total + _hash(name)) % 256**_BYTES

    def __add__(self, other: Tally) -> Tally:
        is_known = self.total is not None and other.total is not None
        total = ((self.total or 0) + (other.total or 0)) % 256**_BYTES if is_known else None
        return Tally(self.count + other.count, total)


def require_same(output: str, *, seen: Tally, labelled: Tally, failed: Tally) -> None:
    """Make sure that the reports that were read are those that an output and the failures hold, by their identifiers.

    Raises
    ------
    ConservationError
        If one is missing, is there too often or has another's place.

    Examples
    --------
    >>> seen, labelled, failed = (Tally.of(names) for names in (["s1", "s2", "s3"], ["s1", "s1"], ["s2"]))
    >>> require_same("labels.csv", seen=seen, labelled=labelled, failed=failed)
    Traceback (most recent call last):
    labeler.errors.ConservationError: labels.csv: reports seen 3, labelled 2, failed 1: other identifiers. ...
    """
    found = labelled + failed
    difference = seen.count - found.count
    if difference == 0 and found.total in {None, seen.total}:
        return
    what = (
        f"{difference} missing" if difference > 0 else f"{-difference} too many" if difference else "other identifiers"
    )
    raise ConservationError(
        f"{output}: reports seen {seen.count}, labelled {labelled.count}, failed {failed.count}: {what}. This is a "
        "fault of the labeler; the output does not get its name. Label the reports again without --resume, and tell "
        "the developers."
    )


class Duplicates:
    """Reports that have the identifier of an earlier one; they are labelled all the same.

    Of each, eight bytes are kept, as there may be ten million.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._starts: list[tuple[str, int]] = []

    def begin(self, path: str) -> None:
        """Begin an input."""
        self._starts.append((path, len(self._keys)))

    def add(self, item: Report | Failure) -> None:
        """Add what was read; what failed has its own place, and is no duplicate."""
        self._keys.append(hash((item.subject_id, item.id) if isinstance(item, Report) else item.where))

    def report(self, *, by_number: bool) -> None:
        """Log a warning for each input that has some: of its own rows, and of earlier inputs."""
        found = duplicates(self._keys)
        ends = [start for _, start in self._starts[1:]] + [len(self._keys)]
        for (path, start), end in zip(self._starts, ends, strict=True) if found else ():
            own = {place + start for place in duplicates(self._keys[start:end])}
            earlier = [place for place in found if start < place <= end and place not in own]
            _warn(path, len(own), "row", [place - start for place in sorted(own)] if by_number else [])
            _warn(path, len(earlier), "input", [])


def _warn(path: str, count: int, of: str, numbers: Sequence[int]) -> None:
    if count == 0:
        return
    subject = "1 row has" if count == 1 else f"{count} rows have"
    shown = ", ".join(map(str, numbers[:_SHOWN])) + (" ..." if len(numbers) > _SHOWN else "")
    where = f" ({'row' if count == 1 else 'rows'} {shown})" if numbers else ""
    message = "%s: %s the identifier of %s%s; all are labelled"
    owner = "an earlier row" if of == "row" else "a report in an earlier input"
    logging.getLogger(__name__).warning(message, printable(path), subject, owner, where)


def duplicates(keys: array[int]) -> list[int]:
    """Return the places, from 1, of the keys that are equal to an earlier one.

    >>> duplicates(array("q", [7, 8, 7, 9, 8, 7]))
    [3, 5, 6]
    """
    import numpy as np

    _, first = np.unique(np.asarray(keys), return_index=True)
    return [] if len(first) == len(keys) else (np.setdiff1d(np.arange(len(keys)), first) + 1).tolist()
