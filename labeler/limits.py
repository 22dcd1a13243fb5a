"""The time and the memory that a report may take.

Time is checked between sentences, in whatever thread labels the report. The operating system holds the limit of memory,
which is one of a process.
"""

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

GIBIBYTES_PER_PROCESS = 8.0
"""Memory limit for a process unless another is asked for; labelling takes 0.2 to 0.4, very large reports a few."""

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


@contextlib.contextmanager
def limit_memory(gibibytes: float) -> Iterator[None]:
    """Let this process, and each that it starts, take no more memory than some gibibytes; Linux holds it.

    What goes beyond is a `MemoryError`. A lower limit that is there already stays.

    Parameters
    ----------
    gibibytes : float

    Examples
    --------
    >>> with limit_memory(8):
    ...     len(bytes(2**20))
    1048576
    """
    try:
        import resource
    except ImportError:  # Windows, which has no such limits
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = int(gibibytes * 2**30)
    lower = min(limit for limit in (wanted, soft, hard) if limit != resource.RLIM_INFINITY)
    resource.setrlimit(resource.RLIMIT_DATA, (lower, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
