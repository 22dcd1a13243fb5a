"""Which anatomy a cue reaches: what is said of heart, mediastinum and vessels has attributes and predicates."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from labeler.assertions.scope import CueMatch, Frame, Scope, blocks

if TYPE_CHECKING:
    from labeler.phrasebook.schema import ScopeFile


class AnatomyScope(Scope):
    """The rules on whether a cue of anatomy reaches a mention, where they are others than for findings.

    Parameters
    ----------
    file : ScopeFile
    """

    def __init__(self, file: ScopeFile) -> None:
        super().__init__(file)
        self.parts = file.words("parts")
        self.predicate_words = file.words("predicate_words") | self.verbs

    def _mentions(self, frame: Frame) -> frozenset[int]:
        return frame.anatomy

    def _stops(self, frame: Frame, cue: CueMatch, position: int) -> bool:
        """Tell whether a word ends a cue's scope; of anatomy a place does ("density over the heart")."""
        return super()._stops(frame, cue, position) or self._is(frame, position, self.places)

    def _reaches_forward(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        """Tell whether a cue reaches what is behind it; not over a join, if it is said of what is before it."""
        joined = any(self._is(frame, index, self.joins) for index in range(cue.end, target))
        return not (joined and self._is_predicate(frame, cue)) and super()._reaches_forward(frame, cue, target)

    def _reaches_over(self, frame: Frame, cue: CueMatch, target: int, joins: list[int]) -> bool:
        if self._is_second_predicate(frame, cue, target, joins):
            return True
        return not self._is_heading(frame, cue, joins) and super()._reaches_over(frame, cue, target, joins)

    def _is_attribute(self, frame: Frame, cue: CueMatch) -> bool:
        """Tell whether a cue is said of what follows it: "heart enlarged, normal mediastinum"."""
        if not blocks(cue) or self._is_predicate(frame, cue):
            return False
        of_part = self._is(frame, cue.start - 1, self.joins) and self._is_part(frame, cue.end)
        return of_part or super()._is_attribute(frame, cue)

    def _opens(self, frame: Frame, cue: CueMatch, joins: list[int]) -> bool:
        """Tell whether a statement of its own begins behind a comma.

        In a list of which one thing is said ("heart, lungs and bones are normal") a noun alone begins none.
        """
        alone = {join for join, following in pairwise(joins) if following == join + 2}
        return super()._opens(frame, cue, [join for join in joins if join not in alone])

    def _is_list(self, frame: Frame, cue: CueMatch, joins: list[int]) -> bool:
        return cue.rule.reach != "neighbour" or super()._is_list(frame, cue, joins)

    def _shares_noun(self, frame: Frame, cue: CueMatch, position: int, after: int) -> bool:
        """Tell whether a cue and the one that takes over are attributes of one noun ("normal and stable heart")."""
        return position == cue.end and any(other.start == after for other in frame.cues)

    def _is_part(self, frame: Frame, index: int) -> bool:
        return index < len(frame.words) and frame.words[index] in self.parts

    def _is_heading(self, frame: Frame, cue: CueMatch, joins: list[int]) -> bool:
        """Tell whether a mention is but the heading of what is said of another: "Heart/Mediastinum: The heart is big".

        What is called normal below a heading may be all that it names.
        """
        colon = next((join for join in joins if frame.words[join] == ":"), cue.start)
        return not frame.anatomy.isdisjoint(range(colon, cue.start))

    def _is_predicate(self, frame: Frame, cue: CueMatch) -> bool:
        """Tell whether anatomy stands before a cue in its own list item, so that the cue is said of that alone."""
        position = cue.start - 1
        while position >= 0 and not (self._is(frame, position, self.joins) or self._is(frame, position, self.stops)):
            if position in frame.anatomy:
                return True
            position -= 1
        return False

    def _is_second_predicate(self, frame: Frame, cue: CueMatch, target: int, joins: list[int]) -> bool:
        """Tell whether a cue goes on with what is said of the anatomy before ("is stable and normal in size").

        That may be of several ("heart and mediastinum are stable and normal"): of all that the cue before it reaches.
        """
        before = [other for other in frame.cues if target <= other.start and other.end < cue.start]
        if before and before[-1].rule.role == "anatomy" and self._only_joins(frame, before[-1].end, cue.start):
            return self._reaches_backward(frame, before[-1], target)
        own = frame.words[joins[-1] + 1 : cue.start]
        between = frame.anatomy.intersection(range(target, cue.start))
        return not between and all(word in self.predicate_words for word in own)

    def _only_joins(self, frame: Frame, start: int, end: int) -> bool:
        """Tell whether a join and words that lead to a second predicate are all that stands between two predicates."""
        between = range(start, end)
        joined = any(self._is(frame, index, self.joins) for index in between)
        return joined and all(
            self._is(frame, index, self.joins) or frame.words[index] in self.predicate_words for index in between
        )
