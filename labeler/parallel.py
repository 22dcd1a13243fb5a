"""Work over processes: batches of reports go out, answers come back in the order of the batches.

A worker that dies (for want of memory, or by a fault in compiled code) takes no report with it: what it may have held
is tried again alone, first batch by batch, then report by report, so that one report at most is lost.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from labeler.errors import LabelerError, UsageError, shown_id
from labeler.process import collect_rarely, leave_out_downloads
from labeler.reports import as_reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labeler.records import Report, StudyLabels

_CHUNK = 64
"""Reports that `label_many` sends at once: enough that sending costs little, few enough that the first come soon."""
_BATCHES_AHEAD = 4
"""Batches sent ahead per worker, so that none waits; what is in flight bounds the memory."""
_WORTH_A_WORKER = 3000
"""Reports for each process, below which a further one costs more time to start than it saves."""
_BYTES_OF_A_REPORT = 500
_PACKED = {".gz": 4, ".zip": 4, ".parquet": 3, ".pq": 3}
"""How often the bytes of reports are those of a file that is compressed, about."""

Answer = TypeVar("Answer")
Context = TypeVar("Context")
Item = TypeVar("Item")


class LabelsBatch(Protocol):
    """A labeler, as far as a run needs it."""

    def label_batch(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Label reports together."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A report on which a worker died although it held nothing else.

    Parameters
    ----------
    report : Report
    """

    report: Report


