"""Reads reports from folders, files, zips, tables and standard input, one at a time and in a fixed order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labeler.errors import UsageError
from labeler.records import Report
from labeler.reports.files import Folder, TextFile, Zip
from labeler.reports.source import FailureKind, Place, ReadFailure
from labeler.reports.tables import Table, chexpert_rows, csv_rows, jsonl_rows, parquet_rows

__all__ = ["INPUT_FORMATS", "FailureKind", "ReadFailure", "Reading", "open_inputs", "read_reports"]

_TABLES = {"csv": csv_rows, "jsonl": jsonl_rows, "parquet": parquet_rows, "chexpert": chexpert_rows}
INPUT_FORMATS = ("text", "zip", *_TABLES)
_ENDINGS = {
    ".txt": "text",
    ".zip": "zip",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".parquet": "parquet",
}

Source = TextFile | Folder | Zip | Table


@dataclass(frozen=True, slots=True)
class Reading(Iterable[Report | ReadFailure]):
    """Is a row of inputs that have been looked over and can be read.

    Parameters
    ----------
    sources : tuple of Source
    expected : int or None
        Number of reports, for a progress bar; None where a table is among the inputs, which tells only when read.
    has_subjects : bool
        Whether a report is known to have a subject_id before the first is read.
    """

    sources: tuple[Source, ...]
    expected: int | None
    has_subjects: bool

    def __iter__(self) -> Iterator[Report | ReadFailure]:
        """Yields the reports in the order of the inputs, and what cannot be read where it stands."""
        for source in self.sources:
            yield from source.read()


def open_inputs(
    inputs: Iterable[str | Path],
    *,
    input_format: str | None = None,
    id_column: str | None = None,
    text_column: str | None = None,
) -> Reading:
    """Looks over the inputs, so that what can be wrong with all of them is said before the first is labelled.

    Parameters
    ----------
    inputs : iterable of str or Path
        Folders, .txt, .zip, .csv, .csv.gz, .jsonl, .jsonl.gz and .parquet files, and "-" for standard input.
    input_format : str, optional
        One of `INPUT_FORMATS`, for every input that is not a folder; by default the ending of the name decides, and
        standard input is the text of one report.
    id_column, text_column : str, optional
        Columns of a table; see `labeler.reports.columns`.

    Raises
    ------
    UsageError
        Where an input does not exist or is of no known kind, a folder holds no .txt file, a table lacks a column, or
        two files would give the same study_id.
    """
    sources = tuple(_source(str(name), input_format, id_column, text_column) for name in inputs)
    with_subjects = [source.has_subjects() for source in sources if isinstance(source, Table)]
    count, files_have_subjects = _survey(sources)
    expected = None if with_subjects else count
    return Reading(sources, expected, files_have_subjects or any(with_subjects))


def read_reports(
    inputs: Iterable[str | Path],
    *,
    input_format: str | None = None,
    id_column: str | None = None,
    text_column: str | None = None,
) -> Iterator[Report | ReadFailure]:
    """Reads reports one at a time; parameters and errors are those of `open_inputs`.

    Yields
    ------
    Report or ReadFailure
        In the order of the inputs, each folder's files in the order of their sorted names.

    Examples
    --------
    >>> for report in read_reports(["examples/reports"]):  # doctest: +SKIP
    ...     print(report.subject_id, report.id)
    """
    return iter(open_inputs(inputs, input_format=input_format, id_column=id_column, text_column=text_column))


def _source(name: str, input_format: str | None, id_column: str | None, text_column: str | None) -> Source:
    if name != "-" and not Path(name).exists():
        raise UsageError(f"{name} does not exist.")
    if name != "-" and Path(name).is_dir():
        return Folder(name)
    kind = input_format or _format(name)
    if kind == "text":
        return TextFile(name)
    if kind == "zip":
        if name == "-":
            raise UsageError("A zip cannot be read from standard input; give the file's path.")
        return Zip(name)
    return Table(name, _TABLES[kind], id_column, text_column)


def _format(name: str) -> str:
    if name == "-":
        return "text"
    known = [kind for ending, kind in _ENDINGS.items() if name.lower().endswith(ending)]
    if not known:
        endings = ", ".join(_ENDINGS)
        raise UsageError(f"{name} ends in none of {endings}; say what it is with --input-format.")
    return known[0]


def _survey(sources: Sequence[Source]) -> tuple[int, bool]:
    """Counts the reports that are files, and says whether any has a subject_id; each must have an id of its own."""
    seen: set[tuple[str | None, str]] = set()
    has_subjects = False
    for source in sources:
        before = len(seen)
        for place in _places(source):
            key = (place.subject_id, place.study_id)
            if key in seen:
                raise _same_id(sources, place)
            seen.add(key)
            has_subjects = has_subjects or place.subject_id is not None
        _require_reports(source, len(seen) - before)
    return len(seen), has_subjects


def _places(source: Source) -> Iterator[Place]:
    return iter(()) if isinstance(source, Table) else source.places()


def _require_reports(source: Source, count: int) -> None:
    if count == 0 and isinstance(source, Folder | Zip) and next(source.read(), None) is None:
        raise UsageError(f"{source.path} holds no .txt file.")


def _same_id(sources: Sequence[Source], second: Place) -> UsageError:
    places = (place for source in sources for place in _places(source))
    key = (second.subject_id, second.study_id)
    first = next(place for place in places if (place.subject_id, place.study_id) == key)
    return UsageError(
        f"{first.where} and {second.where} would both be study_id {second.study_id!r}; rename one, label the folders "
        "one by one, or give the reports as a table with --id-column."
    )
