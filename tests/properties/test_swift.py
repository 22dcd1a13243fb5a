"""The model made faster parses as it came: the same tags, relations and heads, whatever was parsed before."""

import pytest
from spacy.util import load_model_from_path

from labeler.assertions.model import UNUSED, find_model
from labeler.assertions.parse import load_model
from labeler.assertions.swift import one_thread
from labeler.authoring.cases import parse_case
from labeler.phrasebook.load import load_phrasebook
from labeler.text.plain import plain

BOOK = load_phrasebook()
SENTENCES = sorted(
    {plain(parse_case(case).text) for file in BOOK.assertions for rule in file.cues for case in rule.cases}
    | {plain(parse_case(case).text) for file in BOOK.assertions for rule in file.dependencies for case in rule.cases}
    | {plain(parse_case(case).text) for file in BOOK.findings for case in file.cases}
)


def parses(model, sentences):
    """Return tag, relation and head of every word of every sentence."""
    return [[(token.tag_, token.dep_, token.head.i) for token in doc] for doc in model.pipe(sentences, batch_size=64)]


@pytest.fixture(scope="module")
def expected():
    """Return the parses of the model as spaCy loads it."""
    return parses(load_model_from_path(find_model().folder, exclude=list(UNUSED)), SENTENCES)


@pytest.mark.parametrize("key", [None, lambda at: -at, lambda at: len(SENTENCES[at])])
def test_parses_are_those_of_the_model(expected, key):
    """In order and in others, so that vectors are kept from other sentences."""
    order = sorted(range(len(SENTENCES)), key=key)
    assert len(order) > 150
    found = dict(zip(order, parses(load_model(), [SENTENCES[at] for at in order]), strict=True))
    assert [found[at] for at in range(len(order))] == expected


def test_sentences_parsed_one_by_one_are_parsed_alike(expected):
    """What is parsed beside a sentence changes nothing."""
    with one_thread():
        assert [parses(load_model(), [sentence])[0] for sentence in SENTENCES[::10]] == expected[::10]


def test_text_without_words_is_parsed():
    """An empty sentence has no vectors."""
    assert parses(load_model(), ["", "no edema", ""])[::2] == [[], []]


def test_many_words_are_not_all_kept(monkeypatch):
    """The vectors go when there are too many, to the same parses."""
    before = parses(load_model(), SENTENCES[:40])
    monkeypatch.setattr("labeler.assertions.swift._KEPT_WORDS", 3)
    assert parses(load_model(), SENTENCES[:40]) == before


def test_a_program_has_its_threads_back():
    """Only while sentences are parsed is there one."""
    from threadpoolctl import threadpool_info

    def threads():
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    before = threads()
    with one_thread():
        assert set(threads()) == {1}
    assert threads() == before
