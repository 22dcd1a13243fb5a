"""Reports of many kinds, labelled."""

from pathlib import Path

import pytest

from labeler import Labeler, Report
from labeler.interop.codes import Origin

ROOT = Path(__file__).parents[3]
WRITTEN = [
    "Small right and moderate left effusions, unchanged. ETT tip 4 cm above the carina; PICC in the SVC.",
    "No edema. Right pneumothorax, none on the left. Possible left upper lobe pneumonia.",
    "7 mm right nodule. Evaluate for pneumonia.",
    "Heart size is normal.",
    "",
]


@pytest.fixture(scope="session")
def labelled():
    """Return reports with the labels of several labelers, each with its origin."""
    paths = [*ROOT.glob("examples/reports/**/*.txt"), *ROOT.glob("tests/golden/reports/*.txt")]
    texts = [path.read_text("utf-8") for path in sorted(paths)] + WRITTEN
    reports = [Report(f"s{number}", text, f"p {number}") for number, text in enumerate(texts)]
    made_with = {"labeler": "1.2.3", "phrases": "c0ffee"}
    labelers = [Labeler(sections="all"), Labeler("thorax"), Labeler(sections="all", aggregation="negbio")]
    return [(Origin.of(one, made_with), list(zip(reports, one.label_many(reports), strict=True))) for one in labelers]


@pytest.fixture(scope="session")
def said():
    """Return what labels say, without those that are blank."""
    return lambda labels: {finding: status for finding, status in labels.items() if status}