def count_workers(asked: int | None, expected: int | None, inputs: Iterable[str] = ()) -> int:
    """Return the number of processes to work with.

    Parameters
    ----------
    asked : int or None
        None leaves it to the machine and the work: one process per core that this one may use, and no more than the
        work is worth, as each takes a second or two to start.
    expected : int or None
        Number of reports, if it is known.
    inputs : iterable of str
        Where they are; without the number, the bytes of files tell it well enough.

    Examples
    --------
    >>> count_workers(3, 10), count_workers(None, 10)
    (3, 1)
    """
    if asked is not None:
        return asked
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    expected = _by_bytes(inputs) if expected is None else expected
    return cores if expected is None else max(1, min(cores, expected // _WORTH_A_WORKER))


def _by_bytes(inputs: Iterable[str]) -> int | None:
    """Return about how many reports files hold; None if that cannot be told, as of a folder or a pipe."""
    paths = [Path(name) for name in inputs]
    try:
        if not paths or not all(path.is_file() for path in paths):
            return None
        return sum(path.stat().st_size * _PACKED.get(path.suffix.lower(), 1) for path in paths) // _BYTES_OF_A_REPORT
    except OSError:
        return None


def in_batches(reports: Iterable[Item], size: int = _CHUNK) -> Iterator[tuple[Item, ...]]:
    """Divide reports into batches, lazily; the last one may be smaller.

    >>> list(in_batches("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    rest = iter(reports)
    return iter(lambda: tuple(islice(rest, size)), ())


def label_in_processes(
    labeler: LabelsBatch, reports: Iterable[str | Report], *, workers: int, chunk: int = _CHUNK
) -> Iterator[StudyLabels]:
    """Label reports in several processes, lazily and in their order.

    Parameters
    ----------
    labeler : LabelsBatch
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
        If workers or chunk is below 1.
    LabelerError
        If workers cannot start, or one dies of a report although it holds nothing else; the message names it.
    """
    if chunk < 1:
        raise UsageError(f"chunk must be 1 or more, not {chunk}.")
    batches = ((batch, None) for batch in in_batches(as_reports(reports), chunk))
    answered = map_in_processes(labeler.label_batch, batches, workers=workers)
    return (found(answer) for _, answers in answered for answer in answers)


def found(answer: Answer | Lost) -> Answer:
    """Return what a worker answered for a report.

    Raises
    ------
    LabelerError
        If workers died of it; the message names it.
    """
    if isinstance(answer, Lost):
        raise LabelerError(
            f"A worker process died twice of report {shown_id(answer.report.id)}, most likely for want of memory; "
            "label it alone, or leave it out."
        )
    return answer


def map_in_processes(
    task: Callable[[Sequence[Report]], list[Answer]],
    batches: Iterable[tuple[Sequence[Report], Context]],
    *,
    workers: int,
    on_death: Callable[[Sequence[Report]], None] | None = None,
) -> Iterator[tuple[Context, list[Answer | Lost]]]:
    """Do a task over batches of reports in several processes, lazily and in the order of the batches.

    Parameters
    ----------
    task : callable
        Returns an answer for each report. Must be picklable; goes to each process once.
    batches : iterable of (sequence of Report, object)
        The reports go to a process, the object stays here. Read only as far ahead as the workers need.
    workers : int
        1 or more.
    on_death : callable, optional
        Receives the reports that a worker which died may have held, before they are tried again; by default a warning
        with their number is logged.

    Yields
    ------
    object
        That of the batch.
    list of (Answer or Lost)
        One per report.

    Raises
    ------
    UsageError
        If workers is below 1.
    LabelerError
        If workers cannot start.
    """
    if not isinstance(workers, int) or workers < 1:
        raise UsageError(f"workers must be 1 or more, not {workers!r}.")
    return _answers(task, iter(batches), workers, on_death or _log_death)


def _log_death(held: Sequence[Report]) -> None:
    message = "A worker process died; the %d reports that it may have held are tried again alone."
    logging.getLogger(__name__).warning(message, len(held))


def _answers(
    task: Callable[[Sequence[Report]], list[Answer]],
    batches: Iterator[tuple[Sequence[Report], Context]],
    workers: int,
    on_death: Callable[[Sequence[Report]], None],
) -> Iterator[tuple[Context, list[Answer | Lost]]]:
    sent: deque[tuple[Sequence[Report], Context, Future[Any]]] = deque()
    pool = _pool(task, workers)
    try:
        while True:
            room = workers * _BATCHES_AHEAD - len(sent)
            sent.extend((batch, context, _submit(pool, batch)) for batch, context in islice(batches, room))
            if not sent:
                return
            if not _is_broken(sent[0][2]):
                _, context, future = sent.popleft()
                yield context, future.result()
                continue
            pool.shutdown()
            on_death([report for batch, _, future in sent if _is_broken(future) for report in batch])
            with contextlib.closing(_Retry(task)) as retry:
                while sent:
                    batch, context, future = sent.popleft()
                    yield context, retry.answers(batch) if _is_broken(future) else future.result()
            pool = _pool(task, workers)
    except BaseException:  # also a signal, or an iterator that is closed: nobody waits for what the workers hold
        _end(pool)
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _Retry(Generic[Answer]):
    """One worker that holds one batch at a time, and is replaced if it dies."""

    def __init__(self, task: Callable[[Sequence[Report]], list[Answer]]) -> None:
        self.task = task
        self.pool: ProcessPoolExecutor | None = None

    def answers(self, batch: Sequence[Report]) -> list[Answer | Lost]:
        """Do the task on a batch; if the worker dies of it, on each report alone."""
        is_fresh = self.pool is None
        self.pool = self.pool or self.start()
        try:
            return list(self.pool.submit(_work, batch).result())
        except BrokenProcessPool:
            self.close()
        if is_fresh and len(batch) == 1:  # if not, it may have died of what it had held before
            return [Lost(batch[0])]
        return [answer for report in batch for answer in self.answers((report,))]

    def start(self) -> ProcessPoolExecutor:
        """Start a worker, and make sure that it can."""
        pool = _pool(self.task, 1)
        try:
            pool.submit(_be_ready).result()
        except BrokenProcessPool:
            raise LabelerError(
                "Worker processes cannot start: a script must guard its own work with `if __name__ == "
                '"__main__":`, and each worker needs about half a gigabyte of memory. One process needs neither.'
            ) from None
        return pool

    def close(self) -> None:
        """End the worker."""
        if self.pool is not None:
            _end(self.pool)
            self.pool = None


def _pool(task: Callable[..., object], workers: int) -> ProcessPoolExecutor:
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        os._exit(1)  # a worker that runs an unguarded script again; the first process says so, in one sentence
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (task,))


def _end(pool: ProcessPoolExecutor) -> None:
    """End the workers at once; a long report would otherwise keep a run that was told to end."""
    for process in list((pool._processes or {}).values()):  # noqa: SLF001 - public from Python 3.14 only
        process.terminate()
    pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, batch: Sequence[Report]) -> Future[Any]:
    """Submit a batch; if the pool is broken, return a future that says so, like those of the batches before."""
    try:
        return pool.submit(_work, batch)
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
    collect_rarely()
    _task[:] = [task]


def _end_with_parent() -> None:
    """End a worker whose parent was killed; it would wait for work forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _be_ready() -> None:
    """Do nothing, in a process that has started."""


def _work(batch: Sequence[Report]) -> Any:
    return _task[0](batch)
