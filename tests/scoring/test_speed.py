"""What the measurement of speed rests on; times themselves are in no test."""

import csv
import json
import re

import pytest

from eval.speed import Run, run
from eval.speed_against import against, automatic, dense
from eval.speed_corpus import make_corpus
from labeler.io.read import open_inputs

SIDES = ("left", "right", "bilateral")
PLACES = ("upper lobe", "lower lobe", "base", "apex")


@pytest.fixture
def source(tmp_path):
    """Make a table of findings and impressions."""
    path = tmp_path / "reports.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["uid", "findings", "impression"])
        for number, (side, place) in enumerate((side, place) for side in SIDES for place in PLACES):
            findings = f"Opacity of the {side} {place}. Heart size is normal. Nodule of {number} mm."
            writer.writerow([number, findings, f"Small {side} effusion. No edema."])
    return path


def test_the_collection_has_the_layout_and_the_growth_that_it_says(source, tmp_path):
    """Files lie as in MIMIC-CXR, new sentences come as the exponent says, and the same seed gives the same bytes."""
    growth = make_corpus(source, tmp_path / "a", 1000)
    assert growth == make_corpus(source, tmp_path / "b", 1000)
    (point,) = growth
    assert point.reports == 1000
    assert point.distinct == pytest.approx(1.89 * point.sentences**0.85, rel=0.05)
    reading = open_inputs([tmp_path / "a"])
    assert (reading.expected, reading.has_subjects) == (1000, True)
    texts = [report.text for report in reading]
    assert texts == [report.text for report in open_inputs([tmp_path / "b"])]
    assert 750 < sum("\n IMPRESSION: \n" in text for text in texts) < 900
    assert all(re.match(r" +FINAL REPORT\n EXAMINATION:", text) for text in texts)


def test_a_run_tells_its_memory_and_that_of_its_children():
    """Peak memory is of the process, and of the largest of those that it starts."""
    code = "import subprocess, sys; x = bytearray(50_000_000); subprocess.run([sys.executable, '-c', '%s'])"
    measured = run("-c", code % "import time; y = bytearray(90_000_000); time.sleep(1)")
    assert measured.parent > 50
    assert measured.worker > 90
    assert measured.seconds > 1


def test_the_peers_are_timed_on_what_they_are_given(tmp_path):
    """A peer's script needs nothing of the labeler, and gives a time per repetition."""
    from eval import speed_peers

    nlp = speed_peers.negspacy_rules({"Edema": ["edema"]})
    doc = nlp("No edema.")
    assert [(span.text, span._.negex) for span in doc.ents] == [("edema", True)]
    (tmp_path / "data.json").write_text(json.dumps({"texts": ["No edema."], "phrases": {"Edema": ["edema"]}}))
    assert len(speed_peers.seconds(nlp, ["No edema."])) == speed_peers.REPETITIONS


class Runs:
    """Stands for `run`, so that the tables are made without a measurement."""

    def __init__(self):
        self.given = []

    def __call__(self, *arguments, checkout=None):
        """Return what a run would, slower for the earlier checkout."""
        self.given.append((arguments, checkout))
        seconds = 2.0 if checkout else 1.0
        return Run(seconds, seconds, 50.0, 0.0)


def test_an_earlier_checkout_is_measured_in_turn(tmp_path):
    """The ratio is that of this one to the earlier one; without an earlier one there is none."""
    runs = Runs()
    table = against(runs, tmp_path / "few", tmp_path / "many", tmp_path, tmp_path / "a558695")
    assert {row[1:] for row in table.rows} == {("1.00", "2.00", "0.50")}
    assert [checkout for _, checkout in runs.given[:4]] == [None, tmp_path / "a558695"] * 2
    alone = against(Runs(), tmp_path / "few", tmp_path / "many", tmp_path, None)
    assert {row[1:] for row in alone.rows} == {("1.00", "-", "-")}


def test_the_choice_of_workers_is_measured_on_tables_of_three_sizes(tmp_path):
    """Each size is one CSV, labelled with auto, one and two."""
    runs = Runs()
    table = automatic(runs, ["No edema.", "Small effusion."], tmp_path)
    assert [row[0] for row in table.rows] == ["1,000", "3,080", "20,000"]
    assert {arguments[5] for arguments, _ in runs.given} == {"auto", "1", "2"}
    assert sum(1 for _ in open_inputs([tmp_path / "3080.csv"])) == 3080


def test_a_sentence_full_of_cues_is_timed_at_two_lengths():
    """Every shape has a row, with the growth for twice as many."""
    assert all(float(growth) > 0 for *_, growth in dense().rows)
