"""The stage that reads what a sentence says of its findings: side, place, severity, change, size; of devices, more."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labeler.attributes.grammar import Statement
from labeler.attributes.layout import Span, find_heads, lay_out
from labeler.attributes.words import Hit, Joint, WordFinder
from labeler.phrasebook.attributes import load_attributes

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from labeler.assertions.verdict import Verdict
    from labeler.attributes.layout import Head
    from labeler.mentions.hits import PhraseHit
    from labeler.phrasebook.attributes import AttributeFile, AttributeRules
    from labeler.phrasebook.load import Phrasebook


_ASSERTED = frozenset({"present", "uncertain"})
_KINDS = {"location": ("location", "bone"), "size_mm": ("size",)}
"""The kinds of words that give an attribute, where it isn't the one of its name."""
_GONE = "resolved"
"""The value that only what is absent can have."""
INHERITED = "@"
"""The value of a side or place that a mention has from what a pronoun stands for."""
_PRONOUN = "@"
"""Stands for the finding that a pronoun stands for."""
_PREDICATES = frozenset({"verb", "plural", "pass"})
"""What follows a pronoun that stands alone; in "this opacity" it does not."""
_ADVISED = frozenset({"device", "position"})
"""What is known of a device that the text only advises to move."""
_BY_ROUTE = "central venous line"
"""The kind of device that is told apart by its route."""


class SentenceValues(NamedTuple):
    """What a sentence says of findings.

    Parameters
    ----------
    mentions : tuple of tuple of Hit
        The values of each of its mentions.
    referred : tuple of Hit
        Those of what a pronoun at its beginning stands for.
    pronoun : str
        "it" for one finding, "they" for several, "" where there is none.
    """

    mentions: tuple[tuple[Hit, ...], ...]
    referred: tuple[Hit, ...] = ()
    pronoun: str = ""


