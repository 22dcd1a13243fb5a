"""MURA's normal and abnormal, on sixty reports written for these tests."""

from pathlib import Path

import pytest

from labeler.phrasebook.yaml_files import read_yaml
from labeler.pipeline import Labeler

REPORTS = read_yaml(Path(__file__).with_name("mura_reports.yaml"))
PARTS = ("Elbow", "Finger", "Forearm", "Hand", "Humerus", "Shoulder", "Wrist")


@pytest.fixture(scope="module")
def labeler():
    """Make the labeler once."""
    return Labeler("mura")


def test_there_are_sixty_reports_of_all_parts():
    """Each part has at least eight reports, normal and abnormal ones among them."""
    assert len(REPORTS) == 60
    for part in PARTS:
        kinds = [expected for name, expected, _ in REPORTS if name == part]
        assert len(kinds) >= 7
        assert 3 <= kinds.count("normal") <= len(kinds) - 4


@pytest.mark.parametrize(
    ("part", "expected", "text"), REPORTS, ids=[f"{i}-{r[0]}-{r[1]}" for i, r in enumerate(REPORTS)]
)
def test_report_is_read_as_written(labeler, part, expected, text):
    """A study has its findings and no other, is abnormal where it has one, and shows its part."""
    wanted = {} if expected == "normal" else dict(map(status_of, expected.split("+")))
    labels = labeler.label(text)
    found = {name: status for name, status in labels.items() if name not in (*PARTS, "Abnormal")}
    assert {name: status for name, status in found.items() if status in ("present", "uncertain")} == wanted
    assert labels["Abnormal"] == abnormal(wanted)
    assert labels[part] == "present"


def status_of(mark):
    """Return finding and status of a mark such as "?Fracture"."""
    return (mark[1:], "uncertain") if mark.startswith("?") else (mark, "present")


def abnormal(wanted):
    """Return the study's label by its findings."""
    if not wanted:
        return "absent"
    return "present" if "present" in wanted.values() else "uncertain"


def test_swelling_alone_is_normal_by_policy():
    """Who holds swelling for normal says so by name."""
    text = "Finger, 2 views. Diffuse soft tissue swelling."
    assert Labeler("mura").label(text)["Abnormal"] == "present"
    assert Labeler("mura", policies=["swelling-normal"]).label(text)["Abnormal"] == "absent"
