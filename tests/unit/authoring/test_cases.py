"""The markup of cases: a slip in it must not make a case that tests nothing."""

import pytest

from labeler.authoring.cases import Case, Expectation, parse_case


def test_marks_give_words_status_and_finding():
    """Offsets are into the sentence without its marks."""
    assert parse_case("No <absent>edema</absent>, <present:Fracture>rib fracture</present>.") == Case(
        "No edema, rib fracture.",
        (Expectation(3, 8, "absent", ""), Expectation(10, 22, "present", "Fracture")),
    )


@pytest.mark.parametrize("status", ["present", "absent", "uncertain", "none"])
def test_every_status_has_its_mark(status):
    """The four answers can be expected."""
    assert parse_case(f"<{status}>x</{status}>").expected[0].status == status


def test_sentence_without_marks_expects_nothing():
    """Plain text stays as it is; that it tests nothing is for the caller to refuse."""
    assert parse_case("Clear lungs < 3 cm.") == Case("Clear lungs < 3 cm.", ())


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ("No <absent>effusion.", "mark <absent> is not closed"),
        ("No effusion</absent>.", "mark '</absent>' does not pair"),
        ("No <absent>effusion</present>.", "mark '</present>' does not pair"),
        ("<absent>a <present>b</present></absent>", "mark '<present>' does not pair"),
        ("No <absent></absent>.", "mark '</absent>' does not pair"),
        ("No <negative>effusion</negative>.", "unknown mark '<negative>'; known: present, absent, uncertain, none"),
    ],
)
def test_mark_that_would_test_nothing_is_refused(markup, message):
    """An unclosed, crossed, empty or unknown mark is an error."""
    with pytest.raises(ValueError, match=message):
        parse_case(markup)
