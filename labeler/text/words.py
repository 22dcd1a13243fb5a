"""The words that the labeler knows: a misspelt word is read as the nearest of them, a foreign one stays unread."""

from __future__ import annotations

import re
from functools import cache, cached_property
from importlib.resources import files
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from labeler.records import UnreadWord
from labeler.text.plain import plain
from labeler.text.whitespace import NormalText, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from symspellpy import SymSpell

    from labeler.phrasebook.load import Phrasebook

_WORD = re.compile(r"[a-z]{3,}")
_KNOWN = re.compile(r"[a-z]{2,}")
_UNKNOWN = re.compile(r"[a-z]{2,}- [a-z]{2,}|[a-z]{5,}")
_FREQUENT = 10_000
"""So many of the most frequent words of English name nothing on an image, unless a phrase has them."""
_TARGET_LENGTH = 5
_SURE_LENGTH = 8
"""Shorter words are corrected over one edit, others over two: "fractrue", but not "nodal" to "node"."""
_PART_LENGTH = 5
_SHORTEST_NAME = 3
_JOINED_LENGTH = 7
_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTEST, _ABBREVIATION = 3, 5
_STRANGE = 2
_STRANGE_SHARE = 0.25
_STRANGE_IN_ENGLISH = 4
"""So many words must be strange beside one that only English has: some reports are misspelt throughout."""
_LOOKED_AT = 5000
"""Characters of a text by which its language is told."""
_LONGEST_WORD = 40
_HYPHEN = "- "
_MARKS = ".,;:()?"


class Account(NamedTuple):
    """What a vocabulary makes of the words of a sentence.

    Parameters
    ----------
    unread : tuple of UnreadWord
        With offsets into the sentence.
    strange : int
        Words that are neither known nor English.
    words : int
    """

    unread: tuple[UnreadWord, ...]
    strange: int
    words: int


class Vocabulary:
    """The words of phrases, cues and scope, of which what is misspelt is read as the nearest.

    A word is read as another where it is no English word, no known neutral word, and one known word alone is nearest
    to it by edit distance (a swap of neighbours counts one). Two known words without a blank between them are two, a
    known word broken by a hyphen at a line end is one.

    Parameters
    ----------
    phrasebook : Phrasebook

    Attributes
    ----------
    known : frozenset of str
        The words of phrases, cues and scope.

    Examples
    --------
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> vocabulary = Vocabulary(load_phrasebook())
    >>> vocabulary.spelled("small pleurel effusoin, nodal disease").text
    'small pleural effusion, nodal disease'
    >>> words = "no effusion. ptb is quiescent"
    >>> [words[word.start : word.end] for word in vocabulary.account(words).unread]
    ['quiescent']
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self.is_on = phrasebook.profile.spelling and phrasebook.label_set.matching == "words"
        self._named = frozenset(_words(_names(phrasebook))) if self.is_on else frozenset[str]()
        self._ruled = frozenset(_words(_rule_texts(phrasebook))) if self.is_on else frozenset[str]()
        self.known = self._named | self._ruled
        self._neutral = frozenset(_words(phrasebook.neutral))
        self._english = frozenset(phrasebook.english)

    def spelled(self, sentence: str) -> NormalText:
        """Return a sentence with misspelt, joined and broken words as they are meant, and the way back.

        Parameters
        ----------
        sentence : str
            As `labeler.text.plain.plain` gives it.
        """
        is_known = self.is_on and self.known.issuperset(_WORD.findall(sentence))
        if not self.is_on or (is_known and _HYPHEN not in sentence):
            return NormalText(sentence, 0, len(sentence))
        split = {} if is_known else self._split(sentence)
        unknown = re.compile(rf"\b(?:{'|'.join(split)})\b|{_UNKNOWN.pattern}") if split else _UNKNOWN
        return rewritten(sentence, unknown, lambda match: split.get(match[0]) or self._meant(match[0]))

    def _split(self, sentence: str) -> dict[str, str]:
        """Return the words that stand in two pieces, of which one is no word, by what is written: "biba silar"."""
        pairs = pairwise(word.strip(_MARKS) for word in sentence.split(" "))
        return {f"{one} {other}": one + other for one, other in pairs if self._is_split(one, other)}

    def _is_split(self, one: str, other: str) -> bool:
        joined = one + other
        return len(joined) >= _JOINED_LENGTH and joined in self.known and not {one, other} <= self._all_words

    def account(self, sentence: str) -> Account:
        """Tell which words of a sentence, as `spelled` gives it, nothing accounts for, and how many are strange.

        Parameters
        ----------
        sentence : str
        """
        words = _WORD.findall(sentence)
        if not self.is_on or self.known.issuperset(words):
            return Account((), 0, len(words))
        new = [word for word in _WORD.finditer(sentence) if word[0] not in self.known and word[0] not in self._neutral]
        unread = tuple([UnreadWord(word.start(), word.end()) for word in new if word[0] not in _frequent()])
        return Account(unread, sum(word[0] not in _english() for word in new), len(words))

    def is_foreign(self, text: str) -> bool:
        """Tell whether a text is mostly not English, by its letters and words.

        A quarter of strange words is more than any English text of 4,500 has, telegraphic and misspelt ones included; a
        report in another language with Latin letters has a third to all.

        Parameters
        ----------
        text : str

        Examples
        --------
        >>> from labeler.phrasebook.load import load_phrasebook
        >>> vocabulary = Vocabulary(load_phrasebook())
        >>> vocabulary.is_foreign("Kein Pleuraerguss. Herz normal groß."), vocabulary.is_foreign("Fibronodular PTB")
        (True, False)
        """
        text = text[:_LOOKED_AT]
        short = {word.lower() for word in _LETTERS.findall(text) if _is_abbreviation(word)}
        words = [word for word in _LETTERS.findall(self.spelled(text.lower()).text) if not _is_abbreviation(word)]
        known = self._all_words
        strange = sum(not word.isascii() or not (word in known or word in short) for word in words)
        enough = _STRANGE if self._english.isdisjoint(text.lower().split()) else _STRANGE_IN_ENGLISH
        return strange >= enough and strange >= _STRANGE_SHARE * len(words)

    @cached_property
    def _all_words(self) -> frozenset[str]:
        return self.known | self._neutral | _english()

    def _meant(self, word: str) -> str:
        if word in self.known:
            return word
        if word not in self._corrections:
            self._corrections[word] = self._unbroken(word) if _HYPHEN in word else self._corrected(word)
        return self._corrections[word]

    def _unbroken(self, parts: str) -> str:
        joined = parts.replace(_HYPHEN, "")
        if joined in self.known:
            return joined
        return _HYPHEN.join(self._meant(part) for part in parts.split(_HYPHEN))

    def _corrected(self, word: str) -> str:
        if len(word) < _TARGET_LENGTH or word in self._neutral or word in _english():
            return word
        return self._parted(word) or self._nearest(word) or word

    def _parted(self, word: str) -> str:
        """Return the two known words that a word is made of, "" if it isn't."""
        for at in range(2, len(word) - _SHORTEST_NAME + 1):
            first, second = word[:at], word[at:]
            if first in self.known and first in _english() and self._may_be_part(first, second):
                return f"{first} {second}"
        return ""

    def _may_be_part(self, first: str, second: str) -> bool:
        """Tell whether a word may end in another; a short name may be glued to a word of the rules ("noptx")."""
        if second in self._named and first in self._ruled:
            return True
        return second in self.known and second in _english() and len(second) >= _PART_LENGTH

    def _nearest(self, word: str) -> str:
        from symspellpy import Verbosity

        distance = 2 if len(word) >= _SURE_LENGTH else 1
        found = self._targets.lookup(word, Verbosity.CLOSEST, max_edit_distance=distance)
        if found and found[0].distance > 1:  # far from any known word, only the name of a finding is meant
            found = [near for near in found if near.term in self._named]
        terms = [near.term for near in found if _may_be_slip(word, near.term, near.distance)]
        same_start = [term for term in terms if term[0] == word[0]]
        likely = same_start or terms
        if len(likely) > 1:  # "enlargd" is "enlarged" rather than "enlarge"
            likely = [term for term in likely if term[-1] == word[-1]]
        return likely[0] if len(likely) == 1 else ""

    @cached_property
    def _corrections(self) -> dict[str, str]:
        return {}

    @cached_property
    def _targets(self) -> SymSpell:
        from symspellpy import SymSpell

        targets = SymSpell(max_dictionary_edit_distance=2)
        for word in self.known:
            if len(word) >= _TARGET_LENGTH:
                targets.create_dictionary_entry(word, 1)
        return targets


