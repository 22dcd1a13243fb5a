"""Sets marks apart from the words that they are glued to, and reads the marks of forms.

A list number, bullet, dash or separator glued to a word ("1.No", "-No", "clear;no effusion") would hide the word, and a
drawn box, a row of dots or a lone digit the answer of a form ("Effusion ...... nil").
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.text.whitespace import rewritten

if TYPE_CHECKING:
    from labeler.text.whitespace import NormalText

_ANSWER = r"(?i:yes|no|none|nil|absent|present|negative|positive|[yn])\b"
_BULLETS = r"*\u2022\u00b7\u25aa"
_DASHES = r"\-\u2013\u2014"
_MARK = re.compile(
    rf"""
    (?<![^\s.;]) (?P<after> (?: \(?\d{{1,2}}[.)] | [a-z][.)](?=[A-Z][a-z]) | [a-e]\)(?=[a-z]{{2}}) ) (?=[A-Za-z]{{2}}) )
  | (?P<bullet> (?: ^ | (?<=\n) ) [-{_BULLETS}] (?=[A-Za-z]) | (?<=[ ]) [{_DASHES}] (?=[A-Z][a-z])
      | (?<![^\s(]) \u2026 (?=[A-Za-z]) )
  | (?P<between> (?<=[A-Za-z)\d]) [;|\u2022] (?=[A-Za-z(]) | (?<=[A-Za-z]) \([-+]\) (?=[A-Za-z])
      | (?<=[A-Za-z.,:;)]) (?: \u2014 | -- ) (?=[A-Za-z]) | (?<=[.,:;]) [-\u2013] (?=[A-Za-z]{{2}})
      | (?<=[a-z]) - (?=[Nn]o[ ])
      | (?<=[A-Za-z)]) (?: \u2026 | \.\.\. ) (?=[A-Za-z])
      | (?<= [a-z]{{2}} ) \d{{1,2}}[.)] (?=[ ]?[A-Z][A-Za-z]) | (?<=[,;:]) \(?\d{{1,2}}[.)] (?=[A-Za-z]{{2}}) )
  | (?P<before> (?<=[A-Za-z]{{3}}) \( (?= (?!es\)) [A-Za-z]{{2}} | [-+\u00b1]\) ) )
  | (?P<checked> [\u2611\u2612\u2713\u2714] | [(\[][ ]?[xX][ ]?[)\]] )
  | (?P<box> [\u2610\u25a1] | [(\[][ ]+[)\]] )
  | (?P<bar> (?<=\S[ ])\*(?=[ ][A-Z]) | [ ]?[\u2192\u00bb][ ]? )
  | (?P<number> (?<!\S) (?: \#\d{{1,2}} (?=[ ]) | \d/ (?=[ ][A-Z]) ) )
  | (?P<minus> (?<=[A-Za-z]) [ ]?: [ ]? - (?= [ ]* (?:[,;/\n]|\Z) ) )
  | (?P<plus> (?<=[a-z]) \+{{1,3}} (?= [ ]* (?:[,;.\n]|\Z) ) )
  | (?P<choice> [ ] \( [YyNn]/[YyNn] \) (?=[ ]?[:=]) )
  | (?P<joint> (?<=[a-z])_(?=[a-z]) )
  | (?P<row> (?<=[A-Za-z)]) (?: [ ]?\.{{4,}}[ ]? (?= [A-Za-z] [^.\n]{{0,60}} \.? (?:\n|\Z) )
                              | (?: \t+ | [ ]{{3,}} ) (?= {_ANSWER} ) ) )
  | (?P<digit> (?<=[A-Za-z]) (?: [ ]score | [ ]\(0/1\) )? (?: [ ]?[:=][ ]? | [ ] ) [01] (?:/\d)?
               (?= [ \t]* (?: [.,](?!\d) | [;\n] | \Z ) ) )
  | (?P<answer> (?<=\?) \s+ A(?:nswer)? [:.] (?=[ ]) )
    """,
    re.VERBOSE,
)
# A look for one class of characters beside another, far faster than the alternatives, leaves out most texts.
_MAY_BE_MARK = re.compile(
    rf"""[.();|{_BULLETS},:]
    (?: (?<=[.),;:]) [A-Za-z({_DASHES}\d] | (?<=[;|\u2022]) [A-Za-z(] | (?<=[A-Za-z]\() [A-Za-z+\u00b1-]
      | (?<=[{_BULLETS}]) [ A-Za-z] | (?<=\.)\.\. | (?<=[.)])[ ][A-Z] | (?<=[:(]) [ ][-01xX)\] ] )
  | [\u2014\u2026\u2610-\u2612\u25a1\u2713\u2714\u2192\u00bb#\[_+\t=] | -- | [ ][{_DASHES}][A-Z] | [a-z]-[Nn]o[ ]
  | [ ][01](?:/\d)?[ \t]*(?:[.,](?!\d)|[;\n]|\Z) | \?\s+A | \d/[ ] | [ ]{{3,}} | \([YyNn01xX]
    """,
    re.VERBOSE,
)
_READ_AS = {
    "row": ": ",
    "bar": " | ",
    "minus": ": no",
    "plus": ": yes",
    "choice": "",
    "joint": " ",
    "answer": "",
}
_BOX_FIRST = re.compile(r"\s*[(\[\u2610-\u2612\u25a1]")
_LINE_NAME = re.compile(r"(?:\A|[\n.;,]\s*)(?:[A-Za-z/()]+[ ]?){1,4}\Z")
_LONGEST_NAME = 40


def spaced(seen: NormalText) -> NormalText:
    """Return a legible text with every mark apart from words, and the answers of forms in words.

    Parameters
    ----------
    seen : NormalText

    Examples
    --------
    >>> from labeler.text.legible import legible
    >>> legible("1.No edema;clear2.Nodule").text
    '1. No edema; clear 2. Nodule'
    """
    text = seen.text
    if not (_MAY_BE_MARK.search(text) or text.startswith("-") or "\n-" in text):
        return seen  # nearly every report
    apart = rewritten(text, _MARK, _apart)
    if apart.text == text:
        return seen
    return replace(apart, origin=seen) if seen.is_changed else apart


def _apart(match: re.Match[str]) -> str:
    kind, found = str(match.lastgroup), match[0]
    if kind == "digit":
        return _answer(match)
    if kind == "number":
        return found.strip("#/") + "."
    if kind in ("checked", "box"):
        return _box(match)
    if kind in _READ_AS:
        return _READ_AS[kind]
    if kind == "between":
        return f" {found} " if found not in ";|" else f"{found} "
    return f" {found}" if kind == "before" else f"{found} "


def _box(match: re.Match[str]) -> str:
    """Return a box, behind a bar where its line began with another: what follows is another item."""
    line = match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]
    return ("| " if _BOX_FIRST.match(line) else "") + ("[x]" if match.lastgroup == "checked" else "[ ]")


def _answer(match: re.Match[str]) -> str:
    """Return a 0 or 1 behind a name of a few words that begins a line or a statement as no or yes."""
    begin = match.start()
    name = match.string[max(0, begin - _LONGEST_NAME) : begin]
    if not _LINE_NAME.search(name):
        return match[0]
    return ": no" if re.search(r"[01]", match[0].replace("(0/1)", ""))[0] == "0" else ": yes"  # type: ignore[index]
