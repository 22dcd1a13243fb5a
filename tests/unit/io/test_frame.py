"""Reports in a pandas table."""

import pandas as pd
import pytest

from labeler.errors import UsageError
from labeler.io.frame import label_frame
from labeler.records import Label, Status, StudyLabels

SEEN = []


def label_many(reports):
    """Label edema present where the text has a word, and not mentioned where it has none."""
    SEEN.clear()
    for report in reports:
        SEEN.append((report.id, report.text))
        yield StudyLabels((Label("Edema", Status.PRESENT if report.text else None, "rule"),), ())


def test_label_frame_keeps_index_and_identifiers():
    """The result has the table's index and its id column; a missing text is an empty report."""
    frame = pd.DataFrame({"uid": [7, 8, 9], "report": ["edema", None, float("nan")]}, index=["a", "b", "c"])
    result = label_frame(label_many, ["Edema"], frame, text_column="report", id_column="uid")
    expected = pd.DataFrame({"uid": [7, 8, 9], "Edema": [1.0, float("nan"), float("nan")]}, index=["a", "b", "c"])
    pd.testing.assert_frame_equal(result, expected)
    assert SEEN == [("7", "edema"), ("8", ""), ("9", "")]


def test_label_frame_without_id_column_names_reports_by_index():
    """Only the observations stand in the result."""
    result = label_frame(label_many, ["Edema"], pd.DataFrame({"text": ["edema"]}, index=[5]))
    pd.testing.assert_frame_equal(result, pd.DataFrame({"Edema": [1.0]}, index=[5]))
    assert SEEN == [("5", "edema")]


def test_label_frame_finds_the_columns_of_the_command_line():
    """The usual names are found in any case, and the identifiers keep their type, so that tables can be merged."""
    frame = pd.DataFrame({"subject_id": [3], "Study_ID": [50414267], "Report": ["edema"]})
    result = label_frame(label_many, ["Edema"], frame)
    pd.testing.assert_frame_equal(result, pd.DataFrame({"Study_ID": [50414267], "Edema": [1.0]}))
    assert SEEN == [("50414267", "edema")]


def test_label_frame_of_no_rows_has_its_columns():
    """An empty table gives an empty table of numbers."""
    result = label_frame(label_many, ["Edema"], pd.DataFrame({"text": pd.Series([], dtype=object)}))
    assert list(result.columns) == ["Edema"]
    assert result.dtypes["Edema"] == "float64"
    assert len(result) == 0


def test_label_frame_names_the_columns_that_are_there():
    """A missing column is reported with those that are there."""
    with pytest.raises(UsageError, match=r"The table has no column text or .* with text_column\. It has: words\."):
        label_frame(label_many, ["Edema"], pd.DataFrame({"words": ["edema"]}))
    with pytest.raises(UsageError, match=r"The table has no column 'text'; It has: report\."):
        label_frame(label_many, ["Edema"], pd.DataFrame({"report": ["edema"]}), text_column="text")
    with pytest.raises(UsageError, match="The table has no column 'uid'"):
        label_frame(label_many, ["Edema"], pd.DataFrame({"text": ["edema"]}), id_column="uid")


def test_label_frame_refuses_a_text_that_is_none():
    """A number in the text column is an error that names the report and not the value."""
    with pytest.raises(UsageError, match="The text of report 0 is a int; give a column of strings"):
        label_frame(label_many, ["Edema"], pd.DataFrame({"text": [4711]}))
