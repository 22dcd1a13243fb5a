"""The findings of a report: which mentions are one, what is said of them, and where it says so."""

import pickle
import shutil

import pytest

from labeler.phrasebook.load import phrases_folder
from labeler.pipeline import Labeler
from labeler.records import Report, Status


@pytest.fixture(scope="module")
def labeler():
    """Return one labeler for all reports."""
    return Labeler(sections="all")


def only(labeler, text, observation):
    """Return the one finding of an observation in a report."""
    (finding,) = [finding for finding in labeler.label(text).findings if finding.observation == observation]
    return finding


def test_mentions_on_one_side_and_in_one_place_are_one(labeler):
    """What two sentences say of one effusion stands in one finding, with both mentions."""
    finding = only(labeler, "Small left effusion. The left effusion has increased.", "Pleural Effusion")
    assert (finding.side, finding.severity, finding.change) == (("left",), ("mild",), ("worse",))
    assert len(finding.assertions) == 2


def test_mentions_on_two_sides_are_two(labeler):
    """An effusion on the left does not take what is said of one on the right."""
    findings = labeler.label("Small left effusion. Large right effusion.").findings
    assert [(finding.side, finding.severity) for finding in findings] == [
        (("left",), ("mild",)),
        (("right",), ("severe",)),
    ]


def test_status_is_the_strongest_of_the_mentions(labeler):
    """A possible opacity that is there in another sentence is there."""
    assert only(labeler, "Possible left opacity. Left opacity.", "Lung Opacity").status is Status.PRESENT


def test_what_is_denied_stands_apart_and_has_no_attributes(labeler):
    """A denied effusion is no instance of one that is there."""
    denied, found = labeler.label("No large left effusion. Small right effusion.").findings
    assert (denied.status, denied.attributes) == (Status.ABSENT, ())
    assert (found.status, found.side) == (Status.PRESENT, ("right",))


@pytest.mark.parametrize(
    "text",
    ["The right chest tube has been removed.", "Previously seen right pneumothorax is no longer visualized."],
)
def test_what_has_gone_is_absent_and_resolved(labeler, text):
    """The only attribute of something absent is that it was there."""
    (finding,) = labeler.label(text).findings
    assert (finding.status, finding.change, finding.side) == (Status.ABSENT, ("resolved",), ())


def test_every_value_names_its_words_and_its_rule(labeler):
    """The words behind each value stand in the report where it says, also where blanks are many."""
    report = Report("s1", "IMPRESSION:\nSmall  right   basilar OPACITY,  measuring 1.2  cm, is unchanged.")
    finding = only(labeler, report, "Lung Opacity")
    said = [(a.kind, a.value, " ".join(a.cue.text.split())) for a in finding.attributes]
    assert said == [
        ("severity", "mild", "Small"),
        ("side", "right", "right"),
        ("location", "lower", "basilar"),
        ("size", "12", "1.2 cm"),
        ("change", "unchanged", "unchanged"),
    ]
    for attribute in finding.attributes:
        assert report.text[attribute.cue.start : attribute.cue.end] == attribute.cue.text
        assert attribute.rule_id.split(".")[0] == attribute.kind


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("A 7 mm nodule.", (7,)),
        ("A 1.2-cm nodule.", (12,)),
        ("A 2 x 3 cm nodule.", (30,)),
        ("A 2 cm x 1.5 cm nodule.", (20,)),
        ("A nodule measuring up to 5-6 mm.", (6,)),
        ("A nodule 3 cm above the diaphragm.", ()),
        ("A nodule of 8 mm, previously 5 mm.", (8,)),
    ],
)
def test_size_is_the_largest_number_in_millimetres(labeler, text, size):
    """A distance and an earlier size are no size."""
    assert only(labeler, text, "Lung Lesion").size_mm == size


def test_sentences_that_differ_in_a_number_alone_have_sizes_of_their_own(labeler):
    """Such sentences are one to the cache, which keeps places and no numbers."""
    first, second = labeler.label("A 4 mm right nodule. There is more. A 9 mm left nodule.").findings
    assert (first.size_mm, second.size_mm) == ((4,), (9,))


def test_devices_of_two_kinds_are_two(labeler):
    """Kind, tip and position of each device are its own."""
    text = "ETT 4 cm above the carina. NG tube is coiled in the esophagus. Right IJ line in good position."
    tube, enteric, line = labeler.label(text).findings
    assert (tube.device, tube.tip, tube.position) == ("endotracheal tube", "4 cm above the carina", "")
    assert (enteric.device, enteric.position) == ("enteric tube", "wrong")
    assert (line.device, line.side, line.position) == ("central venous line (internal jugular)", ("right",), "right")


def test_no_finding_and_what_is_no_column_are_no_findings(labeler):
    """Statements of normality, and abnormalities that only rule out "No Finding", have no row."""
    assert labeler.label("The chest is normal. Thoracic scoliosis.").findings == ()


def test_findings_that_came_from_another_process_are_read_here(labeler):
    """Labels are sent without their findings, which are read when they are asked for."""
    reports = [Report("s1", "Small left effusion."), Report("s2", "No edema.")]
    here = [labels.findings for labels in labeler.label_many(reports)]
    assert [labels.findings for labels in labeler.label_many(iter(reports), workers=2)] == here


def test_a_folder_of_phrases_without_attributes_gives_findings_without(tmp_path):
    """An older folder of phrases still labels; its findings have no attributes."""
    shutil.copytree(phrases_folder(), tmp_path / "phrases", ignore=shutil.ignore_patterns("attributes"))
    (finding,) = Labeler(sections="all", phrases=tmp_path / "phrases").label("Small left effusion.").findings
    assert (finding.observation, finding.attributes) == ("Pleural Effusion", ())
    assert pickle.loads(pickle.dumps(finding)) == finding  # noqa: S301
