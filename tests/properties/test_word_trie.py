"""The finder of cues: what spaCy's PhraseMatcher finds, once each, in any order of the phrases."""

from hypothesis import example, given
from hypothesis import strategies as st
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_tokenizer
from labeler.assertions.word_trie import WordTrie
from labeler.phrasebook.load import load_phrasebook

CUES = list(NegexReader(load_phrasebook())._rules)  # noqa: SLF001 - the cues as they are looked for
VOCAB = load_tokenizer().vocab
WORDS = st.lists(st.sampled_from(["no", "not", "change", "in", ",", "effusion"]), max_size=8)
SENTENCES = st.lists(st.one_of(st.sampled_from(CUES), WORDS), max_size=5).map(lambda parts: sum(map(tuple, parts), ()))


class SpacyMatcher:
    """spaCy's matcher of phrases, asked as `WordTrie` is."""

    def __init__(self, phrases):
        self.matcher = PhraseMatcher(VOCAB)
        self.matcher.add("cue", [Doc(VOCAB, list(words)) for words in phrases])

    def find(self, words):
        """Return where phrases stand, each place once."""
        return sorted({(start, end) for _, start, end in self.matcher(Doc(VOCAB, list(words)))})


SHIPPED = WordTrie(CUES), SpacyMatcher(CUES)


@given(phrases=st.lists(WORDS.filter(bool).map(tuple), min_size=1, max_size=8), words=WORDS)
@example(phrases=[("no",), ("no", "change"), ("no", "change", "in"), ("change",)], words=["no", "change", "no"])
def test_it_finds_what_spacy_finds(phrases, words):
    """Every place of every phrase, those inside others too."""
    assert WordTrie(phrases).find(words) == SpacyMatcher(phrases).find(words)


@given(words=SENTENCES)
def test_the_cues_that_are_shipped_are_found_as_spacy_finds_them(words):
    """The same holds for the rules themselves."""
    ours, theirs = SHIPPED
    assert ours.find(words) == theirs.find(words)


@given(phrases=st.lists(WORDS.map(tuple), max_size=6), words=WORDS, data=st.data())
def test_the_order_of_the_phrases_changes_nothing(phrases, words, data):
    """Nor does a phrase that is given twice, or one without words."""
    shuffled = data.draw(st.permutations([*phrases, *phrases, ()]))
    assert WordTrie(shuffled).find(words) == WordTrie(phrases).find(words)


@given(phrases=st.lists(WORDS.map(tuple), max_size=6), words=WORDS)
def test_what_is_found_is_a_phrase_and_found_once(phrases, words):
    """The words at a place are those of a phrase, and places come in order."""
    found = WordTrie(phrases).find(words)
    assert found == sorted(set(found))
    assert {tuple(words[start:end]) for start, end in found} <= set(phrases)
