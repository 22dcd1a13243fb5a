"""Errors that name what is wrong, where, the offending value and the remedy; never report text."""

import traceback


class LabelerError(Exception):
    """Is the base of every error that the labeler raises on purpose."""


class PhraseFileError(LabelerError):
    """Says what is wrong in a phrase or rule file, with file, line, key, value and remedy."""


class ReportFileError(LabelerError):
    """Says why a report or a file of reports cannot be read."""


class ModelFileError(LabelerError):
    """Says which file of the language model is not the one that is expected, and the remedy."""


class UsageError(LabelerError):
    """Says which option or argument does not fit, and what would."""


class ConservationError(LabelerError):
    """Says by how many the reports that were read differ from those that were labelled and those that failed."""


def place_of(error: BaseException) -> str:
    """Returns the type of an error that nobody expected, and our line at which it came; its message may hold text.

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
