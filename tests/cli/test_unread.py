"""The words that nothing accounts for."""

import csv
import io

import pytest

from labeler.authoring.unread import unread_words
from labeler.phrasebook.schema import FindingFile
from labeler.phrasebook.yaml_files import read_model


@pytest.fixture
def reports(tmp_path):
    """Write a table of three reports."""
    path = tmp_path / "reports.csv"
    path.write_text(
        "study_id,text\n1,Tubercloid shadows. No edema.\n2,Quiescent tubercloid scars and quiescent cysts.\n"
        "3,Clear lungs.\n"
    )
    return path


def rows(result):
    """Read what the command printed."""
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_unread_words_are_listed_with_their_counts_and_no_text(run, reports):
    """Words that follow each other are one entry; what is most frequent comes first."""
    found = rows(run("unread", reports, "--sections", "all"))
    assert [(row["words"], row["count"], row["studies"]) for row in found] == [
        ("quiescent", "1", "1"),
        ("quiescent tubercloid", "1", "1"),
        ("tubercloid", "1", "1"),
    ]
    assert "shadows" not in run("unread", reports, "--sections", "all").output


def test_report_text_is_shown_only_on_demand(run, reports):
    """Examples are report text."""
    found = rows(run("unread", reports, "--sections", "all", "--with-text"))
    assert found[2]["example"] == "Tubercloid shadows. No edema."


def test_a_stub_is_a_phrase_file(run, reports, tmp_path):
    """What it lists is there to be sorted out, and a file that is there is not replaced."""
    stub = tmp_path / "mine.yaml"
    assert run("unread", reports, "--sections", "all", "--stub", stub).exit_code == 0
    assert "tubercloid" in read_model(stub, FindingFile).mentions[0].phrases
    again = run("unread", reports, "--sections", "all", "--stub", stub)
    assert again.exit_code == 2
    assert "give another name" in again.stderr


def test_the_nearest_known_word_is_shown():
    """It tells what a word may be a form of."""
    from labeler import Labeler, Report

    (entry,) = unread_words(Labeler(sections="all"), [Report("1", "Atelectatical change.")])
    assert (entry.words, entry.nearest) == ("atelectatical", "atelectatic")
