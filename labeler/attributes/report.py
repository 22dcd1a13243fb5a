"""The mentions of a report with their attributes: those of their own sentences, and what pronouns say of them.

A sentence is read by its own text. Where it begins with a pronoun ("This is unchanged."), it says something of what the
sentence before it names, and what it names itself may be another name for that ("It may represent pneumonia.").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.attributes.findings import Described, attribute_of
from labeler.attributes.stage import INHERITED
from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from labeler.attributes.stage import SentenceValues
    from labeler.attributes.words import Hit
    from labeler.records import Assertion, Attribute
    from labeler.text.stage import Passage

_FIELDS = {"size": "size_mm"}
"""Fields of `labeler.records.Finding` that are not named as their kind of attribute."""


class ReportReader:
    """A reader of the sentences of a report, in their order.

    Parameters
    ----------
    report : str
    has : callable
        Tells whether a finding can have an attribute, by the name of its field.
    """

    def __init__(self, report: str, has: Callable[[str, str], bool]) -> None:
        self.mentions: list[Described] = []
        self._report = report
        self._has = has
        self._before = range(0)
        self._end = 0

    def add(self, passage: Passage, assertions: Sequence[Assertion], values: SentenceValues) -> None:
        """Add the mentions of a sentence, and what it says of those of the sentence before.

        Parameters
        ----------
        passage : Passage
        assertions : sequence of Assertion
            Its mentions.
        values : SentenceValues
            What it says of each.
        """
        if passage.seen.text[self._end : passage.start].strip():  # a header, or a sentence about something else
            self._before = range(0)
        self._end = passage.end
        meant: list[int] = []
        if values.pronoun:
            asserted = [at for at in self._before if self._is_asserted(at)]
            meant = asserted if values.pronoun == "they" else asserted[:1]
            said = self._attributes(values.referred, passage)
            for at in self._with_neighbours(meant):
                self.mentions[at] = self._with(self.mentions[at], said)
        first = len(self.mentions)
        for assertion, hits in zip(assertions, values.mentions, strict=True):
            if not hits or assertion.status is None:
                self.mentions.append(Described(assertion, ()))
                self._add_advice(assertion, self._attributes(hits, passage))
                continue
            own = self._attributes([hit for hit in hits if hit.value != INHERITED], passage)
            kinds = {hit.kind for hit in hits if hit.value == INHERITED}
            self.mentions.append(self._with(Described(assertion, tuple(own)), self._places(meant, kinds)))
        if assertions or not values.pronoun:
            self._before = range(first, len(self.mentions))

    def _add_advice(self, assertion: Assertion, advice: Sequence[Attribute]) -> None:
        """Give a device that was named before the position that the text advises to change."""
        kinds = {a.value for a in advice if a.kind == "device"}
        for at in range(len(self.mentions) - 1, -1, -1) if advice else ():
            one = self.mentions[at]
            own = {a.value for a in one.attributes if a.kind == "device"}
            same = one.assertion.mention.finding == assertion.mention.finding and (own & kinds or not kinds)
            if self._is_asserted(at) and same:
                self.mentions[at] = self._with(one, [a for a in advice if a.kind == "position"])
                return

    def _is_asserted(self, at: int) -> bool:
        return self.mentions[at].assertion.status in {Status.PRESENT, Status.UNCERTAIN}

    def _with_neighbours(self, meant: Sequence[int]) -> list[int]:
        """Return mentions with those that they overlap or touch: "nodular opacity" names two findings."""
        spans = [(self.mentions[at].assertion.mention.start, self.mentions[at].assertion.mention.end) for at in meant]
        places = [(at, self.mentions[at].assertion.mention) for at in self._before if self._is_asserted(at)]
        return [at for at, own in places if any(own.start <= end + 1 and start <= own.end + 1 for start, end in spans)]

    def _attributes(self, hits: Iterable[Hit], passage: Passage) -> list[Attribute]:
        hits = list(hits)
        if not hits:
            return []
        normal = passage.normal()
        attributes = [attribute_of(hit, passage.words, normal, self._report) for hit in hits]
        return [attribute for attribute in attributes if attribute.value]  # a unit without a number is no size

    def _places(self, meant: Sequence[int], kinds: set[str]) -> list[Attribute]:
        return [a for at in meant for a in self.mentions[at].attributes if a.kind in kinds]

    def _with(self, one: Described, more: Iterable[Attribute]) -> Described:
        finding = one.assertion.mention.finding
        fitting = [a for a in more if self._has(finding, _FIELDS.get(a.kind, a.kind))]
        return Described(one.assertion, (*one.attributes, *fitting)) if fitting else one
