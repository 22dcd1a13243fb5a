"""Label the reports of a pandas table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError, shown_id
from labeler.io.columns import choose_table_columns, joined_text
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
    text_column: str | Sequence[str] | None = None,
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
    text_column : str or sequence of str, optional
        A missing text (NaN, None) is an empty report; several are sections of the report. By default a column with a
        usual name, as in a file; see `labeler.io.columns`.
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
    reports, at = _reports(frame, text_column, id_column)
    rows = [[value_of(labels[finding]) for finding in findings] for labels in label_many(reports)]
    values = pd.DataFrame(rows, index=frame.index, columns=list(findings), dtype="float64")
    return values if at is None else pd.concat([frame.iloc[:, [at]], values], axis=1)


def findings_frame(
    rows_of: Callable[[Iterable[Report]], Iterator[list[tuple[Cell, ...]]]],
    frame: pd.DataFrame,
    *,
    text_column: str | Sequence[str] | None = None,
    id_column: str | None = None,
) -> pd.DataFrame:
    """Return the findings of a table of reports with their attributes, a row for each.

    Parameters
    ----------
    rows_of : callable
        Gives the rows of each report, in the order of the reports.
    frame, text_column, id_column
        As for `label_frame`.

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

    reports, _ = _reports(frame, text_column, id_column)
    rows = [row for of_report in rows_of(reports) for row in of_report]
    return pd.DataFrame(rows, columns=list(FINDING_COLUMNS))


def _reports(
    frame: pd.DataFrame, text_column: str | Sequence[str] | None, id_column: str | None
) -> tuple[Iterator[Report], int | None]:
    """Return the reports of a table, and the place of the column of identifiers, None if the index names them."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"A table of reports takes a pandas DataFrame, not a {type(frame).__name__}.")
    names = [str(name) for name in frame.columns]
    columns = choose_table_columns(names, text_column, id_column)
    at = names.index(columns.id) if columns.id else None
    found = [frame.iloc[:, names.index(name)].astype(object) for name in columns.texts]
    texts = [column.where(column.notna(), "") for column in found]
    rows = zip(frame.index if at is None else frame.iloc[:, at], *texts, strict=True)
    return (Report(str(name), _text(name, columns.texts, values)) for name, *values in rows), at


def _text(name: object, columns: Sequence[str], values: Sequence[Any]) -> str:
    wrong = next((value for value in values if not isinstance(value, str)), None)
    if wrong is not None:
        what = f"The text of report {shown_id(str(name))} is a {type(wrong).__name__}"
        raise UsageError(f"{what}; give a column of strings as text_column.")
    return str(values[0]) if len(values) == 1 else joined_text(zip(columns, values, strict=True))
