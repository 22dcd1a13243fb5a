"""What a worker makes of a batch of reports: their lines in every output, ready to be appended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from labeler.errors import LabelerError, LimitError, place_of
from labeler.io.source import Failure, FailureKind, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.io.write import LineFormat
    from labeler.parallel import LabelsBatch
    from labeler.records import Report, StudyLabels


_NO_REPORTS_FAULT = (LabelerError, ImportError, OSError)
"""What goes wrong with every report, such as a model that is not whole; it ends the run."""


def label_each(labeler: LabelsBatch, reports: Sequence[Report]) -> list[StudyLabels | Failure]:
    """Label reports together, or one by one if the labeler fails on one: that one is a failure, as is a foreign one.

    Parameters
    ----------
    labeler : Labeler
    reports : sequence of Report
    """
    try:
        return list(map(_unless_foreign, reports, labeler.label_batch(reports)))
    except LimitError as error:
        if len(reports) == 1:
            return [Failure("", FailureKind.OVER_LIMIT, error.reason, error.remedy, reports[0].id, Stage.LABEL)]
    except _NO_REPORTS_FAULT:
        raise
    except MemoryError:
        if len(reports) == 1:
            reason, remedy = "takes more memory than there is", "look at the report, or allow more with --memory-limit"
            return [Failure("", FailureKind.OVER_LIMIT, reason, remedy, reports[0].id, Stage.LABEL)]
    except Exception as error:  # noqa: BLE001 - whatever it is, one report's fault must not be another's
        if len(reports) == 1:
            return [_failure(reports[0], Stage.LABEL, error)]
    return [answer for report in reports for answer in label_each(labeler, [report])]


def _unless_foreign(report: Report, answer: StudyLabels) -> StudyLabels | Failure:
    if not answer.is_foreign:
        return answer
    remedy = "translate it, or leave it out: the rules read English"
    return Failure("", FailureKind.LANGUAGE, "is mostly not in English", remedy, report.id, Stage.LABEL)


def _failure(report: Report, stage: Stage, error: Exception) -> Failure:
    remedy = "tell the labeler's developers this line and its version, without the report"
    return Failure("", FailureKind.ENGINE_ERROR, place_of(error), remedy, report.id, stage)


class Row(NamedTuple):
    """A report's line in each output: bytes, since labels with all their reasons take ten times as long to send.

    Parameters
    ----------
    lines : tuple of bytes
    has_text : bool
        Whether the report has text that is labelled.
    """

    lines: tuple[bytes, ...]
    has_text: bool


@dataclass(frozen=True, slots=True)
class RowMaker:
    """The task of a worker: label reports and write their lines.

    Parameters
    ----------
    labeler : Labeler
    formats : tuple of LineFormat
        One per output.
    """

    labeler: LabelsBatch
    formats: tuple[LineFormat, ...]

    def __call__(self, reports: Sequence[Report]) -> list[Row | Failure]:
        """Return the row of each report, or why there is none."""
        answers = label_each(self.labeler, reports)
        return [self._row(report, answer) for report, answer in zip(reports, answers, strict=True)]

    def _row(self, report: Report, answer: StudyLabels | Failure) -> Row | Failure:
        if isinstance(answer, Failure):
            return answer
        try:
            lines = tuple([form.line(report, answer) for form in self.formats])
        except _NO_REPORTS_FAULT:
            raise
        except Exception as error:  # noqa: BLE001 - it becomes a row of the file of failures
            return _failure(report, Stage.WRITE, error)
        return Row(lines, answer.labelled_characters > 0)
