"""What a worker makes of a piece of reports: the lines of every output, ready to be appended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from labeler.io.failures import NO_REPORTS_FAULT, Failure, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labeler.records import Report, StudyLabels


class LabelsBatch(Protocol):
    """Is a labeler, as far as a run needs it."""

    def label_batch(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Label reports together."""


def label_each(labeler: LabelsBatch, reports: Sequence[Report]) -> list[StudyLabels | Failure]:
    """Label reports together, and one by one where the labeler fails on one: then that is a failure.

    Parameters
    ----------
    labeler : Labeler
    reports : sequence of Report
    """
    try:
        return list(labeler.label_batch(reports))
    except NO_REPORTS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, one report's fault must not be another's
        if len(reports) == 1:
            return [Failure.of_engine(reports[0], Stage.LABEL, error)]
    return [answer for report in reports for answer in label_each(labeler, [report])]


class LineFormat(Protocol):
    """Is the form of an output's lines; goes to the workers, and so must be picklable and small."""

    def head(self) -> bytes:
        """Returns what stands before the first line."""

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Returns the line of a study."""

    def count(self, blocks: Iterable[bytes]) -> int:
        """Counts the lines of what was written."""


class Rows(NamedTuple):
    """Is what comes back of a piece: bytes, since labels with all their reasons take ten times as long to send.

    Parameters
    ----------
    reports, without_text : int
        Reports that were labelled, and those without usable text among them.
    lines : tuple of bytes
        The lines of each output, one a report, in order.
    failures : tuple of (int, Failure)
        What could not be labelled, by its place in the piece.
    """

    reports: int
    without_text: int
    lines: tuple[bytes, ...]
    failures: tuple[tuple[int, Failure], ...] = ()


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
        """Returns the lines of a piece of reports; where the labeler fails on one, that one is a failure."""
        try:
            return self._rows(reports, self._label(reports))
        except NO_REPORTS_FAULT:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, one report's fault must not be another's
            return _together([self._alone(report) for report in reports], len(self.formats))

    def _alone(self, report: Report) -> Rows:
        stage = Stage.LABEL
        try:
            labels = self._label((report,))
            stage = Stage.WRITE
            return self._rows((report,), labels)
        except NO_REPORTS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - it becomes a row of the file of failures
            return Rows(0, 0, (b"",) * len(self.formats), ((0, Failure.of_engine(report, stage, error)),))

    def _label(self, reports: Sequence[Report]) -> Sequence[StudyLabels]:
        return self.labeler.label_batch(reports)

    def _rows(self, reports: Sequence[Report], labelled: Sequence[StudyLabels]) -> Rows:
        pairs = list(zip(reports, labelled, strict=True))
        without_text = sum(labels.labelled_characters == 0 for labels in labelled)
        lines = (b"".join([form.line(*pair) for pair in pairs]) for form in self.formats)
        return Rows(len(pairs), without_text, tuple(lines))


def _together(singles: Sequence[Rows], outputs: int) -> Rows:
    """Joins the rows of reports that were labelled one by one."""
    return Rows(
        sum(rows.reports for rows in singles),
        sum(rows.without_text for rows in singles),
        tuple([b"".join([rows.lines[at] for rows in singles]) for at in range(outputs)]),
        tuple([(place, failure) for place, rows in enumerate(singles) for _, failure in rows.failures]),
    )