class AttributeStage:
    """The stage that reads the attributes of the mentions of a sentence, by nothing but its own text.

    Parameters
    ----------
    book : Phrasebook
        Names the folder whose attributes/ is read.
    rules : AttributeRules, optional
        What to read by instead.
    findings : collection of str, optional
        The only findings that attributes are wanted of; any without it.
    """

    def __init__(
        self, book: Phrasebook, rules: AttributeRules | None = None, findings: Container[str] | None = None
    ) -> None:
        rules = rules or load_attributes(book.folder)
        self._finder = WordFinder(rules, book)
        self._files: dict[str, AttributeFile] = {file.kind: file for file in rules.files}
        self._families: dict[str, frozenset[str]] = {}
        for family, of in book.label_set.families.items():
            for finding in of:
                self._families[finding] = self._families.get(finding, frozenset()) | {family}
        self._kinds_of: dict[str, frozenset[str]] = {}
        self._findings = findings
        groups = [group for file in rules.files for group in file.values]
        self._gone = tuple(text for group in groups if group.value == _GONE for text in group.texts())
        self._by_rule = {rule: group for group in groups for rule in group.rules}
        self._rank = {group.id: rank for rank, group in enumerate(groups)}

    def has(self, finding: str, attribute: str) -> bool:
        """Tell whether a finding can have an attribute, by the name of its field in `labeler.records.Finding`."""
        return not self._kinds(finding).isdisjoint(_KINDS.get(attribute, (attribute,)))

    def read(self, words: str, reading: Sequence[tuple[PhraseHit, Verdict]]) -> SentenceValues:
        """Return the values that a sentence gives each mention, in the order of the text.

        What is denied or not asserted has none, but that it has gone.

        Parameters
        ----------
        words : str
            The sentence, as `labeler.text.plain.plain` gives it.
        reading : sequence of (PhraseHit, Verdict)
            Its mentions, with what it asserts of them.
        """
        pronoun = self._finder.pronoun(words)
        values: list[tuple[Hit, ...]] = [()] * (len(reading) + 1)
        if pronoun or self._says_something(words, reading):
            values = self._values(words, [Span(hit.start, hit.end, hit.finding) for hit, _ in reading], pronoun)
        own = tuple([self._of_status(own, verdict) for own, (_, verdict) in zip(values, reading, strict=False)])
        referred = tuple([hit for hit in values[-1] if hit.value != INHERITED]) if pronoun else ()
        return SentenceValues(own, referred, pronoun.role if pronoun else "")

    def refers(self, words: str) -> bool:
        """Tell whether a sentence begins with a pronoun, and so may say something of what it does not name."""
        return self._finder.pronoun(words) is not None

    def _says_something(self, words: str, reading: Sequence[tuple[PhraseHit, Verdict]]) -> bool:
        """Tell whether a sentence may give a value: most deny what they name, and say nothing more."""
        wanted = [verdict.status for hit, verdict in reading if self._findings is None or hit.finding in self._findings]
        if not _ASSERTED.isdisjoint(wanted):
            return True
        if any(verdict.rule_id in self._by_rule for _, verdict in reading):
            return True
        if any(verdict.status == "none" and "position" in self._kinds(hit.finding) for hit, verdict in reading):
            return True
        return "absent" in wanted and any(text in words for text in self._gone)

    def _of_status(self, own: tuple[Hit, ...], verdict: Verdict) -> tuple[Hit, ...]:
        """Return what can be said of a mention.

        Of one that is denied that is its kind, and that it was there before; of a device that the text only advises to
        move, its kind and position.
        """
        if verdict.status in _ASSERTED:
            return tuple([hit for hit in own if hit.value != _GONE])
        if verdict.status != "absent":
            advised = any(hit.kind == "position" for hit in own)
            return tuple([hit for hit in own if hit.kind in _ADVISED]) if advised else ()
        kept = tuple([hit for hit in own if hit.value == _GONE or hit.kind == "device"])
        group = self._by_rule.get(verdict.rule_id)
        if group is None:
            return kept
        gone = Hit(verdict.start, verdict.end, "change", group.value, group.id)
        return (*(hit for hit in kept if hit.value != _GONE), gone)

    def _values(self, words: str, mentions: list[Span], pronoun: Joint | None) -> list[tuple[Hit, ...]]:
        """Return the values of each mention, and last those of what a pronoun stands for."""
        hits, joints = self._finder.find(words)
        kinds = {mention.finding: self._kinds(mention.finding) for mention in mentions}
        values: list[tuple[Hit, ...]] = [()] * (len(mentions) + 1)
        if pronoun and any(joint.start == pronoun.end + 1 and joint.role in _PREDICATES for joint in joints):
            mentions = [*mentions, Span(pronoun.start, pronoun.end, _PRONOUN)]
            kinds[_PRONOUN] = frozenset(self._files) - {"device", "route"}
            hits += [Hit(pronoun.start, pronoun.end, kind, INHERITED, "") for kind in ("side", "location")]
        possible = frozenset[str]().union(*kinds.values())
        hits = [hit for hit in hits if hit.kind in possible]
        if not hits:
            return values
        devices = frozenset([finding for finding, of in kinds.items() if "device" in of])
        heads = find_heads(mentions, hits, joints, words, devices)
        held = [
            (index, at)
            for index, head in enumerate(heads)
            for at, hit in enumerate(hits)
            if _holds(head, hit, mentions)
        ]
        of_head: list[set[int]] = [set() for _ in heads]

        def takes(head: int, kind: str) -> bool:
            return any(kind in kinds[finding] for finding in heads[head].findings)

        for items in lay_out(words, heads, mentions, hits, joints):
            for said in Statement(items, hits, takes, held).said():
                of_head[said.head].add(said.hit)
        for head, of in zip(heads, of_head, strict=True):
            for mention in head.mentions:
                own = [hits[at] for at in sorted(of) if hits[at].kind in kinds[mentions[mention].finding]]
                values[mention] = tuple(_both_sides(self._one_device(own)))
        return values

    def _kinds(self, finding: str) -> frozenset[str]:
        """Return the kinds of words that a finding takes."""
        if finding not in self._kinds_of:
            families = self._families.get(finding, frozenset())
            self._kinds_of[finding] = frozenset(kind for kind, file in self._files.items() if file.has(families))
        return self._kinds_of[finding]

    def _one_device(self, hits: list[Hit]) -> list[Hit]:
        """Return the hits of a device with one kind, by its route if it has no kind of its own."""
        named = [hit for hit in hits if hit.kind == "device"]
        # "Pulmonary artery catheter" names no place, and "right main bronchus" no side.
        hits = [hit for hit in hits if hit.kind != "tip" or not any(_overlap(hit, name) for name in named)]
        ends = [hit for hit in hits if hit.kind in {"tip", "position"}]
        kept = [hit for hit in hits if not _is_within_end(hit, ends)]
        kinds = sorted((hit for hit in kept if hit.kind == "device"), key=lambda hit: self._rank[hit.rule_id])
        routes = [hit for hit in kept if hit.kind == "route"]
        if not kinds and not routes:
            return kept
        others = [hit for hit in kept if hit.kind not in {"device", "route"}]
        if routes and (not kinds or kinds[0].value == _BY_ROUTE):
            return [routes[0]._replace(kind="device", value=f"{_BY_ROUTE} ({routes[0].value})"), *others]
        return [kinds[0], *others]


def _both_sides(hits: list[Hit]) -> list[Hit]:
    """Return the hits without left and right where "bilateral" sums up the two."""
    if not {hit.value for hit in hits if hit.kind == "side"} >= {"left", "right", "bilateral"}:
        return hits
    return [hit for hit in hits if hit.kind != "side" or hit.value == "bilateral"]


def _is_within_end(hit: Hit, ends: Sequence[Hit]) -> bool:
    """Tell whether a word belongs to a place or a position ("right main bronchus"); a device named there is one."""
    if hit.kind in {"tip", "position"}:
        return False
    return any(_overlap(hit, end) for end in ends if end.kind == "tip" or hit.kind != "device")


def _overlap(hit: Hit, other: Hit) -> bool:
    return hit.start < other.end and other.start < hit.end


def _holds(head: Head, hit: Hit, mentions: Sequence[Span]) -> bool:
    """Tell whether a word overlaps one of the mentions of a head, as "port" does in "chest port"."""
    return any(hit.start < mentions[at].end and mentions[at].start < hit.end for at in head.mentions)
