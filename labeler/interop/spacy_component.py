"""The labeler as a component of a spaCy pipeline: `nlp.add_pipe("cxr_labeler")`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, cast

from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span

from labeler.errors import UsageError
from labeler.interop.attributes import attributes_of
from labeler.parallel import in_batches
from labeler.pipeline import Labeler

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labeler.interop.attributes import Values
    from labeler.records import StudyLabels

_FILE = "cxr_labeler.json"
_DATA = "cxr_labeler"
"""The key of `Doc.user_data`; what is there is plain data, so that it is saved with the document."""


class _Mention(TypedDict):
    """What the extensions of a span are read from.

    spaCy keys the values of extensions by a span's extent alone; words that name two findings need two.
    """

    finding: str
    status: str | None
    rule: str
    start: int
    end: int
    cue: list[int] | None
    attributes: Values


@Language.factory(
    "cxr_labeler",
    assigns=["doc.spans", "doc._.cxr_labels"],
    default_config={
        "label_set": None,
        "sections": None,
        "profile": "default",
        "phrases": None,
        "attributes": False,
        "spans_key": "cxr",
    },
)
def create_cxr_labeler(
    nlp: Language,  # noqa: ARG001 - spaCy passes it
    name: str,
    *,
    label_set: str | None,
    sections: str | None,
    profile: str,
    phrases: str | None,
    attributes: bool,
    spans_key: str,
) -> CxrLabeler:
    """Create the component; spaCy calls this for `nlp.add_pipe("cxr_labeler", config={...})`.

    Parameters
    ----------
    nlp : Language
    name : str
    label_set, sections, profile, phrases : str, optional
        As for `labeler.Labeler`.
    attributes : bool
        Whether side, location, severity and the like are read for each mention.
    spans_key : str
        The key of `doc.spans` that holds the mentions.
    """
    labeler = Labeler(label_set, sections=sections, profile=profile, phrases=phrases)
    return CxrLabeler(labeler, name, attributes=attributes, spans_key=spans_key)


class CxrLabeler(Pipe):
    """A component that adds the mentions and the labels of a report; it reads the text alone, not the tokens.

    Parameters
    ----------
    labeler : Labeler
    name : str
    attributes : bool
        Whether side, location, severity and the like are read for each mention.
    spans_key : str
        The key of `doc.spans` that holds the mentions.

    Examples
    --------
    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> pipe = nlp.add_pipe("cxr_labeler", config={"attributes": True})
    >>> doc = nlp("No pneumothorax. Small left effusion.")
    >>> [(span.text, span._.cxr_finding, span._.cxr_status, span._.cxr_cue) for span in doc.spans["cxr"]]
    [('pneumothorax', 'Pneumothorax', 'absent', No), ('effusion', 'Pleural Effusion', 'present', None)]
    >>> doc.spans["cxr"][1]._.cxr_attributes
    {'side': ['left'], 'severity': ['mild']}
    >>> doc._.cxr_labels["Pneumothorax"]
    'absent'
    """

    def __init__(
        self, labeler: Labeler, name: str = "cxr_labeler", *, attributes: bool = False, spans_key: str = "cxr"
    ) -> None:
        self.name = name
        self._labeler = labeler
        self._attributes = attributes
        self._spans_key = spans_key
        register_extensions()

    @property
    def labels(self) -> tuple[str, ...]:
        """The findings, which are the labels of the spans."""
        return self._labeler.findings

    def __call__(self, doc: Doc) -> Doc:
        """Label one document."""
        self._annotate(doc, self._labeler.label(doc.text))
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Label documents, those of a batch together; what fails goes to the pipeline's error handler.

        Parameters
        ----------
        stream : iterable of Doc
        batch_size : int
            Documents that are labelled together.
        """
        for docs in in_batches(stream, batch_size):
            try:
                labelled = self._labeler.label_batch([doc.text for doc in docs])
            except Exception:  # noqa: BLE001 - found again, and handled, when the documents are labelled one by one
                yield from super().pipe(docs)
                continue
            for doc, labels in zip(docs, labelled, strict=True):
                self._annotate(doc, labels)
                yield doc

    def _annotate(self, doc: Doc, labels: StudyLabels) -> None:
        mentions = self._mentions(labels)
        doc.spans[self._spans_key] = [
            _span(
                doc,
                mention["start"],
                mention["end"],
                label=mention["finding"],
                span_id=f"{self._spans_key}:{number}",
            )
            for number, mention in enumerate(mentions)
        ]
        data = doc.user_data.setdefault(_DATA, {})
        data[self._spans_key] = {"labels": labels.to_dict(), "mentions": mentions}

    def _mentions(self, labels: StudyLabels) -> list[_Mention]:
        attributes = attributes_of(labels) if self._attributes else {}
        return [
            {
                "finding": assertion.finding,
                "status": assertion.status and assertion.status.value,
                "rule": assertion.rule_id,
                "start": assertion.mention.start,
                "end": assertion.mention.end,
                "cue": None if assertion.cue is None else [assertion.cue.start, assertion.cue.end],
                "attributes": attributes.get(number, {}),
            }
            for number, assertion in enumerate(labels.assertions)
        ]

    def to_bytes(self, *, exclude: Sequence[str] = ()) -> bytes:  # noqa: ARG002 - spaCy's signature
        """Return what identifies the labeler; the config of the pipeline has its settings."""
        return json.dumps(self._made_with()).encode()

    def from_bytes(self, data: bytes, *, exclude: Sequence[str] = ()) -> CxrLabeler:  # noqa: ARG002
        """Make sure that this labeler is the one that was saved.

        Raises
        ------
        UsageError
            If its phrases or its model differ.
        """
        saved, here = json.loads(data), self._made_with()
        for what in saved.keys() - {key for key in here if here[key] == saved.get(key)}:
            raise UsageError(
                f"The pipeline was saved with the {what} {saved[what]}, this labeler has {here.get(what)}; install the "
                "version that it was saved with, or add cxr_labeler to the pipeline anew and save it."
            )
        return self

    def to_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> None:
        """Write what `to_bytes` returns into a folder."""
        Path(path).mkdir(exist_ok=True)
        (Path(path) / _FILE).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Sequence[str] = ()) -> CxrLabeler:
        """Read what `to_disk` wrote; see `from_bytes`."""
        return self.from_bytes((Path(path) / _FILE).read_bytes(), exclude=exclude)

    def _made_with(self) -> dict[str, str]:
        return {"phrases": self._labeler.phrase_hash, "model": self._labeler.model}


