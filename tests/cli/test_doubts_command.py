"""`labeler label --doubts`, and doubts in evidence and explanation, with the labeler itself."""

import json

import pytest

from labeler.pipeline import Labeler

DIALYZED = "Whatever edema there was has been dialyzed off."
TOSS = "It is a toss of the coin: consolidation, mass."
TEXTS = {
    "s1": f"No effusion. {TOSS}",
    "s2": DIALYZED,
    "s3": f"Normal. {DIALYZED.replace(' ', '  ')}",
    "s4": "No edema.",
}
LINES = [
    "sentence,count,observations,status,reason,example_study",
    f'{DIALYZED},2,Edema,present,"nothing has read ""has been dialyzed off"", ""whatever""",s2',
]
"""The head, and the sentence that stands in two reports, however it is spaced."""


@pytest.fixture
def label(label_beside):
    """Label the reports with their doubts and return the lines that were written."""

    def label(name, *options):
        return label_beside("--doubts", name, *options).read_text().splitlines()

    return label


def test_each_sentence_stands_once_the_most_frequent_first(label):
    """Several observations of a sentence stand in one line."""
    lines = label("doubts.csv")
    assert lines[:2] == LINES
    assert lines[2].startswith(f'"{TOSS}",1,Consolidation | Lung Lesion,present | present,')
    assert lines[2].endswith(",s1")
    assert len(lines) == 3


def test_workers_and_an_interruption_change_no_byte(label, monkeypatch):
    """Doubts are written as the other outputs are."""
    whole = label("one.csv")
    assert label("two.csv", "--workers", "2") == whole
    read = Labeler.label_batch

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Labeler, "label_batch", interrupted)
    with pytest.raises(AssertionError):
        label("resumed.csv")
    monkeypatch.setattr(Labeler, "label_batch", read)
    assert label("resumed.csv", "--resume") == whole


def test_evidence_and_explanation_have_the_reason(label, run, tmp_path):
    """The evidence has the field `doubt` where there is one."""
    label("doubts.csv", "--evidence", tmp_path / "evidence.jsonl")
    lines = (tmp_path / "evidence.jsonl").read_text().splitlines()
    mentions = [mention for line in lines for mention in json.loads(line)["mentions"]]
    assert {m["text"] for m in mentions if "doubt" in m} == {"consolidation", "mass", "edema"}
    (tmp_path / "one.txt").write_text(DIALYZED)
    explained = run("explain", tmp_path / "one.txt").stdout
    assert '        in doubt: nothing has read "has been dialyzed off", "whatever"\n' in explained


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--doubts", "d.csv"], "--doubts needs a file; name it with --output."),
        (["-o", "l.csv", "--doubts", "d.txt"], "d.txt does not end in .csv; doubts are written as CSV."),
        (["-o", "l.csv", "--doubts", "l.csv"], "name the same file"),
    ],
)
def test_what_cannot_be_written_is_one_message(run, reports, monkeypatch, options, said):
    """A missing table, another ending and one name twice end the run with 2."""
    monkeypatch.chdir(reports.parent)
    result = run("label", reports, *options)
    assert result.exit_code == 2
    assert said in result.stderr
