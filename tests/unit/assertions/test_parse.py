"""What the readers see of a sentence, and the model that parses it."""

import pytest

from labeler.assertions import parse
from labeler.text.plain import plain


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("No EFFUSION.", "no effusion."),
        ("A 47 mm nodule at T8 on 2/3/2019", "a 11 mm nodule at t1 on 1/1/1111"),
        ("", ""),
        ("\u0130nterval change 3", "interval change 1"),
        ("STRA\u00dfE", "stra\u00dfe"),
    ],
)
def test_plain_is_lower_case_with_every_digit_alike(sentence, expected):
    """Offsets stay as they are, whatever a letter does in lower case."""
    assert plain(sentence) == expected
    assert len(plain(sentence)) == len(sentence)


def test_tokenizer_loads_once():
    """One process holds one tokenizer."""
    assert parse.load_tokenizer() is parse.load_tokenizer()


def test_model_parses():
    """The parser gives heads and relations to every word."""
    doc = parse.load_model()("no effusion is seen")
    assert [(token.dep_, token.head.text) for token in doc][:2] == [("det", "effusion"), ("nsubjpass", "seen")]
