"""Write tables with any number of rows per study: findings with their attributes, and the like.

While a run lasts, a study is one line with all its rows, so that none can be lost unnoticed; the table is made of these
lines at the end.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from labeler.errors import UsageError
from labeler.io.arrow import import_parquet, write_rows
from labeler.io.write import LineFormat, csv_line, json_line, with_whole_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from labeler.io.output import Finish
    from labeler.io.write import Cell
    from labeler.records import Report, StudyLabels


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table with any number of rows per study.

    Parameters
    ----------
    option : str
        The option that names its file.
    columns : tuple of str
    integers : frozenset of str
        The columns that hold whole numbers; all others hold text.
    number : str
        The column, the first, that numbers the rows of the table from 1; "" for none.
    whole_ids : bool
        Whether identifiers are numbers in JSON and Parquet; see `labeler.io.whole`.
    """

    option: str
    columns: tuple[str, ...]
    integers: frozenset[str]
    number: str = ""
    whole_ids: bool = False

    def format(
        self,
        path: str,
        rows: Callable[[Report, StudyLabels], Sequence[Sequence[Cell]]],
        made_with: Mapping[str, str],
    ) -> tuple[LineFormat, Finish]:
        """Return how the table is written; see `labeler.io.write.table_format`.

        Parameters
        ----------
        path : str
            Ends in .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet.
        rows : callable
            Returns the rows of a study, without their numbers; goes to the workers, and so must be picklable.
        made_with : mapping of str to str
            Version, model and hash of the phrases; a Parquet file carries them as metadata.

        Raises
        ------
        UsageError
            If the ending is unknown, or pyarrow is missing for Parquet.
        """
        name = path.lower()
        if name.endswith(".parquet"):
            import_parquet()
            return RowLines(rows), partial(_write_parquet, self, dict(made_with))
        for ending, write in ((".csv", _write_csv), (".jsonl", _write_objects)):
            if name.endswith(ending):
                return RowLines(rows), partial(write, self)
            if name.endswith(f"{ending}.gz"):
                return RowLines(rows), partial(_write_compressed, partial(write, self))
        endings = ".csv, .csv.gz, .jsonl, .jsonl.gz, .parquet"
        raise UsageError(f"{path} ends in none of {endings}; name {self.option} with one.")

    def rows(self, lines: BinaryIO) -> Iterator[list[Cell]]:
        """Yield the rows of the lines that `RowLines` wrote."""
        numbers = count(1)
        return ([next(numbers), *row] if self.number else row for line in lines for row in json.loads(line)[1])


@dataclass(frozen=True, slots=True)
class RowLines(LineFormat):
    """The identifier and the rows of a study as a line of JSON; a study without any has a line too."""

    rows: Callable[[Report, StudyLabels], Sequence[Sequence[Any]]]

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        return (json.dumps([report.id, self.rows(report, labels)]) + "\n").encode()

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written."""
        return (json.loads(line)[0] for line in stream)


def _write_csv(table: RowTable, lines: BinaryIO, stream: BinaryIO) -> None:
    stream.write(csv_line(table.columns))
    stream.writelines(csv_line(row) for row in table.rows(lines))


def _write_objects(table: RowTable, lines: BinaryIO, stream: BinaryIO) -> None:
    records = (dict(zip(table.columns, row, strict=True)) for row in table.rows(lines))
    stream.writelines(json_line(with_whole_ids(record) if table.whole_ids else record) for record in records)


def _write_compressed(write: Finish, lines: BinaryIO, stream: BinaryIO) -> None:
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as compressed:
        write(lines, cast("BinaryIO", compressed))


def _write_parquet(table: RowTable, made_with: dict[str, str], lines: BinaryIO, stream: BinaryIO) -> None:
    arrow, _ = import_parquet()
    fields = [(name, arrow.int64() if name in table.integers else arrow.string()) for name in table.columns]
    write_rows(table.rows, lines, stream, fields, made_with, whole_ids=table.whole_ids)
