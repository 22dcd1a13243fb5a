"""What the readers see of a sentence, and the model that parses it."""

import pytest

from labeler.assertions import parse
from labeler.errors import UsageError
from labeler.text.plain import plain


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("No EFFUSION.", "no effusion."),
        ("A 47 mm nodule at T8 on 2/3/2019", "a 11 mm nodule at t1 on 1/1/1111"),
        ("", ""),
        ("\u0130nterval change 3", "\u0130nterval change 1"),
        ("STRA\u00dfE", "stra\u00dfe"),
    ],
)
def test_plain_is_lower_case_with_every_digit_alike(sentence, expected):
    """Offsets stay as they are, whatever a letter does in lower case."""
    assert plain(sentence) == expected
    assert len(plain(sentence)) == len(sentence)


def test_missing_model_is_named_with_what_installs_it(monkeypatch):
    """Without the model the message says what to install, before any report is read."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)  # noqa: ARG005
    parse.load_tokenizer.cache_clear()
    try:
        with pytest.raises(UsageError, match=r"no spaCy model en_core_web_sm is installed; install en-core-web-sm"):
            parse.load_tokenizer()
    finally:
        parse.load_tokenizer.cache_clear()


def test_tokenizer_loads_once():
    """One process holds one tokenizer."""
    assert parse.load_tokenizer() is parse.load_tokenizer()


def test_model_parses():
    """The parser gives heads and relations to every word."""
    doc = parse.load_model()("no effusion is seen")
    assert [(token.dep_, token.head.text) for token in doc][:2] == [("det", "effusion"), ("nsubjpass", "seen")]
