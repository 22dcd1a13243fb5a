"""Label the reports of a pandas table."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError, shown_id
from labeler.io.columns import choose_table_columns, joined_text
from labeler.io.write import value_of
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd

    from labeler.io.columns import Columns
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
    """Label a table of reports; see `labeler.pipeline.Labeler.label_frame`.

    Parameters
    ----------
    label_many : callable
        Labels reports in their order.
    findings : sequence of str
        The columns of the result, in their order.

    Examples
    --------
    >>> from labeler.records import Label, Status, StudyLabels
    >>> def label_many(reports):
    ...     for report in reports:
    ...         yield StudyLabels((Label("Edema", Status.ABSENT, "absent"),), (), report.id)
    >>> import pandas as pd
    >>> table = pd.DataFrame({"study_id": [7], "text": ["No edema."]})
    >>> label_frame(label_many, ["Edema"], table)
       study_id  Edema
    0         7    0.0
    """
    import pandas as pd

    columns, reports = _reports(frame, text_column, id_column)
    if columns.id in findings:
        raise UsageError(f"The column {columns.id!r} has the name of an observation; rename it before labelling.")
    rows = [[value_of(labels[finding]) for finding in findings] for labels in label_many(reports)]
    values = pd.DataFrame(rows, index=frame.index, columns=list(findings), dtype="float64")
    return pd.concat([frame[[columns.id]], values], axis=1) if columns.id else values


def findings_frame(
    rows_of: Callable[[Iterable[Report]], Iterator[list[tuple[Cell, ...]]]],
    frame: pd.DataFrame,
    *,
    text_column: str | Sequence[str] | None = None,
    id_column: str | None = None,
) -> pd.DataFrame:
    """Return the findings of a table of reports, a row for each; see `labeler.pipeline.Labeler.findings_frame`.

    Parameters
    ----------
    rows_of : callable
        Gives the rows of each report, in the order of the reports.
    """
    import pandas as pd

    from labeler.io.findings import FINDING_COLUMNS

    columns, reports = _reports(frame, text_column, id_column)
    rows = [row for of_report in rows_of(reports) for row in of_report]
    found = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    given = {"study_id": frame[columns.id] if columns.id else frame.index}
    given |= {"subject_id": frame[columns.subject]} if columns.subject else {}
    return found.astype({name: each.dtype for name, each in given.items() if pd.api.types.is_integer_dtype(each)})


def _reports(
    frame: pd.DataFrame, text_column: str | Sequence[str] | None, id_column: str | None
) -> tuple[Columns, Iterator[Report]]:
    """Return the columns of a table and its reports, which the index names if there is no column of identifiers."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"A table of reports takes a pandas DataFrame, not a {type(frame).__name__}.")
    names = [str(name) for name in frame.columns]
    columns = choose_table_columns(names, text_column, id_column)
    found = [frame.iloc[:, names.index(name)].astype(object) for name in columns.texts]
    texts = [column.where(column.notna(), "") for column in found]
    subjects = repeat(None) if columns.subject is None else map(str, frame[columns.subject])
    rows = zip(frame[columns.id] if columns.id else frame.index, subjects, *texts, strict=False)
    return columns, (Report(str(name), _text(name, columns.texts, values), subject) for name, subject, *values in rows)


def _text(name: object, columns: Sequence[str], values: Sequence[Any]) -> str:
    wrong = next((value for value in values if not isinstance(value, str)), None)
    if wrong is not None:
        what = f"The text of report {shown_id(str(name))} is a {type(wrong).__name__}"
        raise UsageError(f"{what}; give a column of strings as text_column.")
    return str(values[0]) if len(values) == 1 else joined_text(zip(columns, values, strict=True))
