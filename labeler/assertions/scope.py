"""Which mentions a cue reaches: joins and stops between them, in the words of phrases/assertion/scope.yaml."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.phrasebook.schema import CueRule, ScopeFile


_MARKS = frozenset({",", ".", ":", "+", "-"})
"""Joins that alone make no list of which one thing is said."""


@dataclass(frozen=True, slots=True)
class CueMatch:
    """A cue found in a sentence, with token offsets."""

    start: int
    end: int
    rule: CueRule


@dataclass(frozen=True, slots=True)
class Frame:
    """The view that scope is decided on: the words of a sentence and the cues found among them.

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
    blocking : mapping of int to list of CueMatch
        By index of a token, the cues that it is inside of, but for those that reach their neighbour alone.
    blocked : sequence of int
        The indices that `blocking` has, ascending.
    goes_on : dict of int to bool
        Whether a list goes on at a position, where that was asked before.
    """

    words: tuple[str, ...]
    cues: tuple[CueMatch, ...]
    fixed: frozenset[int]
    mentions: frozenset[int]
    anatomy: frozenset[int]
    blocking: Mapping[int, list[CueMatch]]
    blocked: Sequence[int]
    goes_on: dict[int, bool] = field(default_factory=dict)

    def begins_cue(self, position: int) -> bool:
        """Tell whether a cue that blocks others begins at a token."""
        return any(cue.start == position for cue in self.blocking.get(position, ()))


def _closes_list(frame: Frame, cue: CueMatch, joins: frozenset[str]) -> bool:
    """Tell whether a cue is a ", or", which closes a list of three or more and reaches back over its commas."""
    return cue.end - cue.start > 1 and frame.words[cue.start] in joins


def blocks(cue: CueMatch) -> bool:
    """Tell whether a cue ends the scope of others."""
    return cue.rule.reach != "neighbour"


def _opens_doubt(cue: CueMatch) -> bool:
    return cue.rule.status == "uncertain" and cue.rule.side == "before"


class Scope:
    """The rules on whether a cue of findings reaches a mention.

    Parameters
    ----------
    file : ScopeFile
    """

    def __init__(self, file: ScopeFile) -> None:
        self.stops = file.words("stops")
        self.alternatives = file.words("alternatives")
        self.joins = file.words("joins") | self.alternatives
        self.attachments = file.words("attachments")
        self.verbs = file.words("verbs")
        self.infinitives = file.words("infinitives")
        self.list_verbs = file.words("list_verbs")
        self.tellers = file.words("tellers")
        self.examples = file.words("examples")
        self.openers = file.words("openers")
        self.places = file.words("places")
        self.summaries = file.words("summaries")
        self.closers = file.words("closers")
        self.separators = file.words("separators")
        self._closed = self.joins | self.stops | self.list_verbs | self.places | self.closers | self.summaries

    def is_closed(self, words: tuple[str, ...], position: int) -> bool:
        """Tell whether a statement ends before a position."""
        return position >= len(words) or words[position] in self.closers

    def may_begin_clause(self, words: Sequence[str], between: range, end: int) -> bool:
        """Tell whether a cue reaches a mention over a list, and what follows the mention may be a verb of its own.

        Parameters
        ----------
        words : sequence of str
        between : range
            The words between the cue and the mention.
        end : int
            The place behind the mention.
        """
        joins = [words[at] for at in between if words[at] in self.joins]
        if not joins or joins[-1] in self.alternatives:  # "no edema or effusion persists" is one list
            return False
        return end < len(words) and words[end].isalpha() and words[end] not in self._closed

    def reaches(self, frame: Frame, cue: CueMatch, start: int, end: int) -> bool:
        """Tell whether the scope of a cue that faces the mention in tokens start to end holds it."""
        between = range(cue.end, start) if cue.end <= start else range(end, cue.start)
        if cue.rule.reach == "nearest":
            return self._is_nearest(frame, between, forward=cue.end <= start)
        over_mentions = end <= cue.start and _closes_list(frame, cue, self.joins)
        if cue.rule.reach == "neighbour" and not over_mentions and not frame.mentions.isdisjoint(between):
            return False
        return self._reaches_forward(frame, cue, start) if cue.end <= start else self._reaches_backward(frame, cue, end)

    def _is_nearest(self, frame: Frame, between: range, *, forward: bool) -> bool:
        """Tell whether no mention stands between but those that are coordinated with the one that is asked about."""
        if any(frame.words[index] in self.separators for index in between):
            return False
        nearer = [index for index in between if index in frame.mentions]
        if not nearer:
            return True
        tied = range(nearer[0], between.stop) if forward else range(between.start, nearer[-1] + 1)
        words = [frame.words[index] for index in tied if index not in frame.mentions]
        joined = any(word in self.joins and word not in _MARKS for word in words)
        return joined and not any(word in self.stops or word in self.verbs for word in words)

    def _reaches_forward(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        closed = False
        position = cue.end
        while position < target:
            if self._stops(frame, cue, position):
                return False
            if not self._is(frame, position, self.joins):
                position += 1
                continue
            if cue.rule.reach == "neighbour":
                return False
            after = self._skip_joins(frame, position)
            group = frame.words[position:after]
            alternative = any(word in self.alternatives for word in group)
            if not self._shares_noun(frame, cue, position, after):
                if not alternative and self._breaks(frame, cue, group, after, closed=closed):
                    return False
                if self._other_cue(frame, cue, after, target):
                    return False
            closed = closed or alternative
            position = after
        return self._is_joined(frame, cue, target)

    def _shares_noun(self, frame: Frame, cue: CueMatch, position: int, after: int) -> bool:  # noqa: ARG002
        """Tell whether a cue and the one behind a join are said of one noun; those of findings never are."""
        return False

    def _stops(self, frame: Frame, cue: CueMatch, position: int) -> bool:
        """Tell whether a word ends a cue's scope: a stop, also one that another cue begins with, or a run-on."""
        word = frame.words[position]
        if self._attaches(frame, cue, position):
            return False
        if self._is(frame, position, self.stops):
            return True
        if cue.rule.status == "none" and cue.rule.reach == "list" and self._is(frame, position, self.verbs):
            return True  # "a patient with fever has consolidation"
        if word in self.stops and frame.begins_cue(position):
            return True
        return position > cue.end and not self._is_joined(frame, cue, position)

    def _attaches(self, frame: Frame, cue: CueMatch, position: int) -> bool:
        """Tell whether a word adds to the finding before it, which a cue of doubt is about ("may be mass with edema").

        A doubt that stands as an attribute is about one alone ("probable effusion with atelectasis"). Some cues name
        what they step over ("cannot distinguish collapse from infection").
        """
        is_doubt = cue.rule.status == "uncertain" and cue.rule.reach == "list"
        attached = is_doubt and frame.words[position] in self.attachments
        return (attached or frame.words[position] in cue.rule.over) and position - 1 in frame.mentions

    def _is_joined(self, frame: Frame, cue: CueMatch, position: int) -> bool:
        """Tell whether a word goes on with what is before it; in "no infiltrates old fractures" a statement begins."""
        begins = position - 1 in frame.mentions and frame.words[position] in self.openers
        if not begins or position <= cue.end or self._list_goes_on(frame, position):
            return True
        # A cue that goes on with it ("no opacity compatible with pneumonia") is no new statement; a doubt is one ("no
        # effusion possible pneumonia").
        roles = (cue.rule.role, "any")
        going_on = (other for other in frame.cues if other.rule.role in roles and not _opens_doubt(other))
        in_cue = any(other.start <= position < other.end for other in going_on)
        return in_cue and position not in frame.mentions

    def _breaks(self, frame: Frame, cue: CueMatch, group: tuple[str, ...], after: int, *, closed: bool) -> bool:
        """Tell whether a comma or "and" ends the list that a cue governs."""
        if cue.rule.reach == "clause":
            return self._is_clause(frame, after)
        if self._goes_on(frame, cue, after - len(group), after):
            return False
        if group == (",",):
            told = not closed and self._is_told(frame, after)
            if told or cue.rule.reach == "coordination" or self._sums_up(frame, after - 2):
                return True
        if closed and "and" not in group:
            return True
        return (after < len(frame.words) and frame.words[after] in self.openers) or self._is_clause(frame, after)

    def _goes_on(self, frame: Frame, cue: CueMatch, join: int, after: int) -> bool:
        """Tell whether what stands behind a join belongs to what is before it, whatever it begins with."""
        if self._has_attributes_only(frame, cue, join) or self._list_goes_on(frame, after):
            return True
        return after < len(frame.words) and frame.words[after] in self.examples

    def _has_attributes_only(self, frame: Frame, cue: CueMatch, join: int) -> bool:
        """Tell whether nothing but attributes stands between a cue and a join: "no new, small opacity" is one item."""
        between = frame.words[cue.end : join]
        return bool(between) and all(word in self.openers or word in self.joins for word in between)

    def _is_told(self, frame: Frame, position: int) -> bool:
        """Tell whether the item at a position is a mention and a word that tells of it, and ends the statement."""
        told = [at for at in range(position, len(frame.words)) if frame.words[at] in self.tellers]
        return (
            bool(told)
            and self.is_closed(frame.words, told[0] + 1)
            and all(at in frame.mentions for at in range(position, told[0]))
        )

    def _sums_up(self, frame: Frame, index: int) -> bool:
        """Tell whether a word alone sums up what is denied ("no acute process, ..."), so that a comma ends it."""
        alone = index not in frame.mentions or index - 1 not in frame.mentions
        return alone and frame.words[index] in self.summaries

    def _list_goes_on(self, frame: Frame, position: int) -> bool:
        """Tell whether an "or" follows before the list is ended by a stop, a verb or another cue."""
        if position not in frame.goes_on:
            frame.goes_on.update(self._lists(frame, position))
        return frame.goes_on[position]

    def _lists(self, frame: Frame, position: int) -> dict[int, bool]:
        """Return whether an "or" follows, for a position and those behind it that have the same answer."""
        same: dict[int, bool] = dict.fromkeys((position,), False)
        for index in range(position, len(frame.words)):
            same[index] = False
            if self._is(frame, index, self.alternatives):
                return dict.fromkeys(same, True)
            if frame.begins_cue(index) or self._is(frame, index, self.stops) or frame.words[index] in self.verbs:
                break
        return same

    def _reaches_backward(self, frame: Frame, cue: CueMatch, target: int) -> bool:
        if any(self._is(frame, index, self.stops) for index in range(target, cue.start)):
            return False
        joins = [index for index in range(target, cue.start) if self._is(frame, index, self.joins)]
        if not joins:
            return cue.rule.reach != "neighbour" or not self._says_more(frame, cue, target, cue.start)
        return not self._is_attribute(frame, cue) and self._reaches_over(frame, cue, target, joins)

    def _reaches_over(self, frame: Frame, cue: CueMatch, target: int, joins: list[int]) -> bool:
        if self._other_cue(frame, cue, joins[0] + 1, cue.start) or self._opens(frame, cue, joins):
            return False
        return self._is_bare(frame, cue, target, joins[0]) and self._is_list(frame, cue, joins)

    def _mentions(self, frame: Frame) -> frozenset[int]:
        return frame.mentions

    def _is_attribute(self, frame: Frame, cue: CueMatch) -> bool:
        """Tell whether a mention follows in a cue's own list item: "right opacity, resolved pneumothorax"."""
        if not blocks(cue):
            return False
        mentions = self._mentions(frame)
        for index in range(cue.end, len(frame.words)):
            if index in mentions:
                return True
            if self._is(frame, index, self.joins) or self._is(frame, index, self.stops):
                return False
        return False

    def _opens(self, frame: Frame, cue: CueMatch, joins: list[int]) -> bool:
        """Tell whether a statement of its own begins behind a comma."""
        return any(
            frame.words[join] == "," and join + 1 < cue.start and frame.words[join + 1] in self.openers
            for join in joins
        )

    def _is_list(self, frame: Frame, cue: CueMatch, joins: list[int]) -> bool:
        """Tell whether what stands between a mention and a cue behind it is one list that the cue is said of."""
        commas = all(frame.words[join] in _MARKS for join in joins)
        if cue.rule.reach == "neighbour":
            return commas and _closes_list(frame, cue, self.joins)
        # "Opacity, possibly artifactual": a cue right behind one comma is said of what stands before the comma.
        apposed = len(joins) == 1 and joins[0] == cue.start - 1
        return apposed or not commas

    def _is_bare(self, frame: Frame, cue: CueMatch, target: int, join: int) -> bool:
        """Tell whether the list item around a mention, up to the join behind it, has no verb and no cue of its own."""
        first = target - 1
        while first >= 0 and not (self._is(frame, first, self.joins) or self._is(frame, first, self.stops)):
            first -= 1
        return not self._says_more(frame, cue, first + 1, join)

    def _says_more(self, frame: Frame, cue: CueMatch, start: int, end: int) -> bool:
        """Tell whether a finite verb or another cue stands among some words."""
        return any(word in self.verbs for word in frame.words[start:end]) or self._other_cue(frame, cue, start, end)

    def _is_clause(self, frame: Frame, position: int) -> bool:
        """Tell whether the list item at a position has a finite verb that does not merely close the list."""
        verb = False
        for index in range(position, len(frame.words)):
            if self._is(frame, index, self.joins) or self._is(frame, index, self.stops):
                break
            verb = verb or (frame.words[index] in self.verbs and frame.words[index - 1] not in self.infinitives)
            if frame.words[index] in self.list_verbs:
                return False
        return verb

    def _other_cue(self, frame: Frame, cue: CueMatch, start: int, end: int) -> bool:
        return any(
            other is not cue and other.rule.role in (cue.rule.role, "any")
            for position in frame.blocked[bisect_left(frame.blocked, start) : bisect_left(frame.blocked, end)]
            for other in frame.blocking[position]
        )

    def _is(self, frame: Frame, index: int, words: frozenset[str]) -> bool:
        return frame.words[index] in words and index not in frame.fixed

    def _skip_joins(self, frame: Frame, position: int) -> int:
        while position < len(frame.words) and self._is(frame, position, self.joins):
            position += 1
        return position
