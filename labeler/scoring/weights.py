"""What a report score counts as an error and how much: phrases/scoring/report_score.yaml, read and checked."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from labeler.errors import UsageError
from labeler.phrasebook.fields import Model
from labeler.phrasebook.load import phrases_folder
from labeler.phrasebook.yaml_files import read_model

if TYPE_CHECKING:
    from pathlib import Path


class _Reasoned(Model):
    """An entry that says why it is as it is."""

    reason: str = Field(min_length=1)


class Weight(_Reasoned):
    """The points of findings."""

    weight: float = Field(ge=0)


class Same(_Reasoned):
    """Observations that are one finding to a reader who compares two reports."""

    name: str
    names: tuple[str, ...] = Field(min_length=1)


class Names(_Reasoned):
    """Observations with something in common."""

    names: tuple[str, ...]


class NamedWeight(Weight):
    """The points of findings of a label set, by their names."""

    names: tuple[str, ...] = Field(min_length=1)


class WordWeight(Weight):
    """The points of findings outside the label set, by how their words begin."""

    stems: tuple[str, ...] = Field(min_length=1)


class Alike(_Reasoned):
    """How alike two findings with different names are; 1 is the same."""

    share: float = Field(ge=0, le=1)
    findings: tuple[str, str]


class General(_Reasoned):
    """A finding that is one with a specific finding that explains it in the same place.

    Parameters
    ----------
    finding : str
    specific : tuple of str
    differential : bool
        Whether several specific ones may stand beside it as alternatives.
    """

    finding: str
    specific: tuple[str, ...] = Field(min_length=1)
    differential: bool = False


class Undecided(_Reasoned):
    """Assertion rules that name a finding and decide too little of it to count."""

    rules: tuple[str, ...]


class Share(_Reasoned):
    """How alike two findings are of which one is not named in full."""

    share: float = Field(ge=0, le=1)


class Factor(_Reasoned):
    """What the points of a finding are multiplied by."""

    factor: float = Field(ge=0)


class AttributeWeight(_Reasoned):
    """The shares of a finding's points that a wrong attribute loses, and one that only one report names."""

    wrong: float = Field(ge=0, le=1)
    unsaid: float = Field(ge=0, le=1)


class Fault(_Reasoned):
    """The points of a fault that does not hang on the weight of a finding."""

    points: float = Field(ge=0)


class Distance(_Reasoned):
    """How far two values of an attribute are from each other, from 0, the same, to 1, wrong."""

    share: float = Field(ge=0, le=1)
    values: tuple[str, str]


class Weights(Model):
    """What a report score counts as an error and how much.

    Parameters
    ----------
    default : Weight
        Of a finding without an entry.
    same : tuple of Same
    misplaced : Names
        Observations that say of a device that it is not where it should be.
    findings : tuple of NamedWeight
    words : tuple of WordWeight
    alike : tuple of Alike
    unnamed : Share
        A device whose kind is not named, and one whose kind is.
    alternative : Share
        A finding and one that is named for it beside another name.
    general : tuple of General
    undecided : Undecided
    factors : dict of attribute to dict of value to Factor
    attributes : dict of attribute to AttributeWeight
    faults : dict of name to Fault
    distances : dict of attribute to tuple of Distance
    """

    default: Weight
    same: tuple[Same, ...]
    misplaced: Names
    findings: tuple[NamedWeight, ...]
    words: tuple[WordWeight, ...]
    alike: tuple[Alike, ...]
    unnamed: Share
    alternative: Share
    general: tuple[General, ...]
    undecided: Undecided
    factors: dict[Literal["status", "severity", "change"], dict[str, Factor]]
    attributes: dict[str, AttributeWeight]
    faults: dict[str, Fault]
    distances: dict[str, tuple[Distance, ...]]

    @cached_property
    def by_name(self) -> dict[str, float]:
        """The points of each named finding."""
        return {name: entry.weight for entry in self.findings for name in entry.names}

    @cached_property
    def names(self) -> dict[str, str]:
        """The name of the finding that an observation is one with."""
        return {name: entry.name for entry in self.same for name in entry.names}

    @cached_property
    def likeness(self) -> dict[tuple[str, str], float]:
        """How alike two findings are, in both orders."""
        return {pair: entry.share for entry in self.alike for pair in _orders(entry.findings)}

    @cached_property
    def specific(self) -> dict[str, General]:
        """The specific findings that explain a general one."""
        return {entry.finding: entry for entry in self.general}

    def is_specific(self, name: str, general: str) -> bool:
        """Return whether a finding explains a general one."""
        return general in self.specific and name in self.specific[general].specific

    @cached_property
    def steps(self) -> dict[tuple[str, str], float]:
        """How far two values of one attribute are apart, in both orders."""
        entries = (entry for distances in self.distances.values() for entry in distances)
        return {pair: entry.share for entry in entries for pair in _orders(entry.values)}

    def factor(self, attribute: Literal["status", "severity", "change"], value: str) -> float:
        """Return what a value of an attribute multiplies the points of a finding by."""
        entry = self.factors[attribute].get(value)
        return entry.factor if entry else 1.0

    def step(self, one: str, other: str) -> float:
        """Return how far two values of an attribute are apart."""
        return 0.0 if one == other else self.steps.get((one, other), 1.0)

    def stem(self, name: str) -> str:
        """Return the group of a finding that is known by its words alone: its first stem, or the name itself.

        Parameters
        ----------
        name : str

        Examples
        --------
        >>> load_weights().stem("levoscoliosis"), load_weights().stem("Calcified granuloma")
        ('scolio', 'granulom')
        """
        entry = self._entry(name)
        return entry.stems[0] if entry else name

    def points(self, name: str) -> float:
        """Return the points of a finding: its own, those of its words, or the default."""
        known = self.by_name.get(name)
        if known is not None:
            return known
        entry = self._entry(name)
        return entry.weight if entry else self.default.weight

    def is_known(self, name: str) -> bool:
        """Return whether a finding has points of its own, or by its words."""
        return name in self.by_name or self._entry(name) is not None

    def _entry(self, name: str) -> WordWeight | None:
        if name not in self._found:
            self._found[name] = self._look_up(name.lower())
        return self._found[name]

    def _look_up(self, name: str) -> WordWeight | None:
        """Return the entry of the stem that begins the longest piece of words of a name, of equal ones the last."""
        starts = [0, *(at + 1 for at, char in enumerate(name) if not char.isalnum())]
        found = [
            (len(stem), at, entry)
            for entry in self.words
            for stem in entry.stems
            for at in starts
            if name.startswith(stem, at)
        ]
        return max(found, key=lambda one: one[:2])[2] if found else None

    @cached_property
    def _found(self) -> dict[str, WordWeight | None]:
        return {}


def _orders(pair: tuple[str, str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return pair, (pair[1], pair[0])


@lru_cache(maxsize=4)
def load_weights(path: Path | None = None) -> Weights:
    """Return the weights of a file.

    Parameters
    ----------
    path : Path, optional
        In the form of phrases/scoring/report_score.yaml, which is read without it.

    Raises
    ------
    UsageError
        If there is no such file.
    PhraseFileError
        If it is not as it must be.

    Examples
    --------
    >>> weights = load_weights()
    >>> weights.points("Pneumothorax") > weights.points("granuloma")
    True
    """
    chosen = path or phrases_folder() / "scoring" / "report_score.yaml"
    if not chosen.is_file():
        raise UsageError(f"{chosen}: no such file of weights; copy phrases/scoring/report_score.yaml and change it")
    return read_model(chosen, Weights)
