"""The reader of grammar, over a rule of determiners, one of subjects, and rules of single tests."""

from types import SimpleNamespace

import pytest
from spacy.tokens import Doc

from labeler.assertions.dependency import DependencyReader
from labeler.assertions.parse import load_model
from labeler.assertions.verdict import Target, Verdict
from labeler.authoring.cases import parse_case
from labeler.phrasebook.schema import AssertionFile


@pytest.fixture(scope="module")
def reader(book):
    """Return the reader of grammar over the two rules."""
    return DependencyReader(book, load_model().vocab)


def cue(text, word):
    """Return what a cue of one word says."""
    return Verdict("negation", "absent", "r", "negex", text.index(word), text.index(word) + len(word))


def carried(reader, doc, targets, word):
    """Tell of each target whether grammar carries the cue of one word to it."""
    asked = [(cue(doc.text, word),)] * len(targets)
    return [bool(answer.carried) for answer in reader.read(doc, targets, asked)]


@pytest.mark.parametrize(
    "markup",
    [
        "There is no <absent>effusion</absent>.",
        "There is no <absent>effusion</absent>, <absent>mass</absent> or <absent>edema</absent>.",
        "There is no <absent>effusion</absent> but a <present>mass</present>.",
        "There is no <absent>effusion</absent> and stable <present>edema</present>.",
    ],
)
def test_coordinated_findings_share_what_is_said_of_the_first(reader, targets, markup):
    """Coordination carries the cue on until a contrast or a word that opens a statement."""
    text, asked = targets(markup)
    expected = [e.status == "absent" for e in parse_case(markup).expected]
    assert carried(reader, load_model()(text), asked, "no") == expected


def test_only_cues_that_are_asked_about_are_carried(reader, targets):
    """Grammar finds no cues itself: it tells which of those that there are reach a mention."""
    text, asked = targets("There is no <absent>effusion</absent>.")
    assert reader.read(load_model()(text), asked, [()])[0].carried == ()


def test_cue_on_the_wrong_side_does_not_count(reader, targets):
    """The rule of determiners asks for a cue before the mention."""
    text, asked = targets("<present>Change</present> no effusion.")
    assert carried(reader, load_model()(text), asked, "no") == [False]


@pytest.fixture
def reader_of(book):
    """Return a function that makes a reader of one rule: a cue that stands in a relation to a finding."""

    def make(word, relation, effect="carries", **keys):
        rule = {"id": "r", "meaning": "m", "effect": effect, "side": "after", "cases": ("x",)}
        pattern = (
            {"RIGHT_ID": "cue", "RIGHT_ATTRS": {"LOWER": word}},
            {
                "LEFT_ID": "cue",
                "REL_OP": relation,
                "RIGHT_ID": "finding",
                "RIGHT_ATTRS": {"DEP": {"NOT_IN": ["punct"]}},
            },
        )
        file = AssertionFile.model_validate({"meaning": "m", "dependencies": (rule | {"pattern": pattern} | keys,)})
        return DependencyReader(SimpleNamespace(assertions=(file,), scope=book.scope), load_model().vocab)

    return make


def read(reader, doc, word, *mentions):
    """Tell of each of some words of a sentence whether a cue is carried to it."""
    targets = tuple(Target(doc.text.index(each), doc.text.index(each) + len(each)) for each in mentions)
    return carried(reader, doc, targets, word)


@pytest.mark.parametrize(("side", "before", "after"), [("before", True, False), ("after", False, True)])
def test_rule_asks_on_which_side_its_cue_stands(reader_of, side, before, after):
    """The same words in the same relation count on the side that the rule names."""
    reader = reader_of("resolved", ">", side=side)
    assert read(reader, load_model()("resolved effusion."), "resolved", "effusion") == [before]
    assert read(reader, load_model()("the effusion resolved."), "resolved", "effusion") == [after]


def test_cue_inside_a_mention_is_none(reader_of):
    """A mention's own words say nothing of it."""
    reader = reader_of("resolved", ">", side="before")
    assert read(reader, load_model()("resolved effusion."), "resolved", "resolved effusion") == [False]


def test_a_veto_is_named(reader_of):
    """Where a mention begins a clause of its own, the rule is told."""
    reader = reader_of("resolved", ">", effect="vetoes")
    doc = load_model()("the effusion resolved.")
    (answer,) = reader.read(doc, (Target(4, 12),), [()])
    assert (answer.veto, answer.carried) == ("r", ())


def test_rule_that_does_not_spread_asks_for_the_mention_itself(reader_of):
    """What "or" joins to a finding is no part of what it says of that finding."""
    doc = load_model()("atelectasis, consolidation or scar.")
    asked = "atelectasis", "consolidation", "scar"
    assert read(reader_of("or", "<", spreads="false"), doc, "or", *asked) == [False, True, False]
    assert read(reader_of("or", "<", side="before"), doc, "or", *asked) == [False, False, True]


@pytest.mark.parametrize("words", [["opacity", "pneumonia", "or"], ["opacity", "left", "pneumonia", "or"]], ids=len)
def test_mention_between_cue_and_mention_is_one_too_many(reader_of, words):
    """Where the parser hangs a cue on a word farther off, the mention beside the cue is meant; right beside it too."""
    reader = reader_of("or", "<", spreads="false")
    doc = Doc(load_model().vocab, words, heads=[0] * len(words), deps=["ROOT"] + ["dep"] * (len(words) - 1))
    assert read(reader, doc, "or", "opacity") == [True]
    assert read(reader, doc, "or", "opacity", "pneumonia") == [False, False]
