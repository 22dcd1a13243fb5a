"""Warns of phrases of a label set that are valid but probably a mistake."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.fields import expand
from labeler.phrasebook.yaml_files import line_of
from labeler.text.plain import plain
from labeler.text.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import FindingFile
    from labeler.phrasebook.yaml_files import Location


@dataclass(frozen=True, slots=True)
class _Entry:
    """A phrase as it is written, braces and all, with its place and the texts that it stands for."""

    finding: str
    group: str
    is_mention: bool
    phrase: str
    path: Path
    location: Location

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text.lower() for text in expand(self.phrase))


class PhraseChecks:
    """The checks of all phrases of a label set.

    Parameters
    ----------
    book : Phrasebook
    files : mapping of Path to FindingFile
        The set's own files as written, without what they use of other sets.
    """

    def __init__(self, book: Phrasebook, files: Mapping[Path, FindingFile]) -> None:
        self._is_of_words = book.label_set.matching == "words"
        self._shares = book.label_set.shares_phrases
        self._finder = MentionFinder(book)
        self._entries = [entry for path, file in files.items() for entry in _entries(path, file)]
        self._in_group: dict[tuple[str, str], Counter[str]] = {}
        for entry in self._entries:
            self._in_group.setdefault((entry.finding, entry.group), Counter()).update(set(entry.texts))
        self._claims: dict[str, dict[str, str]] = {}
        self._barred: dict[tuple[str, str], str] = {}
        for file in book.findings:
            for group in file.mentions:
                for text in group.texts():
                    self._claims.setdefault(text.lower(), {}).setdefault(file.finding, group.id)
            self._barred |= {(file.finding, t.lower()): group.id for group in file.not_mentions for t in group.texts()}
        self._negations = {
            text
            for file in book.assertions
            for cue in file.cues
            if (cue.status, cue.side, cue.role, cue.findings) == ("absent", "before", "finding", ())
            for text in cue.texts()
        }

    def warnings(self) -> Iterator[tuple[str, str]]:
        """Yield place and text of each warning, in the order of the files."""
        for entry in self._entries:
            checks = (self._never, self._inside, self._claimed, self._negated) if entry.is_mention else (self._never,)
            for warning in filter(None, (check(entry) for check in checks)):
                yield f"{entry.path}:{line_of(entry.path, entry.location)}", warning

    def _never(self, entry: _Entry) -> str:
        """Say why a text of an entry can't be found anywhere."""
        obstacles = ((text, self._obstacle(entry, text)) for text in entry.texts if self._is_of_words)
        return next((f"phrase {text!r} can never match: {reason}" for text, reason in obstacles if reason), "")

    def _obstacle(self, entry: _Entry, text: str) -> str:
        if plain(text) != text:
            return f"reports are read with every digit as 1; write {plain(text)!r}"
        if len(split_sentences(text, 0, len(text))) != 1:
            return "a sentence ends inside it"
        if not entry.is_mention or any(hit.finding == entry.finding for hit in self._finder.find(text)):
            return ""
        barring = self._barred.get((entry.finding, text))
        if barring:
            return f"group {barring!r} says that it is no mention"
        return "a phrase that is no mention takes its words, or it has a letter at the edge of a word"

    def _inside(self, entry: _Entry) -> str:
        """Say which shorter phrase of the group finds all that an entry finds."""
        others = self._in_group[entry.finding, entry.group] - Counter(set(entry.texts))
        holding = [next((part for part in _parts(text) if part in others), "") for text in entry.texts]
        if not all(holding):
            return ""
        return f"phrase {entry.phrase!r} holds {min(holding)!r} of its own group, which finds it already; remove one"

    def _claimed(self, entry: _Entry) -> str:
        """Say which other finding has a text of an entry as well."""
        if self._shares:
            return ""
        others = {other: (text, group) for text in entry.texts for other, group in self._claims[text].items()}
        others.pop(entry.finding, None)
        told = [f"{text!r} is a phrase of {other} too (group {group})" for other, (text, group) in others.items()]
        return f"{'; '.join(told)}; each mention counts for both" if told else ""

    def _negated(self, entry: _Entry) -> str:
        words = self._negations.intersection(" ".join(entry.texts).split())
        if not words:
            return ""
        return f"phrase {entry.phrase!r} holds {min(words)!r}, which negates nothing there; leave it to the rules"


def _entries(path: Path, file: FindingFile) -> Iterator[_Entry]:
    for kind, groups in (("mentions", file.mentions), ("not_mentions", file.not_mentions)):
        for at, group in enumerate(groups):
            for number, phrase in enumerate(group.phrases):
                location = (kind, at, "phrases", number)
                yield _Entry(file.finding, group.id, kind == "mentions", phrase, path, location)


def _parts(text: str) -> Iterator[str]:
    """Yield what stands in a text as words side by side, but for the text itself."""
    words = text.split()
    for length in range(1, len(words)):
        yield from (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
