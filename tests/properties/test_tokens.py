"""The tokens of a sentence are those of spaCy's tokenizer, whatever the sentence."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from labeler.assertions import tokens
from labeler.assertions.parse import load_tokenizer
from labeler.assertions.tokens import Tokens, tokenized
from labeler.assertions.verdict import Target, span_of
from labeler.phrasebook.load import load_phrasebook
from labeler.text.plain import plain

BOOK = load_phrasebook()
SHORT_FORMS = sorted(tokens._short_forms())  # noqa: SLF001 - spaCy's own exceptions are the likeliest to differ
WORDS = sorted(
    {word for file in BOOK.assertions for rule in file.cues for text in rule.texts() for word in plain(text).split()}
    | {word for file in BOOK.findings for group in file.mentions for t in group.texts() for word in plain(t).split()}
)
CORES = [
    "effusion",
    "x",
    "no",
    "cm",
    "o",
    "d",
    "s",
    "1",
    "11.1",
    "1mm",
    "1st",
    "t1",
    "patient's",
    "xxxx",
    "___",
    "+",
    "%",
]
MARKS = ["", ".", "..", "...", ",", ":", ";", "?", "!", ".,", ")", "]", ").", "):", "'", '"']
PIECES = st.one_of(
    st.text("acmosth1()[]-/.,:;?'_|=+%", max_size=6),
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", "(", "[", '"', "-", "/"]),
            st.sampled_from(["", "a-", "cannot-", "dr/", "1-", "1/"]),
            st.one_of(st.sampled_from(SHORT_FORMS), st.sampled_from(WORDS), st.sampled_from(CORES)),
            st.sampled_from(["", "-a", "/b", "-cannot", "/o", "'s", "-dr", "1", "-1", "/1"]),
            st.sampled_from(MARKS),
        ),
    ),
)
SENTENCES = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=6).map(" ".join)).map(plain)


def by_spacy(text):
    """Return the tokens that spaCy makes of a sentence."""
    doc = load_tokenizer().make_doc(text)
    return Tokens(text, tuple(token.lower_ for token in doc), tuple(token.idx for token in doc))


@settings(max_examples=500)
@given(text=SENTENCES)
@example(text="(-:")
@example(text="(effusion):")
@example(text="no effusion  or edema")
@example(text=" edema\n")
@example(text="b-a. 11-year-old, x/with-w/o")
@example(text="image a.) :) cannot. (can't) e.g., 1/1/11, -versus- [-]")
def test_tokens_are_those_of_spacy(text):
    """Words and places, whether they are cut here or there."""
    assert tokenized(text) == by_spacy(text)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_every_short_piece_is_cut_as_spacy_cuts_it(length):
    """All strings of the characters that decide."""
    for letters in itertools.product("acmost1()[]-/.,:;?'_|=", repeat=length):
        piece = "".join(letters)
        cut = tokens._cut(piece)  # noqa: SLF001 - one piece is one sentence here
        assert not cut or cut == by_spacy(piece).words, piece


@pytest.mark.parametrize("sign", ["+/-", "-/+", "\u00b1"])
def test_signs_of_doubt_are_cut_as_spacy_cuts_them(sign):
    """Whatever stands beside them."""
    for before, after in itertools.product(["", "(", "[", '"', "-", "/", "a", "1", "+"], [*MARKS, "-", "/", "a", "1"]):
        piece = f"{before}{sign}{after}"
        cut = tokens._cut(piece)  # noqa: SLF001 - one piece is one sentence here
        assert not cut or cut == by_spacy(piece).words, piece


def test_words_of_rules_and_phrases_need_no_spacy():
    """Starting must not import it."""
    assert [word for word in WORDS if not tokens._cut(word)] == []  # noqa: SLF001


def test_short_forms_are_those_of_the_tokenizer():
    """The file is what `python -m labeler.assertions.tokens` writes with the spaCy that is installed."""
    written = tokens._SHORT_FORMS.read_text("ascii").splitlines()  # noqa: SLF001
    assert written == list(tokens._spacy_short_forms())  # noqa: SLF001


@given(text=SENTENCES.filter(bool))
@example(text="no right-sided effusion")
def test_a_target_touches_the_tokens_that_spacy_says(text):
    """The span of a mention is that of the parsed sentence, wherever it starts and ends."""
    ours, doc = tokenized(text), load_tokenizer().make_doc(text)
    for target in itertools.starmap(Target, itertools.combinations(range(min(len(text), 15) + 1), 2)):
        span = span_of(doc, target)
        assert (ours.at(target).start, ours.at(target).stop) == (span.start, span.end)


def test_a_target_outside_the_sentence_is_refused():
    """Offsets into another text would give an answer about other words."""
    for start, end in ((3, 99), (-1, 2), (2, 2)):
        with pytest.raises(ValueError, match=f"span {start}:{end} lies outside a sentence of 8 characters"):
            tokenized("no edema").at(Target(start, end))
