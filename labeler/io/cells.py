"""One row of a table, whatever engine has read it: a report, or why it is none."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from labeler.io.decode import without_nul
from labeler.io.source import MAX_REPORT_BYTES, Failure, UnreadableError, bad_row, too_large
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeler.io.columns import Columns

_MAX_IDENTIFIER = 256
_EXACT = 2**53
"""From here on a float does not hold every whole number."""


def report_of(where: str, record: Mapping[str, object], columns: Columns) -> Report | Failure:
    """Return the report of a row; every reader of tables asks this, so that all agree on what fails.

    Parameters
    ----------
    where : str
        What a failure calls the row.
    record : mapping of str to object
        The row's cells by their columns, an `UnreadableError` in the place of one that is no text.
    columns : Columns

    Examples
    --------
    >>> from labeler.io.columns import Columns
    >>> columns = Columns("id", "text", None)
    >>> report_of("row 1", {"id": 7.0, "text": "No edema."}, columns)
    Report(id='7', text='No edema.', subject_id=None)
    >>> print(report_of("row 2", {"id": None, "text": "No edema."}, columns))
    row 2: has no identifier; give every report one
    """
    study_id = ""
    try:
        study_id = identifier(record.get(columns.id))
        missing = [name for name in (columns.id, columns.text) if name not in record]
        if missing:
            raise bad_row(f"has no {' and no '.join(missing)}", "give every row the same columns")
        if not study_id:
            raise bad_row("has no identifier", "give every report one")
        subject = None if columns.subject is None else identifier(record.get(columns.subject))
        return Report(study_id, _text(record[columns.text]), subject)
    except UnreadableError as error:
        return error.at(where, study_id)


def identifier(value: object) -> str:
    """Return an identifier exactly as it is, without outer blanks; "" if there is none.

    Raises
    ------
    UnreadableError
        If it is no identifier, or a number that was rounded.

    Examples
    --------
    >>> identifier(" s1 "), identifier(50414267), identifier(None)
    ('s1', '50414267', '')
    >>> identifier(12345678901234567.0)
    Traceback (most recent call last):
    ...
    labeler.io.source.UnreadableError: has a number for an identifier that was rounded; give identifiers as text
    """
    if isinstance(value, UnreadableError):
        raise value
    if value is None or value != value:  # noqa: PLR0124 - not a number, which stands for nothing
        return ""
    if isinstance(value, str):
        name = without_nul(value).strip()
        if len(name) > _MAX_IDENTIFIER:
            raise bad_row(f"has an identifier of more than {_MAX_IDENTIFIER} characters", "check --id-column")
        return name
    if isinstance(value, float) and abs(value) >= _EXACT:
        raise bad_row("has a number for an identifier that was rounded", "give identifiers as text")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and value == int(value):
        return str(int(value))  # a table with gaps holds its whole numbers as floats
    raise bad_row("has an identifier that is neither text nor a whole number", "give identifiers as text")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, UnreadableError):
        raise value
    if not isinstance(value, str):
        raise bad_row("has a text that is no text", "check --text-column")
    if len(value) > MAX_REPORT_BYTES:
        raise too_large()
    return without_nul(value)
