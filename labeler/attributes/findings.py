"""The findings of a study: mentions of one finding on one side and in one place are one, with all that is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from labeler.records import Attribute, Cue, Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labeler.attributes.words import Hit
    from labeler.records import Assertion
    from labeler.text.whitespace import NormalText

_RANK = {Status.PRESENT: 0, Status.UNCERTAIN: 1, Status.ABSENT: 2}
_PLACE = frozenset({"side", "location", "device"})
"""What tells instances of a finding apart."""
_NUMBER = r"\d+(?:\.\d+)?"
_UNIT = r"[ -]?[a-z]+"
_MEASURE = re.compile(rf"{_NUMBER}(?:(?:{_UNIT})? ?(?:x|by|to|-) ?{_NUMBER})*{_UNIT}$")
"""A size up to the end of its unit: "2 x 3 cm", "5 to 6 mm"."""
_DISTANCE = re.compile(rf"{_NUMBER}(?: ?(?:to|-) ?{_NUMBER})?{_UNIT}(?: or so| just)? $")
"""A distance before the place that it is from: "4 cm above the carina"."""


class Described(NamedTuple):
    """A mention with the values that its sentence gives it.

    Parameters
    ----------
    assertion : Assertion
    attributes : tuple of Attribute
    """

    assertion: Assertion
    attributes: tuple[Attribute, ...]


def attribute_of(hit: Hit, words: str, normal: NormalText, report: str) -> Attribute:
    """Return a value with the words of the report that say it; those of a size or a tip begin with its number.

    Parameters
    ----------
    hit : Hit
    words : str
        The sentence, in which every digit is a 1.
    normal : NormalText
        The sentence with the way back to the report.
    report : str
    """
    begin = hit.start
    if hit.kind == "size" and (found := _MEASURE.search(words, 0, hit.end)):
        begin = found.start()
    if hit.kind == "tip" and (found := _DISTANCE.search(words, 0, hit.start)):
        begin = found.start()
    start, end = normal.span(begin, hit.end)
    cue = Cue(start, end, report[start:end])
    return Attribute("location" if hit.kind == "bone" else hit.kind, _value(hit, cue.text), hit.rule_id, cue)


def _value(hit: Hit, text: str) -> str:
    if hit.kind == "tip":
        return " ".join(text.split())
    if hit.kind != "size":
        return hit.value
    numbers = [float(number) for number in re.findall(_NUMBER, text)]
    return f"{max(numbers) * float(hit.value):g}" if numbers else ""


def combine(described: Iterable[Described], columns: Mapping[str, Sequence[str]]) -> tuple[Finding, ...]:
    """Return the findings of a study, in the order of their first mentions.

    Parameters
    ----------
    described : iterable of Described
        Mentions in the order of the text; those that assert nothing are left out.
    columns : mapping of str to sequence of str
        The observations that each finding is told under; what has none is left out.
    """
    groups: dict[tuple[str, tuple[object, ...]], list[Described]] = {}
    for one in described:
        if one.assertion.status is not None:
            for observation in columns.get(one.assertion.mention.finding, ()):
                groups.setdefault((observation, _identity(one)), []).append(one)
    return tuple(_finding(observation, group) for (observation, _), group in groups.items())


def _identity(one: Described) -> tuple[object, ...]:
    is_absent = one.assertion.status is Status.ABSENT
    place = frozenset([(a.kind, a.value) for a in one.attributes if a.kind in _PLACE]) if one.attributes else None
    return is_absent, place or None


def _finding(observation: str, group: Sequence[Described]) -> Finding:
    assertions = tuple([one.assertion for one in group])
    first = assertions[0]
    status = first.status or Status.PRESENT
    if len(group) > 1:
        status = min((one.status for one in assertions if one.status), key=_RANK.__getitem__)
    attributes = tuple(dict.fromkeys([attribute for one in group for attribute in one.attributes]))
    if not attributes:
        return Finding(observation, status, assertions=assertions)
    distinct: dict[str, dict[str, None]] = {}
    for attribute in attributes:
        distinct.setdefault(attribute.kind, {})[attribute.value] = None
    values = {kind: tuple(of_kind) for kind, of_kind in distinct.items()}
    position = values.get("position", ())
    return Finding(
        observation=observation,
        status=status,
        side=values.get("side", ()),
        location=values.get("location", ()),
        severity=values.get("severity", ()),
        change=values.get("change", ()),
        size_mm=tuple(float(value) for value in values.get("size", ()) if value),
        device=";".join(values.get("device", ())),
        tip=";".join(values.get("tip", ())),
        position="wrong" if "wrong" in position else "".join(position[:1]),
        assertions=assertions,
        attributes=attributes,
    )
