"""Errors that name what is wrong, where, the offending value and the remedy; never report text."""


class LabelerError(Exception):
    """Is the base of every error that the labeler raises on purpose."""


class PhraseFileError(LabelerError):
    """Says what is wrong in a phrase or rule file, with file, line, key, value and remedy."""


class ReportFileError(LabelerError):
    """Says why a report or a file of reports cannot be read."""


class UsageError(LabelerError):
    """Says which option or argument does not fit, and what would."""
class ModelFileError(LabelerError):
    """Says which file of the language model is not the one that is expected, and the remedy."""


