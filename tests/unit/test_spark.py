"""Labelling on Spark, in a real local session with several Python workers."""

import os
import shutil
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

from labeler.cli.app import main
from labeler.errors import UsageError
from labeler.pipeline import Labeler

pytest.importorskip("pyspark", reason="pyspark is not installed; it is the extra spark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not installed", allow_module_level=True)

from pyspark.sql import SparkSession
from pyspark.sql.types import StringType, StructField, StructType

from labeler.spark import _LabelRows, label_dataframe, label_files

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers of this environment

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # pyspark warns of its own use of pandas

TEXTS = {
    "s1": "IMPRESSION: No pneumothorax. Small left effusion, possibly with atelectasis.",
    "s2": "FINDINGS: The heart is enlarged.\nIMPRESSION: Cardiomegaly; no edema.",
    "s3": "",
    "s4": "Opacity which may represent pneumonia.",
}


@pytest.fixture(scope="module")
def spark():
    """Start a session with two Python workers."""
    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.python.worker.faulthandler.enabled", "true")  # a worker that dies says where
        .config("spark.sql.execution.pyspark.udf.faulthandler.enabled", "true")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def labeler():
    """Make the labeler that the rows are compared with."""
    return Labeler()


def table(spark, count=40):
    """Make a table of reports with a further column, over several partitions."""
    texts = list(TEXTS.values())
    rows = [(f"s{number}", texts[number % 4] or None, number) for number in range(count)]
    return spark.createDataFrame(rows, "uid string, report string, year int").repartition(8)


def expected(labeler, study, text):
    """Return the row of a report as the labeler itself gives it."""
    (row,) = labeler.label_frame(pd.DataFrame({"id": [study], "text": [text]}), id_column="id").to_dict("records")
    return {name: None if name != "id" and pd.isna(value) else value for name, value in row.items() if name != "id"}


def test_rows_are_those_of_the_labeler_itself(spark, labeler):
    """Each report has the labels that one process gives it, whichever worker labelled it."""
    labelled = label_dataframe(table(spark), "report", "uid", keep=["year"], labeler=labeler)
    assert labelled.columns == ["uid", "year", "error", *sorted(labeler.findings)]
    rows = {row["uid"]: row.asDict() for row in labelled.collect()}
    assert len(rows) == 40
    for number in range(40):
        text = list(TEXTS.values())[number % 4]
        of_labeler = expected(labeler, f"s{number}", text)
        assert rows[f"s{number}"] == {"uid": f"s{number}", "year": number, "error": None, **of_labeler}


def test_without_an_identifier_there_are_labels_alone(spark, labeler):
    """A table of texts is enough."""
    frame = table(spark, 4).select("report")
    assert label_dataframe(frame, "report", None, labeler=labeler).columns == ["error", *sorted(labeler.findings)]


class Failing(Labeler):
    """Fails on a report that says so, and quotes it."""

    def label_batch(self, reports, **options):
        """Label reports together, or none."""
        if any("faulty" in report.text for report in reports):
            raise ValueError(reports[0].text)
        return super().label_batch(reports, **options)


def test_a_report_on_which_the_labeler_fails_keeps_its_row(labeler):
    """It has no labels and says where the labeler failed, not what; the others are labelled."""
    texts = ["No edema.", "faulty XYZZY", None, "Edema."]
    batch = pd.DataFrame({"uid": [1, 2, 3, 4], "text": texts, "error": [None, None, "is not text", None]})
    label = _LabelRows(Failing(), ("uid",), "text", "uid")
    (rows,) = label(iter([batch]))
    assert rows["uid"].tolist() == [1, 2, 3, 4]
    assert rows["Edema"].replace({float("nan"): None}).tolist() == [0.0, None, None, 1.0]
    assert rows[sorted(labeler.findings)].loc[1].isna().all()
    assert rows["error"].isna().tolist() == [True, False, False, True]
    _, failed, unread, _ = rows["error"]
    assert unread == "is not text"
    assert failed.startswith("ValueError at labeler.io.rows:")
    assert failed.endswith("; tell the labeler's developers this line and its version, without the report")


