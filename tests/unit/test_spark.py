"""Labelling on Spark, in a real local session with several Python workers."""

import gzip
import os
import shutil
import sys

import pandas as pd
import pytest
from click.testing import CliRunner

from labeler.cli.app import main
from labeler.errors import UsageError
from labeler.io.columns import Columns
from labeler.io.read import read_reports
from labeler.pipeline import Labeler
from labeler.records import Report

pytest.importorskip("pyspark", reason="pyspark is not installed; it is the extra spark")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java, which is not installed", allow_module_level=True)

import pyarrow as pa
import pyarrow.parquet as pq
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
    columns = {"uid": [1, 2, 3, 4], "text": texts, "error": [None, None, "is not text", None]}
    label = _LabelRows(Failing(), ("uid",), Columns("uid", ("text",)))
    (batch,) = label(iter([pa.RecordBatch.from_pydict(columns)]))
    rows = batch.to_pydict()
    assert rows["uid"] == [1, 2, 3, 4]
    assert rows["Edema"] == [0.0, None, None, 1.0]
    assert {rows[finding][1] for finding in labeler.findings} == {None}
    first, failed, unread, last = rows["error"]
    assert (first, unread, last) == (None, "is not text", None)
    assert failed.startswith("ValueError at labeler.io.rows:")
    assert failed.endswith("; tell the labeler's developers this line and its version, without the report")


def counts_of_label(path):
    """Return the identifiers that `labeler label` labels, and what it says of what fails."""
    read = list(read_reports([path]))
    failed = [item for item in read if not isinstance(item, Report)]
    said = sorted(str(item) if not item.study_id else f"{item.reason}; {item.remedy}" for item in failed)
    return sorted(item.id for item in read if isinstance(item, Report)), said


def counts_of_spark(spark, path, labeler):
    """Return the same of Spark."""
    rows = label_files(spark, str(path), labeler=labeler, partitions=2).collect()
    labelled = sorted(row[0] for row in rows if row["error"] is None)
    return labelled, sorted(row["error"] for row in rows if row["error"])


STRICT = {
    "ragged": b"id,text\n1,Edema\n2,Edema,more\n3\n4,Edema\n",
    "unclosed": b'id,text\n1,"Edema\n2,Edema\n3,Edema\n',
    "bytes": b"id,text\n1,37\xb0\n2,\xff\xff\xff\n3,Edema\n",
    "nul": b"id,text\n1,a\0b\n2,Edema\n",
    "no id": b"id,text\n,Edema\n2,Edema\n",
    "line ends": b"id,text\n1,Edema\nNormal heart, clear\n2,Edema\n",
    "headers": b"id,text\n1,Edema\nid,text\n2,Edema\n",
}


@pytest.mark.parametrize("content", STRICT.values(), ids=STRICT)
def test_spark_fails_what_label_fails(spark, labeler, tmp_path, content):
    """CSV is read by one strict reader: the same rows, the same failures, and none is lost."""
    (tmp_path / "in.csv").write_bytes(content)
    labelled, failed = counts_of_label(tmp_path / "in.csv")
    assert counts_of_spark(spark, tmp_path / "in.csv", labeler) == (labelled, failed)
    assert failed or labelled == ["1", "2", "3"]


def test_spark_fails_what_label_fails_in_parquet(spark, labeler, tmp_path):
    """A null identifier, NUL and bytes that are not UTF-8 are failures, each of its own row."""
    texts = pa.array([b"Edema", b"\xff", b"a\0b", b"Edema"])
    texts = pa.StringArray.from_buffers(4, *texts.buffers()[1:])
    table = pa.table({"id": ["1", "2", "3", None], "text": texts})
    pq.write_table(table, tmp_path / "in.parquet")
    labelled, failed = counts_of_label(tmp_path / "in.parquet")
    assert labelled == ["1"]
    where = f"{tmp_path}/in.parquet row 4: "  # which a row of Spark has not
    said = sorted(reason.removeprefix(where) for reason in failed)
    assert counts_of_spark(spark, tmp_path / "in.parquet", labeler) == (labelled, said)


def test_what_is_not_in_english_fails_on_spark_too(spark, labeler):
    """A report of another language has no labels, and says why."""
    rows = [("1", "Kein Pleuraerguss. Herz normal groß."), ("2", "Edema.")]
    found = label_dataframe(spark.createDataFrame(rows, "id string, text string"), "text", "id", labeler=labeler)
    assert sorted((row["id"], row["Edema"], row["error"]) for row in found.collect()) == [
        ("1", None, "is mostly not in English; translate it, or leave it out: the rules read English"),
        ("2", 1.0, None),
    ]


def test_columns_with_dots_and_exact_numbers(spark, labeler):
    """A dot is no way into a structure; a whole number next to a null is not rounded."""
    rows = [(12345678901234567, "Edema."), (None, "Edema.")]
    frame = spark.createDataFrame(rows, "`a.b` bigint, `c.d` string")
    found = label_dataframe(frame, "c.d", "a.b", labeler=labeler).collect()
    assert {(row["a.b"], row["Edema"], row["error"]) for row in found} == {
        (12345678901234567, 1.0, None),
        (None, None, "has no identifier; give every report one"),
    }


def test_a_folder_of_csv_files_has_one_reader(spark, labeler, tmp_path):
    """Also where a file has other columns, or is compressed; the first file's columns are asked for before."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("uid,report\n1,Edema.\n")
    (tmp_path / "in" / "b.csv.gz").write_bytes(gzip.compress(b"uid,report\n2,No edema.\n"))
    rows = label_files(spark, str(tmp_path / "in"), input_format="csv", labeler=labeler, partitions=1).collect()
    assert sorted((row["uid"], row["Edema"]) for row in rows) == [("1", 1.0), ("2", 0.0)]
    (tmp_path / "in" / "a.csv").write_text("uid,note\n1,Edema.\n")
    (tmp_path / "in" / "b.csv.gz").unlink()
    with pytest.raises(UsageError, match="has no column text or report"):
        label_files(spark, str(tmp_path / "in"), input_format="csv", labeler=labeler)


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
