"""Makes tables to train on from tables of labels: uncertainty and blanks settled, one row per study or image."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from labeler.errors import ReportFileError, UsageError, shown_id
from labeler.io.arrow import import_parquet
from labeler.io.columns import SUBJECT_COLUMN
from labeler.io.output import open_output, require_csv, require_writable
from labeler.io.write import csv_line, value_of
from labeler.scoring.gold import finding_names
from labeler.scoring.labels import SKIPPED, TO_STATUS, Value, normal_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labeler.scoring.labels import Codes, LabelTable

Uncertain = Literal["zeros", "ones", "ignore", "keep"]

BECOMES: dict[str, Value] = {
    "zeros": Value.ABSENT,
    "ones": Value.PRESENT,
    "ignore": Value.BLANK,
    "keep": Value.UNCERTAIN,
}
"""What an uncertain cell becomes: U-zeros, U-ones and U-ignore of the CheXpert paper (Irvin 2019), or what it was."""

CHEXPERT_ONES = ("Atelectasis", "Edema")
"""Observations for which the CheXpert paper's classifier takes uncertain as present."""

IMAGE_COLUMNS = ("dicom_id", "subject_id", "study_id", "ViewPosition", "split")
"""Columns that stand before the labels where they are known, named as in MIMIC-CXR-JPG."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The way in which labels become targets.

    Parameters
    ----------
    uncertain : "zeros", "ones", "ignore" or "keep"
    of_findings : dict of finding to the same
        Where one finding is to differ.
    blank_is_zero : bool
        Whether a finding that is not mentioned counts as absent.

    Examples
    --------
    >>> Choice("zeros", {"Edema": "ones"}).of("Edema")
    'ones'
    """

    uncertain: Uncertain = "keep"
    of_findings: Mapping[str, Uncertain] = field(default_factory=dict)
    blank_is_zero: bool = False

    def of(self, finding: str) -> Uncertain:
        """Return what happens to an uncertain finding."""
        return self.of_findings.get(finding, self.uncertain)


def chexpert_choice(*, blank_is_zero: bool = False) -> Choice:
    """Return the choice of the CheXpert paper: ones for Atelectasis and Edema, zeros for the others."""
    return Choice("zeros", dict.fromkeys(CHEXPERT_ONES, "ones"), blank_is_zero)


def targets(table: LabelTable, choice: Choice) -> Codes:
    """Return the values to train on.

    Parameters
    ----------
    table : LabelTable
    choice : Choice

    Returns
    -------
    array of int8, shape (n_studies, n_findings)
        `Value`; a cell that two labelers differ on (`?`) is blank.

    Raises
    ------
    UsageError
        If the choice names a finding that the table has not.

    Examples
    --------
    >>> from labeler.scoring.labels import LabelTable
    >>> table = LabelTable(("1", "2"), ("Edema",), np.array([[2], [0]], np.int8))
    >>> targets(table, Choice("ones", blank_is_zero=True)).ravel().tolist()
    [3, 1]
    """
    unknown = [finding for finding in choice.of_findings if finding not in table.findings]
    if unknown:
        raise UsageError(f"{table.source} has no finding {unknown[0]!r}. {finding_names(table.findings)}")
    codes = np.where(table.codes == SKIPPED, Value.BLANK, table.codes).astype(np.int8)
    for at, finding in enumerate(table.findings):
        column = codes[:, at]
        column[column == Value.UNCERTAIN] = BECOMES[choice.of(finding)]
    if choice.blank_is_zero:
        codes[codes == Value.BLANK] = Value.ABSENT
    return codes


def target_frame(table: LabelTable, choice: Choice) -> pd.DataFrame:
    """Return the values to train on as a table with `study_id` before the findings, and `subject_id` if it is known.

    Returns
    -------
    DataFrame, shape (n_studies, 1 or 2 + n_findings)
        1.0, 0.0, NaN, and -1.0 where uncertain cells are kept.
    """
    numbers = {int(value): value_of(status) for value, status in TO_STATUS.items()}
    columns = {
        finding: [numbers[code] for code in values]
        for finding, values in zip(table.findings, targets(table, choice).T.tolist(), strict=True)
    }
    subjects = {SUBJECT_COLUMN: table.subjects} if table.subjects else {}
    names = subjects | {"study_id": table.ids}
    return pd.DataFrame(names | columns).astype(dict.fromkeys(table.findings, float))