def _span(doc: Doc, start: int, end: int, label: str = "", span_id: str = "") -> Span:
    """Return the tokens that hold a piece of the text, which may begin or end inside one."""
    return cast("Span", doc.char_span(start, end, label=label, span_id=span_id, alignment_mode="expand"))


def _read(key: str, span: Span) -> object:
    """Return a value of the mention that a span was made of, None if it is none of this component's."""
    spans_key, _, number = span.id_.rpartition(":")
    data = span.doc.user_data.get(_DATA, {}).get(spans_key)
    return None if data is None else data["mentions"][int(number)][key]


def _cue(span: Span) -> Span | None:
    place: Any = _read("cue", span)
    return None if place is None else _span(span.doc, place[0], place[1])


def _attributes(span: Span) -> Values:
    values: Any = _read("attributes", span) or {}
    return {name: list(given) for name, given in values.items()}  # a stored document has tuples


def _offsets(span: Span) -> tuple[object, object]:
    return _read("start", span), _read("end", span)


def _qualifiers(span: Span) -> set[str]:
    """Return the status as clinlp names it."""
    status = _read("status", span)
    return set() if status is None else {f"Presence.{str(status).capitalize()}"}


def _labels(doc: Doc) -> dict[str, str | None]:
    of_each = doc.user_data.get(_DATA, {}).values()
    return {finding: status for data in of_each for finding, status in data["labels"].items()}


_EXTENSIONS: tuple[tuple[Any, str, Any], ...] = (
    (Span, "cxr_finding", partial(_read, "finding")),
    (Span, "cxr_status", partial(_read, "status")),
    (Span, "cxr_rule", partial(_read, "rule")),
    (Span, "cxr_attributes", _attributes),
    (Span, "cxr_cue", _cue),
    (Span, "cxr_offsets", _offsets),
    (Span, "cxr_qualifiers", _qualifiers),
    (Doc, "cxr_labels", _labels),
)


def register_extensions() -> None:
    """Register the extensions of spans and documents that are not registered yet."""
    for holder, name, getter in _EXTENSIONS:
        if not holder.has_extension(name):
            holder.set_extension(name, getter=getter)


def remove_extensions() -> None:
    """Remove the extensions of spans and documents; the annotations stay in the documents."""
    for holder, name, _ in _EXTENSIONS:
        if holder.has_extension(name):
            holder.remove_extension(name)
