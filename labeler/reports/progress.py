"""Tells on standard error how a run goes: a bar on a terminal, what could not be read, and a summary."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

from tqdm import tqdm

from labeler.explain import printable
from labeler.reports.source import FailureKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from labeler.records import Report
    from labeler.reports.source import ReadFailure


class Progress:
    """Counts the reports of a run and tells of them.

    Parameters
    ----------
    expected : int or None
        Number of reports, where it is known.
    quiet : bool
        Neither bar nor summary; failures are told all the same.
    bar : bool
        Whether a bar may be drawn; it is on a terminal only.
    """

    def __init__(self, expected: int | None, *, quiet: bool, bar: bool) -> None:
        self.expected = expected
        self.done = 0
        self.without_text = 0
        self.failures = 0
        self._resumed = 0
        self._quiet = quiet
        self._started = time.perf_counter()
        disable = quiet or not bar or not sys.stderr.isatty()
        self._bar = tqdm(total=expected, unit=" reports", disable=disable, file=sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

    def reports(self, count: int = 1, *, without_text: int) -> None:
        """Counts reports that are done, and those without usable text among them."""
        self.done += count
        self.without_text += without_text
        self._bar.update(count)

    def resume(self, count: int, *, without_text: int) -> None:
        """Counts reports that an interrupted run has done."""
        self._resumed = count
        self._started = time.perf_counter()
        self.reports(count, without_text=without_text)

    def worker_died(self, held: Sequence[Report]) -> None:
        """Tells the reports that a worker may have held when it died."""
        told = f"{held[0].id} to {held[-1].id}, {len(held)} in all" if len(held) > 1 else held[0].id
        self._tell(f"A worker process died; the reports that it may have held are tried again alone: {told}")

    def failure(self, failure: ReadFailure) -> None:
        """Counts a report that could not be read, and tells where and why."""
        self.failures += 1
        self._bar.update()
        done = "labelled" if failure.kind is FailureKind.WORKER_DIED else "read"
        self._tell(f"Not {done}: {failure}")

    def interrupted(self) -> None:
        """Tells how to go on after an interruption."""
        self._tell(f"Interrupted. {self.done} reports are labelled; the same command with --resume labels the rest.")

    def _tell(self, message: str) -> None:
        tqdm.write(printable(message), file=sys.stderr)

    def summarise(self) -> None:
        """Tells the counts and the speed, unless quiet."""
        if self._quiet:
            return
        seconds = time.perf_counter() - self._started
        reports = "1 report" if self.done == 1 else f"{self.done} reports"
        line = (
            f"{reports}{self._before()} in {seconds:.1f} s ({(self.done - self._resumed) / seconds:.0f} reports/s); "
            f"without usable text: {self.without_text}; errors: {self.failures}"
        )
        sys.stderr.write(line + "\n")

    def _before(self) -> str:
        return f", {self._resumed} of them before the interruption," if self._resumed else ""
