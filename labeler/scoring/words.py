"""The words that a report score reads for itself: phrases/scoring/words.yaml and the words of phrases/attributes/."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.attributes import load_attributes
from labeler.phrasebook.fields import Model
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.schema import FindingFile, LabelSetFile, MentionGroup, PhraseGroup
from labeler.phrasebook.yaml_files import read_model
from labeler.records import Cue
from labeler.scoring.extents import Extents
from labeler.text.plain import plain
from labeler.text.whitespace import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labeler.phrasebook.load import Phrasebook

END = "end"
"""The kind of words that name the end of a device."""
POSITION = "position"
"""The kind of words that judge the position of a device."""
RIB = "rib"
"""The kind of words that are the number of a rib."""
_DEVICE = "device"
_APART = (RIB, _DEVICE)
_ROUTE = "route"
"""The value of words that look like the end of a device and are the way that it went."""
_NEAR = 60
"""How many characters an end of a device is from a word for one, at most."""
_ATTRIBUTES = ("side", "severity", "change", POSITION)
"""The kinds of attributes whose words are compared where no finding has taken them."""


class WordGroup(PhraseGroup):
    """A group of words with one value.

    Parameters
    ----------
    kind, value : str
    judged : "right", "wrong" or ""
        Of the end of a device, what it says of the position.
    lets : tuple of str
        Kinds of devices of which it is not so judged.
    only : tuple of str
        The only kinds of devices that can end there; any without it.
    cases : tuple of str
        Sentences in which [ ] marks words of the group.
    """

    kind: str = Field(min_length=1)
    value: str = Field(min_length=1)
    judged: str = Field(default="", pattern="^(right|wrong|)$")
    lets: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    cases: tuple[str, ...] = Field(min_length=1)


class WordFile(Model):
    """The file words.yaml.

    Parameters
    ----------
    devices : tuple of str
        The names of devices that end somewhere.
    lifted : tuple of str
        Groups of phrases/attributes/ that say what is no value, and that are not asked here.
    words : tuple of WordGroup
    """

    devices: tuple[str, ...]
    lifted: tuple[str, ...]
    words: tuple[WordGroup, ...] = Field(min_length=1)


class Said(NamedTuple):
    """Words of a report with what they say."""

    kind: str
    value: str
    group: str
    words: Cue
    judged: str = ""


class WordReader:
    """A reader of the words that a report score compares beside findings.

    Parameters
    ----------
    file : WordFile

    Examples
    --------
    >>> [(said.kind, said.value) for said in load_words().read("Ended in the portal vein, left.")]
    [('end', 'side vein'), ('side', 'left')]
    """

    def __init__(self, file: WordFile) -> None:
        self.groups = {group.id: group for group in file.words}
        self.devices = frozenset(file.devices)
        rules = [rule for rule in load_attributes(phrases_folder()).files if rule.kind in _ATTRIBUTES]
        self._values: dict[str, tuple[str, str]] = {
            group.id: (rule.kind, group.value) for rule in rules for group in rule.values
        }
        self._values |= {group.id: (group.kind, group.value) for group in self.groups.values()}
        by_kind: dict[str, tuple[list[PhraseGroup], list[PhraseGroup]]] = {}
        for rule in rules:
            others: list[PhraseGroup] = [group for group in rule.not_values if group.id not in file.lifted]
            by_kind[rule.kind] = ([group for group in rule.values if group.phrases], others)
        for group in self.groups.values():
            by_kind.setdefault(group.kind, ([], []))[0].append(group)
        self._finder = _finder(load_phrasebook(), by_kind)

    def read(self, text: str) -> list[Said]:
        """Return the words of a text in their order; of overlapping words of one kind the longest."""
        normal = normalise(text)
        found = []
        for hit in self._finder.find(plain(normal.text)):
            start, end = normal.span(hit.start, hit.end)
            group = self.groups.get(hit.phrase_id)
            words = Cue(start, end, text[start:end])
            found.append(Said(*self._values[hit.phrase_id], hit.phrase_id, words, group.judged if group else ""))
        return found

    def can_end(self, said: Said, device: str) -> bool:
        """Return whether words are the end of a device of a kind."""
        group = self.groups.get(said.group)
        return (
            said.kind == END
            and said.value != _ROUTE
            and group is not None
            and (not group.only or not device or device in group.only)
        )

    def compared(self, said: Sequence[Said]) -> list[Said]:
        """Return the words that are compared report to report: of ends of devices those near a device."""
        devices = [one.words for one in said if one.kind == _DEVICE]
        near = Extents((device.start - _NEAR, device.end + _NEAR + 1) for device in devices)
        return [
            one
            for one in said
            if one.kind not in _APART
            and one.value != _ROUTE
            and (
                one.kind != END or (not self.groups[one.group].only and near.meet(one.words.start, one.words.start + 1))
            )
        ]

    def judged(self, said: Iterable[Said], device: str) -> str:
        """Return what the ends of a device say of its position: "wrong", "right" or nothing."""
        groups = [self.groups[one.group] for one in said]
        verdicts = {group.judged for group in groups if device not in group.lets}
        return "wrong" if "wrong" in verdicts else "right" if "right" in verdicts else ""


def _finder(book: Phrasebook, by_kind: dict[str, tuple[list[PhraseGroup], list[PhraseGroup]]]) -> MentionFinder:
    """Return a phrase finder in which a kind of words stands for a finding."""
    files = tuple(
        FindingFile.model_construct(
            finding=kind,
            meaning=kind,
            mentions=tuple(MentionGroup(id=g.id, meaning=g.meaning, phrases=g.phrases) for g in groups),
            not_mentions=tuple(PhraseGroup(id=g.id, meaning=g.meaning, phrases=g.phrases) for g in others),
            cases=(),
        )
        for kind, (groups, others) in by_kind.items()
    )
    label_set = LabelSetFile(name="words", meaning="Kinds of words.", findings=tuple(by_kind))
    return MentionFinder(replace(book, label_set=label_set, findings=files))


@lru_cache(maxsize=1)
def load_words() -> WordReader:
    """Return the reader of the words in phrases/scoring/words.yaml.

    Raises
    ------
    PhraseFileError
        If the file is not as it must be.
    """
    return WordReader(read_model(phrases_folder() / "scoring" / "words.yaml", WordFile))
