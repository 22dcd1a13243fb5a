"""The time that a report may take, which is checked between sentences, in whatever thread labels it."""

from __future__ import annotations

import contextlib
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING

from labeler.errors import LimitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS_PER_REPORT = 300.0
"""Time limit for a report unless another is asked for; a report of 2 kB takes a millisecond, one of 50 MB a minute."""

_limit: ContextVar[tuple[float, float] | None] = ContextVar("limit", default=None)
"""When the time is up, and how many seconds there were."""


@contextlib.contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Make `check_time` raise an error after some seconds.

    Parameters
    ----------
    seconds : float

    Examples
    --------
    >>> with limit_time(1e-9):
    ...     check_time()
    Traceback (most recent call last):
    ...
    labeler.errors.LimitError: takes more than 1e-09 seconds; look at the report, or allow more with --time-limit
    """
    token = _limit.set((time.monotonic() + seconds, seconds))
    try:
        yield
    finally:
        _limit.reset(token)


def check_time() -> None:
    """Raise an error if the time is up.

    Raises
    ------
    LimitError
    """
    limit = _limit.get()
    if limit is not None and time.monotonic() > limit[0]:
        raise LimitError(f"takes more than {limit[1]:g} seconds", "look at the report, or allow more with --time-limit")


def checked_limit(seconds: float) -> float:
    """Return a time limit that can be used.

    Raises
    ------
    UsageError
        If it is not above 0.
    """
    if not seconds > 0:
        raise UsageError(f"time_limit must be above 0 seconds, not {seconds}.")
    return seconds
