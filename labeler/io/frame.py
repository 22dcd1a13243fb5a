"""Label the reports of a pandas table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.errors import UsageError, shown_id
from labeler.io.columns import choose_columns
from labeler.io.write import value_of
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from labeler.io.write import Cell
    from labeler.records import StudyLabels


def label_frame(
    label_many: Callable[[Iterable[Report]], Iterator[StudyLabels]],
    findings: Sequence[str],
    frame: pd.DataFrame,
    *,
    text_column: str = "text",
    id_column: str | None = None,
) -> pd.DataFrame:
    """Label a table of reports.

    Parameters
    ----------
    label_many : callable
        Labels reports in their order.
    findings : sequence of str
        The columns of the result, in their order.
    frame : DataFrame
        One report a row.
    text_column : str
        A missing text (NaN, None) is an empty report.
    id_column : str, optional
        Comes first in the result; the index names the reports where none is given.

    Returns
    -------
    DataFrame, shape (n_reports, n_findings) plus the id column
        Has the index of `frame`; 1.0 present, 0.0 absent, -1.0 uncertain, NaN not mentioned.

    Raises
    ------
    UsageError
        If a column does not exist, that of the identifiers is named like an observation, or a text is neither text
        nor missing.
    TypeError
        If `frame` is no DataFrame.

    Examples
    --------
    >>> from labeler.records import Label, Status, StudyLabels
    >>> def label_many(reports):
    ...     for report in reports:
    ...         yield StudyLabels((Label("Edema", Status.ABSENT, "absent"),), (), report.id)
    >>> import pandas as pd
    >>> table = pd.DataFrame({"study_id": [7], "text": ["No edema."]})
    >>> label_frame(label_many, ["Edema"], table, id_column="study_id")
       study_id  Edema
    0         7    0.0
    """
    import pandas as pd

    if id_column in findings:
        raise UsageError(f"The column {id_column!r} has the name of an observation; rename it before labelling.")
    reports = _reports(frame, text_column, id_column)
    rows = [[value_of(labels[finding]) for finding in findings] for labels in label_many(reports)]
    values = pd.DataFrame(rows, index=frame.index, columns=list(findings), dtype="float64")
    return values if id_column is None else pd.concat([frame[[id_column]], values], axis=1)


def findings_frame(
    rows_of: Callable[[Iterable[Report]], Iterator[list[tuple[Cell, ...]]]],
    frame: pd.DataFrame,
    *,
    text_column: str = "text",
    id_column: str | None = None,
) -> pd.DataFrame:
    """Return the findings of a table of reports with their attributes, a row for each.

    Parameters
    ----------
    rows_of : callable
        Gives the rows of each report, in the order of the reports.
    frame : DataFrame
        One report a row.
    text_column : str
        A missing text (NaN, None) is an empty report.
    id_column : str, optional
        The study's identifier; the index names the reports where none is given.

    Returns
    -------
    DataFrame, shape (n_findings, 15)
        The columns of `labeler.io.findings.FINDING_COLUMNS`.

    Raises
    ------
    UsageError
        If a column does not exist, or a text is neither text nor missing.
    """
    import pandas as pd

    from labeler.io.findings import FINDING_COLUMNS

    reports = _reports(frame, text_column, id_column)
    rows = [row for of_report in rows_of(reports) for row in of_report]
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def _reports(frame: pd.DataFrame, text_column: str, id_column: str | None) -> Iterator[Report]:
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"A table of reports takes a pandas DataFrame, not a {type(frame).__name__}.")
    _require_columns(frame, text_column, id_column)
    identifiers = frame.index if id_column is None else frame[id_column]
    return (
        Report(str(name), _text(value, name, missing=missing))
        for name, value, missing in zip(identifiers, frame[text_column], frame[text_column].isna(), strict=True)
    )


def _require_columns(frame: pd.DataFrame, text_column: str, id_column: str | None) -> None:
    names = [str(name) for name in frame.columns]
    choose_columns(names, "The table", id_column=id_column or text_column, text_column=text_column)


def _text(value: object, name: object, *, missing: bool) -> str:
    if missing:
        return ""
    if not isinstance(value, str):
        what = f"The text of report {shown_id(str(name))} is a {type(value).__name__}"
        raise UsageError(f"{what}; give a column of strings as text_column.")
    return value
