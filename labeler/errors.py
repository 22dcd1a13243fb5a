"""Errors that name what is wrong, where, the offending value and the remedy; never report text."""

import difflib
import re
import traceback
from collections.abc import Iterable

_PLAIN_NAME = re.compile(r"[A-Za-z][\w-]{0,39}", re.ASCII)
_PLAIN_ID = re.compile(r"[\w.:/-]{1,64}", re.ASCII)


class LabelerError(Exception):
    """The base of every error that the labeler raises on purpose."""


class PhraseFileError(LabelerError):
    """A fault in a phrase or rule file, with file, line, key, value and remedy."""


class ReportFileError(LabelerError):
    """A report or a file of reports that cannot be read, with the reason."""


class ModelFileError(LabelerError):
    """A file of the language model that is not the expected one, with the remedy."""


class UsageError(LabelerError):
    """An option or argument that does not fit, with what would."""


class LimitError(LabelerError):
    """A report that takes more work than it may; a failure of that report alone.

    Parameters
    ----------
    reason : str
        What is too much.
    remedy : str
    study_id : str
        Of the report; blank if it is not known.
    """

    def __init__(self, reason: str, remedy: str, study_id: str = "") -> None:
        super().__init__(reason, remedy, study_id)  # all three, so that it can be sent between processes
        self.reason = reason
        self.remedy = remedy
        self.study_id = study_id

    def __str__(self) -> str:
        where = f"report {shown_id(self.study_id)}: " if self.study_id else ""
        return f"{where}{self.reason}; {self.remedy}"


class UnknownFindingError(LabelerError, KeyError):
    """A finding that a label set does not have, with the one that may be meant.

    Parameters
    ----------
    name : str
    known : tuple of str
        The findings that there are. They are compared when the message is read, as `in` and `get` read none.

    Examples
    --------
    >>> str(UnknownFindingError("pnuemonia", ("Edema", "Pneumonia")))
    "no finding 'pnuemonia'; did you mean 'Pneumonia'?"
    """

    def __init__(self, name: object, known: tuple[str, ...]) -> None:
        super().__init__(name, known)

    def __str__(self) -> str:
        name, known = self.args
        by_lower = {each.lower(): each for each in known}
        near = difflib.get_close_matches(str(name).lower(), by_lower, n=1)
        meant = f"did you mean {by_lower[near[0]]!r}?" if near else f"there are: {', '.join(known)}"
        return f"no finding {name!r}; {meant}"


class ConservationError(LabelerError):
    """A difference between the reports that were read and those that were labelled or failed."""


def place_of(error: BaseException) -> str:
    """Return the type of an error that nobody expected, and our line at which it came; its message may hold text.

    Parameters
    ----------
    error : BaseException

    Examples
    --------
    >>> try:
    ...     int("effusion")
    ... except ValueError as error:
    ...     place_of(error)
    'ValueError at labeler.errors:2'
    """
    frames = [(frame.f_globals.get("__name__", ""), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    ours = [f"{module}:{line}" for module, line in frames if module.partition(".")[0] == __package__]
    return " at ".join([type(error).__qualname__, *ours[-1:]])


def shown_names(names: Iterable[str], known: Iterable[str] = ()) -> str:
    """Return the names of columns or keys for a message: themselves if each is harmless, otherwise their number.

    A table without a header has a report where its names are expected. A name is harmless if it is a short identifier
    of ASCII letters, digits, `_` and `-`, or known.

    Parameters
    ----------
    names : iterable of str
        From an input.
    known : iterable of str
        Names that the labeler itself uses, which may be several words.

    Examples
    --------
    >>> shown_names(["uid", "Lung Opacity"], ["Lung Opacity"])
    'uid, Lung Opacity'
    >>> shown_names(["17", "report", "No effusion"])
    '3 names not shown, as they could be text; check that the first line is a header'
    """
    listed, harmless = list(names), set(known)
    if all(name in harmless or _PLAIN_NAME.fullmatch(name) for name in listed):
        return ", ".join(listed)
    number, they = ("1 name", "it") if len(listed) == 1 else (f"{len(listed)} names", "they")
    return f"{number} not shown, as {they} could be text; check that the first line is a header"


def shown_id(name: str) -> str:
    """Return an identifier for a message; the wrong column may hold text, of which only the length is given.

    Examples
    --------
    >>> shown_id("s50000001"), shown_id("No pleural effusion.")
    ('s50000001', '(a text of 20 characters)')
    """
    return name if _PLAIN_ID.fullmatch(name) else f"(a text of {len(name)} characters)"
