"""The assertion stage on spans that a caller gives."""

import pytest

from labeler import assert_spans
from labeler.errors import UsageError


def asserted(text, *words):
    """Return what a text asserts of words in it."""
    spans = [(text.index(word), text.index(word) + len(word)) for word in words]
    return [assertion.status and assertion.status.value for assertion in assert_spans(text, spans)]


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("No clubbing or cyanosis.", ["clubbing", "cyanosis"], ["absent", "absent"]),
        ("Possible colitis. Known gallstones.", ["colitis", "gallstones"], ["uncertain", "present"]),
        ("HISTORY of asthma\nNo  wheezing", ["wheezing", "asthma"], ["absent", None]),
    ],
)
def test_any_finding_is_read(text, words, expected):
    """The phrase lists play no part, and each sentence is read by itself."""
    assert asserted(text, *words) == expected


def test_assertion_names_words_sentence_and_cue_of_the_original():
    """Line breaks don't shift what is told."""
    text = "Clear.\nNo\n  joint   effusion."
    (assertion,) = assert_spans(text, [(12, 28)])
    assert assertion.mention.text == "joint   effusion"
    assert (assertion.sentence.start, assertion.sentence.end) == (7, 29)
    assert (assertion.cue.text, assertion.cue.start) == ("No", 7)


def test_answers_come_in_the_order_of_the_spans():
    """Also where spans are the same or out of order."""
    text = "No rash, fever."
    assert [a.mention.text for a in assert_spans(text, [(9, 14), (3, 7), (3, 7)])] == ["fever", "rash", "rash"]


def test_span_over_two_sentences_is_read_in_both():
    """A span that a sentence ends in is read with the sentences that it runs over."""
    (assertion,) = assert_spans("No rash. Fever.", [(3, 14)])
    assert (assertion.sentence.start, assertion.sentence.end) == (0, 15)


@pytest.mark.parametrize("span", [(3, 3), (5, 3), (-1, 3), (3, 99)])
def test_span_that_is_none_is_refused(span):
    """An empty span, or one outside the text, names nothing."""
    with pytest.raises(UsageError, match=r"is empty or lies outside a text of 8 characters"):
        assert_spans("No rash.", [span])


def test_no_spans_give_no_answers():
    """One answer per span."""
    assert assert_spans("No rash.", []) == ()
