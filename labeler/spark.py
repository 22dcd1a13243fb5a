"""Label reports on a Spark cluster: the same function as everywhere, over the rows of a table.

pyspark and pyarrow are the extra `spark`: `pip install "cxr-labeler[spark]"`. docs/scale.md says how to run it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from labeler.errors import LabelerError, UsageError, place_of
from labeler.io.arrow import import_parquet, records
from labeler.io.cells import report_of
from labeler.io.columns import Columns, choose_columns, choose_table_columns
from labeler.io.csv_tables import csv_columns, csv_rows
from labeler.io.files import read_content
from labeler.io.rows import label_each
from labeler.io.source import Failure, FailureKind, UnreadableError
from labeler.io.tables import Table
from labeler.io.write import value_of
from labeler.parallel import in_batches
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyarrow import RecordBatch
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from labeler.pipeline import Labeler
    from labeler.records import StudyLabels

ERROR = "error"
"""Column of the result that says why a report has no labels; null if it is labelled."""
_TASKS_PER_CORE = 4
_LABELLED_AT_ONCE = 256
_READ = "study_id string, subject_id string, text string, error string"
"""Columns of what our own readers read."""


def label_dataframe(
    frame: DataFrame,
    text_column: str | Sequence[str] | None = None,
    id_column: str | None = "study_id",
    *,
    keep: Iterable[str] = (),
    labeler: Labeler | None = None,
) -> DataFrame:
    """Label a table of reports, lazily, as Spark does everything.

    Rules and parser are loaded once in each Python worker of Spark, not once a partition. The phrases must be found at
    the same path on every machine; those of the installed package are. A row that is no report, or on which the labeler
    fails, is kept without labels and says in `error` why; what fails is the same as on one machine.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        One report a row.
    text_column : str or sequence of str, optional
        A null is an empty report. Several columns are sections of the report; by default a column with a usual name.
    id_column : str, optional
        Comes first in the result; text or whole numbers. Finds the studies of MIMIC-CXR whose section was set by hand.
    keep : iterable of str
        Further columns that the result takes over, such as subject_id. A column `error` of its own is taken over as
        text, and written to where the labeler fails.
    labeler : Labeler, optional
        Is made anew in each worker; `Labeler()` by default.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns `id_column` and `keep`; `error`, null where the report is labelled; then a number per finding
        in alphabetical order: 1.0 present, 0.0 absent, -1.0 uncertain, null not mentioned.

    Raises
    ------
    UsageError
        If a column does not exist, or two of the result would have one name.

    Examples
    --------
    >>> label_dataframe(spark.read.parquet("reports.parquet"), id_column="uid")  # doctest: +SKIP
    DataFrame[uid: string, error: string, Atelectasis: double, Cardiomegaly: double, ...]
    """
    from labeler.pipeline import Labeler

    labeler = labeler or Labeler()
    columns = choose_table_columns(frame.columns, text_column, id_column)
    keep = tuple(keep)
    names = tuple(dict.fromkeys([*([columns.id] if columns.id else []), *(name for name in keep if name != ERROR)]))
    _require_free(names, columns.texts, labeler.findings)
    label_rows = _LabelRows(labeler, names, replace(columns, subject=None))
    read = [_column(frame, name) for name in label_rows.read[:-1]] + [_error_column(frame, keep)]
    schema = _schema(frame, label_rows)
    # Of columns with dots in their names mapInArrow finds none, so they go to the workers by number.
    return frame.select(*(column.alias(f"_{at}") for at, column in enumerate(read))).mapInArrow(label_rows, schema)


def _column(frame: DataFrame, name: str) -> Column:
    """Return a column by its name, in which Spark would take a dot for the way into a structure."""
    return frame[f"`{name.replace('`', '``')}`"]


def _require_free(names: Sequence[str], texts: Sequence[str], findings: Iterable[str]) -> None:
    """Refuses columns with names of the result's own; Spark makes no difference of upper and lower case."""
    of_findings = {finding.casefold() for finding in findings}
    for name in names:
        if name.casefold() in of_findings:
            raise UsageError(f"The column {name!r} has the name of a finding; rename it before labelling.")
    for name in (*names, *texts):
        if name.casefold() == ERROR:
            raise UsageError(f"The column {name!r} has the name of that of errors; rename it before labelling.")


