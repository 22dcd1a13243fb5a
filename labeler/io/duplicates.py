"""Rows of a table that have the identifier of an earlier row; they are labelled all the same."""

from __future__ import annotations

import logging
from array import array
from typing import TYPE_CHECKING

from labeler.records import Report
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.io.source import Failure

_SHOWN = 5
"""Rows that are reported by number."""


def report_duplicates(path: str, rows: Iterable[Report | Failure]) -> Iterator[Report | Failure]:
    """Yield rows, and after the last one log a warning if identifiers occur more than once.

    Of each row eight bytes are kept, as there may be ten million.

    Parameters
    ----------
    path : str
        What the message calls the table.
    rows : iterable of Report or Failure
        One for each row.
    """
    keys = array("q")
    for row in rows:
        keys.append(hash((row.subject_id, row.id) if isinstance(row, Report) else row.where))
        yield row
    found = duplicates(keys)
    if found:
        rows_have, which = ("row has", "row") if len(found) == 1 else ("rows have", "rows")
        numbers = ", ".join(map(str, found[:_SHOWN])) + (" ..." if len(found) > _SHOWN else "")
        message = "%s: %d %s the identifier of an earlier row (%s %s); all are labelled"
        logging.getLogger(__name__).warning(message, printable(path), len(found), rows_have, which, numbers)


def duplicates(keys: array[int]) -> list[int]:
    """Return the places, from 1, of the keys that are equal to an earlier one.

    >>> duplicates(array("q", [7, 8, 7, 9, 8, 7]))
    [3, 5, 6]
    """
    import numpy as np

    _, first = np.unique(np.asarray(keys), return_index=True)
    return [] if len(first) == len(keys) else (np.setdiff1d(np.arange(len(keys)), first) + 1).tolist()
