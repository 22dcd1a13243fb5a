"""Every label set that comes with the labeler shows by its own cases that it does what it says."""

import pytest

from labeler.authoring.verify import CaseRunner
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.pipeline import Labeler

NAMES = sorted(path.parent.name for path in phrases_folder().glob("*/label_set.yaml"))


@pytest.mark.parametrize("name", [name for name in NAMES if (phrases_folder() / name / "findings").is_dir()])
def test_cases_are_read_as_marked(name):
    """The mentions of a finding in its cases are those marked, each with the status that is marked."""
    assert list(CaseRunner(load_phrasebook(name)).failures()) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_can_be_found(name):
    """A column for which no file has phrases would be empty for ever."""
    book = load_phrasebook(name)
    derived = {*book.label_set.groups, book.label_set.no_finding.name if book.label_set.no_finding else ""}
    assert {file.finding for file in book.findings} >= set(book.label_set.findings) - derived


def test_sets_differ_in_their_hash():
    """The hash tells with which set a table was made."""
    assert len({load_phrasebook(name).hash for name in NAMES}) == len(NAMES)


def test_chestxray14_reads_findings_and_impression():
    """ChestX-ray14's labels come from both sections, where CheXpert's come from the impression."""
    report = "FINDINGS: Emphysema.\n\nIMPRESSION: Left lower lobe infiltrate."
    labels = Labeler("chestxray14").label(report)
    assert [finding for finding, status in labels.items() if status == "present"] == ["Infiltration", "Emphysema"]


@pytest.mark.parametrize(
    ("text", "finding", "status", "plain"),
    [
        ("Left basilar atelectasis or scar.", "Atelectasis", "present", "uncertain"),
        ("Infiltrate versus atelectasis at the left base.", "Infiltration", "present", "uncertain"),
        ("Opacity that may represent atelectasis or pneumonia.", "Pneumonia", "uncertain", "uncertain"),
        ("Borderline cardiomegaly.", "Cardiomegaly", "present", "uncertain"),
        ("The heart is at the upper limits of normal.", "Cardiomegaly", "uncertain", "uncertain"),
        ("Blunting of the left costophrenic angle.", "Effusion", None, None),
        ("Pulmonary vascular congestion.", "Edema", None, None),
        ("Sequela of old granulomatous infection.", "Pneumonia", None, None),
        ("The cardiac silhouette is enlarged.", "Cardiomegaly", "present", "present"),
    ],
)
def test_chestxray14_means_what_its_indexers_meant(text, finding, status, plain):
    """Alternatives and borderline hearts are present by the set's own policies, and uncertain without them."""
    report = f"IMPRESSION: {text}"
    assert Labeler("chestxray14").label(report)[finding] == status
    assert Labeler("chestxray14", policies=["none"]).label(report)[finding] == plain
