"""Errors that name what is wrong, where, the offending value and the remedy; never report text."""

import traceback


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
