"""Labels are put together of claims as of assertions."""

import pytest

from labeler.records import Status
from labeler.study.claims import ClaimCombiner
from labeler.study.combine import Combiner

SAID = [
    ("Edema", "present", "default.asserted", "p"),
    ("Edema", "absent", "negation.no", "p"),
    ("Edema", "uncertain", "hedge.may", "failure"),
    ("Cardiomegaly", "uncertain", "anatomy.unclear", "p"),
    ("Cardiomegaly", "absent", "anatomy.normal", "p"),
    ("Support Devices", "present", "default.asserted", "p"),
]


@pytest.mark.parametrize("chosen", range(2 ** len(SAID)))
def test_claims_give_the_labels_of_the_assertions(book, said, chosen):
    """Yielding rules, implications and what withholds No Finding included, whatever else was said."""
    combiner = Combiner(book())
    claims = ClaimCombiner(combiner)
    facts = [fact for at, fact in enumerate(SAID) if chosen >> at & 1]
    assertions = [said(finding, status, rule=rule, phrase=phrase) for finding, status, rule, phrase in facts]
    sentences = [{claims.claim(finding, Status(status), *rest)} for finding, status, *rest in facts]
    for labelled in (True, False):
        alone = claims.combine(sentences, labelled=labelled)
        labels = combiner.combine(assertions, labelled=labelled)
        assert [(label.finding, label.status, label.rule_id) for label in alone] == [
            (label.finding, label.status, label.rule_id) for label in labels
        ]
        assert not any(label.assertions for label in alone)


def test_claims_that_make_no_difference_are_one(book):
    """Rules and phrases tell claims apart only where labels depend on them, so that reports repeat."""
    claims = ClaimCombiner(Combiner(book()))
    present = Status.PRESENT
    assert claims.claim("Edema", present, "a", "p") == claims.claim("Edema", present, "b", "q")
    assert claims.claim("Edema", present, "a", "failure") != claims.claim("Edema", present, "a", "p")
    assert claims.claim("Cardiomegaly", present, "anatomy.unclear", "p") != claims.claim(
        "Cardiomegaly", present, "a", "p"
    )
