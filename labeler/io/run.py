"""A run over inputs: reading, labelling and saving, a batch at a time, so that none waits for the end of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.io.rows import Row, RowMaker, label_each
from labeler.io.source import Failure, FailureKind, Stage
from labeler.io.tally import batch_sizes
from labeler.parallel import Lost, map_in_processes
from labeler.records import Report, StudyLabels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labeler.io.outputs import Outputs
    from labeler.io.progress import Progress
    from labeler.io.tally import Batch, Seen
    from labeler.io.write import LineFormat
    from labeler.parallel import LabelsBatch


def set_failures_aside(read: Iterable[Report | Failure], on_failure: Callable[[Failure], None]) -> Iterator[Report]:
    """Yield the reports and hand over what could not be read."""
    for item in read:
        if isinstance(item, Report):
            yield item
        else:
            on_failure(item)


def label_inputs(
    seen: Seen,
    labeler: LabelsBatch,
    forms: Sequence[LineFormat],
    outputs: Outputs,
    progress: Progress,
    *,
    workers: int,
) -> None:
    """Label what is read and save the rows, from where the outputs were left; every report is accounted for.

    Parameters
    ----------
    seen : Seen
    labeler : Labeler
    forms : sequence of LineFormat
        Those of the outputs.
    outputs : Outputs
    progress : Progress
        Receives every report and every failure.
    workers : int
        Number of processes.

    Raises
    ------
    UsageError
        If the inputs are not those of the interrupted run.
    LabelerError
        If an output cannot be written or workers cannot start.
    ConservationError
        If a report is neither in the outputs nor among what failed.
    """
    done = outputs.done
    if done.seen:
        seen.skip(done.seen, done.digest)
        progress.resume(done.labelled, without_text=done.without_text, failed=done.failed)
    batches = seen.batches(batch_sizes(seen.expected, workers))
    for batch, answers in _answered(RowMaker(labeler, tuple(forms)), batches, progress, workers):
        rows = [answer for answer in answers if isinstance(answer, Row)]
        failures = list(_failures(batch, answers))
        outputs.save(batch, rows, failures)
        for failure in failures:
            progress.failure(failure)
        progress.reports(len(rows), without_text=sum(not row.has_text for row in rows))
    outputs.require_same(seen.tally)


def label_to_view(seen: Seen, labeler: LabelsBatch, progress: Progress) -> Iterator[tuple[Report, StudyLabels]]:
    """Label what is read for a command that looks at the labels and writes no row of each report.

    Parameters
    ----------
    seen : Seen
    labeler : Labeler
    progress : Progress
        Receives every report and every failure.

    Yields
    ------
    Report
    StudyLabels
        Of each report that can be read and labelled, in the order of the inputs.
    """
    for batch in seen.batches(batch_sizes(seen.expected, 1)):
        answers = label_each(labeler, batch.reports)
        for failure in _failures(batch, answers):
            progress.failure(failure)
        pairs = zip(batch.reports, answers, strict=True)
        studies = [(report, answer) for report, answer in pairs if isinstance(answer, StudyLabels)]
        progress.reports(len(studies), without_text=sum(labels.labelled_characters == 0 for _, labels in studies))
        yield from studies


def _answered(
    task: RowMaker, batches: Iterator[Batch], progress: Progress, workers: int
) -> Iterator[tuple[Batch, Sequence[Row | Failure | Lost]]]:
    if workers == 1:
        return ((batch, task(batch.reports)) for batch in batches)
    sent = ((batch.reports, batch) for batch in batches)
    return map_in_processes(task, sent, workers=workers, on_death=progress.worker_died)


def _failures(batch: Batch, answers: Iterable[Row | StudyLabels | Failure | Lost]) -> Iterator[Failure]:
    """Yield what failed in the order of the inputs, however they were divided into batches."""
    rest = iter(answers)
    for item in batch.read:
        answer = item if isinstance(item, Failure) else next(rest, None)
        if isinstance(answer, Failure):
            yield answer
        elif isinstance(answer, Lost):
            reason, remedy = "a worker process died of it, twice", "look at it, and label it alone"
            yield Failure("", FailureKind.WORKER_DIED, reason, remedy, answer.report.id, Stage.LABEL)
