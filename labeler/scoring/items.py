"""What a report score compares: the findings of a study, each with its attributes, its points and its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from labeler.records import Cue, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labeler.records import Assertion, Finding, StudyLabels
    from labeler.scoring.weights import Weights

DEVICES = "Support Devices"
_SIDES = {"bilateral": ("left", "right")}


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of a study, as a report score compares it.

    Parameters
    ----------
    observation : str
        As the label set names it.
    name : str
        What decides which items may be the same: the observation, or the stem of a word outside the label set.
    status : Status
    points : float
        What it costs to miss it or to invent it.
    words : Cue
        The first mention.
    start, end : int
        Extent of the mention's sentence.
    values : dict of attribute to frozenset of str
        "side", "location", "severity", "change", "device", "position"; no empty ones.
    sizes : tuple of float
        Millimetres.
    tip : str
        Where a device ends, in words; "" if the text doesn't say.
    cues : dict of attribute to Cue
        The words of each attribute.
    """

    observation: str
    name: str
    status: Status
    points: float
    words: Cue
    start: int
    end: int
    values: dict[str, frozenset[str]]
    sizes: tuple[float, ...] = ()
    tip: str = ""
    cues: dict[str, Cue] | None = None

    def cue(self, attribute: str) -> Cue:
        """Return the words of an attribute; those of the finding where it has none."""
        return (self.cues or {}).get(attribute, self.words)


def items_of(labels: StudyLabels, weights: Weights, ignored: frozenset[str], unlisted: str) -> list[Item]:
    """Return the findings of a study, present, uncertain and absent.

    Parameters
    ----------
    labels : StudyLabels
    weights : Weights
    ignored : frozenset of str
        Observations that follow from others, such as No Finding.
    unlisted : str
        The observation of words outside the label set, each of which is a finding of its own; "" for none.
    """
    findings = [finding for finding in labels.findings if finding.observation not in ignored]
    named = [finding for finding in findings if finding.observation != unlisted]
    taken = [(a.mention.start, a.mention.end) for finding in named for a in finding.assertions]
    items = [_item(finding, finding.observation, weights) for finding in named]
    for finding in findings:
        if finding.observation == unlisted:
            items += _of_words(finding, weights, taken)
    return items


def _item(finding: Finding, name: str, weights: Weights) -> Item:
    first = next((a for a in finding.assertions if a.status is finding.status), finding.assertions[0])
    values = {
        "side": frozenset(one for side in finding.side for one in _SIDES.get(side, (side,))),
        "location": frozenset(finding.location),
        "severity": frozenset(finding.severity),
        "change": frozenset(finding.change),
        "device": frozenset([finding.device] if finding.device else ()),
        "position": frozenset([finding.position] if finding.position else ()),
    }
    points = weights.by_name.get(name)
    return Item(
        observation=finding.observation,
        name=name,
        status=finding.status,
        points=_scaled(weights.default.weight if points is None else points, finding.status, values, weights),
        words=Cue(first.mention.start, first.mention.end, first.mention.text),
        start=first.sentence.start,
        end=first.sentence.end,
        values={kind: value for kind, value in values.items() if value},
        sizes=finding.size_mm,
        tip=finding.tip,
        cues={attribute.kind: attribute.cue for attribute in reversed(finding.attributes)},
    )


def _scaled(points: float, status: Status, values: dict[str, frozenset[str]], weights: Weights) -> float:
    said = {**values, "status": frozenset([status.value])}
    for kind, factors in weights.factors.items():
        known = [factors[value].factor for value in said.get(kind, ()) if value in factors]
        points *= max(known, default=1)
    return points


def _of_words(finding: Finding, weights: Weights, taken: Sequence[tuple[int, int]]) -> Iterator[Item]:
    """Make an item of each word outside the label set; what lies in the words of a named finding is that finding."""
    groups: dict[tuple[str, Status], list[Assertion]] = {}
    points: dict[str, float] = {}
    for assertion in _last_of_phrase(finding.assertions):
        mention = assertion.mention
        if any(start < mention.end and mention.start < end for start, end in taken):
            continue
        stem, points[stem] = weights.word(" ".join(mention.text.lower().split()))
        groups.setdefault((stem, assertion.status or finding.status), []).append(assertion)
    for (stem, status), assertions in groups.items():
        item = _item(replace(finding, status=status, assertions=tuple(assertions)), stem, weights)
        yield replace(item, points=_scaled(points[stem], item.status, item.values, weights))


def _last_of_phrase(assertions: Iterable[Assertion]) -> list[Assertion]:
    """Return the assertions without those directly before another: the noun of "calcified granuloma" names it."""
    ordered = sorted(assertions, key=lambda assertion: assertion.mention.start)
    heads = [one for one, other in pairwise(ordered) if other.mention.start - one.mention.end > 1]
    return heads + ordered[-1:]
