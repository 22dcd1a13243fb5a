"""What a worker makes of a piece of reports: the lines of every output, ready to be appended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.records import Report, StudyLabels


class LabelsBatch(Protocol):
    """Is a labeler, as far as a run needs it."""

    def label_batch(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Labels reports together."""


class LineFormat(Protocol):
    """Is the form of an output's lines; goes to the workers, and so must be picklable and small."""

    def head(self) -> bytes:
        """Returns what stands before the first line."""

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Returns the line of a study."""


class Rows(NamedTuple):
    """Is what comes back of a piece: bytes, since labels with all their reasons take ten times as long to send.

    Parameters
    ----------
    reports : int
    without_text : int
        Reports without usable text among them.
    lines : tuple of bytes
        The lines of each output, one a report, in order.
    """

    reports: int
    without_text: int
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RowMaker:
    """Labels reports and writes their lines; the task of a worker.

    Parameters
    ----------
    labeler : Labeler
    formats : tuple of LineFormat
        One per output.
    """

    labeler: LabelsBatch
    formats: tuple[LineFormat, ...]

    def __call__(self, reports: Sequence[Report]) -> Rows:
        """Returns the lines of a piece of reports."""
        pairs = list(zip(reports, self.labeler.label_batch(reports), strict=True))
        without_text = sum(labels.labelled_characters == 0 for _, labels in pairs)
        lines = (b"".join([form.line(*pair) for pair in pairs]) for form in self.formats)
        return Rows(len(pairs), without_text, tuple(lines))
