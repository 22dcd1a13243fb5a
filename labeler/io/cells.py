"""One row of a table, whatever engine has read it: a report, or why it is none."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from labeler.io.columns import joined_text
from labeler.io.decode import without_nul
from labeler.io.source import MAX_REPORT_BYTES, Failure, UnreadableError, bad_row, too_large
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeler.io.columns import Columns

IDENTIFIERS = ("subject_id", "study_id")
"""The columns of identifiers in outputs."""
_MAX_IDENTIFIER = 256
_EXACT = 2**53
"""From here on a float does not hold every whole number."""
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}", re.ASCII)


class WholeNumber(str):
    """An identifier that its table holds as a number, so that outputs that know numbers can hold one too."""

    __slots__ = ()


def whole(name: str) -> int | str:
    """Return an identifier as the number that it writes, or as it is if a number would not give it back.

    Examples
    --------
    >>> whole("50414267"), whole("050414267"), whole("s50414267")
    (50414267, '050414267', 's50414267')
    """
    return int(name) if _WHOLE.fullmatch(name) else name


def report_of(where: str, record: Mapping[str, object], columns: Columns, number: int) -> Report | Failure:
    """Return the report of a row; every reader of tables asks this, so that all agree on what fails.

    Parameters
    ----------
    where : str
        What a failure calls the row.
    record : mapping of str to object
        The row's cells by their columns, an `UnreadableError` in the place of one that is no text.
    columns : Columns
    number : int
        Of the row from 1, its identifier where the table has none.

    Examples
    --------
    >>> from labeler.io.columns import Columns
    >>> columns = Columns("id", ("text",))
    >>> report_of("row 1", {"id": 7.0, "text": "No edema."}, columns, 1)
    Report(id='7', text='No edema.', subject_id=None)
    >>> print(report_of("row 2", {"id": None, "text": "No edema."}, columns, 2))
    row 2: has no identifier; give every report one
    """
    study_id = ""
    try:
        study_id = identifier(record.get(columns.id)) if columns.id else str(number)
        missing = [name for name in (columns.id, *columns.texts) if name and name not in record]
        if missing:
            raise bad_row(f"has no {' and no '.join(missing)}", "give every row the same columns")
        if not study_id:
            raise bad_row("has no identifier", "give every report one")
        subject = None if columns.subject is None else identifier(record.get(columns.subject))
        texts = [_text(record[name]) for name in columns.texts]
        text = texts[0] if len(texts) == 1 else joined_text(zip(columns.texts, texts, strict=True))
        return Report(study_id, text, subject)
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
        return WholeNumber(int(value))  # a table with gaps holds its whole numbers as floats
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
