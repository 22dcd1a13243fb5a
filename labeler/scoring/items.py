"""What a report score compares: the findings of a study, each with its attributes, its points and its words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from labeler.records import Cue, Finding, Status
from labeler.scoring.extents import Extents
from labeler.scoring.words import POSITION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labeler.records import Assertion, Sentence, StudyLabels
    from labeler.scoring.weights import Weights
    from labeler.scoring.words import Said, WordReader

IGNORED = frozenset({"No Finding"})
"""Observations that follow from the others."""
_OF_FINDINGS = ("side", "location", "severity", "change")
_COMPLETED = ("side", "severity", "change")
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
    values : dict of attribute to frozenset of str
        "side", "location", "severity", "change", "device", "end" and "position"; no empty ones.
    sizes : tuple of float
        Millimetres.
    cues : dict of attribute to Cue
        The words of each attribute.
    mentions : frozenset of (start, end)
        Where it is named.
    sentences : frozenset of int
        Where the sentences start that name it.
    others : frozenset of str
        Other names for it: a general finding that it explains, or an alternative to it.
    """

    observation: str
    name: str
    status: Status
    points: float
    words: Cue
    values: dict[str, frozenset[str]]
    sizes: tuple[float, ...]
    cues: dict[str, Cue]
    mentions: frozenset[tuple[int, int]]
    sentences: frozenset[int]
    others: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """All its names."""
        return self.others | {self.name}

    def cue(self, attribute: str) -> Cue:
        """Return the words of an attribute; those of the finding where it has none."""
        return self.cues.get(attribute, self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """A report with its labels and the words that a report score reads for itself."""

    text: str
    labels: StudyLabels
    said: Sequence[Said]

    def items(self, weights: Weights, words: WordReader) -> list[Item]:
        """Return the findings of the study, present, uncertain and absent.

        Parameters
        ----------
        weights : Weights
        words : WordReader
        """
        findings = list(_uncovered(list(_read(self.labels.findings, weights)), weights))
        spoken_of: dict[int, set[str]] = {}
        for assertion in self.labels.assertions:
            spoken_of.setdefault(assertion.sentence.start, set()).add(assertion.finding)
        items = []
        for finding in _without_unknown(findings, weights):
            item = _item(finding, _name(finding, weights), weights)
            if item.status is not Status.ABSENT and len(finding.assertions) == 1:
                sentence = finding.assertions[0].sentence
                item = item if len(spoken_of[sentence.start]) > 1 else self._completed(item, sentence)
            items.append(self._device(item, finding, weights, words) if item.name in words.devices else item)
        taken = Extents((a.mention.start, a.mention.end) for finding in findings for a in finding.assertions)
        unlisted = [a for a in self.labels.assertions if a.status and a.mention.finding not in self.labels]
        return [*items, *_of_words(unlisted, weights, taken)]

    def _completed(self, item: Item, sentence: Sentence) -> Item:
        """Return an item with the degree, change and side that a sentence says, which speaks of nothing else."""
        inside = Extents([(sentence.start, sentence.end)])
        new: dict[str, list[Said]] = {}
        for said in self._said_in(inside):
            if said.kind in _COMPLETED and said.kind not in item.values:
                new.setdefault(said.kind, []).append(said)
        if not new:
            return item
        values = {kind: _sides(said.value for said in ones) for kind, ones in new.items()}
        cues = {kind: ones[0].words for kind, ones in new.items()}
        return replace(item, values={**item.values, **values}, cues={**item.cues, **cues})

    def _device(self, item: Item, finding: Finding, weights: Weights, words: WordReader) -> Item:
        """Return a device with where it ends, and what that says of its position."""
        cues = [attribute.cue for attribute in finding.attributes if attribute.kind == "tip"]
        behind = Extents(self._behind(finding, item.name, weights))
        tips = Extents((cue.start, cue.end) for cue in cues) if cues else behind
        ends = [said for said in self._said_in(tips) if words.can_end(said, item.name)]
        values, more = dict(item.values), dict(item.cues)
        if ends:
            values["end"] = frozenset(said.value for said in ends)
            more = {"end": ends[0].words, **more}
        said = [said for said in self._said_in(behind) if said.kind == POSITION]
        judgements = {words.judged(ends, item.name), *values.get("position", ()), *(one.value for one in said)}
        judged = finding.position or next((one for one in ("wrong", "right") if one in judgements), "")
        if judged:
            values["position"] = frozenset([judged])
            more.setdefault("position", said[0].words if said else more.get("end", item.words))
        return replace(item, values=values, cues=more)

    def _said_in(self, extents: Extents) -> Iterator[Said]:
        return (said for said in self.said if extents.meet(said.words.start, said.words.end))

    def _behind(self, finding: Finding, name: str, weights: Weights) -> Iterator[tuple[int, int]]:
        """Yield the text behind each mention of a device, up to another finding or the end of the sentence."""
        others = [
            a.mention.start
            for other in self.labels.findings
            if (other.device, other.observation) != (finding.device, finding.observation)
            and _name(other, weights) != name
            and not weights.is_specific(name, _name(other, weights))
            for a in other.assertions
        ]
        for assertion in finding.assertions:
            start, end = assertion.mention.end, assertion.sentence.end
            yield start, min([end, *(at for at in others if start <= at < end)])


def _read(findings: Iterable[Finding], weights: Weights) -> Iterator[Finding]:
    """Yield the findings that are compared, without the mentions that assert too little."""
    for finding in findings:
        kept = tuple(a for a in finding.assertions if a.rule_id not in weights.undecided.rules)
        if kept and finding.observation not in IGNORED:
            yield finding if len(kept) == len(finding.assertions) else replace(finding, assertions=kept)


def _uncovered(findings: Sequence[Finding], weights: Weights) -> Iterator[Finding]:
    """Yield findings without what they are named by inside the names of several others, as "tube" is in two tubes'."""
    names = [_name(finding, weights) for finding in findings]
    for name, finding in zip(names, findings, strict=True):
        if len(finding.assertions) == 1 or not any(weights.is_specific(other, name) for other in names):
            yield finding
            continue
        specific = [one for other, one in zip(names, findings, strict=True) if weights.is_specific(other, name)]
        extents = [(a.mention.start, a.mention.end) for one in specific for a in one.assertions]
        kept = [a for a in finding.assertions if not _is_within(a, extents)]
        if kept:
            yield replace(finding, assertions=tuple(kept))


def _is_within(assertion: Assertion, extents: Iterable[tuple[int, int]]) -> bool:
    return any(start <= assertion.mention.start and assertion.mention.end <= end for start, end in extents)


def _without_unknown(findings: Sequence[Finding], weights: Weights) -> Iterator[Finding]:
    """Yield findings but those without a weight whose words are those of a finding that has one."""
    known = Extents(
        (a.mention.start, a.mention.end)
        for finding in findings
        if weights.is_known(_name(finding, weights))
        for a in finding.assertions
    )
    for finding in findings:
        first = finding.assertions[0].mention
        if weights.is_known(_name(finding, weights)) or not known.meet(first.start, first.end):
            yield finding


def _name(finding: Finding, weights: Weights) -> str:
    """Return what decides which findings may be the same: of devices the kind, without its route."""
    return finding.device.split(" (")[0] or weights.names.get(finding.observation, finding.observation)


def _item(finding: Finding, name: str, weights: Weights) -> Item:
    first = next((a for a in finding.assertions if a.status is finding.status), finding.assertions[0])
    said = {kind: frozenset(values) for kind in _OF_FINDINGS if (values := getattr(finding, kind))}
    if "side" in said:
        said["side"] = _sides(said["side"])
    if finding.device:
        said["device"] = frozenset([finding.device])
    if finding.observation in weights.misplaced.names:
        said["position"] = frozenset(["wrong"])
    return Item(
        observation=finding.observation,
        name=name,
        status=finding.status,
        points=_scaled(weights.points(name), finding.status, said, weights),
        words=Cue(first.mention.start, first.mention.end, first.mention.text),
        values=said,
        sizes=finding.size_mm,
        cues={attribute.kind: attribute.cue for attribute in reversed(finding.attributes)},
        mentions=frozenset((a.mention.start, a.mention.end) for a in finding.assertions),
        sentences=frozenset(a.sentence.start for a in finding.assertions),
    )


def _scaled(points: float, status: Status, values: dict[str, frozenset[str]], weights: Weights) -> float:
    points *= weights.factor("status", status.value)
    for kind in ("severity", "change"):
        if kind in values:
            points *= max(weights.factor(kind, value) for value in values[kind])
    return points


def _of_words(assertions: Sequence[Assertion], weights: Weights, taken: Extents) -> Iterator[Item]:
    """Make an item of each word outside the label set; what lies in the words of a named finding is that finding."""
    for assertion in _last_of_phrase(assertions):
        mention = assertion.mention
        if assertion.status and not taken.meet(mention.start, mention.end):
            stem = weights.stem(" ".join(mention.text.lower().split()))
            yield _item(Finding(mention.finding, assertion.status, assertions=(assertion,)), stem, weights)


def _sides(values: Iterable[str]) -> frozenset[str]:
    """Return values with both sides for "bilateral"."""
    return frozenset(one for value in values for one in _SIDES.get(value, (value,)))


def _last_of_phrase(assertions: Iterable[Assertion]) -> list[Assertion]:
    """Return the assertions without those directly before another: the noun of "calcified granuloma" names it."""
    ordered = sorted(assertions, key=lambda assertion: assertion.mention.start)
    heads = [one for one, other in pairwise(ordered) if other.mention.start - one.mention.end > 1]
    return heads + ordered[-1:]
