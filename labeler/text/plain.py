"""The form in which sentences and phrases are compared."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize

_DIGIT = re.compile(r"\d")
# A dash between two blanks separates statements ("no edema - small effusion"), but for a broken compound and a range;
# two of them also stand before a form's answer of one word ("heart size -- normal").
_SPACED_DASH = re.compile(r"(?<= )(?:-(?= )(?! (?:like|shaped|based|sided|line|\d))|--(?= [a-z-]+ [a-z]))")
_NONE = re.compile(r"(?<=[:=] )0(?= ?(?:[;,.|]|\Z))")
_ONES = bytes.maketrans(b"0123456789", b"1" * 10)  # of bytes, as it is a tenth of the time of characters
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_TYPOGRAPHY = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\xb4", "'"),
    **dict.fromkeys("\u2022\u00b7\u25aa\u2026", "|"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
}


def plain(sentence: str) -> str:
    r"""Return a sentence as the readers see it: lower case, every digit a 1; offsets stay as they are.

    Upper-case reports read like others, and sentences that differ in a size or a date are one to the cache. Quotes and
    dashes are those of a keyboard, a dash or bullet between statements is a bar, a 0 that answers is "n", Latin letters
    have no accents.

    Parameters
    ----------
    sentence : str
        With single blanks.

    Examples
    --------
    >>> plain("A 4 mm NODULE at T8.")
    'a 1 mm nodule at t1.'
    >>> plain("Can\u2019t exclude cardiom\xe9galie")
    "can't exclude cardiomegalie"
    """
    if not sentence.isascii():
        sentence = _NOT_ASCII.sub(_keyboard, sentence)
    words = sentence.lower()
    if " 0" in words:
        words = _NONE.sub("n", words)
    words = words.encode("ascii").translate(_ONES).decode("ascii") if words.isascii() else _DIGIT.sub("1", words)
    return _SPACED_DASH.sub(lambda dash: "|" * len(dash[0]), words) if " -" in words else words


def _keyboard(match: re.Match[str]) -> str:
    return _key(match[0])


@cache
def _key(char: str) -> str:
    base = normalize("NFD", char)[0]
    return base if base.isascii() else _TYPOGRAPHY.get(char, char)
