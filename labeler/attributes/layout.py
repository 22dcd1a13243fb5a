"""The layout of a sentence: its findings, the words said of them, and the joints between, as items of statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.attributes.words import Hit, Joint

_JOINS = ("comma", "and", "or", "near", "with", "break", "pass")
"""Joins; where several stand together the last of this list counts."""


_BEGINNING = frozenset({"place", "verb", "plural"})
"""Joints that count also where a hit begins with them ("has increased", "near the hilum")."""


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
    ref : int
        The number of the head or the hit; -1 for others.
    """

    start: int
    end: int
    role: str
    ref: int = -1


@dataclass(slots=True)
class Item:
    """A stretch between joins.

    Parameters
    ----------
    join : str
        What stands before it; "wall" at the beginning of a statement, "colon" behind a heading.
    parts : list of Part
    heads : list of int
        The places of the heads among the parts.
    """

    join: str
    parts: list[Part] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Add a part at the end."""
        if part.role == "head":
            self.heads.append(len(self.parts))
        self.parts.append(part)

    def roles(self, start: int, end: int | None = None) -> list[str]:
        """Return the roles of the parts in a range."""
        return [part.role for part in self.parts[start:end]]


def find_heads(
    spans: Sequence[Span], hits: Sequence[Hit], joints: Sequence[Joint], words: str, devices: frozenset[str]
) -> list[Head]:
    """Return the heads of a sentence in the order of the text.

    Parameters
    ----------
    spans : sequence of Span
        Of the mentions.
    hits : sequence of Hit
        A kind of device that covers two mentions makes them one.
    joints : sequence of Joint
        A mention of a device's tip is one with the device, and so is "the tube" with a tube that was named before.
    words : str
    devices : frozenset of str
        Findings that are devices; one device may be mentioned as several of them, and where its tip is no other
        finding is meant ("in the right pulmonary artery").
    """
    covers = [(hit.start, hit.end) for hit in hits if hit.kind == "device"]
    places = [(hit.start, hit.end) for hit in hits if hit.kind == "tip"]
    heads: list[Head] = []
    ends: list[int] = []
    for index in sorted(range(len(spans)), key=lambda index: spans[index]):
        span = spans[index]
        if span.finding not in devices and any(start <= span.start and span.end <= end for start, end in places):
            continue
        reach = max([span.end, *(end for start, end in covers if start < span.end and span.start < end)])
        if heads and (span.start < ends[-1] or _same_device(heads[-1], span, words, devices)):
            heads[-1].mentions.append(index)
            heads[-1].findings.add(span.finding)
            heads[-1].end = max(heads[-1].end, span.end)
            ends[-1] = max(ends[-1], reach)
        else:
            heads.append(Head(span.start, span.end, [index], {span.finding}))
            ends.append(reach)
    _join_again(heads, [joint for joint in joints if joint.role == "again"], covers, devices)
    tips = [joint for joint in joints if joint.role == "tip"]
    return _with_tips(heads, tips, covers, devices) if tips else heads


def _alike(findings: set[str], others: set[str], devices: frozenset[str]) -> bool:
    return findings == others or devices.issuperset(findings | others)


def _same_device(head: Head, span: Span, words: str, devices: frozenset[str]) -> bool:
    """Tell whether a mention goes on with the one before ("catheter sheath")."""
    return _alike(head.findings, {span.finding}, devices) and not words[head.end : span.start].strip(" -")


def _join_again(
    heads: list[Head], again: Sequence[Joint], covers: Sequence[tuple[int, int]], devices: frozenset[str]
) -> None:
    """Give the mention of a device by a word for any device to the device before it."""
    for at in range(len(heads) - 1, 0, -1) if again else ():
        head, before = heads[at], heads[at - 1]
        is_named = any(start < head.end and head.start < end for start, end in covers)
        is_again = any(joint.end == head.end and joint.start < head.start for joint in again)
        if is_again and not is_named and devices.issuperset(head.findings | before.findings):
            before.mentions += head.mentions
            del heads[at]


def _with_tips(
    heads: list[Head], tips: Sequence[Joint], covers: Sequence[tuple[int, int]], devices: frozenset[str]
) -> list[Head]:
    """Give the mention of a tip to the device before it, or after it if there is none before."""
    kept: list[Head] = []
    waiting: list[Head] = []
    for head in heads:
        is_named = any(start < head.end and head.start < end for start, end in covers)
        is_tip = any(tip.start < head.end and head.start < tip.end for tip in tips)
        is_part = is_tip and any((tip.start, tip.end) == (head.start, head.end) for tip in tips)
        if not is_tip or (is_named and not (is_part and kept and _alike(kept[-1].findings, head.findings, devices))):
            for other in waiting:
                if _alike(other.findings, head.findings, devices):
                    head.mentions += other.mentions
                else:
                    kept.append(other)
            waiting = []
            kept.append(head)
            continue
        before = next((other for other in reversed(kept) if _alike(other.findings, head.findings, devices)), None)
        if before:
            before.mentions += head.mentions
        else:
            waiting.append(head)
    return kept + waiting


def lay_out(
    words: str, heads: Sequence[Head], spans: Sequence[Span], hits: Sequence[Hit], joints: Sequence[Joint]
) -> list[list[Item]]:
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
    statements: list[list[Item]] = [[]]
    item = Item("wall")
    for part in _parts(words, heads, spans, hits, joints):
        if part.role == "wall":
            statements.append([])
            item = Item("wall")
            continue
        join = _join(item, part, words)
        if join and item.parts:
            item = Item(join)
        elif join:
            item.join = _stronger(item.join, join)
        if part.role in _JOINS or part.role == "hidden":
            continue
        if not item.parts:
            statements[-1].append(item)
        item.add(part)
    return _with_heads([statement for statement in statements if statement])


def _join(item: Item, part: Part, words: str) -> str:
    """Return the join that a part is or stands for, "" if it goes on with the item."""
    last = item.parts[-1] if item.parts else None
    if part.role in _JOINS:
        return "colon" if words[part.start] == ":" else part.role
    if part.role == "hidden" and (last.role == "head" if last else item.join == "comma"):
        return "pass"
    if part.role == "head" and last and last.role == "head" and part.ref != last.ref:
        return "and"  # "atelectasis effusion": a list without its marks
    return ""


def _stronger(before: str, join: str) -> str:
    """Return which of two joins side by side counts; nothing but another name counts at the beginning."""
    if before == "wall" or join not in _JOINS:
        return join if join == "pass" else before
    return join if before not in _JOINS or _JOINS.index(join) >= _JOINS.index(before) else before


def _with_heads(statements: list[list[Item]]) -> list[list[Item]]:
    """Let what has no head of its own go on with the statement before ("right effusion; unchanged")."""
    kept: list[list[Item]] = []
    for statement in statements:
        if kept and not any(item.heads for item in statement):
            statement[0].join = "comma"
            kept[-1] += statement
        else:
            kept.append(statement)
    return kept


def _parts(
    words: str, heads: Sequence[Head], spans: Sequence[Span], hits: Sequence[Hit], joints: Sequence[Joint]
) -> list[Part]:
    parts = _merged(
        [
            Part(spans[mention].start, spans[mention].end, "head", index)
            for index, head in enumerate(heads)
            for mention in head.mentions
        ]
    )
    covered = bytearray(len(words))
    _cover(covered, parts)
    own = [Part(hit.start, hit.end, "hit", at) for at, hit in enumerate(hits)]
    outside = [part for part in own if not any(covered[part.start : part.end])]
    _cover(covered, own)
    starts = {part.start for part in outside}
    for joint in joints:
        if not any(covered[joint.start : joint.end]) or (joint.role in _BEGINNING and joint.start in starts):
            parts.append(Part(*joint))
    return sorted(parts + outside, key=lambda part: (part.start, part.role not in _BEGINNING, part.end))


def _merged(parts: Sequence[Part]) -> list[Part]:
    merged: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.start, -part.end)):
        if merged and merged[-1].ref == part.ref and part.start < merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, part.end))
        else:
            merged.append(part)
    return merged


def _cover(covered: bytearray, parts: Sequence[Part]) -> None:
    for part in parts:
        covered[part.start : part.end] = b"\1" * (part.end - part.start)
