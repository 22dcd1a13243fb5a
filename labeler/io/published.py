"""Label a collection as the CheXpert labeler and NegBio would, side by side, as MIMIC-CXR-JPG publishes it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from labeler.io.identifiers import Tally, require_same
from labeler.io.output import OutputFile, open_output
from labeler.io.outputs import failed_names
from labeler.io.rows import label_each
from labeler.io.source import Failure
from labeler.io.write import CsvLines, Layout, csv_line, value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from labeler.io.progress import Progress
    from labeler.io.tally import Seen
    from labeler.pipeline import Labeler
    from labeler.records import Report, StudyLabels

    Studies = tuple[Report, list[StudyLabels]]

DISAGREEMENT = "disagreement.csv"
FAILURES = "errors.csv"


def write_published(
    folder: Path, labelers: dict[str, Labeler], seen: Seen, progress: Progress, *, with_subjects: bool
) -> int:
    """Write a table per profile, one of the cells on which they differ, and one of what failed, if anything did.

    Parameters
    ----------
    folder : Path
        Exists already.
    labelers : dict of name to Labeler
        Two of the same label set; NAME.csv.gz is written for each.
    seen : Seen
    progress : Progress
        Receives every report and every failure.
    with_subjects : bool
        Whether a report is known to have a subject_id; else the first one decides.

    Returns
    -------
    int
        How many cells differ.

    Raises
    ------
    ConservationError
        If a report is neither labelled nor among what failed.
    """
    has_subject = with_subjects or seen.first_has_subject()
    cells, labelled = 0, Tally()
    with contextlib.ExitStack() as stack:
        tables = []
        for name, labeler in labelers.items():
            lines = CsvLines(Layout(labeler.findings, "mimic", has_subject))
            stream = stack.enter_context(open_output(str(folder / f"{name}.csv.gz")))
            stream.write(lines.head())
            tables.append((lines, stream))
        differing = stack.enter_context(open_output(str(folder / DISAGREEMENT)))
        differing.write(csv_line(("study_id", "finding", *labelers)))
        failures = stack.enter_context(_open_failures(folder))
        for item in seen:
            answer = _labelled(item, labelers.values())
            if isinstance(answer, Failure):
                failures.append(csv_line(answer.row))
                progress.failure(answer)
                continue
            report, studies = answer
            for (lines, stream), study in zip(tables, studies, strict=True):
                stream.write(lines.line(report, study))
            labelled.add(report.id)
            rows = _differences(report, studies)
            differing.writelines(rows)
            progress.reports(without_text=studies[0].labelled_characters == 0)
            cells += len(rows)
        require_same(str(folder), seen=seen.tally, labelled=labelled, failed=failures.tally(failed_names))
    return cells


@contextlib.contextmanager
def _open_failures(folder: Path) -> Iterator[OutputFile]:
    failures = OutputFile(str(folder / FAILURES), csv_line(Failure.header), is_optional=True)
    failures.open()
    try:
        yield failures
        failures.finish()
    finally:
        failures.remove()


def _labelled(item: Report | Failure, labelers: Iterable[Labeler]) -> Studies | Failure:
    if isinstance(item, Failure):
        return item
    studies: list[StudyLabels] = []
    for labeler in labelers:
        (answer,) = label_each(labeler, [item])
        if isinstance(answer, Failure):
            return answer
        studies.append(answer)
    return item, studies


def _differences(report: Report, studies: list[StudyLabels]) -> list[bytes]:
    return [
        csv_line((report.id, finding, *(value_of(labels[finding]) for labels in studies)))
        for finding in studies[0]
        if len({labels[finding] for labels in studies}) > 1
    ]
