"""A run over inputs: reading, labelling and saving, a piece at a time, so that none waits for the end of another."""

from __future__ import annotations

import contextlib
import sys
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from labeler.parallel import Lost, map_in_processes
from labeler.records import Report
from labeler.reports.output import Output, open_output
from labeler.reports.pieces import Cutter, Piece, piece_size
from labeler.reports.resume import Checkpoint
from labeler.reports.rows import RowMaker, Rows
from labeler.reports.source import FailureKind, ReadFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from labeler.reports.progress import Progress
    from labeler.reports.rows import LabelsBatch, LineFormat

    Append = Callable[[bytes], object]


class Outputs(Protocol):
    """Is where the rows of a run go."""

    done: Checkpoint

    def save(self, piece: Piece, rows: Sequence[Rows], lost: Sequence[str]) -> None:
        """Adds the rows of a piece."""


def set_failures_aside(
    read: Iterable[Report | ReadFailure], on_failure: Callable[[ReadFailure], None]
) -> Iterator[Report]:
    """Yields the reports and hands over what could not be read."""
    for item in read:
        if isinstance(item, Report):
            yield item
        else:
            on_failure(item)


def peek_subject(read: Iterable[Report | ReadFailure]) -> tuple[bool, Iterator[Report | ReadFailure]]:
    """Says whether the first report has a subject_id, and gives all that was read back.

    Examples
    --------
    >>> has_subject, items = peek_subject(iter([Report("s1", "No edema.", "p1")]))
    >>> has_subject, [item.id for item in items]
    (True, ['s1'])
    """
    rest = iter(read)
    looked_at: list[Report | ReadFailure] = []
    for item in rest:
        looked_at.append(item)
        if isinstance(item, Report):
            return item.subject_id is not None, chain(looked_at, rest)
    return False, iter(looked_at)


def label_inputs(
    read: Iterable[Report | ReadFailure],
    labeler: LabelsBatch,
    forms: Sequence[LineFormat],
    outputs: Outputs,
    progress: Progress,
    *,
    workers: int,
) -> None:
    """Labels what is read and saves the rows, from where the outputs were left.

    Parameters
    ----------
    read : iterable of Report or ReadFailure
    labeler : Labeler
    forms : sequence of LineFormat
        Those of the outputs.
    outputs : Outputs
    progress : Progress
        Is told of every report and every failure.
    workers : int
        Number of processes.

    Raises
    ------
    UsageError
        Where the inputs are not those of the interrupted run.
    LabelerError
        Where an output cannot be written or workers cannot start.
    """
    cutter = Cutter(read)
    _go_on(cutter, outputs.done, progress)
    pieces = cutter.pieces(piece_size(progress.expected, workers))
    for piece, answers in _work(RowMaker(labeler, tuple(forms)), pieces, progress, workers):
        lost = [answer.report.id for answer in answers if isinstance(answer, Lost)]
        rows = [answer for answer in answers if not isinstance(answer, Lost)]
        outputs.save(piece, rows, lost)
        _tell(progress, piece.failures, lost)
        progress.reports(sum(row.reports for row in rows), without_text=sum(row.without_text for row in rows))


def _go_on(cutter: Cutter, done: Checkpoint, progress: Progress) -> None:
    if done.items:
        again = cutter.skip(done.items, done.digest)
        _tell(progress, (item for item in again if isinstance(item, ReadFailure)), done.lost)
        progress.resume(done.reports, without_text=done.without_text)


def _work(
    task: RowMaker, pieces: Iterator[Piece], progress: Progress, workers: int
) -> Iterator[tuple[Piece, Sequence[Rows | Lost]]]:
    if workers == 1:
        return ((piece, [task(piece.reports)]) for piece in pieces)
    sent = ((piece.reports, piece) for piece in pieces)
    return map_in_processes(task, sent, workers=workers, on_death=progress.worker_died)


def _tell(progress: Progress, failures: Iterable[ReadFailure], lost: Iterable[str]) -> None:
    for failure in failures:
        progress.failure(failure)
    for study in lost:
        reason = "a worker process died of it, twice"
        progress.failure(
            ReadFailure(f"study {study}", FailureKind.WORKER_DIED, reason, "look at it, and label it alone")
        )


@contextlib.contextmanager
def open_streams(
    outputs: Sequence[Output], open_shown: Callable[[], AbstractContextManager[Append]] | None = None
) -> Iterator[Outputs]:
    """Opens outputs of which the first is standard output, so that an interrupted run cannot go on.

    Parameters
    ----------
    outputs : sequence of Output
    open_shown : callable, optional
        Opens what takes the lines for standard output instead of it.
    """
    with contextlib.ExitStack() as stack:
        # Files first, so that what is wrong with one is told before a line is printed.
        files = [stack.enter_context(open_output(output.path)).write for output in outputs[1:]]
        table = stack.enter_context(open_shown()) if open_shown else stack.enter_context(open_output("-")).write
        for append, output in zip([table, *files], outputs, strict=True):
            append(output.lines.head())
        yield _Streams([table, *files])


class _Streams:
    done = Checkpoint()

    def __init__(self, appends: Sequence[Callable[[bytes], object]]) -> None:
        self._appends = appends

    def save(self, _piece: Piece, rows: Sequence[Rows], _lost: Sequence[str]) -> None:
        """Adds the rows of a piece."""
        for at, append in enumerate(self._appends):
            append(b"".join([row.lines[at] for row in rows]))
        sys.stdout.flush()
