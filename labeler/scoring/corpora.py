"""Reads the reports that belong to a gold standard, whatever layout their collection has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd

from labeler.errors import ReportFileError, UsageError
from labeler.io.read import Failure, open_inputs
from labeler.io.source import MAX_REPORT_BYTES
from labeler.records import Report
from labeler.scoring.labels import normal_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FINDINGS_AND_IMPRESSION = ("findings", "impression")
"""Columns of a table of Open-I reports."""
SECTIONED = ("impression", "findings", "last_paragraph", "comparison")
"""Columns of MIMIC-CXR's sectioned table, in the order in which its authors take the text to label."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """A row of reports that are read when they are iterated over.

    Parameters
    ----------
    items : iterable of Report or Failure
        Identifiers are as `labeler.scoring.labels.normal_id` gives them.
    sections : str or None
        The text to label where the collection has chosen it already: all of it.
    """

    items: Iterable[Report | Failure]
    sections: str | None = None

    def __iter__(self) -> Iterator[Report | Failure]:
        for item in self.items:
            yield item if isinstance(item, Failure) else Report(normal_id(item.id), item.text, item.subject_id)


def open_corpus(path: str | Path, *, id_column: str | None = None, text_column: str | None = None) -> Corpus:
    """Open reports for scoring.

    Parameters
    ----------
    path : str or Path
        What `labeler label` reads (a MIMIC folder, its zip, a table with a text column), the folder of Open-I's
        official XML files, a table with the columns findings and impression, or MIMIC-CXR's sectioned table, of which
        the text that its authors label is taken. Texts that come in parts are joined under the headers "FINDINGS:"
        and "IMPRESSION:".
    id_column, text_column : str, optional
        Columns of a table.

    Raises
    ------
    UsageError
        If there are no reports at the path, or a column is missing.
    """
    path = Path(path)
    if path.is_dir() and any(path.rglob("*.xml")):
        return Corpus(read_openi_xml(path))
    columns = set() if text_column else _columns(path)
    if set(SECTIONED) <= columns:
        # Hand-set ranges of the collection are offsets into the whole report, so no choice may follow this one.
        return Corpus(_joined(path, SECTIONED, "study" if "study" in columns else id_column), "all")
    if set(FINDINGS_AND_IMPRESSION) <= columns:
        return Corpus(_joined(path, FINDINGS_AND_IMPRESSION, id_column))
    return Corpus(open_inputs([path], id_column=id_column, text_column=text_column))


def _columns(path: Path) -> set[str]:
    if not path.is_file() or not path.name.lower().endswith((".csv", ".csv.gz")):
        return set()
    try:
        return set(pd.read_csv(path, nrows=0, dtype=str).columns)
    except (ValueError, OSError, EOFError):
        return set()  # the reader of tables says what is wrong


def _joined(path: Path, columns: Sequence[str], id_column: str | None) -> Iterator[Report | Failure]:
    """Read a table once per column and join its rows; a failure of a row is told once."""
    readings = [open_inputs([path], id_column=id_column, text_column=column) for column in columns]
    for row in zip(*readings, strict=True):
        failure = next((part for part in row if isinstance(part, Failure)), None)
        reports = [part for part in row if isinstance(part, Report)]
        if failure is not None:
            yield failure
            continue
        parts = {column: report.text for column, report in zip(columns, reports, strict=True)}
        yield Report(reports[0].id, joined_text(parts), reports[0].subject_id)


def joined_text(parts: Mapping[str, str]) -> str:
    r"""Write parts of a report as one text with headers that the section splitter knows.

    Parameters
    ----------
    parts : mapping of str to str
        Texts by column. Where `SECTIONED` has a last paragraph or a comparison, the first text that is there stands
        alone, since that is what its authors label; the headers don't matter for it.

    Examples
    --------
    >>> joined_text({"findings": "Clear lungs.", "impression": "No pneumonia."})
    ' FINDINGS: Clear lungs.\n\n IMPRESSION: No pneumonia.'
    >>> joined_text({"findings": "", "impression": ""})
    ''
    """
    texts = {column: text.strip() for column, text in parts.items() if text.strip()}
    if "last_paragraph" in parts:
        first = next((texts[column] for column in SECTIONED if column in texts), "")
        return first and f" IMPRESSION: {first}"
    return "\n\n".join(f" {column.upper()}: {text}" for column, text in texts.items())


def read_openi_xml(folder: str | Path) -> Iterator[Report]:
    """Read Open-I's official folder of XML files, `ecgen-radiology`.

    Parameters
    ----------
    folder : str or Path
        Its .xml files, at any depth, each hold one report: a `uId`, and `AbstractText` labelled FINDINGS and
        IMPRESSION.

    Yields
    ------
    Report
        In the order of the numbers in the files' names.

    Raises
    ------
    UsageError
        If the folder holds no .xml file.
    ReportFileError
        If a file is no XML, too large, has a document type (none of the official files has), or has no `uId`.
    """
    files = sorted(Path(folder).rglob("*.xml"), key=lambda path: (len(path.stem), path.stem, str(path)))
    if not files:
        raise UsageError(f"{folder} holds no .xml file.")
    return (_openi_report(path) for path in files)


class _WithoutDocumentType(ET.TreeBuilder):
    """A builder that refuses a document type, without which there are no entities."""

    def doctype(self, *_: object) -> None:
        raise ValueError


def _openi_report(path: Path) -> Report:
    if path.stat().st_size > MAX_REPORT_BYTES:
        raise ReportFileError(f"{path}: larger than a report can be; check that it is one of Open-I's files.")
    try:
        root = ET.fromstring(path.read_bytes(), ET.XMLParser(target=_WithoutDocumentType()))  # noqa: S314
    except ValueError:
        message = f"{path}: has a document type, which could hold entities; Open-I's files have none."
        raise ReportFileError(message) from None
    except ET.ParseError as error:
        message = f"{path}:{error.position[0]}: is not complete XML; fetch the file again."
        raise ReportFileError(message) from None
    name = root.find(".//uId")
    if name is None or not name.get("id"):
        raise ReportFileError(f"{path}: has no uId; check that it is one of Open-I's files.")
    texts = {each.get("Label", "").lower(): "".join(each.itertext()) for each in root.iter("AbstractText")}
    return Report(name.get("id", ""), joined_text({part: texts.get(part, "") for part in FINDINGS_AND_IMPRESSION}))
