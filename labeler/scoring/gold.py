"""Reads tables of labels: gold standards and the output of any labeler; columns are found by name."""

from __future__ import annotations

import difflib
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from labeler.errors import ReportFileError, UsageError, shown_id, shown_names
from labeler.io.arrow import import_parquet
from labeler.io.columns import SUBJECT_COLUMN, USUAL_ID_COLUMNS, USUAL_TEXT_COLUMNS, listing
from labeler.io.write import value_of, without_mark
from labeler.phrasebook.load import phrases_folder
from labeler.phrasebook.schema import LabelSetFile
from labeler.phrasebook.yaml_files import read_model
from labeler.records import Status
from labeler.scoring.corrections import is_corrections, spread_corrections
from labeler.scoring.labels import OF_STATUS, SKIPPED, LabelTable, Value, normal_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NO_FINDING = "No Finding"
CHESTXRAY14 = (
    *("Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax"),
    *("Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia"),
)
"""The classes of ChestX-ray14 in the order of its paper (Wang 2017)."""

_ID_COLUMNS = (*USUAL_ID_COLUMNS, "Image Index")
_WRITTEN_REPORT = "Reports"
_JOINED_FINDINGS = "Finding Labels"
_NOT_FINDINGS = {*_ID_COLUMNS, *USUAL_TEXT_COLUMNS, SUBJECT_COLUMN, _WRITTEN_REPORT, "dicom_id", "normal"}
_OTHER_NAMES = {
    "Lung Opacity": ("Airspace Opacity",),  # the manual test set of MIMIC-CXR-JPG
    "Effusion": ("Pleural Effusion",),
    "Pleural Effusion": ("Effusion",),
    "Pleural_Thickening": ("Pleural Thickening",),
    "Pleural Thickening": ("Pleural_Thickening",),
}
_CELLS: dict[str | float | None, Value] = {
    **{value_of(status): value for status, value in OF_STATUS.items() if status is not None},
    **{status.value: OF_STATUS[status] for status in Status},
    **dict.fromkeys(("", "nan", "None"), Value.BLANK),
}
_SKIP_MARK = "?"


@dataclass(frozen=True, slots=True)
class Protocol:
    """The way in which a gold standard is scored.

    Parameters
    ----------
    name : str
    sections : str
        Text that is labelled where reports are given; see `labeler.pipeline.Labeler`.
    apart : tuple of str
        Findings that have rows of their own but don't count in micro and macro averages.
    least : int
        Fewest gold cases with which a finding counts in the macro average.
    studies : int or None
        How many the gold standard has as published.
    """

    name: str
    sections: str = "mimic"
    apart: tuple[str, ...] = ()
    least: int = 1
    studies: int | None = None


PROTOCOLS = {
    "generic": Protocol("generic"),
    "mimic-687": Protocol("mimic-687", studies=687),
    "open-i": Protocol("open-i", sections="findings+impression", apart=(NO_FINDING,), least=3),
}


@lru_cache(maxsize=1)
def chexpert_findings() -> tuple[str, ...]:
    """Return the 14 observations in the order of the CheXpert labeler, as the phrase files have them."""
    return read_model(phrases_folder() / "chexpert" / "label_set.yaml", LabelSetFile).findings


@lru_cache(maxsize=1)
def _known_names() -> frozenset[str]:
    """Return the names of columns that are no text, although some are several words."""
    others = (other for names in _OTHER_NAMES.values() for other in names)
    return frozenset({*chexpert_findings(), *CHESTXRAY14, *others, *_NOT_FINDINGS, _JOINED_FINDINGS})


def finding_names(names: Sequence[str]) -> str:
    """Return what a message says of the columns of a table of labels; see `labeler.io.columns.listing`."""
    return listing(names, _known_names())


