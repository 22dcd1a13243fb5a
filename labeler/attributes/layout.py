"""The layout of a sentence: its findings, the words said of them, and the joints between, as items of statements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labeler.attributes.words import Hit, Joint

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?")
_STRONGER = ("comma", "and", "or", "near", "with", "break", "pass")
"""Joins; where several stand together the last of this list counts."""


class Span(NamedTuple):
    """A mention as the layout needs it.

    Parameters
    ----------
    start, end : int
    finding : str
    """

    start: int
    end: int
    finding: str


@dataclass(slots=True)
class Head:
    """Mentions that one thing is said of: those that overlap, and the parts of one device.

    Parameters
    ----------
    start, end : int
        Of the first part.
    mentions : list of int
    findings : set of str
    """

    start: int
    end: int
    mentions: list[int]
    findings: set[str]


class Part(NamedTuple):
    """A piece of an item: a head, a hit, a joint or another word.

    Parameters
    ----------
    start, end : int
    role : str
        "head", "hit", "other" or that of a joint.
    index : int
        Of the head or the hit; -1 for others.
    """

    start: int
    end: int
    role: str
    index: int = -1


@dataclass(slots=True)
class Item:
    """A stretch between joins.

    Parameters
    ----------
    join : str
        What stands before it; "wall" at the beginning of a statement, "colon" behind a heading.
    parts : list of Part
    """

    join: str
    parts: list[Part] = field(default_factory=list)

    def heads(self) -> list[int]:
        """Return the places of the heads among the parts."""
        return [at for at, part in enumerate(self.parts) if part.role == "head"]

    def roles(self, start: int, end: int | None = None) -> list[str]:
        """Return the roles of the parts in a range."""
        return [part.role for part in self.parts[start:end]]


def find_heads(spans: Sequence[Span], hits: Sequence[Hit], joints: Sequence[Joint], words: str) -> list[Head]:
    """Return the heads of a sentence in the order of the text.

    Parameters
    ----------
    spans : sequence of Span
        Of the mentions.
    hits : sequence of Hit
        A kind of device that covers two mentions makes them one.
    joints : sequence of Joint
        A mention of a device's tip is one with the device.
    words : str
    """
    covers = [(hit.start, hit.end) for hit in hits if hit.kind == "device"]
    heads: list[Head] = []
    ends: list[int] = []
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        span = spans[index]
        reach = max([span.end, *(end for start, end in covers if start < span.end and span.start < end)])
        if heads and span.start < ends[-1] or (heads and _same_device(heads[-1], span, words)):
            heads[-1].mentions.append(index)
            heads[-1].findings.add(span.finding)
            heads[-1].end = max(heads[-1].end, span.end)
            ends[-1] = max(ends[-1], reach)
        else:
            heads.append(Head(span.start, span.end, [index], {span.finding}))
            ends.append(reach)
    tips = [joint for joint in joints if joint.role == "tip"]
    return _with_tips(heads, tips, covers) if tips else heads


def _same_device(head: Head, span: Span, words: str) -> bool:
    """Tell whether a mention goes on with the one before ("catheter sheath")."""
    return head.findings == {span.finding} and not words[head.end : span.start].strip(" -")


def _with_tips(heads: list[Head], tips: Sequence[Joint], covers: Sequence[tuple[int, int]]) -> list[Head]:
    """Give the mention of a tip to the device before it, or after it if there is none before."""
    kept: list[Head] = []
    waiting: list[Head] = []
    for head in heads:
        is_named = any(start < head.end and head.start < end for start, end in covers)
        if is_named or not any(head.start <= tip.start and tip.end <= head.end for tip in tips):
            for other in waiting:
                if other.findings == head.findings:
                    head.mentions += other.mentions
                else:
                    kept.append(other)
            waiting = []
            kept.append(head)
            continue
        before = next((other for other in reversed(kept) if other.findings == head.findings), None)
        if before:
            before.mentions += head.mentions
        else:
            waiting.append(head)
    return kept + waiting


def lay_out(words: str, heads: Sequence[Head], spans: Sequence[Span], hits: Sequence[Hit], joints: Sequence[Joint]) -> list[list[Item]]:
    """Return the statements of a sentence, each as its items.

    Parameters
    ----------
    words : str
    heads : sequence of Head
    spans : sequence of Span
        The mentions.
    hits : sequence of Hit
    joints : sequence of Joint
    """
    statements: list[list[Item]] = []
    item = Item("wall")
    for part in _parts(words, heads, spans, hits, joints):
        if part.role == "wall":
            statements.append([])
            item = Item("wall")
            continue
        if part.role in _STRONGER:
            role = "colon" if words[part.start] == ":" else part.role
            if not item.parts:
                item.join = _stronger(item.join, role)
                continue
            item = Item(role)
            continue
        if not item.parts:
            if not statements:
                statements.append([])
            statements[-1].append(item)
        item.parts.append(part)
    return [statement for statement in statements if statement]


def _stronger(before: str, role: str) -> str:
    rank = {name: place for place, name in enumerate(_STRONGER)}
    return role if rank.get(role, -1) >= rank.get(before, -1) and before != "wall" or role == "pass" else before


def _parts(words: str, heads: Sequence[Head], spans: Sequence[Span], hits: Sequence[Hit], joints: Sequence[Joint]) -> Iterator[Part]:
    parts = [
        Part(spans[mention].start, spans[mention].end, "head", index)
        for index, head in enumerate(heads)
        for mention in head.mentions
    ]
    covered = bytearray(len(words) + 1)
    _cover(covered, parts)
    mentioned = bytes(covered)
    own = [Part(hit.start, hit.end, "hit", at) for at, hit in enumerate(hits)]
    inside = [part for part in own if any(mentioned[part.start : part.end])]
    outside = [part for part in own if not any(mentioned[part.start : part.end])]
    _cover(covered, own)
    starts = {part.start for part in outside}
    built = [Part(*joint) for joint in joints]
    free = [
        part
        for part in built
        if not any(covered[part.start : part.end]) or (part.role == "place" and part.start in starts)
    ]
    _cover(covered, free)
    rest = [
        Part(token.start(), token.end(), "other")
        for token in _TOKEN.finditer(words)
        if not covered[token.start()]
    ]
    del inside
    # A head that has several mentions, one in the other, is one part.
    yield from sorted(_merged(parts) + outside + free + rest, key=lambda part: (part.start, part.role != "place", part.end))


def _merged(parts: Sequence[Part]) -> list[Part]:
    merged: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.start, -part.end)):
        if merged and merged[-1].index == part.index and part.start < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, part.end))
        else:
            merged.append(part)
    return merged


def _cover(covered: bytearray, parts: Sequence[Part]) -> None:
    for part in parts:
        covered[part.start : part.end] = b"\1" * (part.end - part.start)
