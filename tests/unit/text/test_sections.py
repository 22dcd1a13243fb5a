"""Sections: how they tile a report, and which of them are labelled."""

import dataclasses

import pytest

from labeler.errors import UsageError
from labeler.text.sections import SectionRules, choose_sections, section_row, selected_kinds, split_sections

FULL = (
    "                                 FINAL REPORT\n EXAMINATION:  CHEST (PA AND LAT)\n \n INDICATION:  ___F, edema?\n"
    " \n COMPARISON:  ___.\n \n FINDINGS: \n \n Heart: large.\n Lungs: clear.\n \n IMPRESSION: \n \n 1. Large heart.\n"
)


def chosen(text: str, selection: str, rules: SectionRules, study_id: str = "1") -> list[str]:
    """Return the labelled stretches of a report."""
    sections = split_sections(text, rules)
    return [text[start:end] for start, end, _ in choose_sections(text, sections, selection, study_id, rules)]


def test_sections_tile_the_report(rules: SectionRules) -> None:
    """Sections follow each other without gap from the first character to the last."""
    sections = split_sections(FULL, rules)
    assert "".join(FULL[section.start : section.end] for section in sections) == FULL
    assert [section.kind for section in sections] == [
        "preamble",
        "examination",
        "indication",
        "comparison",
        "findings",
        "impression",
    ]


def test_an_empty_report_has_no_section(rules: SectionRules) -> None:
    """Nothing is split and nothing is chosen."""
    assert split_sections("", rules) == ()
    assert chosen("", "mimic", rules) == chosen("", "all", rules) == chosen("", "findings", rules) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FULL, ["1. Large heart."]),
        (" FINDINGS: Edema.\n \n IMPRESSION: \n", ["Edema."]),
        (" IMPRESSION: Edema.\n \n IMPRESSION: No edema.", ["No edema."]),
        (" IMPRESSION: Edema.\n \n IMPRESSION: \n", ["Edema."]),
        (" IMPRESSION: Edema.\n \n FINDINGS: Effusion.", ["Edema."]),
        (" FINAL REPORT\n COMPARISON: None.\n \n Edema.\n \n Effusion.", ["Edema.\n \n Effusion."]),
        (" FINAL REPORT\n COMPARISON: \n \n Edema.\n \n Effusion.", ["Edema.\n \n Effusion."]),
        (" FINAL REPORT\n COMPARISON: None. Edema.\n", ["None. Edema."]),
        (" FINAL REPORT\n COMPARISON: ___.\n HISTORY: Cough.\n COMPARISON:\n", []),
        (" FINAL REPORT\n COMPARISON: ___.\n HISTORY: Cough.\n", ["___."]),
        (" FINAL REPORT\n CHEST FILM\n \n Edema.\n", ["Edema."]),
        (" FINAL REPORT\n \n Edema.\n", ["Edema."]),
        (" FINAL REPORT\n Edema.\n HISTORY: Cough.\n", []),
        (" FINAL REPORT\n COMPARISON: ___.\n \n Edema.\n \n IMPRESSION:\n", ["Edema."]),
        (" FINDINGS:\n IMPRESSION:\n", []),
        (" FINDINGS: \n", []),
        ("ADDENDUM: Told.\n____\nFINAL REPORT\n FINDINGS: Edema.\n IMPRESSION: Mild edema.", ["Mild edema."]),
        ("Edema.\n\nEffusion.", ["Edema.\n\nEffusion."]),
        ("Edema. Recommendation: CT.", ["Edema."]),
    ],
)
def test_mimic_takes_the_last_section_of_the_first_kind_present(
    rules: SectionRules, text: str, expected: list[str]
) -> None:
    """Impression, else findings, else last paragraph, else comparison, and empty sections do not count."""
    assert chosen(text, "mimic", rules) == expected


@pytest.mark.parametrize("study_id", ["s50913680", "50913680"])
def test_a_study_named_by_hand_is_labelled_in_that_section(rules: SectionRules, study_id: str) -> None:
    """The study id counts with and without its s; the hand-set section goes before the impression."""
    text = " FINDINGS: Edema.\n RECOMMENDATIONS: Old effusion.\n IMPRESSION: Nodule.\n"
    assert chosen(text, "mimic", rules, study_id) == ["Old effusion."]
    assert chosen(text, "mimic", rules, "s50913681") == ["Nodule."]
    assert chosen(text, "findings", rules, study_id) == ["Edema."]


def test_a_study_named_by_hand_without_that_section_falls_back(rules: SectionRules) -> None:
    """Where the hand-set section is not there, the usual order decides."""
    assert chosen("IMPRESSION: Nodule.", "mimic", rules, "s50913680") == ["Nodule."]


def test_a_range_set_by_hand_is_labelled(rules: SectionRules) -> None:
    """The characters of the range are labelled, and an empty range labels nothing."""
    text = " " * 59 + "Edema. " + "IMPRESSION: Nodule."
    assert chosen(text, "mimic", rules, "s56579911") == ["Edema. IMPRESSION: Nodule."]
    assert chosen(text, "mimic", rules, "58235663") == []


