"""Warns of phrases of a label set that are legal but wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.schema import expand
from labeler.phrasebook.yaml_files import line_of
from labeler.text.plain import plain
from labeler.text.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import FindingFile, PhraseGroup
    from labeler.phrasebook.yaml_files import Location

_NEGATIONS = frozenset(
    {"no", "not", "non", "without", "never", "nor", "neither", "absent", "resolved", "removed", "free"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase as it is written, braces and all, with its place.

    Parameters
    ----------
    finding : str
    group : str
        Id of its group.
    is_mention : bool
        Whether it names the finding; else it says what is no mention.
    phrase : str
    path : Path
    location : tuple of int and str
        Keys and positions in the file.
    """

    finding: str
    group: str
    is_mention: bool
    phrase: str
    path: Path
    location: Location

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that it stands for."""
        return expand(self.phrase)

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.path}:{line_of(self.path, self.location)}"


class SetPhrases:
    """All phrases of a label set, with the places of those in its own files.

    Parameters
    ----------
    phrasebook : Phrasebook
    files : mapping of Path to FindingFile
        The set's own files as written, without what they use of other sets.
    """

    def __init__(self, phrasebook: Phrasebook, files: Mapping[Path, FindingFile]) -> None:
        self._book = phrasebook
        self._entries = [entry for path, file in files.items() for entry in _entries(path, file)]
        self._in_group: dict[tuple[str, str], Counter[str]] = {}
        for entry in self._entries:
            texts = {text.lower() for text in entry.texts}
            self._in_group.setdefault((entry.finding, entry.group), Counter()).update(texts)
        self._claims: dict[str, dict[str, str]] = {}
        for file in phrasebook.findings:
            for group in file.mentions:
                for text in group.texts():
                    self._claims.setdefault(text.lower(), {}).setdefault(file.finding, group.id)
        self._barring = {
            (file.finding, text.lower()): group.id
            for file in phrasebook.findings
            for group in file.not_mentions
            for text in group.texts()
        }

    @cached_property
    def _finder(self) -> MentionFinder:
        return MentionFinder(self._book)

    def warnings(self) -> Iterator[tuple[str, str]]:
        """Yield place and text of each warning, in the order of the files."""
        for entry in self._entries:
            for warning in (self._never(entry), self._inside(entry), self._claimed(entry), _negated(entry)):
                if warning:
                    yield entry.where, warning

    def _never(self, entry: Entry) -> str:
        """Says why a text of an entry can't be found anywhere."""
        for text in entry.texts if self._book.label_set.matching == "words" else ():
            reason = self._obstacle(entry, text.lower())
            if reason:
                return f"phrase {text!r} can never match: {reason}"
        return ""

    def _obstacle(self, entry: Entry, text: str) -> str:
        if plain(text) != text:
            return f"reports are read with every digit as 1; write {plain(text)!r}"
        if len(split_sentences(text, 0, len(text))) != 1:
            return "a sentence ends inside it"
        if not entry.is_mention:
            return ""
        if (entry.finding, text) in self._barring:
            return f"group {self._barring[entry.finding, text]!r} says that it is no mention"
        if any(hit.finding == entry.finding for hit in self._finder.find(text)):
            return ""
        return "a phrase that is no mention takes its words, or it has a letter at the edge of a word"

    def _inside(self, entry: Entry) -> str:
        """Says which shorter phrase of the group finds all that an entry finds."""
        if not entry.is_mention:
            return ""
        own = Counter({text.lower() for text in entry.texts})
        others = self._in_group[entry.finding, entry.group] - own
        holding = [next((part for part in _parts(text.lower()) if part in others), "") for text in entry.texts]
        if not all(holding):
            return ""
        return f"phrase {entry.phrase!r} holds {min(holding)!r} of its own group, which finds it already; remove one"

    def _claimed(self, entry: Entry) -> str:
        """Says which other finding has a text of an entry as well."""
        if not entry.is_mention or self._book.label_set.shares_phrases:
            return ""
        others = {
            other: (text, group)
            for text in entry.texts
            for other, group in self._claims[text.lower()].items()
            if other != entry.finding
        }
        told = [f"{text!r} is a phrase of {other} too (group {group})" for other, (text, group) in others.items()]
        return f"{'; '.join(told)}; each mention counts for both" if told else ""


def _entries(path: Path, file: FindingFile) -> Iterator[Entry]:
    kinds: tuple[tuple[str, tuple[PhraseGroup, ...]], ...]
    kinds = (("mentions", file.mentions), ("not_mentions", file.not_mentions))
    for kind, groups in kinds:
        for at, group in enumerate(groups):
            for number, phrase in enumerate(group.phrases):
                location = (kind, at, "phrases", number)
                yield Entry(file.finding, group.id, kind == "mentions", phrase, path, location)


def _negated(entry: Entry) -> str:
    if not entry.is_mention:
        return ""
    words = {word for text in entry.texts for word in text.lower().split()} & _NEGATIONS
    if not words:
        return ""
    return f"phrase {entry.phrase!r} holds {min(words)!r}; inside a mention it negates nothing: leave it to the rules"


def _parts(text: str) -> Iterator[str]:
    """Yield what stands in a text as words side by side, but for the text itself."""
    words = text.split()
    for length in range(1, len(words)):
        yield from (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
