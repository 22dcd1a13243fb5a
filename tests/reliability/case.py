"""What a case of the reliability tables is: something that goes wrong, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """A row of a table in docs/reliability.md.

    Parameters
    ----------
    id : str
        Unique, in kebab case.
    what : str
        What is wrong with the input, or what happens during the run, as a user would say it.
    expected : str
        The outcome, in the words that `provoke` returns where all is well.
    provoke : callable
        Makes it happen in an empty folder and says what came of it: counts, exit code and kind of failure, in words
        that depend on nothing but the outcome.
    """

    id: str
    what: str
    expected: str
    provoke: Callable[[Path], str]
