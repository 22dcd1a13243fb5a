"""The reader of grammar, over one rule: "no" as the determiner of a finding."""

import pytest

from labeler.assertions.dependency import DependencyReader
from labeler.assertions.parse import load_model
from labeler.phrasebook.cases import parse_case


@pytest.fixture(scope="module")
def reader(book):
    """Returns the reader of grammar over the one rule."""
    return DependencyReader(book, load_model().vocab)


@pytest.mark.parametrize(
    "markup",
    [
        "There is no <absent>effusion</absent>.",
        "There is no <absent>effusion</absent>, <absent>mass</absent> or <absent>edema</absent>.",
        "There is no <absent>effusion</absent> but a <present>mass</present>.",
        "There is no <absent>effusion</absent> and stable <present>edema</present>.",
        "There is an <present>effusion</present>.",
    ],
)
def test_coordinated_findings_share_what_is_said_of_the_first(reader, targets, markup):
    """Coordination carries the rule on until a contrast or a word that opens a statement."""
    text, asked = targets(markup)
    answers = reader.read(load_model()(text), asked)
    assert [a[0].status if a else "present" for a in answers] == [e.status for e in parse_case(markup).expected]


def test_verdict_names_rule_and_cue(reader, targets):
    """The cue is the pattern's node of that name."""
    text, asked = targets("There is no <absent>effusion</absent>.")
    ((verdict,),) = reader.read(load_model()(text), asked)
    assert (verdict.rule_id, verdict.tier, verdict.reader) == ("dep-no", "negation", "dependency")
    assert text[verdict.start : verdict.end] == "no"


def test_cue_on_the_wrong_side_does_not_count(reader, targets):
    """The rule asks for a cue before the mention."""
    text, asked = targets("<present>Change</present> no effusion.")
    assert reader.read(load_model()(text), asked) == ((),)


def test_sentence_without_an_anchor_is_answered_with_nothing(reader, targets):
    """Without its anchor word no rule can match, so none is tried."""
    text, asked = targets("Small <present>effusion</present> and <present>edema</present>.")
    assert reader.read(load_model()(text), asked) == ((), ())


def test_anchors_are_the_words_that_rules_ask_for(reader):
    """The stage parses only sentences in which one of them stands."""
    assert reader.anchors == {"no"}
