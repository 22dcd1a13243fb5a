"""Which mentions a cue reaches: joins and stops between them, in the words of phrases/assertion/scope.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labeler.phrasebook.schema import CueRule, ScopeFile


@dataclass(frozen=True, slots=True)
class CueMatch:
    """Is a cue found in a sentence, with token offsets."""

    start: int
    end: int
    rule: CueRule


@dataclass(frozen=True, slots=True)
class Frame:
    """Is what scope is decided on: the words of a sentence and the cues found among them.

    Parameters
    ----------
    words : tuple of str
        Tokens in lower case.
    cues : tuple of CueMatch
        In the order of the text, not overlapping.
    fixed : frozenset of int
        Indices of tokens inside a cue or a mention, where a join joins nothing ("consistent with").
    mentions : frozenset of int
        Indices of tokens inside a mention.
    anatomy : frozenset of int
        Indices of tokens inside a mention of anatomy.
    """

    words: tuple[str, ...]
    cues: tuple[CueMatch, ...]
    fixed: frozenset[int]
    mentions: frozenset[int]
    anatomy: frozenset[int]


def faces(cue: CueMatch, start: int, end: int) -> bool:
    """Says whether a cue stands on the side of the mention in tokens start to end from which it can reach it."""
    before = cue.end <= start and cue.rule.side in ("before", "both")
    return before or (end <= cue.start and cue.rule.side in ("after", "both"))


class Scope:
    """Decides whether a cue reaches a mention.

    Parameters
    ----------
    file : ScopeFile
    """

    def __init__(self, file: ScopeFile) -> None:
        self.stops = file.words("stops")
        self.alternatives = file.words("alternatives")
        self.joins = file.words("joins") | self.alternatives
        self.verbs = file.words("verbs")
        self.list_verbs = file.words("list_verbs")
        self.openers = file.words("openers")
        self.places = file.words("places")
        self.predicate_words = file.words("predicate_words") | self.verbs

    def reaches(self, frame: Frame, cue: CueMatch, start: int, end: int) -> bool:
        """Says whether a cue's scope holds the mention in tokens start to end."""
        between = range(cue.end, start) if cue.end <= start else range(end, cue.start)
        # ", or" closes a list of three or more: it reaches back over the commas, other mentions included.
        closes_list = frame.words[cue.start] in self.joins and end <= cue.start and cue.end - cue.start > 1
        if cue.rule.reach == "neighbour" and not closes_list and not frame.mentions.isdisjoint(between):
            return False
        if not faces(cue, start, end):
            return False
        return self._reaches_forward(frame, cue, start) if cue.end <= start else self._reaches_backward(frame, cue, end)

    def _reaches_forward(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        closed = False
        position = cue.end
        others = {other.start for other in frame.cues if other.rule.reach != "neighbour"}
        while position < target:
            if position in others and frame.words[position] in self.stops:
                return False
            if self._is(frame, position, self.stops) or (
                cue.rule.role == "anatomy" and self._is(frame, position, self.places)
            ):
                return False
            if not self._is(frame, position, self.joins):
                position += 1
                continue
            if cue.rule.reach == "neighbour" or self._is_predicate(frame, cue):
                return False
            after = self._skip_joins(frame, position)
            group = frame.words[position:after]
            alternative = any(word in self.alternatives for word in group)
            if not self._is_second_attribute(frame, cue, position, after):
                if not alternative and self._breaks(frame, cue, group, after, closed=closed):
                    return False
                if self._other_cue(frame, cue, after, target):
                    return False
            closed = closed or alternative
            position = after
        return True

    def _breaks(self, frame: Frame, cue: CueMatch, group: tuple[str, ...], after: int, *, closed: bool) -> bool:
        """Says whether a comma or "and" ends the list that a cue governs."""
        if cue.rule.reach == "clause":
            return self._is_clause(frame, after)
        if self._list_goes_on(frame, after):
            return False
        if cue.rule.reach == "coordination" and group == (",",):
            return True
        if closed and "and" not in group:
            return True
        return (after < len(frame.words) and frame.words[after] in self.openers) or self._is_clause(frame, after)

    def _list_goes_on(self, frame: Frame, position: int) -> bool:
        """Says whether an "or" follows before the list is ended by a stop, a verb or another cue."""
        starts = {other.start for other in frame.cues if other.rule.reach != "neighbour"}
        for index in range(position, len(frame.words)):
            if self._is(frame, index, self.alternatives):
                return True
            if index in starts or self._is(frame, index, self.stops) or frame.words[index] in self.verbs:
                return False
        return False

    def _reaches_backward(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        joined: list[str] = []
        for index in range(target, cue.start):
            if self._is(frame, index, self.stops):
                return False
            if self._is(frame, index, self.joins):
                joined.append(frame.words[index])
                if frame.words[index] == "," and index + 1 < cue.start and frame.words[index + 1] in self.openers:
                    return False
            elif joined and index > 0 and self._other_cue(frame, cue, index, index + 1):
                return False
        if not joined or self._is_second_predicate(frame, cue, target):
            return True
        closes_list = frame.words[cue.start] in self.joins and joined == [","] * len(joined)
        if (cue.rule.reach == "neighbour" and not closes_list) or not self._is_bare(frame, cue, target):
            return False
        if closes_list:
            return True
        # "Opacity, possibly artifactual": a cue right behind one comma is said of what stands before the comma.
        apposed = joined == [","] and self._is(frame, cue.start - 1, self.joins)
        return apposed or cue.rule.role == "anatomy" or joined != [","] * len(joined)

    def _is_predicate(self, frame: Frame, cue: CueMatch) -> bool:
        """Says whether anatomy stands before a cue in its own list item, so that the cue is said of that alone."""
        if cue.rule.role != "anatomy":
            return False
        position = cue.start - 1
        while position >= 0 and not (self._is(frame, position, self.joins) or self._is(frame, position, self.stops)):
            if position in frame.anatomy:
                return True
            position -= 1
        return False

    def _is_second_predicate(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        """Says whether a cue goes on with what is said of the anatomy before ("is stable and normal in size")."""
        if cue.rule.role != "anatomy":
            return False
        last = max((i for i in range(target, cue.start) if self._is(frame, i, self.joins)), default=target - 1)
        own = frame.words[last + 1 : cue.start]
        between = frame.anatomy.intersection(range(target, cue.start))
        return not between and all(word in self.predicate_words for word in own)

    def _is_second_attribute(self, frame: Frame, cue: CueMatch, position: int, after: int) -> bool:
        """Says whether a cue and the one that takes over are attributes of one noun ("normal and stable heart")."""
        return cue.rule.role == "anatomy" and position == cue.end and any(other.start == after for other in frame.cues)

    def _is_bare(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        """Says whether the list item around a mention has no verb and no cue of its own."""
        first = target - 1
        while first >= 0 and not (self._is(frame, first, self.joins) or self._is(frame, first, self.stops)):
            first -= 1
        last = target
        while last < cue.start and not self._is(frame, last, self.joins):
            last += 1
        if any(word in self.verbs for word in frame.words[first + 1 : last]):
            return False
        return not self._other_cue(frame, cue, first + 1, last)

    def _is_clause(self, frame: Frame, position: int) -> bool:
        """Says whether the list item at a position has a finite verb that does not merely close the list."""
        verb = False
        for index in range(position, len(frame.words)):
            if self._is(frame, index, self.joins) or self._is(frame, index, self.stops):
                break
            verb = verb or frame.words[index] in self.verbs
            if frame.words[index] in self.list_verbs:
                return False
        return verb

    def _other_cue(self, frame: Frame, cue: CueMatch, start: int, end: int) -> bool:
        return any(
            other is not cue
            and other.rule.reach != "neighbour"
            and other.rule.role in (cue.rule.role, "any")
            and other.start < end
            and start < other.end
            for other in frame.cues
        )

    def _is(self, frame: Frame, index: int, words: frozenset[str]) -> bool:
        return frame.words[index] in words and index not in frame.fixed

    def _skip_joins(self, frame: Frame, position: int) -> int:
        while position < len(frame.words) and self._is(frame, position, self.joins):
            position += 1
        return position
