"""Labels a collection as the CheXpert labeler and NegBio would, side by side, as MIMIC-CXR-JPG publishes it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from labeler.reports.failures import Failure
from labeler.reports.output import open_output
from labeler.reports.rows import label_each
from labeler.reports.write import CsvLines, Layout, csv_line, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from labeler.pipeline import Labeler
    from labeler.records import Report, StudyLabels
    from labeler.reports.progress import Progress

DISAGREEMENT = "disagreement.csv"


def write_published(
    folder: Path,
    labelers: dict[str, Labeler],
    reports: Iterable[Report],
    progress: Progress,
    *,
    with_subjects: bool,
) -> int:
    """Writes a table per profile, and one of the cells on which they differ.

    Parameters
    ----------
    folder : Path
        Is there already.
    labelers : dict of name to Labeler
        Two of the same label set; NAME.csv.gz is written for each.
    reports : iterable of Report
    progress : Progress
        Is told of every report and every failure.
    with_subjects : bool
        Whether the reports have a subject_id.

    Returns
    -------
    int
        How many cells differ.
    """
    names = list(labelers)
    cells = 0
    with contextlib.ExitStack() as stack:
        tables = []
        for name, labeler in labelers.items():
            lines = CsvLines(Layout(labeler.findings, "mimic", with_subjects))
            stream = stack.enter_context(open_output(str(folder / f"{name}.csv.gz")))
            stream.write(lines.head())
            tables.append((lines, stream))
        differing = stack.enter_context(open_output(str(folder / DISAGREEMENT)))
        differing.write(csv_line(("study_id", "finding", *names)))
        for report in reports:
            studies = _labelled(report, labelers.values())
            if isinstance(studies, Failure):
                progress.failure(studies)
                continue
            for (lines, stream), study in zip(tables, studies, strict=True):
                stream.write(lines.line(report, study))
            rows = _differences(report, studies)
            differing.writelines(rows)
            progress.reports(without_text=studies[0].labelled_characters == 0)
            cells += len(rows)
    return cells


def _labelled(report: Report, labelers: Iterable[Labeler]) -> list[StudyLabels] | Failure:
    studies: list[StudyLabels] = []
    for labeler in labelers:
        (answer,) = label_each(labeler, [report])
        if isinstance(answer, Failure):
            return answer
        studies.append(answer)
    return studies


def _differences(report: Report, studies: list[StudyLabels]) -> list[bytes]:
    return [
        csv_line((report.id, finding, *(value_of(labels[finding]) for labels in studies)))
        for finding in studies[0]
        if len({labels[finding] for labels in studies}) > 1
    ]
