"""The reader of grammar, over one rule, "no" as the determiner of a finding, and over rules of single tests."""

from types import SimpleNamespace

import pytest
from spacy.tokens import Doc

from labeler.assertions.dependency import DependencyReader
from labeler.assertions.parse import load_model
from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.phrasebook.schema import AssertionFile


@pytest.fixture(scope="module")
def reader(book):
    """Return the reader of grammar over the one rule."""
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


@pytest.fixture
def reader_of(book):
    """Return a function that makes a reader of one rule: a cue that stands in a relation to a finding."""

    def make(cue, relation, **keys):
        rule = {"id": "r", "meaning": "m", "tier": "hedge", "status": "uncertain", "anchors": (cue,), "cases": ("x",)}
        word = {"DEP": {"NOT_IN": ["punct"]}}
        pattern = (
            {"RIGHT_ID": "cue", "RIGHT_ATTRS": {"LOWER": cue}},
            {"LEFT_ID": "cue", "REL_OP": relation, "RIGHT_ID": "finding", "RIGHT_ATTRS": word},
        )
        file = AssertionFile.model_validate({"meaning": "m", "dependencies": (rule | {"pattern": pattern} | keys,)})
        return DependencyReader(SimpleNamespace(assertions=(file,), scope=book.scope), load_model().vocab)

    return make


def read(reader, doc, *words, finding=""):
    """Return for each of some words of a sentence whether the reader answers about it."""
    targets = tuple(Target(doc.text.index(word), doc.text.index(word) + len(word), finding) for word in words)
    return [bool(verdicts) for verdicts in reader.read(doc, targets)]


@pytest.mark.parametrize(
    ("side", "before", "after"), [("before", True, False), ("after", False, True), ("both", True, True)]
)
def test_rule_asks_on_which_side_its_cue_stands(reader_of, side, before, after):
    """The same words in the same relation count on the side that the rule names, or on both."""
    reader = reader_of("resolved", ">", side=side)
    assert read(reader, load_model()("resolved effusion."), "effusion") == [before]
    assert read(reader, load_model()("the effusion resolved."), "effusion") == [after]


def test_cue_inside_a_mention_is_none(reader_of):
    """A mention's own words say nothing of it."""
    assert read(reader_of("resolved", ">"), load_model()("resolved effusion."), "resolved effusion") == [False]


def test_rule_for_certain_findings_is_for_no_other(reader_of):
    """Words that decide of edema don't decide of a fracture."""
    reader = reader_of("resolved", ">", findings=("Edema",))
    assert read(reader, load_model()("the edema resolved."), "edema", finding="Edema") == [True]
    assert read(reader, load_model()("the edema resolved."), "edema", finding="Fracture") == [False]


def test_rule_that_does_not_spread_asks_for_the_mention_itself(reader_of):
    """What "or" joins to a finding is no part of what it says of that finding."""
    doc = load_model()("atelectasis, consolidation or scar.")
    asked = "atelectasis", "consolidation", "scar"
    assert read(reader_of("or", "<", side="after", spreads="false"), doc, *asked) == [False, True, False]
    assert read(reader_of("or", "<", side="after"), doc, *asked) == [False, True, False]
    assert read(reader_of("or", "<"), doc, *asked) == [False, True, True]


@pytest.mark.parametrize("words", [["opacity", "pneumonia", "or"], ["opacity", "left", "pneumonia", "or"]], ids=len)
def test_mention_between_cue_and_mention_is_one_too_many(reader_of, words):
    """Where the parser hangs a cue on a word farther off, the mention beside the cue is meant; right beside it too."""
    reader = reader_of("or", "<", side="after", spreads="false")
    doc = Doc(load_model().vocab, words, heads=[0] * len(words), deps=["ROOT"] + ["dep"] * (len(words) - 1))
    assert read(reader, doc, "opacity") == [True]
    assert read(reader, doc, "opacity", "pneumonia") == [False, False]
