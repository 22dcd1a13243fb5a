"""The words of a sentence, as spaCy's tokenizer for English cuts them, mostly without spaCy.

Nearly every sentence of a report is made of words, numbers, hyphens and a mark here and there. Those are cut here, a
piece between two blanks at a time; a sentence with anything else in it goes to spaCy, which takes half a second to
import. Short forms that spaCy cuts in their own way ("cannot", "e.g.") stand in `spacy-3.8-short-forms.txt`, which
`python -m labeler.assertions.tokens > FILE` wrote.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from labeler.assertions.parse import load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labeler.assertions.verdict import Target

_SHORT_FORMS = Path(__file__).with_name("spacy-3.8-short-forms.txt")
_LETTERS = re.compile(r"[a-z1.'/]*[a-z][a-z1.'/]*")
"""What short forms are kept of: those with other characters are left to spaCy."""
_USUAL = re.compile(
    r"""
    ([(\[])?
    ( [-/]? (?: WORD (?: [-/] WORD )* ) [-/]? | [-+/] | -/\+ | \+/- | 1+ \.1+ | 1+ (?: \.1+ )? [cm]m )
    ((?:(?<=[a-z])'s)?)
    ([)\]]?)
    ( (?<!/) \.+ | (?(1) | (?<![)\]]) [:;] ) | [,?]? )  # no face such as "(-:"
    | _+ | [!-~\u00b1]
    """.replace("WORD", "(?: [a-z]+ 1* | 1+ (?: st | nd | rd | th )? )"),
    re.VERBOSE,
)
_JOINTS = re.compile(r"((?<=[a-z1])[-/](?=[a-z])|(?<=1)-(?=1)|(?<=1)(?=[cm]m\Z)|(?<=\A\+)(?=/-\Z))")
_KEPT = 50_000
"""Pieces between blanks whose tokens are kept; a collection has fewer, and text that is no report may have more."""


class Tokens(NamedTuple):
    """The tokens of one sentence.

    Parameters
    ----------
    text : str
        The sentence in lower case.
    words : tuple of str
    starts : tuple of int
        Where each begins, in characters.
    """

    text: str
    words: tuple[str, ...]
    starts: tuple[int, ...]

    def at(self, target: Target) -> range:
        """Return the tokens that a target touches.

        Raises
        ------
        ValueError
            If the target lies outside the sentence.

        Examples
        --------
        >>> from labeler.assertions.verdict import Target
        >>> tokenized("no pleural-effusion seen").at(Target(3, 19))
        range(1, 4)
        """
        if not 0 <= target.start < target.end <= len(self.text):
            raise ValueError(f"span {target.start}:{target.end} lies outside a sentence of {len(self.text)} characters")
        first = bisect_right(self.starts, target.start) - 1
        if target.start == self.starts[first] + len(self.words[first]):  # at the blank before the next
            first += 1
        return range(first, bisect_right(self.starts, target.end - 1))

    def characters(self, start: int, end: int) -> tuple[int, int]:
        """Return where tokens start to end stand, in characters."""
        return self.starts[start], self.starts[end - 1] + len(self.words[end - 1])


def tokenized(text: str) -> Tokens:
    """Return the tokens of a sentence: those of spaCy's tokenizer for English.

    Parameters
    ----------
    text : str
        One sentence, as `labeler.text.plain.plain` gives it.

    Examples
    --------
    >>> tokenized("cannot exclude (small) right-sided effusion.").words
    ('can', 'not', 'exclude', '(', 'small', ')', 'right', '-', 'sided', 'effusion', '.')
    """
    words: list[str] = []
    starts: list[int] = []
    at = 0
    for piece in text.split(" "):
        cut = _cut(piece)
        if not cut:
            return _by_spacy(text)
        words += cut
        for word in cut:
            starts.append(at)
            at += len(word)
        at += 1
    return Tokens(text, tuple(words), tuple(starts))


def _by_spacy(text: str) -> Tokens:
    doc = load_tokenizer().make_doc(text)
    return Tokens(text, tuple([token.lower_ for token in doc]), tuple([token.idx for token in doc]))


@lru_cache(maxsize=_KEPT)
def _cut(piece: str) -> tuple[str, ...]:
    """Return the tokens of what stands between two blanks; none where spaCy must be asked."""
    known = _short_forms().get(piece)
    if known:
        return known
    usual = _USUAL.fullmatch(piece)
    if usual is None:
        return ()
    opening, core, genitive, closing, mark = usual.groups()
    if core is None:  # a mark alone, or a word that was hidden
        return tuple(piece)
    forms = _short_forms()
    parts = forms.get(core) or tuple([part for part in _JOINTS.split(core) if part])
    if parts[-1] + genitive + closing + mark in forms or (core not in forms and any(map(core.count, _slashed()))):
        return ()
    return tuple([token for token in (opening, *parts, genitive, closing, mark) if token])


@lru_cache(maxsize=1)
def _short_forms() -> dict[str, tuple[str, ...]]:
    return {"".join(words): words for words in map(tuple, map(str.split, _SHORT_FORMS.read_text("ascii").splitlines()))}


@lru_cache(maxsize=1)
def _slashed() -> tuple[str, ...]:
    """Return the short forms that spaCy also finds within a longer piece ("with-w/o")."""
    return tuple(form for form in _short_forms() if "/" in form)


def _spacy_short_forms() -> Iterator[str]:
    nlp = load_tokenizer()
    rules: dict[str, Any] = vars(nlp)["tokenizer"].rules
    for text in sorted(filter(_LETTERS.fullmatch, rules)):
        yield " ".join(token.text for token in nlp.make_doc(text))


if __name__ == "__main__":
    import sys

    sys.stdout.write("".join(f"{line}\n" for line in _spacy_short_forms()))
