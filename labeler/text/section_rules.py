"""Reads and checks phrases/sections.yaml: the names of section headers, the kinds they stand for, what is labelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from labeler.phrasebook.fields import Model, doubles
from labeler.phrasebook.yaml_files import fault_at, read_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PREAMBLE = "preamble"
"""Kind of what stands before the first header, or after a banner."""
LAST_PARAGRAPH = "last_paragraph"
"""Kind of what follows the first blank line of a report's last section."""
COMPARISON = "comparison"
"""Kind of what earlier examinations are named in; within a line, a remark among the findings."""

_STUDY_ID = re.compile(r"s?(\d{8})")


@lru_cache(maxsize=4096)
def header_key(name: str) -> str:
    """Return the form in which header names are compared: lower case, single blanks, none around a slash.

    >>> header_key("FINDINGS /  Impression")
    'findings/impression'
    """
    key = " ".join(name.lower().split())
    return "/".join(part.strip() for part in key.split("/")) if "/" in key else key


def _check_name(name: str) -> str:
    if not name or name != header_key(name) or ":" in name:
        raise ValueError("names are in lower case, with single blanks, none around a slash and no colon")
    return name


def _check_study(study_id: str) -> str:
    if not _STUDY_ID.fullmatch(study_id):
        raise ValueError("a study id is s and eight digits")
    return study_id


def _check_range(extent: tuple[int, int]) -> tuple[int, int]:
    if not 0 <= extent[0] <= extent[1]:
        raise ValueError("a range is [start, end], start first, both counted in characters from 0")
    return extent


Name = Annotated[str, AfterValidator(_check_name)]
StudyId = Annotated[str, AfterValidator(_check_study)]
Extent = Annotated[tuple[int, int], AfterValidator(_check_range)]


class KindEntry(Model):
    """A kind of section and the header names that stand for it."""

    kind: Name
    meaning: str = Field(min_length=1)
    asserts: Literal["yes", "no", "paragraph", "sentence"]
    names: tuple[Name, ...]
    capitals: tuple[Name, ...] = ()
    doubles: tuple[Name, ...] = ()


class ContainsEntry(Model):
    """The kind of every other name that contains a text."""

    text: Name
    kind: Name


class Examinations(Model):
    """The kind of names that describe an examination, and the texts that mark such a name."""

    kind: Name
    contains: tuple[Name, ...] = Field(min_length=1)


class MimicEntry(Model):
    """The order in which MIMIC-CXR-JPG looks for the section to label."""

    order: tuple[Name, ...] = Field(min_length=1)
    last_paragraph_without: tuple[Name, ...]
    exceptions: str


class SectionFile(Model):
    """The file sections.yaml."""

    kinds: tuple[KindEntry, ...] = Field(min_length=1)
    contains: tuple[ContainsEntry, ...]
    examinations: Examinations
    views: tuple[Name, ...]
    templates: tuple[Name, ...]
    banners: tuple[Name, ...] = Field(min_length=1)
    mimic: MimicEntry

    @model_validator(mode="after")
    def _check_kinds(self) -> SectionFile:
        kinds = [entry.kind for entry in self.kinds]
        known = {*kinds, PREAMBLE, LAST_PARAGRAPH}
        used = [entry.kind for entry in self.contains]
        used += [self.examinations.kind, *self.mimic.order, *self.mimic.last_paragraph_without]
        for kind in used:
            if kind not in known:
                raise ValueError(f"kind {kind!r} is not under kinds: {', '.join(kinds)}")
        names = [name for entry in self.kinds for name in (*entry.names, *entry.capitals, *entry.doubles)]
        for name in (*doubles(kinds), *doubles(names)):
            raise ValueError(f"{name!r} is given twice; give each kind and each name once")
        return self


class ExceptionFile(Model):
    """The file mimic_exceptions.yaml: the studies whose text can not be found by headers."""

    named: dict[StudyId, Name]
    ranges: dict[StudyId, Extent]


