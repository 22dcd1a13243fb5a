"""The form in which sentences and phrases are compared."""

from __future__ import annotations

import re

_DIGIT = re.compile(r"\d")


def plain(sentence: str) -> str:
    """Returns a sentence as the readers see it: lower case, every digit a 1; offsets stay as they are.

    Upper-case reports read like others, and sentences that differ in a size or a date are one to the cache.

    Parameters
    ----------
    sentence : str
        With single blanks.

    Examples
    --------
    >>> plain("A 4 mm NODULE at T8.")
    'a 1 mm nodule at t1.'
    """
    lowered = sentence.lower()
    if len(lowered) != len(sentence):  # a few letters change length in lower case; they stay as they are
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in sentence)
    return _DIGIT.sub("1", lowered)
