"""What a reader is asked and what it answers."""

import pytest
import spacy

from labeler.assertions.verdict import Target, Verdict, applies, cue_of, span_of
from labeler.records import Cue
from labeler.text.whitespace import normalise

DOC = spacy.blank("en")("no pleural-effusion seen")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0, 2, "no"), (1, 2, "no"), (3, 19, "pleural-effusion"), (4, 5, "pleural"), (20, 24, "seen")],
)
def test_span_is_made_of_every_token_that_it_touches(start, end, words):
    """A mention may start or end within a token."""
    assert span_of(DOC, Target(start, end)).text == words


def test_span_outside_the_sentence_is_refused():
    """Offsets into another text would give an answer about other words."""
    with pytest.raises(ValueError, match="span 3:99 lies outside a sentence of 24 characters"):
        span_of(DOC, Target(3, 99))


@pytest.mark.parametrize(
    ("rule_role", "findings", "role", "finding", "expected"),
    [
        ("finding", (), "finding", "Edema", True),
        ("finding", (), "anatomy", "Edema", False),
        ("anatomy", (), "finding", "Edema", False),
        ("anatomy", (), "anatomy", "Cardiomegaly", True),
        ("any", (), "anatomy", "Cardiomegaly", True),
        ("any", (), "finding", "Edema", True),
        ("finding", ("Edema",), "finding", "Edema", True),
        ("finding", ("Edema",), "finding", "Fracture", False),
        ("finding", ("Edema",), "finding", "", False),
    ],
)
def test_rule_is_for_targets_of_its_role_and_its_findings(rule_role, findings, role, finding, expected):
    """A rule without findings is for any finding, also for spans of no known one."""
    assert applies(rule_role, findings, Target(0, 1, finding, role)) is expected


def test_cue_is_told_in_the_words_of_the_report():
    """Line breaks and capitals of the original stand in the cue."""
    text = "Clear.  NO\n evidence of edema."
    verdict = Verdict("negation", "absent", "a", "negex", 0, 11)
    assert cue_of(verdict, normalise(text, 8, len(text)), text) == Cue(8, 20, "NO\n evidence")


def test_verdict_for_want_of_a_cue_has_none():
    """What stands by default rests on no words."""
    assert cue_of(Verdict("default", "present", "a", "default", 0, 0), normalise("edema"), "edema") is None
