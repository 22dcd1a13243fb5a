"""Labels a collection as the CheXpert labeler and NegBio would, side by side, as MIMIC-CXR-JPG publishes it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from labeler.reports.output import open_output
from labeler.reports.write import CsvLines, Layout, csv_line, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from labeler.pipeline import Labeler
    from labeler.records import Report, StudyLabels

DISAGREEMENT = "disagreement.csv"


def write_published(
    folder: Path, labelers: dict[str, Labeler], reports: Iterable[Report], *, with_subjects: bool
) -> tuple[int, int]:
    """Writes a table per profile, and one of the cells on which they differ.

    Parameters
    ----------
    folder : Path
        Is there already.
    labelers : dict of name to Labeler
        Two of the same label set; NAME.csv.gz is written for each.
    reports : iterable of Report
    with_subjects : bool
        Whether the reports have a subject_id.

    Returns
    -------
    reports : int
    cells : int
        How many cells differ.
    """
    names = list(labelers)
    count = cells = 0
    with contextlib.ExitStack() as stack:
        tables = []
        for name, labeler in labelers.items():
            lines = CsvLines(Layout(labeler.findings, "mimic", with_subjects))
            stream = stack.enter_context(open_output(str(folder / f"{name}.csv.gz")))
            stream.write(lines.head())
            tables.append((labeler, lines, stream))
        differing = stack.enter_context(open_output(str(folder / DISAGREEMENT)))
        differing.write(csv_line(("study_id", "finding", *names)))
        for report in reports:
            studies = []
            for labeler, lines, stream in tables:
                studies.append(labeler.label(report))
                stream.write(lines.line(report, studies[-1]))
            rows = _differences(report, studies)
            differing.writelines(rows)
            count, cells = count + 1, cells + len(rows)
    return count, cells


def _differences(report: Report, studies: list[StudyLabels]) -> list[bytes]:
    return [
        csv_line((report.id, finding, *(value_of(labels[finding]) for labels in studies)))
        for finding in studies[0]
        if len({labels[finding] for labels in studies}) > 1
    ]
