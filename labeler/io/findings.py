"""Write the findings of studies with their attributes, a row for each."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from labeler.errors import UsageError
from labeler.io.arrow import import_parquet, write_rows
from labeler.io.write import LineFormat, attribute_values, csv_line, json_line, with_whole_ids
from labeler.records import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from labeler.io.output import Finish
    from labeler.io.write import Cell
    from labeler.parallel import LabelsBatch
    from labeler.records import Finding, Report, StudyLabels

FINDING_COLUMNS = (
    "study_id",
    "subject_id",
    "observation",
    "status",
    *ATTRIBUTES,
    "text",
    "start",
    "end",
)
"""The columns of a table of findings; `text`, `start` and `end` are the sentence of the first mention."""
_NONE = ("",) * len(ATTRIBUTES)
_INTEGERS = frozenset({"start", "end"})


def finding_row(report: Report, finding: Finding) -> tuple[Cell, ...]:
    """Return the cells of a finding; several values of one are joined by ";".

    Parameters
    ----------
    report : Report
    finding : Finding
    """
    sentence = finding.assertions[0].sentence
    values = _NONE
    if finding.attributes:
        values = tuple([";".join(attribute_values(finding, attribute)) for attribute in ATTRIBUTES])
    return (
        report.id,
        report.subject_id or "",
        finding.observation,
        finding.status.value,
        *values,
        report.text[sentence.start : sentence.end],
        sentence.start,
        sentence.end,
    )


def findings_format(path: str, made_with: Mapping[str, str], *, whole_ids: bool = False) -> tuple[LineFormat, Finish]:
    """Return how the findings of each study are written; see `labeler.io.write.table_format`.

    Parameters
    ----------
    path : str
        Ends in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet.
    made_with : mapping of str to str
        Version, model and hash of the phrases; a Parquet file carries them as metadata.
    whole_ids : bool
        Whether identifiers are numbers in JSON and Parquet; see `labeler.io.whole`.

    Raises
    ------
    UsageError
        If the ending is unknown, or pyarrow is missing for Parquet.
    """
    name = path.lower()
    if name.endswith(".parquet"):
        import_parquet()
        return FindingLines(), partial(_write_parquet, dict(made_with), whole_ids)
    for ending, write in ((".csv", _write_csv), (".jsonl", partial(_write_objects, whole_ids))):
        if name.endswith(ending):
            return FindingLines(), write
        if name.endswith(f"{ending}.gz"):
            return FindingLines(), partial(_write_compressed, write)
    raise UsageError(f"{path} ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet; name --findings with one.")


@dataclass(frozen=True, slots=True)
class FindingLines(LineFormat):
    """The identifier and the findings of a study as a line of JSON; a study without any has a line too."""

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        return (json.dumps([report.id, [finding_row(report, one) for one in labels.findings]]) + "\n").encode()

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written."""
        return (json.loads(line)[0] for line in stream)


def _rows(lines: Iterable[bytes]) -> Iterator[list[Cell]]:
    return (row for line in lines for row in json.loads(line)[1])


def _write_csv(lines: BinaryIO, stream: BinaryIO) -> None:
    stream.write(csv_line(FINDING_COLUMNS))
    stream.writelines(csv_line(row) for row in _rows(lines))


def _write_objects(whole_ids: bool, lines: BinaryIO, stream: BinaryIO) -> None:  # noqa: FBT001 - for `partial`
    records = (dict(zip(FINDING_COLUMNS, row, strict=True)) for row in _rows(lines))
    stream.writelines(json_line(with_whole_ids(record) if whole_ids else record) for record in records)


def _write_compressed(write: Finish, lines: BinaryIO, stream: BinaryIO) -> None:
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as compressed:
        write(lines, cast("BinaryIO", compressed))


def _write_parquet(
    made_with: dict[str, str],
    whole_ids: bool,  # noqa: FBT001 - for `partial`
    lines: BinaryIO,
    stream: BinaryIO,
) -> None:
    arrow, _ = import_parquet()
    fields = [(name, arrow.int64() if name in _INTEGERS else arrow.string()) for name in FINDING_COLUMNS]
    write_rows(_rows, lines, stream, fields, made_with, whole_ids=whole_ids)


def finding_rows(labeler: LabelsBatch, reports: Sequence[Report]) -> list[list[tuple[Cell, ...]]]:
    """Return the rows of the findings of each report.

    Parameters
    ----------
    labeler : Labeler
    reports : sequence of Report
    """
    labelled = zip(reports, labeler.label_batch(reports), strict=True)
    return [[finding_row(report, finding) for finding in labels.findings] for report, labels in labelled]
