"""Finds the words of attributes in a sentence, and the words that a sentence is built with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import Phrasebook
from labeler.phrasebook.schema import FindingFile, LabelSetFile, MentionGroup, PhraseGroup

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from labeler.phrasebook.attributes import AttributeRules

_STRUCTURE = "structure"
_NEUTRAL = "neutral"
_LEFT_OUT = frozenset({_NEUTRAL, "it", "they"})
_TOKEN = re.compile(r"(?<![\w.])[a-z][a-z']*|[^\w\s.]|\.(?!\d)")
"""A word or a mark; numbers, ordinals and decimal points are neither."""

_FIRST = re.compile("[a-z]+")


class Hit(NamedTuple):
    """Words that give a value, with offsets into the words of the sentence."""

    start: int
    end: int
    kind: str
    value: str
    rule_id: str


class Joint(NamedTuple):
    """Words that a sentence is built with; see `labeler.phrasebook.attributes.Role`."""

    start: int
    end: int
    role: str


class WordFinder:
    """A finder of all words that attributes are read by, in one pass over a sentence.

    Parameters
    ----------
    rules : AttributeRules
    book : Phrasebook
        Gives what a phrase finder needs besides phrases.
    """

    def __init__(self, rules: AttributeRules, book: Phrasebook) -> None:
        groups = rules.structure.words if rules.structure else ()
        self._roles = {group.id: group.role for group in groups}
        texts = [(text, group.role) for group in groups for text in group.texts()]
        # A text of one word or mark is found by itself; marks are no words to the phrase finder.
        self._single = {text: role for text, role in texts if _TOKEN.fullmatch(text)}
        self._pronouns = {text: role for text, role in self._single.items() if role in {"it", "they"}}
        self._values = {group.id: group.value for file in rules.files for group in file.values}
        files = [_as_finding(file.kind, file.values, file.not_values) for file in rules.files]
        files.append(_as_finding(_STRUCTURE, groups, (), self._single))
        label_set = LabelSetFile(name="attributes", meaning="Kinds of attributes.", findings=(_STRUCTURE,))
        self._finder = MentionFinder(
            Phrasebook(label_set, tuple(files), book.assertions, book.order, book.scope, "", book.folder)
        )

    def find(self, words: str) -> tuple[list[Hit], list[Joint]]:
        """Return the words of attributes and the joints of a sentence, each in the order of the text."""
        hits: list[Hit] = []
        joints: list[Joint] = []
        for start, end, kind, group in [(h.start, h.end, h.finding, h.phrase_id) for h in self._finder.find(words)]:
            if kind == _STRUCTURE:
                joints.append(Joint(start, end, self._roles[group]))
            else:
                hits.append(Hit(start, end, kind, self._values[group], group))
        return hits, self._with_single(words, joints)

    def pronoun(self, words: str) -> Joint | None:
        """Return the pronoun that a sentence begins with."""
        first = _FIRST.search(words)
        role = self._pronouns.get(first[0]) if first else None
        return Joint(first.start(), first.end(), role) if first and role else None

    def _with_single(self, words: str, joints: list[Joint]) -> list[Joint]:
        """Add the joints of one word, and all other words as joints that join nothing; neutral words are left out."""
        longer = {at for joint in joints for at in range(joint.start, joint.end)}
        for token in _TOKEN.finditer(words):
            text, start = token[0], token.start()
            role = self._single.get(text) or ("other" if text.isalpha() else _NEUTRAL)
            if role not in _LEFT_OUT and start not in longer:
                joints.append(Joint(start, start + len(text), role))
        return joints


def _as_finding(
    kind: str, groups: Iterable[PhraseGroup], others: Iterable[PhraseGroup], left_out: Container[str] = ()
) -> FindingFile:
    """Return groups of words as the phrase finder takes them: a kind of attribute stands for a finding."""
    mentions = tuple(
        MentionGroup.model_construct(id=group.id, meaning=kind, phrases=phrases, role="finding")
        for group in groups
        if (phrases := tuple(text for text in group.texts() if text not in left_out))
    )
    not_mentions = tuple(PhraseGroup(id=g.id, meaning=g.meaning, phrases=g.phrases) for g in others)
    return FindingFile.model_construct(
        finding=kind, meaning=kind, mentions=mentions, not_mentions=not_mentions, cases=()
    )
