"""Makes the text that a reader sees of what was written: without what is invisible, with plain line ends and blanks.

Archives hold text out of web pages, PDF files and terminals: "pneumo<soft hyphen>thorax" is one word to a reader,
and so it is to the labeler. The stages read the legible text, which leads every offset back.
"""

from __future__ import annotations

import re

from labeler.terminal import ESCAPE
from labeler.text.marks import spaced
from labeler.text.whitespace import NormalText, rewritten

_CONTROL = r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
_INVISIBLE = r"\xad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
_TAGS = r"\U000e0000-\U000e0fff"
_ACCENTS = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"  # that combine with Latin letters
_HALVES = r"\ud800-\udfff"  # of characters, alone: nobody can tell which character was meant
_BLANKS = r"\x1c-\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_STRANGE = re.compile(
    rf"""
    (?P<dropped> (?: {ESCAPE} | \r(?=\r\n) | [{_CONTROL}{_INVISIBLE}{_TAGS}{_ACCENTS}] )+ )
  | (?P<line>    \r(?!\n) | [\x0b\x0c\x85\u2028\u2029] )
  | (?P<blank>   [{_BLANKS}] )
  | (?P<other>   [\ufb00-\ufb06\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f] )
  | (?P<half>    [{_HALVES}] )
  | (?P<wide>    [\uff02-\uff5e] )
    """,
    re.VERBOSE,
)
_WIDE = 0xFF01 - ord("!")
_OTHERS = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
    # Chinese and Japanese marks, which have their blank in them.
    "\u3001": ", ", "\u3002": ". ", "\uff01": "! ", "\uff0c": ", ", "\uff1a": ": ", "\uff1b": "; ", "\uff1f": "? ",
}  # fmt: skip
# One class of characters is searched ten times as fast as the alternatives.
_ANY_STRANGE = re.compile(
    rf"[{_CONTROL}{_INVISIBLE}{_TAGS}{_ACCENTS}{_HALVES}{_BLANKS}\x0b\x0c\x85\u2028\u2029\u3001\u3002\uff01-\uff5e\ufb00-\ufb06]"
)


def legible(text: str) -> NormalText:
    r"""Return the text that a reader sees, with the way back to what was written.

    Left out are characters that are not seen (soft hyphens, zero-width and direction marks, controls, the colours of
    a terminal) and accents that are characters of their own. A carriage return alone, a form feed and their like are
    line ends, blanks of any width are blanks; ligatures and letters of full width are the letters they stand for, and
    Chinese marks those of a keyboard. Half of a character, which no file can hold, is the mark for an unknown one.

    Parameters
    ----------
    text : str
        The report.

    Examples
    --------
    >>> report = "Small pneumo\u00adthorax,\u00a0no e\ufb00usion"
    >>> seen = legible(report)
    >>> seen.text
    'Small pneumothorax, no effusion'
    >>> start, end = seen.span(6, 18)
    >>> report[start:end] == "pneumo\u00adthorax"
    True
    """
    seen = NormalText(text, 0, len(text)) if _is_plain(text) else rewritten(text, _STRANGE, _replacement)
    return spaced(seen)


def _is_plain(text: str) -> bool:
    if text.isascii() and text.replace("\n", "").isprintable():  # nearly every report
        return True
    return not _ANY_STRANGE.search(text) and text.count("\r") == text.count("\r\n")


def _replacement(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind == "wide":
        return chr(ord(match[0]) - _WIDE)
    if kind == "other":
        return _OTHERS[match[0]]
    return {"dropped": "", "line": "\n", "blank": " ", "half": "\ufffd"}[str(kind)]
