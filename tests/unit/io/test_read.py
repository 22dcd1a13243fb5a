"""Inputs of every kind in one reading."""

import zipfile

import pytest

from labeler.errors import UsageError
from labeler.io.read import Failure, open_inputs, read_reports
from labeler.records import Report


@pytest.fixture
def inputs(tmp_path):
    """Make one input of each kind."""
    (tmp_path / "in" / "p10000032").mkdir(parents=True)
    (tmp_path / "in" / "p10000032" / "s50414267.txt").write_text("a")
    (tmp_path / "one.txt").write_text("b")
    (tmp_path / "t.csv").write_text("id,text\n1,c\n")
    (tmp_path / "t.jsonl").write_text('{"id": "2", "text": "d"}\n')
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr("two.txt", "e")
    return tmp_path


def test_read_reports_takes_inputs_of_every_kind_in_their_order(inputs):
    """The ending of a name decides how it is read."""
    names = ("t.jsonl", "in", "one.txt", "in.zip", "t.csv")
    assert list(read_reports(inputs / name for name in names)) == [
        Report("2", "d"),
        Report("50414267", "a", "10000032"),
        Report("one", "b"),
        Report("two", "e"),
        Report("1", "c"),
    ]


def test_open_inputs_counts_what_are_files(inputs):
    """Files are counted before they are read; a table says how many it has only when read."""
    assert open_inputs([inputs / "in", inputs / "one.txt", inputs / "in.zip"]).expected == 3
    assert open_inputs([inputs / "in", inputs / "t.csv"]).expected is None


def test_open_inputs_knows_subjects_anywhere(inputs):
    """One input with subjects is enough for the column."""
    assert open_inputs([inputs / "one.txt", inputs / "in"]).has_subjects
    assert not open_inputs([inputs / "one.txt", inputs / "t.csv"]).has_subjects
    (inputs / "t.csv").write_text("id,subject_id,text\n1,7,c\n")
    assert open_inputs([inputs / "one.txt", inputs / "t.csv"]).has_subjects


def test_the_same_study_of_two_patients_is_no_collision(tmp_path):
    """Subject and study together name a MIMIC-CXR report; the same twice is an error."""
    for patient in ("p1", "p2"):
        (tmp_path / patient).mkdir()
        (tmp_path / patient / "s5.txt").write_text("a")
    assert open_inputs([tmp_path]).expected == 2
    with pytest.raises(UsageError, match="would both be study_id '5'"):
        open_inputs([tmp_path, tmp_path / "p1"])


def test_a_format_can_be_said(inputs):
    """`input_format` holds for inputs whose names don't say."""
    (inputs / "t.dat").write_text("id,text\n1,c\n")
    assert list(read_reports([inputs / "t.dat"], input_format="csv")) == [Report("1", "c")]
    assert list(read_reports([inputs / "t.dat"], input_format="text")) == [Report("t", "id,text\n1,c\n")]


def test_a_folder_of_which_nothing_can_be_read_is_no_usage_error(tmp_path):
    """What is there but can't be read is listed; a folder without any report is an error."""
    with pytest.raises(UsageError, match=r"holds no \.txt or \.xml file"):
        open_inputs([tmp_path])
    (tmp_path / "a.txt").symlink_to("gone")
    (failure,) = open_inputs([tmp_path])
    assert isinstance(failure, Failure)
