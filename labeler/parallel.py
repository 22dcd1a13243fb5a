"""Work over processes: pieces of reports go out, answers come back in the order of the pieces.

A worker that dies (for want of memory, or by a fault in compiled code) takes no report with it: what it may have held
is tried again alone, first piece by piece, then report by report, so that one report at most is lost.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from labeler.errors import LabelerError, UsageError
from labeler.process import leave_out_downloads
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labeler.pipeline import Labeler
    from labeler.records import StudyLabels

_CHUNK = 64
"""Reports that `label_many` sends at once: enough that sending costs little, few enough that the first come soon."""
_PIECES_AHEAD = 4
"""Pieces sent ahead per worker, so that none waits; what is in flight bounds the memory."""
_WORTH_A_WORKER = 2000
"""Reports below which a further process costs more time to start than it saves."""

Answer = TypeVar("Answer")
Context = TypeVar("Context")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Lost:
    """Stands for a report on which a worker died also when it held nothing else.

    Parameters
    ----------
    report : Report
    """

    report: Report


def count_workers(asked: int | None, expected: int | None) -> int:
    """Returns the number of processes to work with.

    Parameters
    ----------
    asked : int or None
        None leaves it to the machine and the work: one process per core that this one may use, and no more than the
        work is worth, as each takes a second or two to start.
    expected : int or None
        Number of reports, where it is known.

    Examples
    --------
    >>> count_workers(3, 10), count_workers(None, 10)
    (3, 1)
    """
    if asked is not None:
        return asked
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if expected is None else max(1, min(cores, expected // _WORTH_A_WORKER))


def cut(reports: Iterable[Item], size: int = _CHUNK) -> Iterator[tuple[Item, ...]]:
    """Cuts reports into pieces, lazily; the last one may be smaller.

    >>> list(cut("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    rest = iter(reports)
    return iter(lambda: tuple(islice(rest, size)), ())


def label_in_processes(
    labeler: Labeler, reports: Iterable[str | Report], *, workers: int, chunk: int = _CHUNK
) -> Iterator[StudyLabels]:
    """Labels reports in several processes, lazily and in their order.

    Parameters
    ----------
    labeler : Labeler
        Is made anew in each process.
    reports : iterable of str or Report
        Read only as far ahead as the workers need.
    workers : int
        Number of processes, 1 or more. They are spawned, as threads and libraries don't survive a fork: a script that
        calls this must guard its own work with `if __name__ == "__main__":`.
    chunk : int
        Number of reports that are sent at once; the labels don't depend on it.

    Yields
    ------
    StudyLabels
        One per report, those that one process would give.

    Raises
    ------
    UsageError
        Where workers or chunk is below 1.
    LabelerError
        Where workers cannot start, or one dies of a report also when it holds nothing else; the message names it.
    """
    if chunk < 1:
        raise UsageError(f"chunk must be 1 or more, not {chunk}.")
    named = (report if isinstance(report, Report) else Report("", report) for report in reports)
    pieces = ((piece, None) for piece in cut(named, chunk))
    return _flat(map_in_processes(_LabelBatch(labeler), pieces, workers=workers))


def _flat(answered: Iterator[tuple[None, list[list[StudyLabels] | Lost]]]) -> Iterator[StudyLabels]:
    for _, answers in answered:
        for answer in answers:
            if isinstance(answer, Lost):
                raise LabelerError(
                    f"A worker process died twice of report {answer.report.id!r}, most likely for want of memory; "
                    "label it alone, or leave it out."
                )
            yield from answer


@dataclass(frozen=True, slots=True)
class _LabelBatch:
    labeler: Labeler

    def __call__(self, reports: Sequence[Report]) -> list[StudyLabels]:
        return self.labeler.label_batch(reports)


def map_in_processes(
    task: Callable[[Sequence[Report]], Answer],
    pieces: Iterable[tuple[Sequence[Report], Context]],
    *,
    workers: int,
    on_death: Callable[[Sequence[Report]], None] | None = None,
) -> Iterator[tuple[Context, list[Answer | Lost]]]:
    """Does a task over pieces of reports in several processes, lazily and in the order of the pieces.

    Parameters
    ----------
    task : callable
        Must be picklable; goes to each process once.
    pieces : iterable of (sequence of Report, object)
        The reports go to a process, the object stays here. Read only as far ahead as the workers need.
    workers : int
        1 or more.
    on_death : callable, optional
        Is told the reports that a worker which died may have held, before they are tried again; logs a warning with
        their number by default.

    Yields
    ------
    object
        That of the piece.
    list of (Answer or Lost)
        One answer; where a worker died on the piece, one per report, and `Lost` where it died on the report alone.

    Raises
    ------
    UsageError
        Where workers is below 1.
    LabelerError
        Where workers cannot start.
    """
    if workers < 1:
        raise UsageError(f"workers must be 1 or more, not {workers}.")
    return _Map[Answer, Context](task, workers, on_death or _log_death).run(iter(pieces))


def _log_death(held: Sequence[Report]) -> None:
    message = "A worker process died; the %d reports that it may have held are tried again alone."
    logging.getLogger(__name__).warning(message, len(held))


class _Map(Generic[Answer, Context]):
    """Keeps the pieces that are being worked on, and a pool that is replaced where it breaks."""

    def __init__(
        self,
        task: Callable[[Sequence[Report]], Answer],
        workers: int,
        on_death: Callable[[Sequence[Report]], None],
    ) -> None:
        self.task = task
        self.workers = workers
        self.on_death = on_death
        self.waiting: deque[tuple[Sequence[Report], Context, Future[Answer]]] = deque()

    def run(self, pieces: Iterator[tuple[Sequence[Report], Context]]) -> Iterator[tuple[Context, list[Answer | Lost]]]:
        pool = _pool(self.task, self.workers)
        try:
            while True:
                ahead = islice(pieces, self.workers * _PIECES_AHEAD - len(self.waiting))
                self.waiting.extend((piece, context, _submit(pool, piece)) for piece, context in ahead)
                if not self.waiting:
                    return
                if _is_broken(self.waiting[0][2]):
                    pool.shutdown()
                    yield from self.mend()
                    pool = _pool(self.task, self.workers)
                else:
                    _, context, future = self.waiting.popleft()
                    yield context, [future.result()]
        finally:
            pool.shutdown(cancel_futures=True)

    def mend(self) -> Iterator[tuple[Context, list[Answer | Lost]]]:
        """Answers the pieces that were sent when the pool broke; those that it had not done, alone."""
        broken = [piece for piece, _, future in self.waiting if _is_broken(future)]
        self.on_death([report for piece in broken for report in piece])
        with contextlib.closing(_Single(self.task)) as single:
            while self.waiting:
                piece, context, future = self.waiting.popleft()
                yield context, single.answers(piece) if _is_broken(future) else [future.result()]


class _Single(Generic[Answer]):
    """Is one worker that holds one piece at a time, and is replaced where it dies."""

    def __init__(self, task: Callable[[Sequence[Report]], Answer]) -> None:
        self.task = task
        self.pool: ProcessPoolExecutor | None = None

    def answers(self, piece: Sequence[Report]) -> list[Answer | Lost]:
        """Does the task on a piece; where the worker dies of it, on each report alone."""
        fresh = self.pool is None
        try:
            return [self.worker().submit(_work, piece).result()]
        except BrokenProcessPool:
            self.close()
        if fresh and len(piece) == 1:  # else it may have died of what it had held before
            return [Lost(piece[0])]
        return [answer for report in piece for answer in self.answers((report,))]

    def worker(self) -> ProcessPoolExecutor:
        if self.pool is None:
            self.pool = _pool(self.task, 1)
            try:
                self.pool.submit(_be_ready).result()
            except BrokenProcessPool:
                raise LabelerError(
                    "Worker processes cannot start: a script must guard its own work with `if __name__ == "
                    '"__main__":`, and each worker needs about half a gigabyte of memory. One process needs neither.'
                ) from None
        return self.pool

    def close(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)
            self.pool = None


def _pool(task: Callable[..., object], workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (task,))


def _submit(pool: ProcessPoolExecutor, piece: Sequence[Report]) -> Future[Any]:
    """Submits a piece; where the pool is broken, returns the future that says so, like those of the pieces before."""
    try:
        return pool.submit(_work, piece)
    except BrokenProcessPool as error:
        broken: Future[Any] = Future()
        broken.set_exception(error)
        return broken


def _is_broken(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


_task: list[Callable[..., Any]] = []
"""The task of a worker process; stays empty in the parent."""


def _start(task: Callable[..., Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends the workers
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    leave_out_downloads()
    _task[:] = [task]


def _end_with_parent() -> None:
    """Ends a worker whose parent was killed; it would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _be_ready() -> None:
    """Does nothing, in a process that has started."""


def _work(piece: Sequence[Report]) -> Any:
    return _task[0](piece)