def read_gold(path: str | Path, *, protocol: str = "generic", id_column: str | None = None) -> LabelTable:
    """Read a gold standard.

    Parameters
    ----------
    path : str or Path
        A table with one study a row. "mimic-687" is `mimic-cxr-2.1.0-test-set-labeled.csv`, whose "Airspace Opacity"
        is Lung Opacity. "open-i" is a table of the CheXpert observations, or of ChestX-ray14 classes as 0 and 1,
        where 0 says only that a class is not present. A cell `?` is not scored. What `labeler review` saves is read as
        well; labels that were not decided are not scored.
    protocol : str
        One of `PROTOCOLS`; "mimic-687" and "open-i" want all observations, "generic" takes the columns that are there.
    id_column : str, optional
        Column with the study's identifier; the usual names are tried without it.

    Raises
    ------
    UsageError
        If the protocol or a column is not there, or an identifier comes twice.
    ReportFileError
        If the file cannot be read, or a cell holds an unknown value.
    """
    if protocol not in PROTOCOLS:
        raise UsageError(f"no protocol {protocol!r}; there are: {', '.join(PROTOCOLS)}")
    frame = _read_frame(Path(path))
    if is_chestxray14(frame.columns) and protocol != "mimic-687":
        gold = _labels(frame, CHESTXRAY14, id_column, str(path))
        return replace(gold, codes=np.where(gold.codes == Value.ABSENT, 0, gold.codes))
    findings = chexpert_findings() if protocol != "generic" else _own_findings(frame, id_column)
    return _labels(frame, findings, id_column, str(path))


def read_predictions(
    path: str | Path, findings: Sequence[str] | None = None, *, id_column: str | None = None
) -> LabelTable:
    """Read the labels that any labeler wrote: CSV, JSON Lines or Parquet.

    Parameters
    ----------
    path : str or Path
        A table with one study a row; the rows of a table without identifiers, as the CheXpert labeler writes it, are
        numbered from 1. ChestX-ray14's `Finding Labels`, joined by `|`, are read as well.
    findings : sequence of str, optional
        Columns to read, by default all that are no identifiers.
    id_column : str, optional
        Column with the study's identifier; the usual names are tried without it.

    Raises
    ------
    UsageError
        If a column is not there, or an identifier comes twice.
    ReportFileError
        If the file cannot be read, or a cell holds an unknown value.
    """
    frame = _read_frame(Path(path))
    return _labels(frame, findings or _own_findings(frame, id_column), id_column, str(path))


def is_chestxray14(columns: Iterable[str]) -> bool:
    """Tell whether a table's columns are the classes of ChestX-ray14.

    Examples
    --------
    >>> is_chestxray14(["uid", *CHESTXRAY14]), is_chestxray14(["uid", "Edema"])
    (True, False)
    """
    return {"Infiltration", "Fibrosis"} <= set(columns)


def _read_frame(path: Path) -> pd.DataFrame:
    """Read a table with every cell as a string, "" for an empty one."""
    if not path.is_file():
        raise UsageError(f"{path} does not exist or is no file; give a table of labels.")
    name = path.name.lower()
    try:
        if name.endswith((".csv", ".csv.gz")):
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False)
        elif name.endswith((".jsonl", ".jsonl.gz")):
            frame = _as_strings(pd.read_json(path, lines=True, dtype=False))
        elif name.endswith(".parquet"):
            import_parquet()  # says how to install it
            frame = _as_strings(pd.read_parquet(path))
        else:
            raise UsageError(f"{path} ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet; rename it.")
    except (ValueError, TypeError, AttributeError, EOFError, OSError, zlib.error):  # whose messages may quote a row
        raise ReportFileError(f"{path} cannot be read as a table; check that it is whole and UTF-8.") from None
    if is_corrections(frame):
        return spread_corrections(frame, str(path))
    return _spread(frame)


def _as_strings(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), "").map(str)