@dataclass(frozen=True, slots=True)
class SectionRules:
    """The compiled rules on sections; made by `load_section_rules`.

    Parameters
    ----------
    names : mapping of str to str
        Header name to kind.
    capitals : frozenset of str
        Names that count in capitals at the start of a line only.
    doubles : frozenset of str
        Names that head findings and impression in one.
    last_words : frozenset of str
        Last words of the names that may stand within a line.
    within_line : re.Pattern
        A name at the end of a piece of a line.
    banners : frozenset of str
        Lines that start a report.
    contains : tuple of (str, str)
        Text and kind.
    examination_kind : str
    examinations, views, templates : see phrases/sections.yaml
    asserts : mapping of str to bool
        Kind to whether it is labelled under the selection "all".
    one_paragraph : frozenset of str
        Kinds of which only the first paragraph is the section's.
    mimic_order, last_paragraph_without : tuple of str
        Kinds.
    named : mapping of str to str
        Study id to kind.
    ranges : mapping of str to (int, int)
        Study id to the half-open range of characters that is labelled.
    """

    names: Mapping[str, str]
    capitals: frozenset[str]
    doubles: frozenset[str]
    last_words: frozenset[str]
    within_line: re.Pattern[str]
    banners: frozenset[str]
    contains: tuple[tuple[str, str], ...]
    examination_kind: str
    examinations: tuple[str, ...]
    views: frozenset[str]
    templates: frozenset[str]
    asserts: Mapping[str, bool]
    one_paragraph: frozenset[str]
    one_sentence: frozenset[str]
    mimic_order: tuple[str, ...]
    last_paragraph_without: tuple[str, ...]
    named: Mapping[str, str]
    ranges: Mapping[str, tuple[int, int]]


def load_section_rules(path: Path) -> SectionRules:
    """Load and check the rules on sections and, from beside them, the hand-set MIMIC-CXR studies.

    Parameters
    ----------
    path : Path
        The file sections.yaml.

    Raises
    ------
    PhraseFileError
        If a file does not fit; file, line, key, value and remedy are named.

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> load_section_rules(phrases_folder() / "sections.yaml").names["conclusion"]
    'impression'
    """
    file = read_model(path, SectionFile)
    if "/" in file.mimic.exceptions or "\\" in file.mimic.exceptions:
        what = f"mimic.exceptions: {file.mimic.exceptions!r}: name a file in the same folder"
        raise fault_at(path, ("mimic", "exceptions"), what)
    exceptions = read_model(path.parent / file.mimic.exceptions, ExceptionFile)
    capitals = frozenset(name for entry in file.kinds for name in entry.capitals)
    names = {name: entry.kind for entry in file.kinds for name in (*entry.names, *entry.capitals, *entry.doubles)}
    return SectionRules(
        names=names,
        capitals=capitals,
        doubles=frozenset(name for entry in file.kinds for name in entry.doubles),
        last_words=frozenset(re.split(r"[ /]", name)[-1] for name in names),
        banners=frozenset(file.banners),
        within_line=re.compile(rf"(?:\A|(?<=[\s*:]))({_any_of(names)})[ \t*]*\Z", re.IGNORECASE),
        contains=tuple((entry.text, entry.kind) for entry in file.contains),
        examination_kind=file.examinations.kind,
        examinations=file.examinations.contains,
        views=frozenset(file.views),
        templates=frozenset(file.templates),
        asserts={entry.kind: entry.asserts == "yes" for entry in file.kinds},
        one_paragraph=frozenset(entry.kind for entry in file.kinds if entry.asserts in ("paragraph", "sentence")),
        one_sentence=frozenset(entry.kind for entry in file.kinds if entry.asserts == "sentence"),
        mimic_order=file.mimic.order,
        last_paragraph_without=file.mimic.last_paragraph_without,
        named={study_key(study): kind for study, kind in exceptions.named.items()},
        ranges={study_key(study): extent for study, extent in exceptions.ranges.items()},
    )


def study_key(study_id: str) -> str:
    """Return a MIMIC-CXR study id with its leading s; any other id unchanged.

    >>> study_key("50913680")
    's50913680'
    """
    match = _STUDY_ID.fullmatch(study_id)
    return f"s{match[1]}" if match else study_id


def _any_of(names: Iterable[str]) -> str:
    """Return a pattern for any of some literal names, the longest first, blanks of any width, slashes with blanks."""
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace(r"\ ", r"[ \t]+").replace("/", r"[ ]?/[ ]?") for name in longest_first)
