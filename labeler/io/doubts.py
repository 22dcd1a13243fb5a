"""Lists the sentences of studies in which an assertion is in doubt: each once, the most frequent first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.io.row_tables import RowLines
from labeler.io.write import csv_line

if TYPE_CHECKING:
    from typing import BinaryIO

    from labeler.io.output import Finish
    from labeler.io.write import LineFormat
    from labeler.records import Assertion, Report, StudyLabels

DOUBT_COLUMNS = ("sentence", "count", "observations", "status", "reason", "example_study")
"""The columns; several observations of a sentence, with their statuses and reasons, are joined by " | "."""
_BETWEEN = " | "


@dataclass(slots=True)
class _Entry:
    """A sentence with what is in doubt in it, how often it stands in the reports, and the first study with it."""

    doubts: list[tuple[str, str, str]]
    study: str
    count: int = 0


def doubts_format(path: str) -> tuple[LineFormat, Finish]:
    """Return how doubts are written; see `labeler.io.write.table_format`.

    Parameters
    ----------
    path : str
        Ends in .csv.

    Raises
    ------
    UsageError
        If the ending is another.
    """
    if not path.lower().endswith(".csv"):
        raise UsageError(f"{path} does not end in .csv; doubts are written as CSV.")
    return RowLines(_rows), _write


def _rows(report: Report, labels: StudyLabels) -> list[tuple[str, list[tuple[str, str, str]]]]:
    by_sentence = groupby(labels.doubts, key=lambda assertion: assertion.sentence)
    return [_told(report, list(group)) for _, group in by_sentence]


def _told(report: Report, doubts: list[Assertion]) -> tuple[str, list[tuple[str, str, str]]]:
    """Return a sentence, white space evened, with each observation in doubt, its status and the reason."""
    sentence = doubts[0].sentence
    told = [(each.finding, each.status.value if each.status else "none", each.doubt) for each in doubts]
    return " ".join(report.text[sentence.start : sentence.end].split()), list(dict.fromkeys(told))


def _write(lines: BinaryIO, stream: BinaryIO) -> None:
    entries: dict[str, _Entry] = {}
    for line in lines:
        study, told = json.loads(line)
        for sentence, doubts in told:
            entry = entries.setdefault(sentence, _Entry(doubts, study))
            entry.count += 1
    stream.write(csv_line(DOUBT_COLUMNS))
    for sentence, entry in sorted(entries.items(), key=lambda pair: (-pair[1].count, pair[0])):
        joined = [_BETWEEN.join(column) for column in zip(*entry.doubts, strict=True)]
        stream.write(csv_line((sentence, entry.count, *joined, entry.study)))