@dataclass(frozen=True, slots=True)
class Joined:
    """A table with one row per image, and the studies that did not meet.

    Parameters
    ----------
    frame : DataFrame, shape (n_images, n_columns)
        Those of `IMAGE_COLUMNS` that are known, then the findings.
    without_image : tuple of str
        Studies with labels for which there is no image.
    without_labels : tuple of str
        Studies with images for which there are no labels.
    """

    frame: pd.DataFrame
    without_image: tuple[str, ...]
    without_labels: tuple[str, ...]


def join_images(labels: pd.DataFrame, images: Sequence[pd.DataFrame]) -> Joined:
    """Join labels with tables of images, such as mimic-cxr-2.0.0-split.csv.gz and -metadata.csv.gz.

    Parameters
    ----------
    labels : DataFrame
        From `target_frame`.
    images : sequence of DataFrame
        From `read_images`; images that one of them lacks are left out.
    """
    merged = images[0]
    for other in images[1:]:
        keys = [name for name in ("dicom_id", "study_id", "subject_id") if name in merged and name in other]
        fresh = [name for name in other if name not in merged.columns]
        merged = merged.merge(other[keys + fresh], on=keys, how="inner", validate="one_to_one")
    if SUBJECT_COLUMN in merged:  # of which each image has its own
        labels = labels.drop(columns=SUBJECT_COLUMN, errors="ignore")
    frame = merged.merge(labels, on="study_id", how="inner", validate="many_to_one")
    labelled, shown = set(labels["study_id"]), set(merged["study_id"])
    first = [name for name in IMAGE_COLUMNS if name in frame]
    findings = [name for name in labels if name not in ("study_id", SUBJECT_COLUMN)]
    return Joined(
        frame=frame[first + findings],
        without_image=tuple(study for study in labels["study_id"] if study not in shown),
        without_labels=tuple(dict.fromkeys(study for study in merged["study_id"] if study not in labelled)),
    )


def read_images(path: Path) -> pd.DataFrame:
    """Read a table of images: dicom_id and study_id, and subject_id, ViewPosition and split where it has them.

    Raises
    ------
    UsageError
        If the file is not there, or has no dicom_id or study_id.
    ReportFileError
        If it can't be read, or has an image twice.
    """
    if not path.is_file():
        raise UsageError(f"{path} does not exist or is no file; give a table of images.")
    try:
        frame = pd.read_csv(path, dtype=str, usecols=lambda name: name in IMAGE_COLUMNS, keep_default_na=False)
    except (ValueError, EOFError, OSError, zlib.error):
        raise ReportFileError(f"{path} cannot be read as CSV; check that it is whole.") from None
    for name in ("dicom_id", "study_id"):
        if name not in frame:
            raise UsageError(f"{path} has no column {name!r}; a table of images names image and study.")
    if frame["dicom_id"].duplicated().any():
        twice = frame["dicom_id"][frame["dicom_id"].duplicated()].iloc[0]
        raise ReportFileError(f"{path} has image {shown_id(twice)} twice; each image needs a row of its own.")
    frame["study_id"] = [normal_id(name) for name in frame["study_id"]]
    return frame


def check_export(path: str) -> None:
    """Refuse a file that `write_export` cannot write, before anything is read.

    Raises
    ------
    UsageError
        If its name ends in none of .csv, .csv.gz and .parquet, its folder does not exist, or pyarrow is missing for
        Parquet.
    ReportFileError
        If no file can be made in its folder.
    """
    require_writable(path)
    if path.lower().endswith(".parquet"):
        import_parquet()
    else:
        require_csv(path)


def write_export(frame: pd.DataFrame, path: str) -> None:
    """Write a table to train on as CSV or Parquet, as the ending of the file's name says.

    Parameters
    ----------
    frame : DataFrame
        From `target_frame` or `join_images`.
    path : str
        "-" is CSV on standard output.
    """
    with open_output(path) as stream:
        if path.lower().endswith(".parquet"):
            frame.to_parquet(stream, index=False)
            return
        stream.write(csv_line(frame.columns))
        for row in frame.itertuples(index=False):
            stream.write(csv_line(None if cell != cell else cell for cell in row))  # noqa: PLR0124 - NaN alone
