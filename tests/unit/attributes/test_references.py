"""Pronouns at the beginning of a sentence stand for what the sentence before names."""

import pytest

from labeler.pipeline import Labeler


@pytest.fixture(scope="module")
def labeler():
    """Return one labeler for all reports."""
    return Labeler(sections="all")


def told(labeler, text):
    """Return each finding with its side, place, change and size."""
    found = labeler.label(text).findings
    return {f.observation: (*f.side, *f.location, *f.change, *f.size_mm) for f in found if f.status != "absent"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Left upper lobe nodule. This measures 9 mm.", {"Lung Lesion": ("left", "upper", 9)}),
        (
            "Opacity in the right base. It may represent pneumonia.",
            {"Lung Opacity": ("right", "lower"), "Pneumonia": ("right", "lower")},
        ),
        (
            "Left effusion and right edema. These are unchanged.",
            {"Pleural Effusion": ("left", "unchanged"), "Edema": ("right", "unchanged")},
        ),
        (
            "Nodular opacity. It is unchanged. This measures 9 mm.",
            {"Lung Lesion": ("unchanged", 9), "Lung Opacity": ("unchanged", 9)},
        ),
    ],
)
def test_a_pronoun_adds_to_the_sentence_before(labeler, text, expected):
    """What is said of "this" is said of the first finding before, what is said of "these" of all."""
    assert told(labeler, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Left effusion. The aorta is long. It is unchanged.",
        "FINDINGS: Left effusion.\n\nIMPRESSION: This is unchanged.",
        "Left effusion. This radiograph is unchanged.",
    ],
)
def test_a_pronoun_says_nothing_of_what_is_further_off(labeler, text):
    """A sentence about something else, a header, or a noun behind the pronoun stands between."""
    assert told(labeler, text) == {"Pleural Effusion": ("left",)}


def test_what_is_denied_is_not_meant(labeler):
    """A denied finding takes no attribute from a pronoun."""
    assert told(labeler, "No effusion. This is unchanged.") == {}


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("ETT 7 cm above the carina. Recommend advancing the tube by 3 cm.", ["wrong"]),
        ("ETT 7 cm above the carina. PICC tip in the SVC. Recommend advancing the ETT by 3 cm.", ["wrong", ""]),
        ("Recommend advancing the ETT by 3 cm.", []),
    ],
)
def test_advice_to_move_a_device_judges_the_one_named_before(labeler, text, positions):
    """Advice names the device without asserting it; of a device that no sentence asserts there is no finding."""
    assert [finding.position for finding in labeler.label(text).findings] == positions
