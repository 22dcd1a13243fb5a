"""Write labels as tables; the only place that knows the coding 1, 0, -1 and blank."""

from __future__ import annotations

import csv
import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Literal

from labeler.errors import UsageError
from labeler.io.arrow import import_parquet, write_rows
from labeler.io.cells import IDENTIFIERS, whole
from labeler.io.output import compress
from labeler.io.source import MAX_REPORT_BYTES
from labeler.records import Report, Status, StudyLabels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

    from labeler.io.output import Finish
    from labeler.records import Finding

Cell = str | float | None
Form = Literal["mimic", "chexpert", "chestxray14"]

_VALUES = {Status.PRESENT: 1.0, Status.ABSENT: 0.0, Status.UNCERTAIN: -1.0}
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
# What spreadsheets take for a formula; a signed number, an interval of two, or a sign alone does nothing. After the
# apostrophes that a text has of its own, so that each text is written as another one.
_FORMULA = re.compile(r"'*(?:[=@\t\r\n\uff1d\uff20]|[+\-\uff0b\uff0d](?![\d.]*(?: to [+-]?[\d.]+)?\Z))")
# Where a spreadsheet that splits at semicolons or tabs begins a cell inside ours, and what it would run.
_BEGINS_CELL = r"(;[ ]*|(?!\A)[\t\r\n][ ]*)"
_RUNS = r"(?=[=@\uff1d\uff20]|[+\-\uff0b\uff0d][\w.+*/-]*[(|!])"
_FORMULA_INSIDE = re.compile(f"{_BEGINS_CELL}('*){_RUNS}")
_MARKED_INSIDE = re.compile(f"{_BEGINS_CELL}'('*){_RUNS}")


def value_of(status: Status | None) -> float | None:
    """Return the number that tables hold for a status, None for blank.

    Examples
    --------
    >>> value_of(Status.UNCERTAIN)
    -1.0
    """
    return None if status is None else _VALUES[status]


@lru_cache
def _sorted(findings: tuple[str, ...]) -> tuple[str, ...]:
    """Sort findings; those of a further label set ("openi95: edema") come after those of the first."""
    return tuple(sorted(findings, key=lambda name: (": " in name, name)))


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table.

    Parameters
    ----------
    findings : tuple of str
        The label set's findings in its order.
    form : {"mimic", "chexpert", "chestxray14"}
        "mimic" has study_id and the findings in alphabetical order, as mimic-cxr-2.0.0-chexpert.csv.gz; "chexpert" has
        the report's text as `Reports` and the findings in the label set's order, as the CheXpert labeler writes;
        "chestxray14" has study_id and `Finding Labels`, the findings that are present joined by `|`, as
        Data_Entry_2017.csv: what is uncertain is left out, and a study with nothing else is blank.
    with_subjects : bool
        Whether "mimic" and "chestxray14" start with subject_id.
    output_names : dict of str to str
        Names of columns that are not the finding's own.
    attributes : tuple of (str, str)
        Findings, each with one of their attributes: columns such as "Pleural Effusion side" behind the others.
    whole_ids : bool
        Whether identifiers are numbers in JSON and Parquet; see `labeler.io.whole`.

    Examples
    --------
    >>> Layout(("Edema", "Atelectasis"), "mimic", with_subjects=True).header
    ('subject_id', 'study_id', 'Atelectasis', 'Edema')
    """

    findings: tuple[str, ...]
    form: Form
    with_subjects: bool
    output_names: dict[str, str] = field(default_factory=dict)
    attributes: tuple[tuple[str, str], ...] = ()
    whole_ids: bool = False

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The names of the columns before the findings."""
        if self.form == "chexpert":
            return ("Reports",)
        names = ("subject_id", "study_id") if self.with_subjects else ("study_id",)
        return (*names, "Finding Labels") if self.form == "chestxray14" else names

    @property
    def at_id(self) -> int | None:
        """The place of the study's identifier among the columns, None if it has none."""
        return self.identifiers.index("study_id") if "study_id" in self.identifiers else None

    @property
    def columns(self) -> tuple[str, ...]:
        """The findings in the order of their columns."""
        if self.form == "chestxray14":
            return ()
        return self.findings if self.form == "chexpert" else _sorted(self.findings)

    @property
    def header(self) -> tuple[str, ...]:
        """The names of all columns."""
        named = tuple([f"{self.output_names.get(name, name)} {attribute}" for name, attribute in self.attributes])
        return self.identifiers + tuple([self.output_names.get(name, name) for name in self.columns]) + named

    def row(self, report: Report, labels: StudyLabels) -> tuple[Cell, ...]:
        """Return the cells of a study."""
        values = tuple([value_of(labels[finding]) for finding in self.columns])
        described = attribute_cells(labels, self.attributes) if self.attributes else ()
        return (*self._names(report, labels), *values, *described)

    def _names(self, report: Report, labels: StudyLabels) -> tuple[Cell, ...]:
        if self.form == "chexpert":
            return (report.text,)
        names = (report.subject_id or "", report.id) if self.with_subjects else (report.id,)
        return (*names, self._joined(labels)) if self.form == "chestxray14" else names

    def _joined(self, labels: StudyLabels) -> str:
        present = [name for name in self.findings if labels[name] is Status.PRESENT]
        return "|".join(self.output_names.get(name, name) for name in present)


