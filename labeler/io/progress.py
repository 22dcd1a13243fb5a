"""Reports on standard error how a run goes: a bar on a terminal, what could not be read, and a summary."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

from tqdm import tqdm

from labeler.errors import shown_id
from labeler.io.source import Stage
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from labeler.io.source import Failure
    from labeler.records import Report


_NOT_DONE = {Stage.READ: "Not read", Stage.LABEL: "Not labelled", Stage.WRITE: "Not written"}


class Progress:
    """The counts of a run, as they are shown.

    Parameters
    ----------
    expected : int or None
        Number of reports, where it is known.
    quiet : bool
        Neither bar nor summary; failures are reported all the same.
    bar : bool
        Whether a bar may be drawn; it is on a terminal only.
    verb : str
        What is done with reports.
    """

    def __init__(self, expected: int | None, *, quiet: bool, bar: bool, verb: str = "labelled") -> None:
        self.expected = expected
        self.done = 0
        self.without_text = 0
        self.failed = 0
        self._resumed = 0
        self.quiet = quiet
        self._verb = verb
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
        """Count reports that are done, and those without usable text among them."""
        self.done += count
        self.without_text += without_text
        self._bar.update(count)

    def resume(self, count: int, *, without_text: int, failed: int) -> None:
        """Count reports that an interrupted run has done; what failed of them is in its file of failures."""
        self._resumed = count
        self.failed = failed
        self._started = time.perf_counter()
        self.reports(count, without_text=without_text)

    def worker_died(self, held: Sequence[Report]) -> None:
        """Report those that a worker may have held when it died."""
        first, last = shown_id(held[0].id), shown_id(held[-1].id)
        held_names = f"{first} to {last}, {len(held)} in all" if len(held) > 1 else first
        self._report(f"A worker process died; the reports that it may have held are tried again alone: {held_names}")

    def failure(self, failure: Failure) -> None:
        """Count a report that could not be read or labelled, and report where and why."""
        self.failed += 1
        self._bar.update()
        self._report(f"{_NOT_DONE[failure.stage]}: {failure}")

    def interrupted(self) -> None:
        """Report how to resume after an interruption."""
        self._report(f"Interrupted. {self.done} reports are labelled; the same command with --resume labels the rest.")

    def _report(self, message: str) -> None:
        tqdm.write(printable(message), file=sys.stderr)

    def summarise(self, seen: int) -> None:
        """Report the counts and the speed, unless quiet.

        Parameters
        ----------
        seen : int
            Reports that were read, and failures to read; all are done or failed.
        """
        if self.quiet:
            return
        seconds = time.perf_counter() - self._started
        reports = "1 report" if seen == 1 else f"{seen} reports"
        sys.stderr.write(
            f"{reports} seen = {self.done} {self._verb} + {self.failed} failed{self._before()}, in {seconds:.1f} s "
            f"({(self.done - self._resumed) / seconds:.0f} reports/s); without usable text: {self.without_text}\n"
        )

    def _before(self) -> str:
        return f" ({self._resumed} {self._verb} before the interruption)" if self._resumed else ""
