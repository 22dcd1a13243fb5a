"""Read reports from folders, files, zips, tables and standard input, one at a time and in a fixed order."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from labeler.errors import UsageError
from labeler.io.csv_tables import chexpert_rows, csv_rows
from labeler.io.diagnostic_reports import fhir_rows
from labeler.io.files import XML, Folder, OneFile, Pending, Unread, Zip
from labeler.io.hl7 import hl7_rows
from labeler.io.identifiers import Duplicates, Tally, duplicates, name_of, shard_of
from labeler.io.source import Failure, FailureKind, Place
from labeler.io.tables import Table, json_rows, jsonl_rows, parquet_rows
from labeler.records import Report

__all__ = ["Failure", "FailureKind", "Reading", "open_inputs", "read_reports"]

_TABLES = {
    "csv": csv_rows,
    "jsonl": jsonl_rows,
    "json": json_rows,
    "parquet": parquet_rows,
    "chexpert": chexpert_rows,
    "fhir": fhir_rows,
    "hl7": hl7_rows,
}
_ENDINGS = {
    ".txt": "text",
    XML: "xml",
    ".zip": "zip",
    ".ndjson": "fhir",
    ".ndjson.gz": "fhir",
    ".fhir.json": "fhir",
    ".hl7": "hl7",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "csv",
    ".tsv.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".json": "json",
    ".json.gz": "json",
    ".parquet": "parquet",
}

Source = OneFile | Folder | Zip | Table


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of the inputs: the reports whose identifiers give its number; see `shard_of`.

    Parameters
    ----------
    number : int
        1 to `of`.
    of : int
    """

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that a text such as "3/64" names.

        Raises
        ------
        UsageError
            If it names none.

        Examples
        --------
        >>> Shard.parse("3/64")
        Shard(number=3, of=64)
        """
        match = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise UsageError(f"{text} names no shard; write I/N with I from 1 to N, such as 3/64.")
        return cls(int(match[1]), int(match[2]))

    def has(self, name: str) -> bool:
        """Tell whether a report is in this shard."""
        return self.of == 1 or shard_of(name, self.of) == self.number

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Shard(1, 1)
"""The one shard that is everything."""


@dataclass(frozen=True, slots=True)
class Reading(Iterable[Report | Failure]):
    """Inputs that have been looked over and can be read.

    Parameters
    ----------
    sources : tuple of Source
    expected : int or None
        Number of reports, for a progress bar; None where a table is among the inputs, which tells only when read.
    has_subjects : bool
        Whether a report is known to have a subject_id before the first is read.
    shard : Shard
        The part that is read; the other parts' files are not opened.
    shares : tuple of Tally
        The identifiers of each shard, when everything is read; `labeler.io.merge` compares what the shards saw.
    """

    sources: tuple[Source, ...]
    expected: int | None
    has_subjects: bool
    shard: Shard = WHOLE
    shares: tuple[Tally, ...] = ()

    def __iter__(self) -> Iterator[Report | Failure]:
        """Yield the reports in the order of the inputs, and what cannot be read in its place."""
        found = Duplicates()
        for source in self.sources:
            found.begin(source.path)
            for item in source.unread():
                if self._is_ours(item):
                    read = item.read() if isinstance(item, Pending) else item
                    found.add(read)
                    yield read
        found.report(by_number=self.shard == WHOLE)

    def _is_ours(self, item: Unread) -> bool:
        if self.shard == WHOLE:
            return True
        name = item.place.study_id if isinstance(item, Pending) else name_of(item)
        number = shard_of(name, self.shard.of)
        self.shares[number - 1].add(name)
        return number == self.shard.number


def open_inputs(
    inputs: Iterable[str | Path],
    *,
    input_format: str | None = None,
    id_column: str | None = None,
    text_column: str | Sequence[str] | None = None,
    shard: Shard | None = None,
    for_pairs: bool = False,
) -> Reading:
    """Inspect the inputs, so that what can be wrong with all of them is reported before the first is labelled.

    Parameters
    ----------
    inputs : iterable of str or Path
        Folders, .txt, .xml, .zip, .csv, .tsv, .jsonl and .json files, these four also compressed (.gz), .parquet
        files, and "-" for standard input.
    input_format : str, optional
        "text", "xml", "zip", "csv", "jsonl", "json", "parquet" or "chexpert", for every input that is not a folder; by
        default the ending of the name decides, and standard input is the text of one report.
    id_column : str, optional
        Column of a table; see `labeler.io.columns`.
    text_column : str or sequence of str, optional
        Column of a table, or several, which are sections of the report.
    shard : Shard, optional
        Everything by default.
    for_pairs : bool
        Whether the reports are generated ones or their references, which may do without identifiers; of R2Gen's
        `annotation.json` the part "test" is read.

    Raises
    ------
    UsageError
        If an input does not exist or is of no known kind, a folder holds no report, a table lacks a column, or
        two files would give the same study_id.
    """
    table = Table("", csv_rows, id_column, text_column, part="test" if for_pairs else None, numbered=for_pairs)
    sources = tuple(_source(str(name), input_format, table) for name in inputs)
    with_subjects = [source.has_subjects() for source in sources if isinstance(source, Table)]
    sources = tuple(_told(source) for source in sources)
    shard = shard or WHOLE
    count, files_have_subjects = _survey(sources, shard)
    shares = tuple(Tally() for _ in range(shard.of))
    has_subjects = files_have_subjects or any(with_subjects)
    return Reading(sources, None if with_subjects else count, has_subjects, shard, shares)


def read_reports(
    inputs: Iterable[str | Path],
    *,
    input_format: str | None = None,
    id_column: str | None = None,
    text_column: str | Sequence[str] | None = None,
) -> Iterator[Report | Failure]:
    """Read reports one at a time; parameters and errors are those of `open_inputs`.

    Yields
    ------
    Report or Failure
        In the order of the inputs, each folder's files in the order of their sorted names.

    Examples
    --------
    >>> for report in read_reports(["examples/reports"]):  # doctest: +SKIP
    ...     print(report.subject_id, report.id)
    """
    return iter(open_inputs(inputs, input_format=input_format, id_column=id_column, text_column=text_column))


def _source(name: str, input_format: str | None, table: Table) -> Source:
    if name != "-" and not Path(name).exists():
        raise UsageError(f"{name} does not exist.")
    if name != "-" and Path(name).is_dir():
        return Folder(name)
    kind = input_format or _format(name)
    if kind in {"text", "xml"}:
        return OneFile(name, f".{kind}" if kind == "xml" else ".txt")
    if kind == "zip":
        if name == "-":
            raise UsageError("A zip cannot be read from standard input; give the file's path.")
        return Zip(name)
    return replace(table, path=name, rows=_TABLES[kind])


def _told(source: Source) -> Source:
    """Return a source that, if it has been looked into, does not say again what was found out."""
    return replace(source, is_quiet=True) if isinstance(source, Table) and source.path != "-" else source


def _format(name: str) -> str:
    if name == "-":
        return "text"
    known = [kind for ending, kind in _ENDINGS.items() if name.lower().endswith(ending)]
    if not known:
        endings = ", ".join(_ENDINGS)
        raise UsageError(f"{name} ends in none of {endings}; say what it is with --input-format.")
    return known[0]


def _survey(sources: Sequence[Source], shard: Shard) -> tuple[int, bool]:
    """Count the files of a shard, and tell whether any file has a subject_id; each must have an id of its own.

    Of each identifier eight bytes are kept, as there may be ten million; where two agree all are looked at again.
    """
    keys = array("q")
    has_subjects = False
    count = 0
    for source in sources:
        before = len(keys)
        for place in _places(source):
            keys.append(hash((place.subject_id, place.study_id)))
            has_subjects = has_subjects or place.subject_id is not None
            count += shard.has(place.study_id)
        _require_reports(source, len(keys) - before)
    if duplicates(keys):
        _require_unique(sources)
    return count, has_subjects


def _require_unique(sources: Sequence[Source]) -> None:
    seen: dict[tuple[str | None, str], str] = {}
    for source in sources:
        for place in _places(source):
            first = seen.setdefault((place.subject_id, place.study_id), place.where)
            if first is not place.where:
                raise UsageError(
                    f"{first} and {place.where} would both be study_id {place.study_id!r}; rename one, label the "
                    "folders one by one, or give the reports as a table with --id-column."
                )


def _places(source: Source) -> Iterator[Place]:
    return iter(()) if isinstance(source, Table) else source.places()


def _require_reports(source: Source, count: int) -> None:
    if count == 0 and isinstance(source, Folder | Zip) and next(source.unread(), None) is None:
        raise UsageError(f"{source.path} holds no .txt or .xml file.")