def _error_column(frame: DataFrame, keep: Sequence[str]) -> Column:
    from pyspark.sql.functions import lit

    return (_column(frame, ERROR) if ERROR in keep else lit(None)).cast("string")


@dataclass(frozen=True, slots=True)
class _LabelRows:
    """The task of labelling a partition's rows. A worker makes the labeler once, however often this is unpickled."""

    labeler: Labeler
    names: tuple[str, ...]
    columns: Columns

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that are read."""
        return (*dict.fromkeys([*self.names, *self.columns.texts]), ERROR)

    def __call__(self, batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
        return map(self._label_quietly, batches)

    def _label_quietly(self, batch: RecordBatch) -> RecordBatch:
        """Keep the messages of errors that nobody expected, which may quote a report, out of Spark's logs."""
        try:
            return self._label(batch)
        except LabelerError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is
            raise LabelerError(f"The labeler failed: {place_of(error)}") from None

    def _label(self, numbered: RecordBatch) -> RecordBatch:
        arrow, _ = import_parquet()
        batch = numbered.rename_columns(list(self.read))
        read = list(self._read(batch))
        reports = [item for item in read if isinstance(item, Report)]
        batches = in_batches(reports, _LABELLED_AT_ONCE)
        labelled = iter([answer for some in batches for answer in label_each(self.labeler, some)])
        answers = [next(labelled) if isinstance(item, Report) else item for item in read]
        columns = [batch.column(name) for name in self.names]
        errors = batch.column(ERROR).to_pylist()
        columns.append(arrow.array([_error(*pair) for pair in zip(answers, errors, strict=True)], arrow.string()))
        findings = sorted(self.labeler.findings)
        for finding in findings:
            values = [None if isinstance(answer, Failure) else value_of(answer[finding]) for answer in answers]
            columns.append(arrow.array(values, arrow.float64()))
        return arrow.RecordBatch.from_arrays(columns, names=[*self.names, ERROR, *findings])

    def _read(self, batch: RecordBatch) -> Iterator[Report | Failure]:
        """Yield the report of each row, or why it is none, as every reader of tables does."""
        errors = batch.column(ERROR).to_pylist()
        for number, record in enumerate(records(batch, self.columns.names)):
            if errors[number] and record[self.columns.texts[0]] is None:  # what our own readers could not read
                yield Failure("", FailureKind.UNREADABLE, "", "")
            else:
                yield report_of("", record, self.columns, number)


def _error(answer: StudyLabels | Failure, before: str | None) -> str | None:
    return before or (f"{answer.reason}; {answer.remedy}" if isinstance(answer, Failure) else None)


def _schema(frame: DataFrame, label_rows: _LabelRows) -> StructType:
    from pyspark.sql.types import DoubleType, StringType, StructField, StructType

    kept = [StructField(name, frame.schema[name].dataType) for name in label_rows.names]
    findings = [StructField(name, DoubleType()) for name in sorted(label_rows.labeler.findings)]
    return StructType([*kept, StructField(ERROR, StringType()), *findings])


def label_files(
    spark: SparkSession,
    source: str,
    *,
    labeler: Labeler | None = None,
    input_format: str | None = None,
    id_column: str | None = None,
    text_column: str | Sequence[str] | None = None,
    partitions: int | None = None,
) -> DataFrame:
    """Label Parquet, CSV or text files that Spark can read.

    Parameters
    ----------
    spark : pyspark.sql.SparkSession
    source : str
        A path or URL of any file system that Spark knows.
    labeler : Labeler, optional
    input_format : "parquet", "csv" or "text", optional
        By the ending of `source`; text, a folder with .txt files at any depth, where it has none.
    id_column : str, optional
        Column of Parquet and CSV; the usual names are tried.
    text_column : str or sequence of str, optional
        The same; several are sections of the report.
    partitions : int, optional
        Tasks that the work is divided into; four per core by default, so that no core waits long for the last.

    Returns
    -------
    pyspark.sql.DataFrame
        As `label_dataframe`, with subject_id where it is known. What `labeler label` would list as a failure is a row
        that says so in `error`.

    Raises
    ------
    UsageError
        If a column does not exist, or the format is unknown.

    Notes
    -----
    CSV and text files are read by this package's own readers, a file in one task, and not by Spark's, which would cut
    or join rows whose quotes or cells are not in order. Spark leaves out files whose names begin with `.` or `_`.
    """
    kind = input_format or _kind(source)
    if kind == "parquet":
        frame = spark.read.parquet(source)
        columns = choose_columns(frame.columns, source, id_column=id_column, text_column=text_column)
        keep = [columns.subject] if columns.subject else []
    elif kind in {"csv", "text"}:
        frame, columns = _read_files(spark, source, _ReadFiles(kind, id_column, text_column))
        keep = [ERROR, *([columns.subject] if columns.subject else [])]
    else:
        raise UsageError(f"Spark reads parquet, csv or text here, not {kind}.")
    count = partitions or _TASKS_PER_CORE * spark.sparkContext.defaultParallelism
    return label_dataframe(frame.repartition(count), columns.texts, columns.id, keep=keep, labeler=labeler)


