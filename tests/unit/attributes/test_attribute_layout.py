"""The layout of a sentence: heads, items and joins."""

import pytest

from labeler.attributes.layout import Span, find_heads, lay_out
from labeler.attributes.words import WordFinder
from labeler.phrasebook.attributes import load_attributes
from labeler.phrasebook.load import load_phrasebook

BOOK = load_phrasebook()
FINDER = WordFinder(load_attributes(BOOK.folder), BOOK)


def spans_of(words, *named):
    """Return the mentions of a sentence by their words."""
    return [Span(words.index(name), words.index(name) + len(name), finding) for name, finding in named]


def layout(words, *named):
    """Return for each statement its items, each with its join and the roles of its parts."""
    spans = spans_of(words, *named)
    hits, joints = FINDER.find(words)
    heads = find_heads(spans, hits, joints, words, frozenset({"Support Devices"}))
    items = lay_out(words, heads, spans, hits, joints)
    return [[(item.join, [part.role for part in item.parts]) for item in statement] for statement in items]


@pytest.mark.parametrize(
    ("words", "items"),
    [
        ("small effusion and edema", [("wall", ["hit", "head"]), ("and", ["head"])]),
        ("effusion, unchanged; edema", [("wall", ["head"]), ("comma", ["hit"])]),
        ("effusion may represent edema", [("wall", ["head"]), ("pass", ["head"])]),
        ("small effusion, xxxx edema", [("wall", ["hit", "head"]), ("pass", ["head"])]),
        ("stable: effusion or edema", [("wall", ["hit"]), ("colon", ["head"]), ("or", ["head"])]),
        ("mild effusion edema", [("wall", ["hit", "head"]), ("and", ["head"])]),
    ],
)
def test_a_statement_is_items_between_joins(words, items):
    """Joins begin an item; hidden words behind a comma and findings side by side stand for one."""
    assert layout(words, ("effusion", "Pleural Effusion"), ("edema", "Edema"))[0] == items


def test_a_statement_without_a_finding_goes_on_with_the_one_before():
    """A semicolon ends a statement only where another finding follows."""
    assert layout("effusion; unchanged.", ("effusion", "Pleural Effusion")) == [
        [("wall", ["head"]), ("comma", ["hit"])]
    ]


def test_decimal_points_and_numbers_are_no_parts():
    """A number is neither a word nor the end of a statement."""
    assert layout("1.1 cm effusion", ("effusion", "Pleural Effusion")) == [[("wall", ["hit", "head"])]]


@pytest.mark.parametrize(
    ("words", "named", "heads"),
    [
        ("endotracheal tube", ["endotracheal", "tube"], 1),
        ("picc with its tip in the svc", ["picc", "tip in"], 1),
        ("the tip is at the carina, ett", ["tip is", "ett"], 1),
        ("pacemaker and picc", ["pacemaker", "picc"], 2),
        ("pacemaker with leads", ["pacemaker", "leads"], 1),
    ],
)
def test_parts_of_a_device_are_one_head(words, named, heads):
    """The words of one device, and the mention of its tip, are said to be one."""
    spans = spans_of(words, *((name, "Support Devices") for name in named))
    hits, joints = FINDER.find(words)
    assert len(find_heads(spans, hits, joints, words, frozenset({"Support Devices"}))) == heads
