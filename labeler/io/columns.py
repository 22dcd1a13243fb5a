"""Find the columns of a table that hold the identifier and the text of each report."""

from __future__ import annotations

import difflib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import UsageError, shown_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

USUAL_ID_COLUMNS = ("study_id", "uid", "id", "study")
USUAL_TEXT_COLUMNS = ("text", "report", "report_text", "report_impression")
SECTION_COLUMNS = ("findings", "impression")
"""Columns that hold a report in two parts, as in the tables of Indiana's reports."""
SECTIONED = ("impression", "findings", "last_paragraph", "comparison")
"""Columns of MIMIC-CXR's sectioned table, in the order in which its authors take the text to label."""
SUBJECT_COLUMN = "subject_id"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table.

    Parameters
    ----------
    id : str
        Blank where the rows have no identifiers and are numbered from 1.
    texts : tuple of str
        Several are sections of the report; see `joined_text`.
    subject : str or None
        None where the table has no column `subject_id`.
    """

    id: str
    texts: tuple[str, ...]
    subject: str | None = None

    @property
    def names(self) -> list[str]:
        """The columns to read, each once."""
        return list(dict.fromkeys(name for name in (self.id, *self.texts, self.subject) if name))


def choose_columns(
    available: Iterable[str],
    where: str,
    *,
    id_column: str | None = None,
    text_column: str | Sequence[str] | None = None,
    numbered: bool = False,
) -> Columns:
    """Return the columns asked for or, if none is, the first of the usual names that is there.

    Names are compared without regard to case, outer blanks, and whether a blank or `_` stands between words. Where no
    column has a usual name for the text, columns findings and impression together are the text.

    Parameters
    ----------
    available : iterable of str
    where : str
        What a message calls the table.
    id_column : str, optional
    text_column : str or sequence of str, optional
    numbered : bool
        Whether the rows may do without identifiers.

    Raises
    ------
    UsageError
        If a column does not exist, or occurs twice; the message names those that exist.

    Examples
    --------
    >>> choose_columns(["subject_id", "UID", "Report Text "], "reports.csv")
    Columns(id='UID', texts=('Report Text ',), subject='subject_id')
    >>> choose_columns(["uid", "MeSH", "findings", "impression"], "reports.csv").texts
    ('findings', 'impression')
    >>> choose_columns(["uid", "impression"], "table.csv", text_column="impresion")
    Traceback (most recent call last):
    ...
    labeler.errors.UsageError: table.csv has no column 'impresion'; did you mean 'impression'? It has: uid, impression.
    """
    return _choose(_Names(list(available), where), id_column, text_column, numbered=numbered)


def _choose(
    there: _Names, id_column: str | None, text_column: str | Sequence[str] | None, *, numbered: bool
) -> Columns:
    identifier = there.find(id_column, USUAL_ID_COLUMNS, "--id-column", may_lack=numbered)
    subject = next((name for name in there.names if column_key(name) == SUBJECT_COLUMN), None)
    return Columns(identifier, _texts(there, text_column), subject)


def choose_table_columns(
    available: Iterable[str], text_column: str | Sequence[str] | None, id_column: str | None
) -> Columns:
    """Return the columns of a table in memory, whose index names the reports where no column has identifiers.

    Raises
    ------
    UsageError
        As `choose_columns`.
    """
    there = _Names(list(available), "The table", in_memory=True)
    columns = _choose(there, id_column, text_column, numbered=id_column is None)
    if text_column is None and len(columns.texts) > 1:
        names = ", ".join(map(column_key, columns.texts))
        logging.getLogger(__name__).warning("The table: the sections of a report are in the columns %s", names)
    return columns


def column_key(name: str) -> str:
    """Return what is compared of a column's name.

    >>> column_key(" Report Impression")
    'report_impression'
    """
    return "_".join(name.lower().split())


def joined_text(parts: Iterable[tuple[str, str]]) -> str:
    r"""Return the text of a report that comes in parts, each under its name as a header.

    Of MIMIC-CXR's sectioned table, the last paragraph or the comparison stands alone if there is neither impression
    nor findings, as its authors label it.

    Parameters
    ----------
    parts : iterable of (str, str)
        Names of columns and texts.

    Examples
    --------
    >>> joined_text([("findings", "Clear lungs."), ("impression", "No pneumonia.")])
    ' FINDINGS: Clear lungs.\n\n IMPRESSION: No pneumonia.'
    >>> joined_text([("findings", " "), ("impression", "")])
    ''
    """
    named = {column_key(name): text.strip() for name, text in parts}
    texts = {name: text for name, text in named.items() if text}
    if set(SECTIONED) <= named.keys():
        found = [name for name in SECTIONED if name in texts]
        if not {*SECTION_COLUMNS}.intersection(found):
            return texts[found[0]] if found else ""
        texts = {name: texts[name] for name in SECTION_COLUMNS if name in texts}
    return "\n\n".join(f" {name.upper().replace('_', ' ')}: {text}" for name, text in texts.items())


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


@dataclass(frozen=True, slots=True)
class _Names:
    """The columns that a table has."""

    names: list[str]
    where: str
    in_memory: bool = False
    """Whether a message names the arguments of a function instead of options."""

    def find(self, asked: str | None, usual: Sequence[str], option: str, *, may_lack: bool = False) -> str:
        """Return the name of a column as the table has it."""
        option = option.lstrip("-").replace("-", "_") if self.in_memory else option
        if asked in self.names and self.names.count(asked) == 1:
            return asked
        keys = [column_key(name) for name in self.names]
        found = next((name for name in (usual if asked is None else [column_key(asked)]) if name in keys), None)
        if found is None and asked is not None:
            raise UsageError(f"{self.where} has no column {asked!r}; {self._near(asked)}{listing(self.names)}")
        if found is None and may_lack:
            return ""
        if found is None:
            what = " or ".join(usual) + (", nor both findings and impression" if usual is USUAL_TEXT_COLUMNS else "")
            raise UsageError(
                f"{self.where} has no column {what}; name the right one with {option}. {listing(self.names)}"
            )
        if keys.count(found) > 1:
            raise UsageError(
                f"{self.where} has more than one column {asked or found!r}; rename them, or name another with {option}."
            )
        return self.names[keys.index(found)]

    def _near(self, asked: str) -> str:
        near = difflib.get_close_matches(asked, self.names, n=1)
        return f"did you mean {near[0]!r}? " if near and shown_names(near) == near[0] else ""


def _texts(there: _Names, asked: str | Sequence[str] | None) -> tuple[str, ...]:
    if asked is not None:
        names = [asked] if isinstance(asked, str) else asked
        return tuple(dict.fromkeys(there.find(name, (), "--text-column") for name in names))
    keys = {column_key(name) for name in there.names}
    if not keys.intersection(USUAL_TEXT_COLUMNS) and keys.issuperset(SECTION_COLUMNS):
        parts = SECTIONED if keys.issuperset(SECTIONED) else SECTION_COLUMNS
        return tuple(there.find(name, (), "--text-column") for name in parts)
    return (there.find(None, USUAL_TEXT_COLUMNS, "--text-column"),)
