"""The command `labeler spark-label`; pyspark is imported when it runs."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from labeler.cli.options import DEFAULT_INPUTS, labelling_options, new_labeler, text_column_option
from labeler.errors import ReportFileError, UsageError

_ABOUT_PATHS = ("PATH_ALREADY_EXISTS", "PATH_NOT_FOUND")


@click.command("spark-label")
@click.argument("source", metavar="INPUT")
@click.argument("output", metavar="OUT")
@click.option("--input-format", type=click.Choice(["parquet", "csv", "text"]), help="[default: by the ending of INPUT]")
@click.option("--id-column", help="Column with the study's identifier.  [default: study_id, uid, id or study]")
@text_column_option(DEFAULT_INPUTS["text_column"])
@labelling_options
@click.option("--partitions", type=click.IntRange(min=1), help="Tasks to cut the work into.  [default: 4 per core]")
@click.option("--overwrite", is_flag=True, help="Replace what OUT holds.")
@click.option("--master", help="Spark's master, such as local[2]; spark-submit says it otherwise.")
def spark_label(source: str, output: str, **options: Any) -> None:
    """Label reports on a Spark cluster.

    INPUT is a path or URL of Parquet or CSV files, or of a folder whose .txt files are the reports; OUT becomes a
    folder of Parquet files, a row a report, in no particular order; if the column `error` is filled there are no
    labels, and the command ends with 1. Needs the extra: pip install "cxr-labeler[spark]".
    """
    overwrite, master = options.pop("overwrite"), options.pop("master")
    reading = {name: options.pop(name) for name in ("input_format", "id_column", "text_column", "partitions")}
    labeler = new_labeler(**options)
    spark = _session(master)
    try:
        _label(spark, source, output, labeler, reading, mode="overwrite" if overwrite else "errorifexists")
        rows = spark.read.parquet(output)
        seen, failed = rows.selectExpr("count(*)", "count(error)").first()
        _report_duplicates(rows)
    finally:
        spark.stop()
    click.echo(f"{seen} reports seen = {seen - failed} labelled + {failed} failed", err=True)
    if failed:
        sys.exit(1)


def _label(spark: Any, source: str, output: str, labeler: Any, reading: dict[str, Any], *, mode: str) -> None:
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import AnalysisException, PySparkException

    from labeler.spark import label_files

    try:
        label_files(spark, source, labeler=labeler, **reading).write.mode(mode).parquet(output)
    except AnalysisException as error:
        kind = error.getErrorClass()
        # The messages of other kinds list the names of columns, which could be text.
        reason = str(error).split("\n", 1)[0] if kind in _ABOUT_PATHS else f"Spark says {kind}"
        raise UsageError(f"Spark cannot label {source} to {output}: {reason}") from None
    except (PySparkException, Py4JJavaError) as error:  # whose messages may quote a report
        message = (
            f"Spark cannot label {source} to {output}: {type(error).__name__}; see Spark's own log for the reason."
        )
        raise ReportFileError(message) from None


def _report_duplicates(rows: Any) -> None:
    names = [f"`{name.replace('`', '``')}`" for name in rows.columns[: rows.columns.index("error")]]
    identified = rows.where(f"{names[0]} is not null").selectExpr(*names)
    if more := identified.count() - identified.distinct().count():
        have = "1 row has" if more == 1 else f"{more} rows have"
        click.echo(f"{have} the identifier of another row; all are labelled", err=True)


def _session(master: str | None) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        message = 'spark-label needs pyspark; install it with: pip install "cxr-labeler[spark]"'
        raise UsageError(message) from None
    if (master or "").startswith("local"):
        # Workers on this machine are of this environment, not of whatever python3 is first on the path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("labeler")
    return (builder.master(master) if master else builder).getOrCreate()
