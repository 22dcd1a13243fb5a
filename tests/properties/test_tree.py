"""Patterns are found where spaCy's DependencyMatcher finds them, in every tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc

from labeler.assertions.parse import load_model, load_tokenizer
from labeler.assertions.tree import Pattern, SpacyPattern, Tree, compiled
from labeler.authoring.cases import parse_case
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.patterns import Node
from labeler.text.plain import plain

VOCAB = load_tokenizer().vocab
BOOK = load_phrasebook()
RULES = [rule for file in BOOK.assertions for rule in file.dependencies]
CASES = [plain(parse_case(case).text) for rule in RULES for case in rule.cases]
WORDS, RELATIONS, TAGS = ["no", "effusion", "is", "in"], ["det", "nsubj", "ROOT", "prep"], ["DT", "NN", "VBZ"]
VALUES = {"LOWER": WORDS, "DEP": RELATIONS, "TAG": TAGS}


@st.composite
def trees(draw):
    """Draw a sentence with a head for every word; a head may be any word, as long as there is no circle."""
    size = draw(st.integers(1, 7))
    order = draw(st.permutations(range(size)))
    heads = list(range(size))
    for at in range(1, size):
        heads[order[at]] = order[draw(st.integers(0, at - 1))] if draw(st.integers(0, 9)) else order[at]
    column = {name: [draw(st.sampled_from(values)) for _ in range(size)] for name, values in VALUES.items()}
    return Doc(VOCAB, words=column["LOWER"], heads=heads, deps=column["DEP"], tags=column["TAG"])


@st.composite
def attributes(draw):
    """Draw what a node asks of a word."""
    asked = {}
    for name in draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=2)):
        several = st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=3).map(tuple)
        either = several.map(lambda values: {"IN": values}) | several.map(lambda values: {"NOT_IN": values})
        asked[name] = draw(st.sampled_from(VALUES[name]) | either)
    return asked


@st.composite
def patterns(draw):
    """Draw the nodes of a pattern."""
    nodes = [Node(RIGHT_ID="a", RIGHT_ATTRS=draw(attributes()))]
    for name in "bcd"[: draw(st.integers(0, 3))]:
        left, operator = draw(st.sampled_from(nodes)).RIGHT_ID, draw(st.sampled_from("<>"))
        nodes.append(Node(LEFT_ID=left, REL_OP=operator, RIGHT_ID=name, RIGHT_ATTRS=draw(attributes())))
    return nodes


@given(doc=trees(), pattern=patterns())
def test_a_pattern_is_found_where_spacy_finds_it(doc, pattern):
    """The same words for the same nodes, in every way there is."""
    assert Pattern(pattern).find(Tree.of(doc)) == SpacyPattern(pattern, VOCAB).find(Tree.of(doc))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_found_where_spacy_finds_it(rule):
    """In the parsed cases of all rules."""
    ours, theirs = compiled(rule.pattern, load_model().vocab), SpacyPattern(rule.pattern, load_model().vocab)
    for doc in load_model().pipe(CASES):
        assert ours.find(Tree.of(doc)) == theirs.find(Tree.of(doc))


def test_a_relation_that_no_rule_uses_is_left_to_spacy():
    """A rule of one's own may use any."""
    nodes = [
        Node(RIGHT_ID="cue", RIGHT_ATTRS={"LOWER": "no"}),
        Node(LEFT_ID="cue", REL_OP=".", RIGHT_ID="finding", RIGHT_ATTRS={"LOWER": "edema"}),
    ]
    found = compiled(nodes, load_model().vocab)
    assert isinstance(found, SpacyPattern)
    assert found.find(Tree.of(load_model()("there is no edema"))) == [(2, 3)]
