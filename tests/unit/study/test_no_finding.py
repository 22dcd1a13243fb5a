"""No Finding of the label set chexpert: only where the text says so."""

import pytest

from labeler import Labeler, Status


@pytest.fixture(scope="module")
def labeler():
    """Make one labeler for all texts."""
    return Labeler(sections="all")


@pytest.mark.parametrize(
    "text",
    [
        "The lungs are clear.",
        "No acute cardiopulmonary disease.",
        "No effusion.",
        "Normal chest.",
        "PICC. No effusion.",
    ],
)
def test_a_statement_of_normality_or_a_denial_gives_it(labeler, text):
    """The label rests on the words that say so."""
    label = labeler.label(text).evidence("No Finding")
    assert label.status is Status.PRESENT
    assert label.rule_id == "no-finding.stated"
    assert label.assertions


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "N/A",
        "Report pending.",
        "PTB in right upper field.",
        "There is evidence of acute disease.",
        "A PICC.",
        "-",
    ],
)
def test_a_text_that_says_nothing_of_it_leaves_it_blank(labeler, text):
    """What the labeler does not know is not called normal."""
    assert labeler.label(text)["No Finding"] is None


@pytest.mark.parametrize("text", ["The lungs are clear. Small effusion.", "No edema. Possible pneumonia."])
def test_a_finding_withholds_it(labeler, text):
    """A statement of normality beside a finding does not stand."""
    assert labeler.label(text).evidence("No Finding").rule_id == "no-finding.withheld"


def test_published_profiles_keep_the_published_rule():
    """The CheXpert labeler calls a text without any finding normal."""
    assert Labeler(profile="chexpert", sections="all").label("Report pending.")["No Finding"] is Status.PRESENT
