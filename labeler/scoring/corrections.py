"""Reads what `labeler review` saves: a row for each label that a person confirmed or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labeler.errors import UsageError
from labeler.io.write import without_mark
from labeler.scoring.drawn import Drawn
from labeler.scoring.labels import SKIPPED, LabelTable, Value, meet, normal_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

COLUMNS = ("study_id", "observation", "given", "corrected", "note", "drawn")
"""Of a file of corrections: the label as it was given, as it was corrected, and how the reports were drawn."""


def is_corrections(frame: pd.DataFrame) -> bool:
    """Tell whether a table has the columns of corrections."""
    return set(COLUMNS[:4]) <= set(frame.columns)


def spread_corrections(frame: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return corrections as a table with a row for each study.

    Parameters
    ----------
    frame : DataFrame
        Of text.
    where : str
        What messages call it.

    Returns
    -------
    DataFrame
        A column for each observation, `?` where nothing was decided; `attrs["reviewed"]` says what scores hold for.

    Raises
    ------
    UsageError
        If a label is corrected twice.

    Examples
    --------
    >>> import pandas as pd
    >>> row = ("s1", "Edema", "1", "0", "", "how=all; reports=2; of=2; where=; seed=0; labels=1")
    >>> spread = spread_corrections(pd.DataFrame([row], columns=COLUMNS), "corrections.csv")
    >>> spread.to_dict("records"), spread.attrs["reviewed"].partition(":")[0]
    ([{'study_id': 's1', 'Edema': '0'}], 'all 2 reports')
    """
    frame = frame.assign(observation=frame["observation"].map(without_mark))
    twice = frame.duplicated(["study_id", "observation"])
    if twice.any():
        row = int(twice.to_numpy().argmax()) + 2
        raise UsageError(f"{where}, line {row}: a second correction of the same label; keep one.")
    wide = frame.pivot_table(index="study_id", columns="observation", values="corrected", aggfunc="first", sort=False)
    ways = list(frame["drawn"].unique()) if "drawn" in frame.columns else []
    spread = wide.fillna("?").rename_axis(columns=None).reset_index()
    drawn = Drawn.parse(str(ways[0])) if len(ways) == 1 else Drawn()
    spread.attrs["reviewed"] = drawn.says(len(frame))
    return spread


class Disagreements:
    """The labels on which two tables differ, where both have one.

    Parameters
    ----------
    first, second : LabelTable
        With the same findings in the same order.

    Raises
    ------
    UsageError
        If they share no study, or differ nowhere.

    Examples
    --------
    >>> first, second = (LabelTable(("1",), ("Edema",), np.array([[code]], np.int8), f"{code}.csv") for code in (3, 1))
    >>> Disagreements(first, second).said("s1", "Edema")
    {'3.csv': 'present', '1.csv': 'absent'}
    """

    def __init__(self, first: LabelTable, second: LabelTable) -> None:
        one, other, _ = meet(first, second, missing="skip")
        differ = (one.codes != other.codes) & (one.codes != SKIPPED) & (other.codes != SKIPPED)
        names = (one.source, other.source if other.source != one.source else f"{other.source} (second)")
        self._said: dict[str, dict[str, dict[str, str]]] = {}
        for row, column in np.argwhere(differ):
            values = (Value(table.codes[row, column]).name.lower() for table in (one, other))
            said = dict(zip(names, values, strict=True))
            self._said.setdefault(one.ids[row], {})[one.findings[column]] = said
        if not self._said:
            raise UsageError(f"{one.source} and {other.source} differ in no label that both have.")

    @property
    def ids(self) -> tuple[str, ...]:
        """The studies with such a label."""
        return tuple(self._said)

    def said(self, study: str, finding: str) -> Mapping[str, str] | None:
        """Return what each table says of a label, by the tables' names; None if they don't differ."""
        return self._said.get(normal_id(study), {}).get(finding)
