"""Tells of the rows of a table that have the identifier of an earlier row; they are labelled all the same."""

from __future__ import annotations

import logging
from array import array
from typing import TYPE_CHECKING

from labeler.records import Report
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.io.source import ReadFailure

_FEW = 100_000
"""Keys below which a set is sooner made than numpy imported."""
_TOLD = 5
"""Rows that are told by number."""


def tell_doubles(path: str, rows: Iterable[Report | ReadFailure]) -> Iterator[Report | ReadFailure]:
    """Yields rows, and after the last one logs a warning where identifiers stand more than once.

    Of each row eight bytes are kept, as there may be ten million.

    Parameters
    ----------
    path : str
        What the message calls the table.
    rows : iterable of Report or ReadFailure
        One for each row.
    """
    keys = array("q")
    for row in rows:
        keys.append(hash((row.subject_id, row.id) if isinstance(row, Report) else row.where))
        yield row
    count, first = _doubles(keys)
    if count:
        rows_have, which = ("row has", "row") if count == 1 else ("rows have", "rows")
        numbers = ", ".join(map(str, first)) + (" ..." if count > len(first) else "")
        message = "%s: %d %s the identifier of an earlier row (%s %s); all are labelled"
        logging.getLogger(__name__).warning(message, printable(path), count, rows_have, which, numbers)


def has_doubles(keys: array[int]) -> bool:
    """Says whether a key stands more than once.

    >>> has_doubles(array("q", [7, 8, 7])), has_doubles(array("q", [7, 8]))
    (True, False)
    """
    if len(keys) < _FEW:
        return len(set(keys)) < len(keys)
    import numpy as np

    ordered = np.sort(np.frombuffer(keys, np.int64))
    return bool((ordered[1:] == ordered[:-1]).any())


def _doubles(keys: array[int]) -> tuple[int, list[int]]:
    """Counts the keys that stand before them too, and returns the places of the first of these, from 1.

    >>> _doubles(array("q", [7, 8, 7, 9, 8, 7]))
    (3, [3, 5, 6])
    """
    if not has_doubles(keys):
        return 0, []
    import numpy as np

    numbers = np.frombuffer(keys, np.int64)
    order = np.argsort(numbers, kind="stable")
    places = np.sort(order[1:][numbers[order[1:]] == numbers[order[:-1]]])
    return len(places), (places[:_TOLD] + 1).tolist()
