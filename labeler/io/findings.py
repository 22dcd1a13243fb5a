"""Write the findings of studies with their attributes, a row for each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.io.row_tables import RowTable
from labeler.io.write import attribute_values
from labeler.records import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.io.output import Finish
    from labeler.io.write import Cell, LineFormat
    from labeler.parallel import LabelsBatch
    from labeler.records import Finding, Report, StudyLabels

FINDING_COLUMNS = (
    "study_id",
    "subject_id",
    "observation",
    "status",
    *ATTRIBUTES,
    "text",
    "start",
    "end",
)
"""The columns of a table of findings; `text`, `start` and `end` are the sentence of the first mention."""
_NONE = ("",) * len(ATTRIBUTES)
_TABLE = RowTable("--findings", FINDING_COLUMNS, frozenset({"start", "end"}))


def finding_row(report: Report, finding: Finding) -> tuple[Cell, ...]:
    """Return the cells of a finding; several values of one are joined by ";".

    Parameters
    ----------
    report : Report
    finding : Finding
    """
    sentence = finding.assertions[0].sentence
    values = _NONE
    if finding.attributes:
        values = tuple([";".join(attribute_values(finding, attribute)) for attribute in ATTRIBUTES])
    return (
        report.id,
        report.subject_id or "",
        finding.observation,
        finding.status.value,
        *values,
        report.text[sentence.start : sentence.end],
        sentence.start,
        sentence.end,
    )


def findings_format(path: str, made_with: Mapping[str, str], *, whole_ids: bool = False) -> tuple[LineFormat, Finish]:
    """Return how the findings of each study are written; see `labeler.io.row_tables.RowTable.format`.

    Parameters
    ----------
    path : str
    made_with : mapping of str to str
    whole_ids : bool
        Whether identifiers are numbers in JSON and Parquet; see `labeler.io.whole`.
    """
    return replace(_TABLE, whole_ids=whole_ids).format(path, rows_of, made_with)


def rows_of(report: Report, labels: StudyLabels) -> list[tuple[Cell, ...]]:
    """Return the rows of the findings of a report."""
    return [finding_row(report, finding) for finding in labels.findings]


def finding_rows(labeler: LabelsBatch, reports: Sequence[Report]) -> list[list[tuple[Cell, ...]]]:
    """Return the rows of the findings of each report.

    Parameters
    ----------
    labeler : Labeler
    reports : sequence of Report
    """
    labelled = zip(reports, labeler.label_batch(reports), strict=True)
    return [rows_of(report, labels) for report, labels in labelled]
