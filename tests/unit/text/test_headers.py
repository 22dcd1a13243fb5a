"""Headers: which lines and words begin a section, of which kind, and which do not."""

import pytest

from labeler.text.headers import find_headers
from labeler.text.section_rules import SectionRules

MIMIC = " FINAL REPORT\n EXAMINATION:  CHEST\n \n {}  No edema.\n"

KNOWN = [
    ("FINDINGS: clear", ["findings"]),
    (" FINDINGS: clear", ["findings"]),
    ("   Findings : clear", ["findings"]),
    ("findings: clear", ["findings"]),
    ("FINDINGS:clear", ["findings"]),
    ("FINDINGS\nclear", ["findings"]),
    ("Findings - clear", ["findings"]),
    ("## Findings\nclear", ["findings"]),
    ("**Findings:** clear **Impression:** normal", ["findings", "impression"]),
    ("FINDINGS: clear IMPRESSION: normal", ["findings", "impression"]),
    ("FINDINGS: clear.\r\nIMPRESSION: normal\r\n", ["findings", "impression"]),
    ("findings: clear. impression: normal", ["findings", "impression"]),
    ("Findings: clear.  Impression: normal", ["findings", "impression"]),
    ("FINDINGS:IMPRESSION: normal", ["findings", "impression"]),
    ("Findings: Impression: normal", ["findings", "impression"]),
    ("Findings: clear lungs Impression: normal", ["findings", "impression"]),
    ("Findings: clear. Overall Impression: normal", ["findings"]),
    ("findings: clear lungs give the impression: normal", ["findings"]),
    ("Clinical history: cough. Reason for exam: cough", ["history", "indication"]),
    ("FINDINGS /  IMPRESSION: normal", ["impression"]),
    ("Findings and Impression: normal", ["impression"]),
    ("Conclusion: normal", ["impression"]),
    ("IMPRESSON: normal", ["impression"]),
    ("NDICATION: cough", ["indication"]),
    ("RECOMMENDATION(S): none", ["recommendations"]),
    ("Electronically signed by: ___", ["signature"]),
    ("IMPRESSION AND PLAN: normal", ["impression"]),
    ("FINDINGS: clear\nIMPRESSION AND PLAN: normal", ["findings", "impression"]),
    ("CHEST, PA AND LATERAL: clear", ["findings"]),
    ("INDICATION:\ncough\nPA and lateral chest\nclear", ["indication", "findings"]),
    ("INDICATION:\ncough\nLateral chest wall pain\nfall", ["indication"]),
    ("Clinical history: cough. Report: clear", ["history", "findings"]),
    ("FINDINGS: clear. Report: clear", ["findings"]),
]


@pytest.mark.parametrize(("text", "kinds"), KNOWN)
def test_a_known_name_is_a_header_in_every_form(rules: SectionRules, text: str, kinds: list[str]) -> None:
    """Capitals or not, with or without colon, at a line's start or within it, a name stands for its kind."""
    assert [header.kind for header in find_headers(text, rules)] == kinds


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("CONCLUSION:", "impression"),
        ("CHEST, TWO VIEWS:", "findings"),
        ("PORTABLE AP FILM:", "findings"),
        ("THORACIC SPINE, TWO VIEWS:", "findings"),
        ("SECOND IMPRESSION:", "impression"),
        ("PRIOR COMPARISON:", "comparison"),
        ("PFI:", "history"),
        ("WET READ:", "wet read"),
        ("NOTE:", "note"),
        ("CT GUIDANCE:", "ct guidance"),
    ],
)
def test_any_capital_name_in_mimic_form_is_a_header(rules: SectionRules, name: str, kind: str) -> None:
    """After one blank at the start of a line, a name in capitals is a header whatever it says."""
    assert find_headers(MIMIC.format(name), rules)[-1].kind == kind


@pytest.mark.parametrize(
    "line",
    [
        "Lungs: clear",
        "LUNGS: clear",
        " PLEURA: no effusion",
        " LINES AND TUBES: none",
        "OTHER FINDINGS: none",
        "Other findings: none",
        "Heart and mediastinum: normal",
        "CHEST: normal",
        "NOTE: normal",
        "Note: normal",
        "Chest, two views: normal",
        "Report: normal",
        "There is no finding: normal",
        "we give the impression: normal",
        "At 10:30 the heart was normal",
        "TO BE COMPARED WITH THE LAST\nEXAMINATION\nof ___",
        "the\nfindings: two",
        "In view of these\nFindings\nwe stop",
    ],
)
def test_entries_of_a_template_stay_in_the_findings(rules: SectionRules, line: str) -> None:
    """Inside findings, a colon or a short line does not begin a section that would drop text."""
    text = f"FINDINGS: Heart: normal\n{line}\nIMPRESSION: normal"
    assert [header.kind for header in find_headers(text, rules)] == ["findings", "impression"]


def test_the_line_below_an_empty_header_is_its_text(rules: SectionRules) -> None:
    """A description of the examination right below EXAMINATION does not begin findings."""
    text = " EXAMINATION:\n CHEST (PORTABLE AP):\n \n FINDINGS: clear"
    assert [header.kind for header in find_headers(text, rules)] == ["examination", "findings"]


def test_a_name_right_after_a_header_belongs_to_its_text(rules: SectionRules) -> None:
    """The line "INDICATION: History: cough" is one section."""
    assert [header.title for header in find_headers("INDICATION:  History: cough", rules)] == ["INDICATION"]


def test_a_banner_closes_the_section_before_it(rules: SectionRules) -> None:
    """What follows FINAL REPORT is no longer the wet read."""
    headers = find_headers(" WET READ: effusion\n   FINAL REPORT\n CHEST X\n", rules)
    assert [(header.kind, header.title) for header in headers] == [
        ("wet read", "WET READ"),
        ("preamble", "FINAL REPORT"),
    ]


def test_a_banner_below_untitled_text_changes_nothing(rules: SectionRules) -> None:
    """A banner that stands in the middle of untitled text leaves the preamble whole."""
    assert find_headers("Text.\nFINAL REPORT\nMore text.", rules) == []


def test_titles_and_offsets_are_those_of_the_report(rules: SectionRules) -> None:
    """A header's title is its words as written; its body starts after the colon."""
    text = "Cough. FINDINGS : clear"
    (header,) = find_headers(text, rules)
    assert (header.title, text[header.start :], text[header.body :]) == ("FINDINGS", "FINDINGS : clear", " clear")
