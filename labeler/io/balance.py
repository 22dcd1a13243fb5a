"""The balance of a run: every report that was read has a row in each output, or is among the failures."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from labeler.errors import ConservationError
from labeler.io.source import FailureKind, ReadFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from labeler.io.rows import LineFormat
    from labeler.records import Report


class Seen:
    """Yields what is read, counted before anything is done with it.

    Where fewer reports come than were there at the start, a failure at the end says so.

    Parameters
    ----------
    read : iterable of Report or ReadFailure
    expected : int or None
        Number of reports, where it is known.

    Attributes
    ----------
    count : int
        Reports and failures so far.
    """

    def __init__(self, read: Iterable[Report | ReadFailure], expected: int | None) -> None:
        self.count = 0
        self._read = read
        self._expected = expected
        self._listing = hashlib.sha256()

    @property
    def listing(self) -> str:
        """The SHA-256 sum of a line per item: subject_id, where there is one, and study_id, joined by a comma.

        For what could not be read and has no identifier, it is the place.
        """
        return self._listing.hexdigest()

    def __iter__(self) -> Iterator[Report | ReadFailure]:
        for item in self._read:
            yield self._counted(item)
        if self._expected is not None and self.count < self._expected:
            yield self._counted(self._vanished(self._expected))

    def _counted(self, item: Report | ReadFailure) -> Report | ReadFailure:
        self.count += 1
        if isinstance(item, ReadFailure):
            name = item.study_id or item.where
        else:
            name = item.id if item.subject_id is None else f"{item.subject_id},{item.id}"
        self._listing.update(f"{name}\n".encode("utf-8", "surrogatepass"))
        return item

    def _vanished(self, expected: int) -> ReadFailure:
        reason = f"of {expected} reports that were there at the start {self.count} were read"
        remedy = "label the inputs again when they are whole and nobody changes them"
        return ReadFailure("the inputs", FailureKind.VANISHED, reason, remedy)


class Counts(NamedTuple):
    """Is what stands in the outputs at the end of a run.

    Parameters
    ----------
    rows : mapping of str to int
        Rows of each output, by its path.
    failed : int
    """

    rows: Mapping[str, int]
    failed: int

    def require(self, seen: int) -> None:
        """Makes sure that no report is lost or doubled.

        Parameters
        ----------
        seen : int
            What was read.

        Raises
        ------
        ConservationError
            Where an output has more or fewer rows than it must.

        Examples
        --------
        >>> Counts({"labels.csv": 9}, failed=1).require(10)
        >>> Counts({"labels.csv": 8}, failed=1).require(10)
        Traceback (most recent call last):
        labeler.errors.ConservationError: labels.csv: reports seen 10, labelled 8, failed 1: 1 missing. ...
        """
        for path, labelled in self.rows.items():
            if difference := seen - labelled - self.failed:
                told = f"{difference} missing" if difference > 0 else f"{-difference} too many"
                raise ConservationError(
                    f"{path}: reports seen {seen}, labelled {labelled}, failed {self.failed}: {told}. This is a fault "
                    "of the labeler; the output does not get its name. Label the reports again without --resume, and "
                    "tell the developers."
                )


def rows_in(form: LineFormat, blocks: Iterable[bytes]) -> int:
    """Counts the rows of an output by its bytes.

    Parameters
    ----------
    form : LineFormat
        That of the output, whose head is no row.
    blocks : iterable of bytes
    """
    return form.count(blocks) - form.count([form.head()])
