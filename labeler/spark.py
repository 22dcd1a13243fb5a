"""Label reports on a Spark cluster: the same function as everywhere, over the rows of a table.

pyspark and pyarrow are the extra `spark`: `pip install "cxr-labeler[spark]"`. docs/scale.md says how to run it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from labeler.errors import LabelerError, UsageError, place_of
from labeler.io.columns import choose_columns
from labeler.io.decode import decode
from labeler.io.files import place
from labeler.io.rows import label_each
from labeler.io.source import Failure, UnreadableError
from labeler.io.write import value_of
from labeler.parallel import in_batches
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    from pyspark.sql import Column, DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from labeler.pipeline import Labeler
    from labeler.records import StudyLabels

ERROR = "error"
"""Column of the result that says why a report has no labels; null if it is labelled."""
_TASKS_PER_CORE = 4
_LABELLED_AT_ONCE = 256
_TEXTS = ("study_id", "subject_id", "text", ERROR)
"""Columns of what is read of text files."""


def label_dataframe(
    frame: DataFrame,
    text_column: str = "text",
    id_column: str | None = "study_id",
    *,
    keep: Iterable[str] = (),
    labeler: Labeler | None = None,
) -> DataFrame:
    """Label a table of reports, lazily, as Spark does everything.

    Rules and parser are loaded once in each Python worker of Spark, not once a partition. The phrases must be found at
    the same path on every machine; those of the installed package are. A report on which the labeler fails keeps its
    row, without labels, and says in `error` where it failed.

    Parameters
    ----------
    frame : pyspark.sql.DataFrame
        One report a row.
    text_column : str
        A null is an empty report.
    id_column : str, optional
        Comes first in the result; of any type. Finds the studies of MIMIC-CXR whose section was set by hand.
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
    choose_columns(frame.columns, "The table", id_column=id_column or text_column, text_column=text_column)
    keep = tuple(keep)
    names = tuple(dict.fromkeys([*([id_column] if id_column else []), *(name for name in keep if name != ERROR)]))
    _require_free(names, text_column, labeler.findings)
    taken = frame.select(*dict.fromkeys([*names, text_column]), _error_column(frame, keep).alias(ERROR))
    label_rows = _LabelRows(labeler, names, text_column, id_column)
    return taken.mapInPandas(label_rows, _schema(taken, label_rows))


def _require_free(names: Sequence[str], text_column: str, findings: Iterable[str]) -> None:
    """Refuses columns with names of the result's own; Spark makes no difference of upper and lower case."""
    of_findings = {finding.casefold() for finding in findings}
    for name in names:
        if name.casefold() in of_findings:
            raise UsageError(f"The column {name!r} has the name of a finding; rename it before labelling.")
    for name in (*names, text_column):
        if name.casefold() == ERROR:
            raise UsageError(f"The column {name!r} has the name of that of errors; rename it before labelling.")


def _error_column(frame: DataFrame, keep: Sequence[str]) -> Column:
    from pyspark.sql.functions import lit

    return (frame[ERROR] if ERROR in keep else lit(None)).cast("string")


