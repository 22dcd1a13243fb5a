"""What people slip on when they write YAML, found in the lines themselves where a parser has given up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COLON = 'a text with ": " in it; put it in quotes'
_OPEN_QUOTE = "a quote that is not closed; close it"
_SHOWN = 40
"""Most characters of a line in a message."""

_LEAD = re.compile(r"(?P<indent> *)(?P<dash>- +)?(?P<key>[\w-]+: +)?")
_NO_BLANK = re.compile(r"[A-Za-z][\w-]*:(?! |$)")
_COMMENT = re.compile(r"\s*(?:#.*)?")
_RESERVED = frozenset("*%@`")
"""What no text without quotes can begin with."""
_WORD = re.compile(r"[\w-]+")
_QUOTED = {'"': re.compile(r'(?:\\.|[^"\\])*"'), "'": re.compile(r"(?:''|[^'])*'(?!')")}


class Slip(NamedTuple):
    """A slip with its place, from 0, and what to do."""

    line: int
    column: int
    what: str


class _Line(NamedTuple):
    """A line, divided into its indent and its text, which may begin with the dash of an item and a key."""

    number: int
    indent: int
    is_item: bool
    at_text: int
    value: str
    at_value: int

    @classmethod
    def of(cls, number: int, line: str) -> _Line:
        lead = _LEAD.match(line)
        assert lead is not None  # noqa: S101  it matches nothing as well
        at_text = lead.end("dash") if lead["dash"] else lead.end("indent")
        return cls(number, len(lead["indent"]), bool(lead["dash"]), at_text, line[lead.end() :], lead.end())


def find_slip(text: str, failed: int) -> Slip | None:
    r"""Return the most likely reason why a file cannot be read, None if it is not one of the usual ones.

    Parameters
    ----------
    text : str
        Of the file.
    failed : int
        The line, from 0, at which the parser gave up.

    Examples
    --------
    >>> find_slip('cases:\n  - "No tube."\n   - "A tube."', 2)
    Slip(line=2, column=3, what='indented by 3, but line 2 by 2; align them')
    """
    lines = text.splitlines()
    above = [at for at in range(min(failed, len(lines) - 1), -1, -1) if not _COMMENT.fullmatch(lines[at])][:2]
    for slips in (_open_quote(lines), *(_of_line(lines[at], at) for at in above), _of_indent(lines, above)):
        slip = next(slips, None)
        if slip:
            return slip
    return None


def _open_quote(lines: Sequence[str]) -> Iterator[Slip]:
    """Yield a quote that runs on over lines, to their end or to another quote with words behind it."""
    opened: tuple[_Line, str] | None = None
    for at, line in enumerate(lines):
        if opened is None:
            parts = _Line.of(at, line)
            if parts.value[:1] in _QUOTED and not _QUOTED[parts.value[0]].match(parts.value, 1):
                opened = parts, parts.value[0]
            continue
        closing = _QUOTED[opened[1]].match(line)
        if closing and not _COMMENT.fullmatch(line, closing.end()):
            break
        opened = None if closing else opened
    if opened:
        yield Slip(opened[0].number, opened[0].at_value, _OPEN_QUOTE)


def _of_line(line: str, at: int) -> Iterator[Slip]:
    """Yield what is wrong with a line by itself."""
    parts = _Line.of(at, line)
    text, value = line[parts.at_text :], parts.value
    if re.match(r"-[^\s-]", text):
        yield Slip(at, parts.at_text, f"a dash without a blank behind it; write '- {text[1 : _SHOWN + 1]}'")
    if colon := _NO_BLANK.match(text):
        key, rest = colon[0], text[colon.end() :][:_SHOWN]
        yield Slip(at, parts.at_text, f"a colon without a blank behind it; write '{key} {rest}'")
    if value[:1] in _QUOTED and (closing := _QUOTED[value[0]].match(value, 1)):
        if not _COMMENT.fullmatch(value, closing.end()) and value[closing.end()] != ":":
            yield Slip(at, parts.at_value, "words behind the closing quote; put the whole text in one pair of quotes")
    elif value[:1] in {"{", "["}:
        closing_at = value.rfind("}" if value[0] == "{" else "]") + 1
        if closing_at and not _COMMENT.fullmatch(value, closing_at):
            yield Slip(at, parts.at_value, f"a text that begins with {value[0]}; put it in quotes")
    elif value[:1] in _RESERVED:
        yield Slip(at, parts.at_value, f"a text that begins with {value[0]}; put it in quotes")
    elif ": " in value or re.search(r" .*:$", value):
        yield Slip(at, parts.at_value, COLON)


def _of_indent(lines: Sequence[str], above: Sequence[int]) -> Iterator[Slip]:
    """Yield a line that fits none above it: by its indent, or for want of a dash or a colon."""
    if not above:
        return
    failed = _Line.of(above[0], lines[above[0]])
    text = lines[failed.number][failed.at_text :]
    blocks: list[tuple[int, bool, int]] = []  # indent, whether of items, line
    for line in (_Line.of(at, line) for at, line in enumerate(lines[: failed.number])):
        if _COMMENT.fullmatch(lines[line.number]):
            continue
        blocks = [block for block in blocks if block[0] < line.indent] + [(line.indent, line.is_item, line.number)]
        if line.is_item and line.at_value > line.at_text:
            blocks.append((line.at_text, False, line.number))
    alike = [block for block in blocks if block[1] == failed.is_item]
    is_key = failed.is_item or ":" in text
    if not is_key and (failed.indent, True) in {block[:2] for block in blocks}:
        yield Slip(failed.number, failed.indent, f"an item without its dash; write '- {text[:_SHOWN]}'")
    elif not is_key and _WORD.fullmatch(text.rstrip()):
        yield Slip(failed.number, failed.indent, f"a key without its colon; write '{text.rstrip()[:_SHOWN]}:'")
    elif is_key and alike and failed.indent not in {block[0] for block in alike}:
        indent, _, number = min(alike, key=lambda block: (abs(block[0] - failed.indent), -block[0]))
        what = f"indented by {failed.indent}, but line {number + 1} by {indent}; align them"
        yield Slip(failed.number, failed.indent, what)
