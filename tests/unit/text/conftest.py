"""The rules on sections that came with the package, read once."""

import pytest

from labeler.phrasebook.load import phrases_folder
from labeler.text.sections import SectionRules, load_section_rules


@pytest.fixture(scope="session")
def rules() -> SectionRules:
    """Give the rules of phrases/sections.yaml."""
    return load_section_rules(phrases_folder() / "sections.yaml")
