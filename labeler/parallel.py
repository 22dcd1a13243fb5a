"""Labels over processes: texts go out, labels come back, in the order of the reports."""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from labeler.errors import LabelerError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from labeler.records import Report, StudyLabels

_CHUNK = 64
"""Reports sent at once: enough that sending costs little, few enough that the first labels come soon."""
_CHUNKS_IN_FLIGHT = 4
"""Chunks sent ahead per worker, so that none waits; what is in flight bounds the memory."""


class LabelsReports(Protocol):
    """Is what a worker builds once: something that labels a row of reports in their order."""

    def label_many(self, reports: Iterable[str | Report]) -> Iterator[StudyLabels]:
        """Labels reports lazily, in their order."""


def map_in_processes(
    build: Callable[[], LabelsReports],
    reports: Iterable[str | Report],
    *,
    workers: int,
    chunk: int = _CHUNK,
) -> Iterator[StudyLabels]:
    """Labels reports in several processes, lazily and in their order.

    Parameters
    ----------
    build : callable
        Makes the labeler, once in each process; must be picklable, such as `functools.partial(Labeler, "chexpert")`.
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
        Where a worker dies.
    """
    if workers < 1 or chunk < 1:
        raise UsageError(f"workers and chunk must be 1 or more, not {workers} and {chunk}.")
    return _map(build, iter(reports), workers, chunk)


def _map(
    build: Callable[[], LabelsReports], reports: Iterator[str | Report], workers: int, chunk: int
) -> Iterator[StudyLabels]:
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start, (build,))
    try:
        pending: deque[Future[list[StudyLabels]]] = deque()
        while True:
            while len(pending) < workers * _CHUNKS_IN_FLIGHT and (batch := list(islice(reports, chunk))):
                pending.append(pool.submit(_label, batch))
            if not pending:
                return
            yield from pending.popleft().result()
    except BrokenProcessPool:
        message = "A worker process died, most likely for want of memory; use fewer workers."
        raise LabelerError(message) from None
    finally:
        pool.shutdown(cancel_futures=True)


_worker: list[LabelsReports] = []
"""The labeler of a worker process; stays empty in the parent."""


def _start(build: Callable[[], LabelsReports]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which ends the workers
    _worker[:] = [build()]


def _label(reports: list[str | Report]) -> list[StudyLabels]:
    return list(_worker[0].label_many(reports))
