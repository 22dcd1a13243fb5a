"""The example reports: their layout and the text of them that is labelled."""

from pathlib import Path

import pytest

from labeler.text.sections import SectionRules, choose_sections, split_sections

FOLDER = Path(__file__).parents[3] / "examples" / "reports"
REPORTS = sorted(FOLDER.rglob("*.txt"))
WITHOUT_IMPRESSION = {
    "s50000006": "findings",
    "s50000014": "findings",
    "s50000018": "findings",
    "s50000019": "last_paragraph",
}


def test_the_examples_lie_as_in_the_collection() -> None:
    """Reports are files/p10/p10000001/s50000001.txt, about twenty of them."""
    assert 18 <= len(REPORTS) <= 25
    for path in REPORTS:
        patient = path.parent.name
        assert patient.startswith("p")
        assert path.parent.parent.name == patient[:3]
        assert path.stem.startswith("s")


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_each_example_has_one_text_to_label(path: Path, rules: SectionRules) -> None:
    """The impression is labelled, or what stands in for it where there is none."""
    text = path.read_text(encoding="utf-8")
    ((_, _, section),) = choose_sections(text, split_sections(text, rules), "mimic", path.stem, rules)
    assert section.kind == WITHOUT_IMPRESSION.get(path.stem, "impression")
