"""What the measurement of speed rests on; times themselves are in no test."""

import csv
import json
import re

import pytest

from eval.speed import growth_table, run
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
    assert "1,000" in growth_table(growth).rows[0]


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