def _spread(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each class of `Finding Labels` a column of its own."""
    if _JOINED_FINDINGS not in frame.columns:
        return frame
    joined = frame[_JOINED_FINDINGS].map(lambda cell: set(str(cell).split("|")))
    spread = frame.drop(columns=_JOINED_FINDINGS)
    for finding in (*CHESTXRAY14, NO_FINDING):
        spread[finding] = ["1" if finding in names else "" for names in joined]
    return spread


def _own_findings(frame: pd.DataFrame, id_column: str | None) -> tuple[str, ...]:
    """Return the columns that are no identifiers, the 14 observations in the order of the CheXpert labeler."""
    first = {name: known for known, names in _OTHER_NAMES.items() if known == "Lung Opacity" for name in names}
    there = [first.get(name, name) for name in frame.columns if name not in _NOT_FINDINGS and name != id_column]
    known = [finding for finding in chexpert_findings() if finding in there]
    return (*known, *(finding for finding in there if finding not in known))


def _labels(frame: pd.DataFrame, findings: Sequence[str], id_column: str | None, where: str) -> LabelTable:
    if not findings:
        raise UsageError(f"{where} has no column of a finding. {finding_names(list(frame.columns))}")
    ids = _identifiers(frame, id_column, where)
    columns = matching_columns(list(frame.columns), findings, where)
    values = np.empty((len(frame), len(findings)), np.int8)
    for at, column in enumerate(columns):
        values[:, at] = _values(frame[column], ids, where)
    has_subjects = SUBJECT_COLUMN in frame.columns and id_column != SUBJECT_COLUMN
    subjects = tuple(without_mark(str(name)) for name in frame[SUBJECT_COLUMN]) if has_subjects else ()
    return LabelTable(ids, tuple(findings), values, Path(where).name, subjects, frame.attrs.get("reviewed", ""))


def _identifiers(frame: pd.DataFrame, id_column: str | None, where: str) -> tuple[str, ...]:
    available = list(frame.columns)
    if id_column is not None and id_column not in available:
        raise UsageError(f"{where} has no column {id_column!r}. {finding_names(available)}")
    column = id_column or next((name for name in _ID_COLUMNS if name in available), None)
    if column is None and _WRITTEN_REPORT in available:
        return tuple(str(number) for number in range(1, len(frame) + 1))
    if column is None:
        names = " or ".join(_ID_COLUMNS)
        raise UsageError(f"{where} has no column {names}; name it with --id-column. {finding_names(available)}")
    return tuple(normal_id(str(name)) for name in frame[column])


def matching_columns(available: Sequence[str], findings: Sequence[str], where: str) -> list[str]:
    """Return the column of each finding, which may have another name that is known for it.

    Parameters
    ----------
    available : sequence of str
        The columns that are there.
    findings : sequence of str
        The findings that are wanted.
    where : str
        What a message calls the table.

    Raises
    ------
    UsageError
        If a finding has no column; the message names it and the columns that are there.

    Examples
    --------
    >>> matching_columns(["study_id", "Airspace Opacity"], ["Lung Opacity"], "gold.csv")
    ['Airspace Opacity']
    """
    columns = [
        next((name for name in (finding, *_OTHER_NAMES.get(finding, ())) if name in available), None)
        for finding in findings
    ]
    missing = [finding for finding, column in zip(findings, columns, strict=True) if column is None]
    if missing:
        near = difflib.get_close_matches(missing[0], available, n=1)
        hint = f"did you mean {near[0]!r}? " if near and near[0] in _known_names() else ""
        lacking = shown_names(missing, _known_names())
        raise UsageError(f"{where} has no column {lacking}; {hint}{finding_names(available)}")
    return [column for column in columns if column is not None]


def _values(cells: pd.Series, ids: Sequence[str], where: str) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    known = {cell: _value(str(cell)) for cell in cells.unique()}
    unknown = next((cell for cell, value in known.items() if value is None), None)
    if unknown is not None:
        row = list(cells).index(unknown)
        raise ReportFileError(
            f"{where}, study {shown_id(ids[row])}: {shown_names([str(cells.name)], _known_names())} is "
            f"{_told(str(unknown))}; "
            "known are 1, 0, -1, blank, and ? for a cell that is not scored."
        )
    return cells.map(known).to_numpy(np.int8)


def _told(cell: str) -> str:
    """Return what a message says of a cell: a number as it is, and of anything else no word, as it may be a report."""
    try:
        float(cell)
    except ValueError:
        return f"a text of {len(cell)} characters"
    return repr(cell.strip())


def _value(cell: str) -> int | None:
    text = cell.strip()
    if text == _SKIP_MARK:
        return SKIPPED
    try:
        return _CELLS.get(text) if text in _CELLS else _CELLS.get(float(text))
    except ValueError:
        return None
