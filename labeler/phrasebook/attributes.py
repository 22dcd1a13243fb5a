"""The files of phrases/attributes/: words for the values of attributes, and the words that sentences are built with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from labeler.phrasebook.fields import Model, Phrase, hyphenated
from labeler.phrasebook.schema import Family, PhraseGroup
from labeler.phrasebook.yaml_files import read_model, yaml_paths

if TYPE_CHECKING:
    from pathlib import Path

Kind = Literal["side", "location", "bone", "severity", "change", "size", "device", "route", "tip", "position"]
Role = Literal[
    "wall",
    "comma",
    "and",
    "or",
    "break",
    "with",
    "near",
    "pass",
    "verb",
    "plural",
    "show",
    "place",
    "neutral",
    "hidden",
    "it",
    "they",
    "tip",
    "again",
]


class ValueGroup(PhraseGroup):
    """A group of phrases that give an attribute a value.

    Parameters
    ----------
    value : str
    rules : tuple of str
        Assertion rules whose cue gives the value as well.
    cases : tuple of str
        Sentences with their mentions and values marked, see `labeler.authoring.attributes`.
    """

    model_config = hyphenated
    value: str = Field(min_length=1)
    phrases: tuple[Phrase, ...] = ()
    rules: tuple[str, ...] = ()
    cases: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check_words(self) -> ValueGroup:
        if not self.phrases and not self.rules:
            raise ValueError("a value without phrases is never given; give phrases, or rules")
        return self


class NotValueGroup(PhraseGroup):
    """A group of phrases that give no value; one removes the values that it overlaps and is at least as long as."""

    cases: tuple[str, ...] = Field(min_length=1)


class AttributeFile(Model):
    """A file of attributes/: the values of one attribute.

    Parameters
    ----------
    kind, meaning : str
    families : tuple of str
        The only families of findings that have the attribute; any finding without it. A label set says what is in each.
    not_families : tuple of str
        Families that don't have it.
    values : tuple of ValueGroup
    not_values : tuple of NotValueGroup
    """

    model_config = hyphenated
    kind: Kind
    meaning: str = Field(min_length=1)
    families: tuple[Family, ...] = ()
    not_families: tuple[Family, ...] = ()
    values: tuple[ValueGroup, ...] = Field(min_length=1)
    not_values: tuple[NotValueGroup, ...] = ()

    def has(self, families: frozenset[str]) -> bool:
        """Tell whether a finding of these families has the attribute."""
        return families.isdisjoint(self.not_families) and (not self.families or not families.isdisjoint(self.families))


class StructureGroup(PhraseGroup):
    """A group of words with one role in a sentence."""

    role: Role


class StructureFile(Model):
    """The file attributes/structure.yaml: the words between findings and their attributes."""

    meaning: str = Field(min_length=1)
    words: tuple[StructureGroup, ...] = Field(min_length=1)
    cases: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class AttributeRules:
    """All that is known of attributes.

    Parameters
    ----------
    files : tuple of AttributeFile
    structure : StructureFile or None
        None where a folder of phrases says nothing of attributes; findings then have none.
    """

    files: tuple[AttributeFile, ...] = ()
    structure: StructureFile | None = None


def attribute_paths(root: Path) -> list[Path]:
    """Return the files of a folder of phrases that are about attributes, in the order of their names."""
    return yaml_paths(root / "attributes")


def attribute_model(path: Path) -> type[AttributeFile | StructureFile]:
    """Return the form that a file of attributes/ must have."""
    return StructureFile if path.name == "structure.yaml" else AttributeFile


def load_attributes(root: Path) -> AttributeRules:
    """Load what a folder of phrases says of attributes.

    Raises
    ------
    PhraseFileError
        If a file is not as it must be.

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> [file.kind for file in load_attributes(phrases_folder()).files][:3]
    ['bone', 'change', 'device']
    """
    read = [read_model(path, attribute_model(path)) for path in attribute_paths(root)]
    files = tuple(file for file in read if isinstance(file, AttributeFile))
    return AttributeRules(files, next((file for file in read if isinstance(file, StructureFile)), None))
