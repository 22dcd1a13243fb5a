"""The values that pass between the stages: frozen, slotted, with half-open offsets into the original text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Status(StrEnum):
    """What the text asserts of a finding.

    >>> Status("absent") is Status.ABSENT
    True
    """

    PRESENT = "present"
    ABSENT = "absent"
    UNCERTAIN = "uncertain"


class _Record:
    """A base that pickles as class and values: shorter and faster than a dataclass with slots does on its own."""

    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple([getattr(self, name) for name in self.__match_args__])


@dataclass(frozen=True, slots=True)
class Report(_Record):
    """The text of one study's report.

    Parameters
    ----------
    id : str
        The study's identifier; `study_id` in every output.
    text : str
        The report as it was read.
    subject_id : str, optional
        The patient's identifier, where the folder layout or the table gives one.
    """

    id: str
    text: str
    subject_id: str | None = None


@dataclass(frozen=True, slots=True)
class Section(_Record):
    """A piece of a report under one header; the sections of a report tile it.

    Parameters
    ----------
    kind : str
        Normalised kind, such as "impression", "findings" or "comparison"; "preamble" before the first header.
    title : str
        The header as written, "" where there is none.
    start, end : int
        Extent in the report, header included.
    body : int
        Where the text after the header starts.
    """

    kind: str
    title: str
    start: int
    end: int
    body: int


@dataclass(frozen=True, slots=True)
class Sentence(_Record):
    """One sentence, list item or line of a section; sentences tile a section's body but for white space."""

    section: Section
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue(_Record):
    """The piece of text that decided a status."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mention(_Record):
    """A place where the text names a finding, or the anatomy whose description decides it.

    `report.text[mention.start:mention.end] == mention.text` always.
    """

    finding: str
    start: int
    end: int
    text: str
    phrase_id: str


class Places(Protocol):
    """The mentions of a sentence, whose places in the report are not worked out yet."""

    def located(self, at: int) -> tuple[Mention, Cue | None, Sentence]:
        """Return mention, cue and sentence of the mention of a number, with their places in the report."""


class _Drafted(_Record):
    """A record whose mention, cue and sentence may be worked out when they are asked for."""

    __slots__ = ("_at", "_places", "finding", "phrase_id")
    _places: Places | None
    _at: int
    finding: str
    phrase_id: str

    def __getattr__(self, name: str) -> Any:
        """Work out the fields that are not there yet; called for those alone."""
        if name not in {"mention", "cue", "sentence"} or self._places is None:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        for field_name, value in zip(("mention", "cue", "sentence"), self._places.located(self._at), strict=True):
            object.__setattr__(self, field_name, value)
        return getattr(self, name)


@dataclass(frozen=True, slots=True)
class Assertion(_Drafted):
    """A mention with what the sentence asserts of it and why.

    Parameters
    ----------
    mention : Mention
    status : Status or None
        None where the sentence names the finding without asserting anything of it (a recommendation, a history).
    rule_id : str
        The rule that decided.
    reader : str
        The reader that the rule belongs to, as `labeler.assertions.decide` names it.
    cue : Cue or None
        The words that the rule rests on; None where a mention stands as present for want of any cue.
    sentence : Sentence
    """

    mention: Mention
    status: Status | None
    rule_id: str
    reader: str
    cue: Cue | None
    sentence: Sentence

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", None)
        object.__setattr__(self, "finding", self.mention.finding)
        object.__setattr__(self, "phrase_id", self.mention.phrase_id)

    @classmethod
    def drafted(
        cls, places: Places, at: int, *, finding: str, phrase_id: str, status: Status | None, rule_id: str, reader: str
    ) -> Assertion:
        """Return an assertion whose places are worked out when they are asked for; most never are.

        Parameters
        ----------
        places : Places
        at : int
            The number of the mention there.
        finding, phrase_id : str
            What the mention will have.
        status : Status or None
        rule_id, reader : str
        """
        new, put = object.__new__(cls), object.__setattr__
        put(new, "_places", places)
        put(new, "_at", at)
        put(new, "finding", finding)
        put(new, "phrase_id", phrase_id)
        put(new, "status", status)
        put(new, "rule_id", rule_id)
        put(new, "reader", reader)
        return new


@dataclass(frozen=True, slots=True)
class Label(_Record):
    """What a study says of one finding.

    Parameters
    ----------
    finding : str
    status : Status or None
        None where the study does not mention the finding.
    rule_id : str
        The aggregation rule that gave the status.
    assertions : tuple of Assertion
        The assertions that the status rests on, in the order of the text.
    """

    finding: str
    status: Status | None
    rule_id: str
    assertions: tuple[Assertion, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyLabels(_Record, Mapping[str, Status | None]):
    """A mapping of the findings of a label set, in its order, to what a study says of them.

    Parameters
    ----------
    labels : tuple of Label
        One per finding of the label set.
    assertions : tuple of Assertion
        Every mention that was read, in the order of the text, those that assert nothing included.
    study_id, subject_id : str, optional
    labelled_characters : int
        Length of the text that was chosen for labelling; 0 where the report has no usable section.

    Examples
    --------
    >>> edema = Label("Edema", Status.ABSENT, "absent-only")
    >>> labels = StudyLabels((edema,), (), study_id="s1")
    >>> labels["Edema"]
    <Status.ABSENT: 'absent'>
    >>> labels.to_dict()
    {'Edema': 'absent'}
    """

    labels: tuple[Label, ...]
    assertions: tuple[Assertion, ...]
    study_id: str = ""
    subject_id: str | None = None
    labelled_characters: int = 0
    _by_finding: dict[str, Label] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_finding", {label.finding: label for label in self.labels})

    def __getitem__(self, finding: str) -> Status | None:
        return self._by_finding[finding].status

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_finding)

    def __len__(self) -> int:
        return len(self.labels)

    def evidence(self, finding: str) -> Label:
        """Return the label of a finding with its aggregation rule and the assertions that it rests on."""
        return self._by_finding[finding]

    def to_dict(self) -> dict[str, str | None]:
        """Return a plain dictionary of finding to "present", "absent", "uncertain" or None."""
        return {label.finding: label.status and label.status.value for label in self.labels}