def _is_abbreviation(word: str) -> bool:
    """Tell whether a run of letters is no word that could tell a language: an abbreviation, or none at all."""
    short = len(word) < _SHORTEST or (word.isupper() and len(word) <= _ABBREVIATION)
    return (word.isascii() and short) or len(word) > _LONGEST_WORD


def _may_be_slip(word: str, term: str, distance: int) -> bool:
    """Tell whether a word may be a slip of the pen for another: the first letter stands, over two edits the last too.

    In a short word two letters change places, or one inside is missing or doubled.
    Beginnings and ends tell words apart ("hypoinflated" is not "hyperinflated", "tuberculoma" not "tuberculous").
    """
    if len(word) <= _TARGET_LENGTH:
        same_ends = word[0] == term[0] and word[-1] == term[-1]
        lacks_or_doubles = len(term) > len(word) or _undoubled(word) == _undoubled(term)
        return sorted(word) == sorted(term) or (same_ends and lacks_or_doubles)
    if distance == 1:
        return term[0] in word[:2]
    return word[0] == term[0] and word[-1] == term[-1] and word[:4] != "hypo"


def _undoubled(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _names(phrasebook: Phrasebook) -> Iterable[str]:
    for file in phrasebook.findings:
        for group in (*file.mentions, *file.not_mentions):
            yield from group.texts()


def _rule_texts(phrasebook: Phrasebook) -> Iterable[str]:
    for rules in phrasebook.assertions:
        for rule in rules.cues:
            yield from rule.texts()
    yield from phrasebook.scope.all_words()


def _words(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from _KNOWN.findall(plain(text))


@cache
def _english() -> frozenset[str]:
    """Return the words of English that symspellpy's dictionary has, about 83,000."""
    return frozenset(_by_frequency())


@cache
def _frequent() -> frozenset[str]:
    return frozenset(_by_frequency()[:_FREQUENT])


def _by_frequency() -> list[str]:
    dictionary = files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    return [line.split(" ", 1)[0] for line in dictionary.read_text("utf-8-sig").splitlines()]