def _kind(source: str) -> str:
    name = source.lower().rstrip("/")
    return next((kind for kind in ("parquet", "csv") if name.endswith((f".{kind}", f".{kind}.gz"))), "text")


def _read_files(spark: SparkSession, source: str, read: _ReadFiles) -> tuple[DataFrame, Columns]:
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true")
    if read.kind == "text":
        files = files.option("pathGlobFilter", "*.[tT][xX][tT]")
    found = files.load(source).select("path", "content")
    columns = Columns("study_id", ("text",), "subject_id")
    if read.kind == "csv":
        first = found.limit(1).mapInArrow(read.columns, "id string, subject_id string, refusal string").first()
        if first is None or first["refusal"]:
            raise UsageError(first["refusal"] if first else f"{source} holds no file.")
        columns = Columns(first["id"] or "study_id", ("text",), first["subject_id"])
    return found.mapInArrow(read, _READ).withColumnRenamed("study_id", columns.id), columns


@dataclass(frozen=True, slots=True)
class _ReadFiles:
    """The task of reading files with our own readers."""

    kind: str
    id_column: str | None
    text_column: str | Sequence[str] | None

    def __call__(self, batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
        for path, content in _files(batches):
            items = [read_content(path, content)] if self.kind == "text" else self._unread(path, content)
            for some in in_batches(map(_row, items), _LABELLED_AT_ONCE):
                yield _strings(_READ, some)

    def columns(self, batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
        """Yield the columns of the first CSV file, or why it has none."""
        for path, content in _files(batches):
            try:
                chosen = csv_columns(self._table(path, content, is_quiet=False))
                row: tuple[str | None, ...] = chosen.id, chosen.subject, None
            except (UsageError, UnreadableError) as error:
                row = "", None, str(error) if isinstance(error, UsageError) else f"{path} {error}"
            yield _strings("id subject_id refusal", [row])

    def _table(self, path: str, content: bytes, *, is_quiet: bool = True) -> Table:
        return Table(path, csv_rows, self.id_column, self.text_column, content, is_quiet=is_quiet)

    def _unread(self, path: str, content: bytes) -> Iterator[Report | Failure]:
        try:
            yield from self._table(path, content).unread()
        except UsageError as error:
            yield Failure(path, FailureKind.UNREADABLE, str(error), "give all files of a folder the same columns")


def _files(batches: Iterator[RecordBatch]) -> Iterator[tuple[str, bytes]]:
    for batch in batches:
        for path, content in zip(batch.column(0), batch.column(1), strict=True):
            yield unquote(urlsplit(path.as_py()).path), content.as_py()


def _row(item: Report | Failure) -> tuple[str | None, ...]:
    if isinstance(item, Report):
        return item.id, item.subject_id, item.text, None
    where = "" if item.study_id else f"{item.where}: "
    return item.study_id or None, None, None, f"{where}{item.reason}; {item.remedy}"


def _strings(names: str, rows: Sequence[Sequence[str | None]]) -> RecordBatch:
    arrow, _ = import_parquet()
    columns = [arrow.array(column, arrow.string()) for column in zip(*rows, strict=True)]
    return arrow.RecordBatch.from_arrays(columns, names=names.replace(" string,", "").removesuffix(" string").split())