def test_a_kept_column_of_errors_is_taken_over(spark, labeler):
    """What was wrong before still stands there."""
    frame = table(spark, 4).withColumnRenamed("year", "error")
    rows = label_dataframe(frame, "report", "uid", keep=["error"], labeler=labeler).collect()
    assert sorted((row["uid"], row["error"]) for row in rows) == [(f"s{number}", str(number)) for number in range(4)]


def test_a_missing_column_and_one_of_a_findings_name_are_errors(spark, labeler):
    """What is wrong with the columns is said before Spark begins."""
    with pytest.raises(UsageError, match="did you mean 'report'"):
        label_dataframe(table(spark), "reprot", "uid", labeler=labeler)
    frame = table(spark).withColumnRenamed("year", "Edema")
    with pytest.raises(UsageError, match="'Edema' has the name of a finding"):
        label_dataframe(frame, "report", "uid", keep=["Edema"], labeler=labeler)
    for columns, names in ((("uid", "Error"), ("Error", "uid")), (("Error", "report"), ("report", "Error"))):
        renamed = table(spark).toDF(*columns, "year")
        with pytest.raises(UsageError, match="'Error' has the name of that of errors"):
            label_dataframe(renamed, *names, labeler=labeler)


def test_the_labeler_is_made_once_in_each_worker(spark, labeler):
    """Partitions and jobs that a Python worker does share its labeler; there are several workers."""

    def say(batches):
        for batch in batches:
            yield pd.DataFrame({"made": [f"{os.getpid()} {id(labeler)}"] * len(batch)})

    schema = StructType([StructField("made", StringType())])
    made = {row["made"] for _ in range(2) for row in table(spark).mapInPandas(say, schema).collect()}
    workers = {line.split()[0] for line in made}
    assert len(made) == len(workers)
    assert str(os.getpid()) not in workers


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_tables_are_labelled_from_files(spark, labeler, tmp_path, kind):
    """Parquet and CSV are read by Spark, with the usual columns and line ends inside cells."""
    frame = pd.DataFrame({"subject_id": "p1", "study_id": list(TEXTS), "text": list(TEXTS.values())})
    if kind == "parquet":
        frame.to_parquet(tmp_path / "in.parquet")
    else:
        frame.to_csv(tmp_path / "in.csv", index=False)
    rows = label_files(spark, str(tmp_path / f"in.{kind}"), labeler=labeler, partitions=2).collect()
    assert {row["study_id"]: row["Cardiomegaly"] for row in rows} == {"s1": None, "s2": 1.0, "s3": None, "s4": None}
    assert {row["subject_id"] for row in rows} == {"p1"}


def test_the_command_labels_a_folder_of_texts(spark, tmp_path):
    """Text files give MIMIC-CXR's identifiers; one that is no text has a row that says so; OUT is Parquet."""
    folder = tmp_path / "in" / "p10" / "p10000032"
    folder.mkdir(parents=True)
    (folder / "s50414267.txt").write_bytes("No edema. 37\N{DEGREE SIGN}".encode("cp1252"))
    (folder / "s50000001.txt").write_bytes(b"XYZZY\0")
    out = tmp_path / "out"
    spark.stop()
    result = CliRunner().invoke(main, ["spark-label", str(tmp_path / "in"), str(out), "--master", "local[2]"])
    assert result.exit_code == 1, result.output
    assert "2 reports seen = 1 labelled + 1 failed\n" in result.stderr
    first, second = pd.read_parquet(out).sort_values("study_id").to_dict("records")
    assert pd.isna(second["error"])
    assert (second["subject_id"], second["study_id"], second["Edema"]) == ("10000032", "50414267", 0.0)
    assert first["error"] == "is not text: holds NUL bytes; save it as UTF-8 text"
    again = CliRunner().invoke(main, ["spark-label", str(tmp_path / "in"), str(out), "--master", "local[2]"])
    assert again.exit_code == 2
    assert "already exists" in again.output
    assert "XYZZY" not in again.output
