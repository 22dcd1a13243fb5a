"""The memory of sentences."""

import pytest

from labeler.sentence_cache import SentenceCache


@pytest.fixture
def read():
    """Remembers what was read, in lists of sentences read together."""
    return []


@pytest.fixture
def cache(read):
    """Make a cache of three sentences whose reading is their length."""
    return SentenceCache(lambda sentences: read.append(sentences) or [len(text) for text in sentences], 3)


def test_each_sentence_is_read_once_and_new_ones_together(cache, read):
    """A sentence that comes twice, or again, is not read again."""
    assert cache.of(["a", "bb", "a"]) == {"a": 1, "bb": 2}
    assert cache.of(iter(["bb", "ccc"])) == {"bb": 2, "ccc": 3}
    assert cache.of([]) == {}
    assert read == [["a", "bb"], ["ccc"]]


def test_what_was_not_asked_for_the_longest_is_forgotten(cache, read):
    """The cache never holds more than its size."""
    cache.of(["a", "bb", "ccc"])
    cache.of(["a"])
    cache.of(["dddd"])
    read.clear()
    cache.of(["a", "ccc", "dddd"])
    assert read == []
    cache.of(["bb"])
    assert read == [["bb"]]


def test_more_sentences_than_the_cache_holds_are_all_answered(cache):
    """What is asked for together is answered together, whatever is kept."""
    texts = ["x" * length for length in range(10)]
    assert cache.of(texts) == {text: len(text) for text in texts}
    assert cache.of(texts) == {text: len(text) for text in texts}
