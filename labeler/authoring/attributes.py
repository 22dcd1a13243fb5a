"""Runs the cases of phrases/attributes/: what their sentences say of the mentions that they mark."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.attributes.findings import attribute_of
from labeler.attributes.stage import AttributeStage
from labeler.mentions.hits import PhraseHit
from labeler.phrasebook.attributes import AttributeFile, AttributeRules, NotValueGroup, StructureFile
from labeler.phrasebook.yaml_files import line_of
from labeler.text.plain import plain
from labeler.text.whitespace import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from labeler.phrasebook.attributes import ValueGroup
    from labeler.phrasebook.load import Phrasebook
    from labeler.records import Attribute

_MARK = re.compile(r"\[([^\[\]|:]+)(?:\|([^\[\]:]+))?:([^\[\]]*)\]")


class Marked(NamedTuple):
    """A mention that a case marks, with the values that are expected of it.

    Parameters
    ----------
    start, end : int
        In the text without marks.
    finding : str
        "" where the case names none.
    values : frozenset of str
        Each a kind and a value, such as "side left".
    """

    start: int
    end: int
    finding: str
    values: frozenset[str]


def parse_marks(markup: str) -> tuple[str, tuple[Marked, ...]]:
    """Return the text of a case and the mentions that it marks.

    Parameters
    ----------
    markup : str
        Each mark is `[words: side left, severity mild]`, with no value after the colon where none is expected, or
        `[words|Finding: ...]` where it matters what the finding is.

    Raises
    ------
    ValueError
        If there is no mark, or a bracket that is none.

    Examples
    --------
    >>> text, marked = parse_marks("Small [effusion: severity mild].")
    >>> text, sorted(marked[0].values)
    ('Small effusion.', ['severity mild'])
    """
    text, marked, position = "", [], 0
    for mark in _MARK.finditer(markup):
        text += markup[position : mark.start()]
        words, finding, values = mark.groups()
        said = frozenset(value.strip() for value in values.split(",") if value.strip())
        marked.append(Marked(len(text), len(text) + len(words), finding or "", said))
        text += words
        position = mark.end()
    text += markup[position:]
    if not marked or "[" in text or "]" in text:
        raise ValueError(f"case {markup!r}: mark each mention as [words: side left, severity mild]")
    return text, tuple(marked)


class AttributeRunner:
    """Reads the cases of attributes.

    Parameters
    ----------
    phrasebook : Phrasebook
        Gives the assertion rules, by which what is denied has no attributes.
    rules : AttributeRules

    Examples
    --------
    >>> from labeler.phrasebook.attributes import load_attributes
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> book = load_phrasebook()
    >>> runner = AttributeRunner(book, load_attributes(book.folder))
    >>> runner.wrong("Small left [effusion: side left, severity mild].")
    ''
    """

    def __init__(self, phrasebook: Phrasebook, rules: AttributeRules) -> None:
        self._book = phrasebook
        self._rules = rules
        self._assertions = AssertionStage(phrasebook)
        self._attributes = AttributeStage(phrasebook, rules)

    def faults(self, files: Mapping[Path, AttributeFile | StructureFile]) -> Iterator[tuple[str, str]]:
        """Yield place and text of what is wrong with the cases of the rules' files.

        Parameters
        ----------
        files : mapping of Path to AttributeFile or StructureFile
        """
        for path, file in files.items():
            if isinstance(file, StructureFile):
                yield from self._wrong_cases(path, ("cases",), file.cases)
                continue
            groups: list[tuple[str, int, ValueGroup | NotValueGroup]]
            groups = [("values", at, group) for at, group in enumerate(file.values)]
            groups += [("not-values", at, group) for at, group in enumerate(file.not_values)]
            for key, at, group in groups:
                location = (key, at, "cases")
                wrong = [*self._wrong_cases(path, location, group.cases)]
                yield from wrong
                if not wrong and not self.decides(group):
                    yield f"{path}:{line_of(path, location)}", f"{group.id!r} decides in none of its cases; add one"

    def _wrong_cases(
        self, path: Path, location: tuple[int | str, ...], cases: tuple[str, ...]
    ) -> Iterator[tuple[str, str]]:
        for at, markup in enumerate(cases):
            if wrong := self.wrong(markup):
                yield f"{path}:{line_of(path, (*location, at))}", wrong

    def wrong(self, markup: str) -> str:
        """Return what is not read as a case marks it, "" if all is.

        Parameters
        ----------
        markup : str
        """
        try:
            text, marked = parse_marks(markup)
        except ValueError as error:
            return str(error)
        found = self._read(text, marked, self._attributes)
        for mark, attributes in zip(marked, found, strict=True):
            read = {f"{attribute.kind} {attribute.value}" for attribute in attributes}
            if read != mark.values:
                words = text[mark.start : mark.end]
                return f"case {text!r}: expected of {words!r}: {_told(mark.values)}, but it reads {_told(read)}"
        return ""

    def decides(self, group: ValueGroup | NotValueGroup) -> bool:
        """Tell whether one of a group's cases needs the group.

        Parameters
        ----------
        group : ValueGroup or NotValueGroup
        """
        without = AttributeStage(self._book, _without(self._rules, group.id)) if _is_not(group) else self._attributes
        for text, marked in map(parse_marks, group.cases):
            found = self._read(text, marked, without)
            if _is_not(group) and [{f"{a.kind} {a.value}" for a in of} for of in found] != [m.values for m in marked]:
                return True
            if any(attribute.rule_id == group.id for of in found for attribute in of):
                return True
        return False

    def _read(self, text: str, marked: tuple[Marked, ...], stage: AttributeStage) -> list[list[Attribute]]:
        words, normal = plain(text), normalise(text)
        targets = tuple(Target(mark.start, mark.end, mark.finding) for mark in marked)
        verdicts = self._assertions.read(words, targets)
        hits = [PhraseHit(mark.finding, mark.start, mark.end, "case", "finding") for mark in marked]
        values = stage.read(words, tuple(zip(hits, verdicts, strict=True)))
        return [[attribute_of(hit, words, normal, text) for hit in of] for of in values.mentions]


def _is_not(group: ValueGroup | NotValueGroup) -> bool:
    return isinstance(group, NotValueGroup)


def _without(rules: AttributeRules, name: str) -> AttributeRules:
    files = [
        file.model_copy(update={"not_values": tuple(group for group in file.not_values if group.id != name)})
        for file in rules.files
    ]
    return replace(rules, files=tuple(files))


def _told(values: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(values)) or "nothing"
