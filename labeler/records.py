"""The values that pass between the stages: frozen, slotted, with half-open offsets into the original text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from labeler.errors import UnknownFindingError, UsageError


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
    """One sentence, list item or line of a section; sentences tile a section's body but for white space.

    `report.text[sentence.start : sentence.end] == sentence.text` always, unless it was made without a report.
    """

    section: Section
    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Cue(_Record):
    """The piece of text that decided a status."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class UnreadWord(_Record):
    """A word of the labelled text that no phrase, rule or known neutral word accounts for; it may be a finding."""

    start: int
    end: int


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
    doubt : str
        Why the status is in doubt, for the eyes of a person; "" if it isn't, or a labeler does not ask.
    """

    mention: Mention
    status: Status | None
    rule_id: str
    reader: str
    cue: Cue | None
    sentence: Sentence
    doubt: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", None)
        object.__setattr__(self, "finding", self.mention.finding)
        object.__setattr__(self, "phrase_id", self.mention.phrase_id)

    @classmethod
    def drafted(cls, places: Places, at: int, **known: Status | str | None) -> Assertion:
        """Return an assertion whose places are worked out when they are asked for; most never are.

        Parameters
        ----------
        places : Places
        at : int, the number of the mention there
        **known
            What it and its mention have besides: finding, phrase_id, status, rule_id, reader, doubt.
        """
        new, put = object.__new__(cls), object.__setattr__
        put(new, "_places", places)
        put(new, "_at", at)
        for name, value in {"doubt": "", **known}.items():
            put(new, name, value)
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


ATTRIBUTES = ("side", "location", "severity", "change", "size_mm", "device", "tip", "position")
"""The fields of `Finding` that attributes give."""


@dataclass(frozen=True, slots=True)
class Attribute(_Record):
    """A value that the text gives a finding, with the words that say it.

    Parameters
    ----------
    kind : str
        "side", "location", "severity", "change", "size", "device", "tip" or "position".
    value : str
        One of the values of phrases/attributes/; of a size its millimetres, of a tip the words of the text.
    rule_id : str
        The group of words, or the assertion rule, that gave the value.
    cue : Cue
    """

    kind: str
    value: str
    rule_id: str
    cue: Cue


@dataclass(frozen=True, slots=True)
class Finding(_Record):
    """An instance of a finding in a study: its mentions on one side, in one place and, of a device, of one kind.

    Parameters
    ----------
    observation : str
        The finding, as the label set names it.
    status : Status
        The strongest of its mentions: present, then uncertain, then absent.
    side : tuple of str
        "left", "right" or "bilateral"; left and right where the text names both.
    location, severity, change : tuple of str
        Values of phrases/attributes/, in the order of the text.
    size_mm : tuple of float
        Millimetres, of each measurement the largest.
    device : str
        The kind of a device; "" if it is none or its kind is not named.
    tip : str
        Where the text says that the tip of a device is, in its words; "" if it doesn't.
    position : str
        "right" or "wrong" if the text judges the position of a device, otherwise "".
    assertions : tuple of Assertion
        The mentions, in the order of the text.
    attributes : tuple of Attribute
        Every value above with the words that say it.
    """

    observation: str
    status: Status
    side: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    size_mm: tuple[float, ...] = ()
    device: str = ""
    tip: str = ""
    position: str = ""
    assertions: tuple[Assertion, ...] = ()
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
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
    unread : tuple of UnreadWord
        The words of the labelled text that nothing accounts for, in the order of the text.
    is_foreign : bool
        Whether the text is mostly not English and nothing was read of it.
    text : str, optional
        The report's text, with which notebooks show the labels. It is not pickled.
    read_findings : callable, optional
        Reads the findings with their attributes; called once, if they are asked for. It is not pickled.

    Raises
    ------
    UnknownFindingError
        A KeyError, if a finding that the label set does not have is asked for.

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
    unread: tuple[UnreadWord, ...] = ()
    is_foreign: bool = False
    text: str | None = field(default=None, repr=False, compare=False, kw_only=True)
    read_findings: Callable[[], tuple[Finding, ...]] | None = field(
        default=None, repr=False, compare=False, kw_only=True
    )
    _by_finding: dict[str, Label] = field(init=False, repr=False, compare=False)
    _findings: tuple[Finding, ...] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_finding", {label.finding: label for label in self.labels})

    def __getitem__(self, finding: str) -> Status | None:
        return self.evidence(finding).status

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_finding)

    def __len__(self) -> int:
        return len(self.labels)

    def evidence(self, finding: str) -> Label:
        """Return the label of a finding with its aggregation rule and the assertions that it rests on."""
        try:
            return self._by_finding[finding]
        except KeyError:
            raise UnknownFindingError(finding, tuple(self._by_finding)) from None

    def __repr__(self) -> str:
        from labeler.notebook import short

        return short(self)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from labeler.notebook import html

        return html(self)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings with their attributes, in the order of the text; read from the report when first asked for.

        Raises
        ------
        UsageError
            If the labels were pickled or made by hand, and so have lost the report.
        """
        if self._findings is None:
            if self.read_findings is None:
                raise UsageError("These labels no longer have their report; read `findings` before they are pickled.")
            object.__setattr__(self, "_findings", self.read_findings())
        return self._findings or ()

    @property
    def doubts(self) -> tuple[Assertion, ...]:
        """The assertions in doubt, in the order of the text; none of a labeler without `doubts=True`."""
        return tuple([assertion for assertion in self.assertions if assertion.doubt])

    def to_dict(self) -> dict[str, str | None]:
        """Return a plain dictionary of finding to "present", "absent", "uncertain" or None."""
        return {label.finding: label.status and label.status.value for label in self.labels}
