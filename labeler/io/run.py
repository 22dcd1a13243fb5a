"""A run over inputs: reading, labelling and saving, a piece at a time, so that none waits for the end of another."""

from __future__ import annotations

import contextlib
import sys
from itertools import chain, count
from typing import TYPE_CHECKING, Protocol

from labeler.io.balance import Counts
from labeler.io.failures import Failure
from labeler.io.output import Output, open_output
from labeler.io.pieces import Cutter, Piece, piece_sizes
from labeler.io.resume import Checkpoint
from labeler.io.rows import RowMaker, Rows
from labeler.io.source import ReadFailure
from labeler.parallel import Lost, map_in_processes
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from labeler.io.progress import Progress
    from labeler.io.rows import LabelsBatch, LineFormat

    Append = Callable[[bytes], object]


class Outputs(Protocol):
    """Is where the rows of a run go."""

    done: Checkpoint

    @property
    def can_go_on(self) -> bool:
        """Whether something is left that a run with --resume can go on with."""

    def save(self, piece: Piece, rows: Sequence[Rows], failures: Sequence[Failure]) -> None:
        """Adds the rows of a piece, and what of it failed."""

    def count(self) -> Counts:
        """Counts the rows that stand in the outputs."""


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
    pieces = cutter.pieces(piece_sizes(progress.expected, workers))
    for piece, answers in _work(RowMaker(labeler, tuple(forms)), pieces, progress, workers):
        rows = [answer for answer in answers if not isinstance(answer, Lost)]
        failures = list(_failures(piece, answers))
        outputs.save(piece, rows, failures)
        for failure in failures:
            progress.failure(failure)
        progress.reports(sum(row.reports for row in rows), without_text=sum(row.without_text for row in rows))


def _go_on(cutter: Cutter, done: Checkpoint, progress: Progress) -> None:
    if done.items:
        cutter.skip(done.items, done.digest)
        progress.resume(done.reports, without_text=done.without_text, failed=done.failed)


def _work(
    task: RowMaker, pieces: Iterator[Piece], progress: Progress, workers: int
) -> Iterator[tuple[Piece, Sequence[Rows | Lost]]]:
    if workers == 1:
        return ((piece, [task(piece.reports)]) for piece in pieces)
    sent = ((piece.reports, piece) for piece in pieces)
    return map_in_processes(task, sent, workers=workers, on_death=progress.worker_died)


def _failures(piece: Piece, answers: Iterable[Rows | Lost]) -> Iterator[Failure]:
    """Yields what failed in the order of the inputs, however they were cut into pieces."""
    failed: dict[int, Failure] = {}
    at = 0
    for answer in answers:
        if isinstance(answer, Lost):
            failed[at] = Failure.of_worker(answer.report)
            at += 1
        else:
            failed |= {at + place: failure for place, failure in answer.failures}
            at += answer.reports + len(answer.failures)
    numbers = count()
    for item in piece.read:
        if isinstance(item, ReadFailure):
            yield Failure.of_reading(item)
        elif (number := next(numbers)) in failed:
            yield failed[number]


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
        yield _Streams(outputs, [table, *files])


class _Streams:
    done = Checkpoint()
    can_go_on = False

    def __init__(self, outputs: Sequence[Output], appends: Sequence[Callable[[bytes], object]]) -> None:
        self._outputs = outputs
        self._appends = appends
        self._rows = [0] * len(outputs)
        self._failed = 0

    def save(self, _piece: Piece, rows: Sequence[Rows], failures: Sequence[Failure]) -> None:
        """Adds the rows of a piece; what failed is told only."""
        for at, (output, append) in enumerate(zip(self._outputs, self._appends, strict=True)):
            lines = b"".join([row.lines[at] for row in rows])
            append(lines)
            self._rows[at] += output.lines.count([lines])
        self._failed += len(failures)
        sys.stdout.flush()

    def count(self) -> Counts:
        """Counts the rows that were written."""
        return Counts({output.path: rows for output, rows in zip(self._outputs, self._rows, strict=True)}, self._failed)
