"""Where the readers meet."""

import pytest

from labeler.assertions.decide import Decider
from labeler.assertions.dependency import NOTHING, GrammarAnswer
from labeler.assertions.negex import NO_CUES, SurfaceAnswer
from labeler.assertions.verdict import Target, Verdict


@pytest.fixture
def decider(book):
    """Return a decider over the tiers exclusion, change, negation, hedge, normal."""
    return Decider(book.order)


def verdict(tier, rule_id="a", end=2):
    """Return an answer of a tier."""
    return Verdict(tier, "absent", rule_id, "negex", 0, end)


def test_first_tier_decides(decider):
    """The tier of "cannot be excluded" is asked before that of "not"."""
    surface = SurfaceAnswer((verdict("negation"), verdict("exclusion"), verdict("hedge")))
    assert decider.decide(Target(3, 4), surface, NOTHING).tier == "exclusion"


def test_first_of_equal_answers_decides(decider):
    """The nearest cue comes first."""
    surface = SurfaceAnswer((verdict("negation", "near"), verdict("negation", "far")))
    assert decider.decide(Target(3, 4), surface, NOTHING).rule_id == "near"


def test_what_grammar_carries_counts_where_no_list_leads(decider):
    """The rule is the cue's own, the reader that found that it reaches the mention is grammar."""
    cue = verdict("negation")
    decided = decider.decide(Target(3, 4), SurfaceAnswer(beyond=(cue,)), GrammarAnswer((cue,)))
    assert (decided.rule_id, decided.reader) == ("a", "dependency")


def test_a_veto_leaves_out_what_stands_before_a_clause(decider):
    """What is said behind the mention, in the clause itself, stays."""
    before, behind = verdict("negation", "before"), verdict("hedge", "behind", end=9)
    surface = SurfaceAnswer((before, behind), may_begin_clause=True)
    assert decider.decide(Target(3, 4), surface, GrammarAnswer(veto="clause")).rule_id == "behind"
    alone = SurfaceAnswer((before,), may_begin_clause=True)
    decided = decider.decide(Target(3, 4), alone, GrammarAnswer(veto="clause"))
    assert (decided.status, decided.rule_id, decided.reader) == ("present", "clause", "dependency")
    assert decider.decide(Target(3, 4, "", "anatomy"), alone, GrammarAnswer(veto="clause")).status == "none"
    assert decider.decide(Target(3, 4), alone, NOTHING).rule_id == "before"


@pytest.mark.parametrize(
    ("role", "status", "rule_id"),
    [
        ("finding", "present", "default.asserted"),
        ("anatomy", "none", "default.undescribed"),
        ("topic", "present", "default.asserted"),
    ],
)
def test_what_no_rule_speaks_of_has_its_default(decider, role, status, rule_id):
    """A finding that is named is present; anatomy of which nothing is said is no mention."""
    decided = decider.decide(Target(0, 1, "", role), NO_CUES, NOTHING)
    assert (decided.status, decided.rule_id, decided.tier, decided.reader) == (status, rule_id, "default", "default")
    assert decided.start == decided.end
