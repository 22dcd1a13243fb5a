"""Every group of attribute words shows by its own cases that it does what it says."""

from collections import Counter

import pytest

from labeler.authoring.attributes import AttributeRunner
from labeler.phrasebook.attributes import load_attributes
from labeler.phrasebook.load import load_phrasebook

BOOK = load_phrasebook()
RULES = load_attributes(BOOK.folder)
RUNNER = AttributeRunner(BOOK, RULES)
GROUPS = [group for file in RULES.files for group in (*file.values, *file.not_values)]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.id)
def test_group_reads_its_cases_as_marked_and_decides_in_one(group):
    """Each marked mention has its values and no other; one case would be read otherwise without the group."""
    assert [wrong for markup in group.cases if (wrong := RUNNER.wrong(markup))] == []
    assert RUNNER.decides(group)


@pytest.mark.parametrize("markup", RULES.structure.cases)
def test_sentence_is_read_as_marked(markup):
    """What the words between findings do is shown by whole sentences."""
    assert RUNNER.wrong(markup) == ""


def test_no_id_is_given_twice_and_no_phrase_has_two_values():
    """A phrase in two groups of one kind would have the value of whichever comes first."""
    assert [name for name, count in Counter(group.id for group in GROUPS).items() if count > 1] == []
    for file in RULES.files:
        texts = Counter(text for group in file.values for text in dict.fromkeys(group.texts()))
        assert [text for text, count in texts.items() if count > 1] == []
    texts = Counter(text for group in RULES.structure.words for text in dict.fromkeys(group.texts()))
    assert [text for text, count in texts.items() if count > 1] == []
