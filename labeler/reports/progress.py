"""Tells on standard error how a run goes: a bar on a terminal, what could not be read, and a summary."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

from tqdm import tqdm

from labeler.explain import printable

if TYPE_CHECKING:
    from types import TracebackType

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
        self.done = 0
        self.without_text = 0
        self.failures = 0
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

    def report(self, *, has_text: bool) -> None:
        """Counts a report that is done."""
        self.done += 1
        self.without_text += not has_text
        self._bar.update()

    def failure(self, failure: ReadFailure) -> None:
        """Counts a report that could not be read, and tells where and why."""
        self.failures += 1
        self._bar.update()
        tqdm.write(f"Not read: {printable(str(failure))}", file=sys.stderr)

    def summarise(self) -> None:
        """Tells the counts and the speed, unless quiet."""
        if self._quiet:
            return
        seconds = time.perf_counter() - self._started
        reports = "1 report" if self.done == 1 else f"{self.done} reports"
        line = (
            f"{reports} in {seconds:.1f} s ({self.done / seconds:.0f} reports/s); "
            f"without usable text: {self.without_text}; errors: {self.failures}"
        )
        sys.stderr.write(line + "\n")
