"""Finds the words of attributes in a sentence, and the words that a sentence is built with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import Phrasebook
from labeler.phrasebook.schema import FindingFile, LabelSetFile, MentionGroup, PhraseGroup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.phrasebook.attributes import AttributeRules

_STRUCTURE = "structure"
_MARK = re.compile(r"[^\w\s.]|\.(?!\d)")
"""Punctuation but for a decimal point."""


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
        # Marks stand at words, which the phrase finder takes for parts of longer ones.
        self._marks = {
            text: group.role for group in groups for text in group.texts() if len(text) == 1 and not text.isalnum()
        }
        self._values = {group.id: group.value for file in rules.files for group in file.values}
        files = [_as_finding(file.kind, file.values, file.not_values) for file in rules.files]
        files.append(_as_finding(_STRUCTURE, groups, ()))
        label_set = LabelSetFile(name="attributes", meaning="Kinds of attributes.", findings=(_STRUCTURE,))
        self._finder = MentionFinder(
            Phrasebook(label_set, tuple(files), book.assertions, book.order, book.scope, "", book.folder)
        )

    def find(self, words: str) -> tuple[list[Hit], list[Joint]]:
        """Return the words of attributes and the joints of a sentence, each in the order of the text."""
        hits: list[Hit] = []
        joints: list[Joint] = []
        for start, end, kind, group in ((h.start, h.end, h.finding, h.phrase_id) for h in self._finder.find(words)):
            if kind == _STRUCTURE:
                joints.append(Joint(start, end, self._roles[group]))
            else:
                hits.append(Hit(start, end, kind, self._values[group], group))
        joints += [Joint(m.start(), m.end(), self._marks[m[0]]) for m in _MARK.finditer(words) if m[0] in self._marks]
        return hits, sorted(joints)


def _as_finding(kind: str, groups: Iterable[PhraseGroup], others: Iterable[PhraseGroup]) -> FindingFile:
    """Return groups of words as the phrase finder takes them: a kind of attribute stands for a finding."""
    mentions = tuple(MentionGroup(id=g.id, meaning=g.meaning, phrases=g.phrases) for g in groups if g.phrases)
    not_mentions = tuple(PhraseGroup(id=g.id, meaning=g.meaning, phrases=g.phrases) for g in others)
    return FindingFile.model_construct(
        finding=kind, meaning=kind, mentions=mentions, not_mentions=not_mentions, cases=()
    )