def test_a_range_beyond_the_text_is_of_another_report(rules: SectionRules) -> None:
    """A report too short for its hand-set range is read by its headers."""
    assert chosen("IMPRESSION: Nodule.", "mimic", rules, "s56579911") == ["Nodule."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FULL, ["Heart: large.\n Lungs: clear.", "1. Large heart."]),
        ("Edema. TECHNIQUE: AP. RECOMMENDATION: CT.", ["Edema."]),
        ("HISTORY: Edema.", []),
        ("ADDENDUM: Edema.\nFINAL REPORT\nIMPRESSION: Effusion.", ["Edema.", "Effusion."]),
        (" FINDINGS: Edema.\n \n NOTE: Effusion.", ["Edema.", "Effusion."]),
        ("Edema.", ["Edema."]),
    ],
)
def test_all_leaves_out_what_asserts_nothing(rules: SectionRules, text: str, expected: list[str]) -> None:
    """Indication, history, technique, comparison, recommendation and examination never give labels."""
    assert chosen(text, "all", rules) == expected


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("findings", ["Heart: large.\n Lungs: clear."]),
        ("findings+impression", ["Heart: large.\n Lungs: clear.", "1. Large heart."]),
        ("impression + findings", ["Heart: large.\n Lungs: clear.", "1. Large heart."]),
        ("comparison+conclusion", ["___.", "1. Large heart."]),
        ("addendum", []),
    ],
)
def test_kinds_joined_by_plus_are_labelled_in_the_order_of_the_text(
    rules: SectionRules, selection: str, expected: list[str]
) -> None:
    """Every section of a named kind is labelled, and no other."""
    assert chosen(FULL, selection, rules) == expected


def test_a_report_without_headers_is_labelled_whole(rules: SectionRules) -> None:
    """Free text may be what was asked for, so every selection takes it."""
    for selection in ("mimic", "all", "findings", "impression+findings"):
        assert chosen("Edema. Lungs: low volumes.", selection, rules) == ["Edema. Lungs: low volumes."]


def test_a_joint_header_counts_as_findings_too(rules: SectionRules) -> None:
    """FINDINGS AND IMPRESSION is labelled where findings or impression are asked for."""
    for selection in ("mimic", "findings", "impression"):
        assert chosen("FINDINGS AND IMPRESSION: Edema.", selection, rules) == ["Edema."]


@pytest.mark.parametrize("selection", ["", "finding", "imprssions", "findings+", "findings,impression", "mimic+all"])
def test_an_unknown_kind_names_the_known_ones(rules: SectionRules, selection: str) -> None:
    """The message gives the offending value and what may stand there; a known header name is no error."""
    if selection == "finding":
        assert selected_kinds(selection, rules) == {"findings"}
        return
    with pytest.raises(UsageError, match="no section kind") as error:
        selected_kinds(selection, rules)
    assert "impression, findings, comparison" in str(error.value)


def test_a_near_miss_is_answered_with_the_kind_meant(rules: SectionRules) -> None:
    """The nearest known kind is offered."""
    with pytest.raises(UsageError, match="did you mean 'impression'"):
        choose_sections("", (), "findings+impresions", "1", rules)


def test_the_row_has_the_columns_of_the_sectioned_collection(rules: SectionRules) -> None:
    """Each kind's last section is given without outer white space, empty where there is none."""
    assert section_row(FULL, "s1", "findings+impression", rules) == {
        "study_id": "s1",
        "impression": "1. Large heart.",
        "findings": "Heart: large.\n Lungs: clear.",
        "last_paragraph": "",
        "comparison": "___.",
        "labelled_text": "Heart: large.\n Lungs: clear.\n\n1. Large heart.",
    }


def test_the_last_paragraph_has_its_column(rules: SectionRules) -> None:
    """A report without impression and findings shows its last paragraph, and that it is labelled."""
    row = section_row(" FINAL REPORT\n COMPARISON: ___.\n \n Edema.", "s1", "mimic", rules)
    assert (row["last_paragraph"], row["labelled_text"], row["impression"]) == ("Edema.", "Edema.", "")


def test_the_section_of_an_extent_holds_it(rules: SectionRules) -> None:
    """Every chosen extent lies in the body of its section."""
    for study_id in ("1", "s56579911"):
        for start, end, section in choose_sections(FULL, split_sections(FULL, rules), "mimic", study_id, rules):
            assert section.start <= section.body <= start < end <= section.end


def test_rules_decide_what_all_takes(rules: SectionRules) -> None:
    """A kind that the file says asserts nothing is left out."""
    silent = dataclasses.replace(rules, asserts={**rules.asserts, "impression": False})
    assert chosen(FULL, "all", silent) == ["Heart: large.\n Lungs: clear."]


def test_a_comparison_within_a_line_of_findings_takes_nothing_away(rules: SectionRules) -> None:
    """A remark on earlier pictures among the findings is no header; what follows it is still labelled."""
    text = "FINDINGS: Chest. Comparison: none. The heart is large.\nIMPRESSION: Large heart."
    assert chosen(text, "findings", rules) == ["Chest. Comparison: none. The heart is large."]


def test_findings_follow_the_comparison_in_a_report_of_one_line(rules: SectionRules) -> None:
    """What follows the first sentence of a comparison in the line is labelled, unless the comparison has lines."""
    assert chosen("Indication: fever. Comparison: none. No effusion.", "all", rules) == ["No effusion."]
    assert chosen("COMPARISON: 5/2.\nChest of 4/3.\nFINDINGS: No edema.", "all", rules) == ["No edema."]
