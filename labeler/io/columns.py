"""Find the columns of a table that hold the identifier and the text of each report."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import UsageError, shown_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

USUAL_ID_COLUMNS = ("study_id", "uid", "id")
USUAL_TEXT_COLUMNS = ("text", "report", "report_text")
SUBJECT_COLUMN = "subject_id"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table.

    Parameters
    ----------
    id, text : str
    subject : str or None
        None where the table has no column `subject_id`.
    """

    id: str
    text: str
    subject: str | None


def choose_columns(
    available: Iterable[str], where: str, *, id_column: str | None = None, text_column: str | None = None
) -> Columns:
    """Return the columns asked for or, if none is, the first of the usual names, in any case, that is there.

    Raises
    ------
    UsageError
        If a column does not exist, or occurs twice; the message names those that exist.

    Examples
    --------
    >>> choose_columns(["subject_id", "uid", "Report"], "reports.csv")
    Columns(id='uid', text='Report', subject='subject_id')
    >>> choose_columns(["uid", "impression"], "table.csv", text_column="impresion")
    Traceback (most recent call last):
    ...
    labeler.errors.UsageError: table.csv has no column 'impresion'; did you mean 'impression'? It has: uid, impression.
    """
    there = list(available)
    return Columns(
        id=_choose(there, where, id_column, USUAL_ID_COLUMNS, "--id-column"),
        text=_choose(there, where, text_column, USUAL_TEXT_COLUMNS, "--text-column"),
        subject=SUBJECT_COLUMN if SUBJECT_COLUMN in there else None,
    )


def listing(names: Sequence[str], known: Iterable[str] = ()) -> str:
    """Return what a message says of a table's columns; see `shown_names`.

    Examples
    --------
    >>> listing(["uid", "impression"])
    'It has: uid, impression.'
    >>> listing(["17", "No effusion, no edema"])
    'It has: 2 names not shown, as they could be text; check that the first line is a header.'
    """
    return f"It has: {shown_names(names, known)}."


def _choose(there: Sequence[str], where: str, asked: str | None, usual: Sequence[str], option: str) -> str:
    if asked is not None:
        if asked not in there:
            raise UsageError(f"{where} has no column {asked!r}; {_did_you_mean(asked, there)}{listing(there)}")
        return _once(asked, there, where, option)
    lower = [name.lower() for name in there]
    found = next((name for name in usual if name in lower), None)
    if found is None:
        raise UsageError(
            f"{where} has no column {' or '.join(usual)}; name the right one with {option}. {listing(there)}"
        )
    _once(found, lower, where, option)
    return there[lower.index(found)]


def _once(name: str, there: Sequence[str], where: str, option: str) -> str:
    if there.count(name) > 1:
        raise UsageError(f"{where} has more than one column {name!r}; rename them, or name another with {option}.")
    return name


def _did_you_mean(asked: str, there: Sequence[str]) -> str:
    near = difflib.get_close_matches(asked, there, n=1)
    return f"did you mean {near[0]!r}? " if near and shown_names(near) == near[0] else ""
