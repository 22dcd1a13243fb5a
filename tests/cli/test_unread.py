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

    labeler, report = Labeler(sections="all"), Report("1", "Atelectatical change.")
    (entry,) = unread_words(labeler, [(report, labeler.label(report))])
    assert (entry.words, entry.nearest) == ("atelectatical", "atelectatic")


def test_what_label_calls_a_failure_is_one_here_too(run, tmp_path):
    """A row that cannot be read, or is in another language, is reported and counted, and the exit code is 1."""
    path = tmp_path / "r.csv"
    foreign = "Keine Pleuraergüsse. Das Herz ist nicht vergrößert. Kein Pneumothorax, keine Infiltrate."
    path.write_text(f"study_id,text\n1,Tubercloid shadows.\n2,a,b\n3,{foreign.replace(',', '')}\n")
    found = run("unread", path, "--sections", "all")
    assert found.exit_code == 1
    assert "3 reports seen = 1 labelled + 2 failed" in found.stderr
    assert "mostly not in English" in found.stderr
    assert [row["words"] for row in rows(found)] == ["tubercloid"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "nowhere/words.csv"], "folder of nowhere/words.csv does not exist"),
        (["-o", "words.xlsx"], "does not end in .csv"),
        (["--stub", "nowhere/x.yaml"], "does not exist"),
        (["--stub", "x.txt"], "does not end in .yaml"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_the_work(run, reports, monkeypatch, options, message):
    """Nothing is labelled before."""
    monkeypatch.setattr("labeler.pipeline.Labeler", None)
    found = run("unread", reports, *options)
    assert found.exit_code == 2
    assert message in found.stderr
