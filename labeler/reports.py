"""What callers give as reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from labeler.records import Report


def as_reports(given: Iterable[str | Report]) -> Iterator[Report]:
    """Return reports, lazily; a bare text is one without an identifier.

    Parameters
    ----------
    given : iterable of str or Report

    Raises
    ------
    TypeError
        If it is one text, or something else that is no iterable of them; or, when it comes to that, an item is neither.

    Examples
    --------
    >>> list(as_reports(["No edema."]))
    [Report(id='', text='No edema.', subject_id=None)]
    >>> as_reports("No edema.")
    Traceback (most recent call last):
    ...
    TypeError: Several reports are expected, such as a list of texts, not one str; label() takes one report.
    """
    if isinstance(given, str | bytes | Report) or not isinstance(given, Iterable):
        what = "None" if given is None else f"one {type(given).__name__}"
        raise TypeError(f"Several reports are expected, such as a list of texts, not {what}; label() takes one report.")
    if isinstance(given, Mapping | AbstractSet) or hasattr(given, "columns"):
        kind, remedy = type(given).__name__, "give its values, or a table to label_frame()"
        raise TypeError(f"Several reports are expected in their order, such as a list of texts; of a {kind}, {remedy}.")
    return map(_as_report, given)


def _as_report(given: str | Report) -> Report:
    text = given.text if isinstance(given, Report) else given
    if not isinstance(text, str):
        kind = type(text).__name__
        raise TypeError(f"A report must be a str, or a Report of one, not {kind}; give '' for a report without text.")
    return given if isinstance(given, Report) else Report("", given)