def attribute_cells(labels: StudyLabels, attributes: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the values of attributes in a study, those of all instances of a finding joined by ";".

    Parameters
    ----------
    labels : StudyLabels
    attributes : iterable of (str, str)
        A finding and the name of one of the fields of `labeler.records.Finding` from `side` to `position`.
    """
    instances: dict[str, list[Finding]] = {}
    for finding in labels.findings:
        instances.setdefault(finding.observation, []).append(finding)
    return tuple(
        [
            ";".join(
                dict.fromkeys(value for one in instances.get(name, ()) for value in attribute_values(one, attribute))
            )
            for name, attribute in attributes
        ]
    )


def attribute_values(finding: Finding, attribute: str) -> tuple[str, ...]:
    """Return the values of an attribute as text."""
    values = getattr(finding, attribute)
    if isinstance(values, str):
        return (values,) if values else ()
    return tuple([f"{value:g}" if isinstance(value, float) else value for value in values])


class LineFormat(ABC):
    """The form of an output's lines; goes to the workers, and so must be picklable and small."""

    __slots__ = ()

    def head(self) -> bytes:
        """Return what comes before the first line."""
        return b""

    @abstractmethod
    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written, head included; None if lines have none."""
        return (None for _ in stream)


@dataclass(frozen=True, slots=True)
class CsvLines(LineFormat):
    """A study as a line of CSV, below a line of the columns' names."""

    layout: Layout

    def head(self) -> bytes:
        """Return the line of the columns' names."""
        return csv_line(self.layout.header)

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        return csv_line(self.layout.row(report, labels))

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written."""
        at = self.layout.at_id
        return (None if at is None else without_mark(row[at]) for row in csv_rows(stream))


@dataclass(frozen=True, slots=True)
class WithoutText(LineFormat):
    """The identifiers of a study as a line of CSV, if its report has no usable text; no line otherwise."""

    layout: Layout

    def head(self) -> bytes:
        """Return the line of the columns' names."""
        return csv_line(("subject_id", "study_id") if self.layout.with_subjects else ("study_id",))

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study, empty if it has text."""
        if labels.labelled_characters:
            return b""
        return csv_line((report.subject_id or "", report.id) if self.layout.with_subjects else (report.id,))


@dataclass(frozen=True, slots=True)
class ObjectLines(LineFormat):
    """A study as a JSON object."""

    layout: Layout

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        record = dict(zip(self.layout.header, self.layout.row(report, labels), strict=True))
        return json_line(with_whole_ids(record) if self.layout.whole_ids else record)

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written."""
        return names_of_objects(stream)


@dataclass(frozen=True, slots=True)
class CellLines(LineFormat):
    """The cells of a study as a JSON array, from which other forms are made; see `cells_of`."""

    layout: Layout

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        return (json.dumps(self.layout.row(report, labels)) + "\n").encode()

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written."""
        at = self.layout.at_id
        return (None if at is None else str(cells[at]) for cells in cells_of(stream))


def cells_of(lines: Iterable[bytes]) -> Iterator[tuple[Cell, ...]]:
    """Yield the cells of each line that `CellLines` wrote."""
    return (tuple(json.loads(line)) for line in lines)


def json_line(record: Mapping[str, object]) -> bytes:
    """Return a line of JSON."""
    return (json.dumps(record, ensure_ascii=False) + "\n").encode()


def with_whole_ids(record: Mapping[str, Cell]) -> dict[str, object]:
    """Return a record with its identifiers as numbers, if they are."""
    return {name: whole(str(cell)) if name in IDENTIFIERS else cell for name, cell in record.items()}


_VALUE = rb'"(?:[^"\\]|\\.)*"|-?\d+'
_ID_OF_OBJECT = re.compile(rb'\{(?:"subject_id": (?:%b), )?"study_id": (%b)' % (_VALUE, _VALUE))


def names_of_objects(stream: Iterable[bytes]) -> Iterator[str | None]:
    r"""Yield the identifier of each line that `json_line` wrote, None if it has none.

    Examples
    --------
    >>> list(names_of_objects([b'{"subject_id": "1", "study_id": "a\\"b", "Edema": 1.0}', b'{"Reports": ""}']))
    ['a"b', None]
    """
    found = (_ID_OF_OBJECT.match(line) for line in stream)
    return (None if match is None else str(json.loads(match[1])) for match in found)


def csv_rows(stream: Iterable[bytes]) -> Iterator[list[str]]:
    r"""Yield the rows of CSV as `csv_line` writes it.

    Examples
    --------
    >>> list(csv_rows([b's1,"No edema.\n', b'"\n', b's2,""\n']))
    [['s1', 'No edema.\n'], ['s2', '']]
    """
    csv.field_size_limit(2 * MAX_REPORT_BYTES)  # of the process; twice, for the marks of formulas
    return csv.reader(line.decode() for line in stream)


def table_format(path: str, layout: Layout, made_with: Mapping[str, str]) -> tuple[LineFormat, Finish | None]:
    """Return how a table of labels is written; the ending of its name decides.

    Parameters
    ----------
    path : str
        Ends in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet, or is "-" for CSV on standard output.
    layout : Layout
        The columns.
    made_with : mapping of str to str
        Version, model and hash of the phrases; a Parquet file carries them as metadata.

    Returns
    -------
    LineFormat
    callable or None
        Makes the file from its lines, if these are not yet its content.

    Raises
    ------
    UsageError
        If the ending is unknown, or pyarrow is missing for Parquet.
    """
    name = path.lower()
    finish = compress if name.endswith(".gz") else None
    if name == "-" or name.endswith((".csv", ".csv.gz")):
        return CsvLines(layout), finish
    if name.endswith((".jsonl", ".jsonl.gz")):
        return ObjectLines(layout), finish
    if name.endswith(".parquet"):
        import_parquet()
        return CellLines(layout), partial(_write_parquet, layout, dict(made_with))
    raise UsageError(f"{path} ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet; name the output with one.")


def csv_line(cells: Iterable[Cell]) -> bytes:
    r"""Return a line of CSV, quoted where a cell holds a comma, a quote or a line end.

    Python's own writer quotes a carriage return in some versions only; equal labels are to be equal bytes in all.
    Of a file's name that is no UTF-8 the bytes are escaped.
    An apostrophe goes before text that a spreadsheet would run as a formula, as OWASP advises, also behind a semicolon
    and at the start of a line inside a cell, where some begin another cell; see `without_mark`.

    Examples
    --------
    >>> csv_line(["s1", -1.0, None, "effusion, small"])
    b's1,-1.0,,"effusion, small"\n'
    >>> csv_line(['=HYPERLINK("http://example.org")'])
    b'"\'=HYPERLINK(""http://example.org"")"\n'
    """
    return (",".join([_csv_cell(cell) for cell in cells]) + "\n").encode("utf-8", "backslashreplace")


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = _FORMULA_INSIDE.sub(r"\1'\2", cell)
        text = f"'{text}" if _FORMULA.match(cell) else text
        return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
    return str(cell)


def without_mark(cell: str) -> str:
    """Return the text of a CSV cell without the apostrophes that `csv_line` has put into it.

    Examples
    --------
    >>> without_mark("'=7"), without_mark("''=7"), without_mark("'s"), without_mark("-7"), without_mark("a;'=7")
    ('=7', "'=7", "'s", '-7', 'a;=7')
    """
    bare = cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
    return _MARKED_INSIDE.sub(r"\1\2", bare)


def _write_parquet(layout: Layout, made_with: dict[str, str], lines: BinaryIO, stream: BinaryIO) -> None:
    arrow, _ = import_parquet()
    numbers = len(layout.identifiers) + len(layout.columns)
    fields = [(name, arrow.string()) for name in layout.identifiers]
    fields += [(name, arrow.float64()) for name in layout.header[len(fields) : numbers]]
    fields += [(name, arrow.string()) for name in layout.header[numbers:]]
    write_rows(cells_of, lines, stream, fields, made_with, whole_ids=layout.whole_ids)
