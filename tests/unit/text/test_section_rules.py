"""Rules on sections: what the file says, and how faults in it are reported."""

import shutil
from pathlib import Path

import pytest

from labeler.errors import PhraseFileError
from labeler.phrasebook.load import phrases_folder
from labeler.text.section_rules import SectionRules, header_key, load_section_rules, study_key


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the section files that a test may change."""
    for name in ("sections.yaml", "mimic_exceptions.yaml"):
        shutil.copy(phrases_folder() / name, tmp_path / name)
    return tmp_path / "sections.yaml"


def change(path: Path, old: str, new: str) -> None:
    """Replace a text in a file that must be there."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_known_defect_of_the_collection_is_not_kept(rules: SectionRules) -> None:
    """A typing error of INDICATION stands for indication, not for impression."""
    assert rules.names["ndication"] == "indication"


def test_every_hand_set_study_is_there(rules: SectionRules) -> None:
    """23 studies have a section set by hand and 31 a range, 8 of them empty (MIT-LCP/mimic-cxr)."""
    assert len(rules.named) == 23
    assert len(rules.ranges) == 31
    assert sum(start == end for start, end in rules.ranges.values()) == 8


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("meaning: What is seen", "meanings: What is seen", "unknown key|Field required|meaning"),
        ("asserts: yes", "asserts: maybe", "yes"),
        ("      - conclusions", "      - Conclusions", "lower case"),
        ("      - conclusions", "      - findings", "given twice"),
        ("      - conclusions", "      - 'conclusion:'", "no colon"),
        ("kind: addendum}", "kind: addenda}", "not under kinds"),
        ("views: [", "views: []\nviews: [", "given twice"),
        ("exceptions: mimic_exceptions.yaml", "exceptions: ../mimic_exceptions.yaml", "same folder"),
        ("exceptions: mimic_exceptions.yaml", "exceptions: none.yaml", "none.yaml"),
    ],
)
def test_a_fault_in_the_rules_names_the_file_and_the_remedy(copy: Path, old: str, new: str, message: str) -> None:
    """A wrong key, value or name is refused, never passed over."""
    change(copy, old, new)
    with pytest.raises(PhraseFileError, match=message) as error:
        load_section_rules(copy)
    assert str(copy.parent) in str(error.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("s50913680: recommendations", "p50913680: recommendations"),
        ("s50525523: [201, 349]", "s50525523: [349, 201]"),
        ("s50525523: [201, 349]", "s50525523: [201]"),
        ("s50525523: [201, 349]", "s50525523: [-1, 349]"),
        ("\nranges:", "\nextents:"),
    ],
)
def test_a_fault_in_the_hand_set_studies_is_refused(copy: Path, old: str, new: str) -> None:
    """Study ids and ranges are checked."""
    change(copy.parent / "mimic_exceptions.yaml", old, new)
    with pytest.raises(PhraseFileError, match=r"mimic_exceptions\.yaml"):
        load_section_rules(copy)


def test_an_unchanged_copy_loads(copy: Path, rules: SectionRules) -> None:
    """Rules can be read from any folder and are equal."""
    assert load_section_rules(copy) == rules


def test_header_names_are_compared_without_their_spacing() -> None:
    """Case, doubled blanks and blanks around a slash make no difference."""
    assert header_key(" FINDINGS / \tIMPRESSION ") == "findings/impression"


@pytest.mark.parametrize(
    ("study_id", "key"), [("s50913680", "s50913680"), ("50913680", "s50913680"), ("report-7", "report-7"), ("", "")]
)
def test_study_ids_count_with_and_without_their_letter(study_id: str, key: str) -> None:
    """Only ids of MIMIC-CXR's form are changed."""
    assert study_key(study_id) == key
