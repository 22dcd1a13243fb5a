"""Where the readers meet."""

import pytest

from labeler.assertions.decide import READERS, Decider
from labeler.assertions.verdict import Target, Verdict


@pytest.fixture
def decider(book):
    """Return a decider over the tiers exclusion, change, negation, hedge, normal."""
    return Decider(book.order)


def verdict(tier, reader="negex", rule_id="a"):
    """Return an answer of a tier."""
    return Verdict(tier, "absent", rule_id, reader, 0, 2)


def test_first_tier_decides_whichever_reader_it_comes_from(decider):
    """The tier of "cannot be excluded" is asked before that of "not"."""
    verdicts = [verdict("negation", "dependency"), verdict("exclusion"), verdict("hedge")]
    assert decider.decide(Target(0, 1), verdicts).tier == "exclusion"


def test_dependency_decides_before_negex_within_a_tier(decider):
    """Grammar is asked before the surface."""
    assert READERS == ("dependency", "negex")
    verdicts = [verdict("negation"), verdict("negation", "dependency")]
    assert decider.decide(Target(0, 1), verdicts).reader == "dependency"


def test_first_of_equal_answers_decides(decider):
    """The nearest cue comes first within a reader."""
    verdicts = [verdict("negation", rule_id="near"), verdict("negation", rule_id="far")]
    assert decider.decide(Target(0, 1), verdicts).rule_id == "near"


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
    decided = decider.decide(Target(0, 1, "", role), ())
    assert (decided.status, decided.rule_id, decided.tier, decided.reader) == (status, rule_id, "default", "default")
    assert decided.start == decided.end
