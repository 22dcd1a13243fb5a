"""Label a collection as the CheXpert labeler and NegBio would, side by side, as MIMIC-CXR-JPG publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from labeler.io.output import compress
from labeler.io.outputs import Output, Outputs
from labeler.io.run import label_inputs
from labeler.io.write import CsvLines, Layout, LineFormat, csv_line, csv_rows, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labeler.io.progress import Progress
    from labeler.io.tally import Seen
    from labeler.pipeline import Labeler
    from labeler.records import Report, StudyLabels

DISAGREEMENT = "disagreement.csv"
FAILURES = "errors.csv"


class _Both(NamedTuple):
    """What each labeler says of a report."""

    studies: tuple[StudyLabels, ...]

    @property
    def labelled_characters(self) -> int:
        return self.studies[0].labelled_characters

    @property
    def is_foreign(self) -> bool:
        return self.studies[0].is_foreign


@dataclass(frozen=True, slots=True)
class _BothLabelers:
    """Labelers that read the same reports."""

    labelers: tuple[Labeler, ...]

    def label_batch(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Label reports by each."""
        each = [labeler.label_batch(reports) for labeler in self.labelers]
        return cast("list[StudyLabels]", [_Both(studies) for studies in zip(*each, strict=True)])


@dataclass(frozen=True, slots=True)
class _Side(CsvLines):
    """The line of one of the labelers."""

    at: int = 0

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        return csv_line(self.layout.row(report, _studies(labels)[self.at]))


@dataclass(frozen=True, slots=True)
class _Differences(LineFormat):
    """A line of each finding of which the labelers say something else."""

    profiles: tuple[str, ...]

    def head(self) -> bytes:
        """Return the line of the columns' names."""
        return csv_line(("study_id", "finding", *self.profiles))

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the lines of a study."""
        studies = _studies(labels)
        return b"".join(
            [
                csv_line((report.id, finding, *(value_of(study[finding]) for study in studies)))
                for finding in studies[0]
                if len({study[finding] for study in studies}) > 1
            ]
        )


def _studies(labels: StudyLabels) -> tuple[StudyLabels, ...]:
    return cast("_Both", labels).studies


def write_published(
    folder: Path,
    labelers: dict[str, Labeler],
    seen: Seen,
    progress: Progress,
    *,
    with_subjects: bool,
    made_with: Mapping[str, str] | None = None,
    workers: int = 1,
    resume: bool = False,
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
    made_with : mapping of str to str, optional
        What the tables depend on besides the inputs; a run that is resumed must have the same.
    workers : int
        Number of processes.
    resume : bool
        Whether to resume an interrupted run, if there is one.

    Returns
    -------
    int
        How many cells differ.

    Raises
    ------
    UsageError
        If the interrupted run had other settings.
    ReportFileError
        If a file cannot be written.
    ConservationError
        If a report is neither labelled nor among what failed.
    """
    has_subject = seen.first_has_subject() or with_subjects
    outputs = [
        Output(str(folder / f"{name}.csv.gz"), _Side(Layout(labeler.findings, "mimic", has_subject), at), compress)
        for at, (name, labeler) in enumerate(labelers.items())
    ]
    outputs.append(Output(str(folder / DISAGREEMENT), _Differences(tuple(labelers)), has_all=False))
    forms = [output.lines for output in outputs]
    both = _BothLabelers(tuple(labelers.values()))
    failures = str(folder / FAILURES)
    with Outputs(outputs, made_with or {}, resume=resume, failures=failures) as written:
        label_inputs(seen, both, forms, written, progress, workers=workers)
    with (folder / DISAGREEMENT).open("rb") as stream:
        return sum(1 for _ in csv_rows(stream)) - 1