@dataclass(frozen=True, slots=True)
class _LabelRows:
    """The task of labelling a partition's rows. A worker makes the labeler once, however often this is unpickled."""

    labeler: Labeler
    names: tuple[str, ...]
    text_column: str
    id_column: str | None

    def __call__(self, batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        return map(self._label_quietly, batches)

    def _label_quietly(self, batch: pd.DataFrame) -> pd.DataFrame:
        """Keep the messages of errors that nobody expected, which may quote a report, out of Spark's logs."""
        try:
            return self._label(batch)
        except LabelerError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is
            raise LabelerError(f"The labeler failed: {place_of(error)}") from None

    def _label(self, batch: pd.DataFrame) -> pd.DataFrame:
        import pandas as pd

        findings = sorted(self.labeler.findings)
        rows = [
            [f"{answer.reason}; {answer.remedy}", *[None] * len(findings)]
            if isinstance(answer, Failure)
            else [error, *(value_of(answer[finding]) for finding in findings)]
            for answer, error in zip(self._answers(batch), batch[ERROR], strict=True)
        ]
        made = pd.DataFrame(rows, index=batch.index, columns=[ERROR, *findings], dtype=object)
        return pd.concat([batch[list(self.names)], made.astype(dict.fromkeys(findings, "float64"))], axis=1)

    def _answers(self, batch: pd.DataFrame) -> list[StudyLabels | Failure]:
        identifiers = batch[self.id_column] if self.id_column else [""] * len(batch)
        reports = [
            Report(str(name), text if isinstance(text, str) else "")
            for name, text in zip(identifiers, batch[self.text_column], strict=True)
        ]
        batches = in_batches(reports, _LABELLED_AT_ONCE)
        return [answer for batch in batches for answer in label_each(self.labeler, batch)]


def _schema(taken: DataFrame, label_rows: _LabelRows) -> StructType:
    from pyspark.sql.types import DoubleType, StructField, StructType

    kept = [taken.schema[name] for name in (*label_rows.names, ERROR)]
    return StructType([*kept, *(StructField(name, DoubleType()) for name in sorted(label_rows.labeler.findings))])


def label_files(
    spark: SparkSession,
    source: str,
    *,
    labeler: Labeler | None = None,
    input_format: str | None = None,
    id_column: str | None = None,
    text_column: str | None = None,
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
    id_column, text_column : str, optional
        Columns of Parquet and CSV; the usual names are tried.
    partitions : int, optional
        Tasks that the work is divided into; four per core by default, so that no core waits long for the last.

    Returns
    -------
    pyspark.sql.DataFrame
        As `label_dataframe`, with subject_id where it is known. The row of a file that is no text says so in `error`.

    Raises
    ------
    UsageError
        If a column does not exist, or the format is unknown.
    """
    kind = input_format or _kind(source)
    if kind == "text":
        frame, id_column, text_column, keep = _read_texts(spark, source), "study_id", "text", ["subject_id", ERROR]
    else:
        frame = _read_table(spark, source, kind)
        chosen = choose_columns(frame.columns, source, id_column=id_column, text_column=text_column)
        id_column, text_column, keep = chosen.id, chosen.text, [chosen.subject] if chosen.subject else []
    count = partitions or _TASKS_PER_CORE * spark.sparkContext.defaultParallelism
    return label_dataframe(frame.repartition(count), text_column, id_column, keep=keep, labeler=labeler)


def _kind(source: str) -> str:
    name = source.lower().rstrip("/")
    return next((kind for kind in ("parquet", "csv") if name.endswith((f".{kind}", f".{kind}.gz"))), "text")


def _read_table(spark: SparkSession, source: str, kind: str) -> DataFrame:
    if kind == "parquet":
        return spark.read.parquet(source)
    if kind == "csv":  # quoted as this package and pandas quote, with line ends inside cells
        return spark.read.csv(source, header=True, multiLine=True, quote='"', escape='"')
    raise UsageError(f"Spark reads parquet, csv or text here, not {kind}.")


def _read_texts(spark: SparkSession, source: str) -> DataFrame:
    files = spark.read.format("binaryFile").option("pathGlobFilter", "*.txt").option("recursiveFileLookup", "true")
    return (
        files.load(source)
        .select("path", "content")
        .mapInPandas(_decode, "study_id string, subject_id string, text string, error string")
    )


def _decode(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    import pandas as pd

    for batch in batches:
        rows = [_decoded(path, content) for path, content in zip(batch["path"], batch["content"], strict=True)]
        yield pd.DataFrame(rows, columns=list(_TEXTS), dtype=object)


def _decoded(path: str, content: bytes) -> tuple[str, str | None, str | None, str | None]:
    here = place(unquote(urlsplit(path).path))
    try:
        return here.study_id, here.subject_id, decode(content), None
    except UnreadableError as error:
        return here.study_id, here.subject_id, None, str(error)
