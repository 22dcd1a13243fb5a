"""Label the reports of a pandas table."""

from __future__ import annotations

from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

from labeler.errors import UsageError, shown_id
from labeler.io.columns import USUAL_ID_COLUMNS, choose_columns
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
    text_column: str | None = None,
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

    columns = _columns(frame, text_column, id_column)
    if columns.id in findings:
        raise UsageError(f"The column {columns.id!r} has the name of an observation; rename it before labelling.")
    rows = [[value_of(labels[finding]) for finding in findings] for labels in label_many(_reports(frame, columns))]
    values = pd.DataFrame(rows, index=frame.index, columns=list(findings), dtype="float64")
    return pd.concat([frame[[columns.id]], values], axis=1) if columns.id else values


def findings_frame(
    rows_of: Callable[[Iterable[Report]], Iterator[list[tuple[Cell, ...]]]],
    frame: pd.DataFrame,
    *,
    text_column: str | None = None,
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

    columns = _columns(frame, text_column, id_column)
    rows = [row for of_report in rows_of(_reports(frame, columns)) for row in of_report]
    found = pd.DataFrame(rows, columns=list(FINDING_COLUMNS))
    given = {"study_id": frame[columns.id] if columns.id else frame.index}
    given |= {"subject_id": frame[columns.subject]} if columns.subject else {}
    return found.astype({name: each.dtype for name, each in given.items() if pd.api.types.is_integer_dtype(each)})


def _columns(frame: pd.DataFrame, text_column: str | None, id_column: str | None) -> Columns:
    """Return the columns asked for or, if none is, those that the command line takes; no id if there is none."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"A table of reports takes a pandas DataFrame, not a {type(frame).__name__}.")
    names = [str(name) for name in frame.columns]
    has_id = id_column is not None or any(name.lower() in USUAL_ID_COLUMNS for name in names)
    stand_in = id_column if has_id else next(iter(names), None)
    try:
        columns = choose_columns(names, "The table", id_column=stand_in, text_column=text_column)
    except UsageError as error:
        raise UsageError(
            str(error).replace("--text-column", "text_column").replace("--id-column", "id_column")
        ) from None
    return columns if has_id else replace(columns, id="")


def _reports(frame: pd.DataFrame, columns: Columns) -> Iterator[Report]:
    texts = frame[columns.text]
    identifiers = frame[columns.id] if columns.id else frame.index
    subjects = repeat(None) if columns.subject is None else map(str, frame[columns.subject])
    return (
        Report(str(name), _text(value, name, missing=missing), subject)
        for name, value, missing, subject in zip(identifiers, texts, texts.isna(), subjects, strict=False)
    )


def _text(value: object, name: object, *, missing: bool) -> str:
    if missing:
        return ""
    if not isinstance(value, str):
        what = f"The text of report {shown_id(str(name))} is a {type(value).__name__}"
        raise UsageError(f"{what}; give a column of strings as text_column.")
    return value
