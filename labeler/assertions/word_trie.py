"""Finds phrases of whole words in a sentence: one walk over its words, however many phrases there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_END = ""
"""The key of a phrase's end; no token is empty."""


class WordTrie:
    """A tree of phrases by their words.

    Properties, which tests/properties/test_word_trie.py holds: it finds what spaCy's PhraseMatcher finds, each place
    once; the order of the phrases changes nothing; the work grows with the words of the sentence times those of the
    longest phrase, at most.

    Parameters
    ----------
    phrases : iterable of sequence of str
        The words of each.

    Examples
    --------
    >>> trie = WordTrie([("no",), ("no", "change", "in"), ("in",)])
    >>> trie.find(("no", "change", "in", "effusion"))
    [(0, 1), (0, 3), (2, 3)]
    """

    def __init__(self, phrases: Iterable[Sequence[str]]) -> None:
        self._root: dict[str, Any] = {}
        for words in phrases:
            node = self._root
            for word in words:
                node = node.setdefault(word, {})
            if words:
                node[_END] = None

    def find(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return where phrases stand, as half-open ranges of words, in the order of their starts and ends.

        Parameters
        ----------
        words : sequence of str
            A sentence, in the form that the phrases have.
        """
        found: list[tuple[int, int]] = []
        root = self._root
        for start, word in enumerate(words):
            node, end = root.get(word), start
            while node is not None:
                end += 1
                if _END in node:
                    found.append((start, end))
                node = node.get(words[end]) if end < len(words) else None
        return found
