"""What a page shows of a report: its text with every mark in place, and beside it each label with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labeler.io.write import attribute_values
from labeler.marks import cut
from labeler.records import ATTRIBUTES, Status
from labeler.text.sections import load_section_rules
from labeler.text.stage import sections_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.authoring.sample import Study
    from labeler.phrasebook.load import Phrasebook
    from labeler.pipeline import Labeler
    from labeler.records import Assertion, Label, Report, Section, Sentence, StudyLabels

    _Place = tuple[str, int]

BLANK = "blank"
_ORDER = {Status.UNCERTAIN: 0, Status.PRESENT: 1, Status.ABSENT: 2, None: 3}
"""Labels that need a look come first."""
_NOT_IN_FILES = {
    "documented": "The strongest mention decides: present, then uncertain, then absent.",
    "chexpert-code": "As the code of the CheXpert labeler joins mentions.",
    "negbio": "As NegBio joins mentions.",
    "default.asserted": "Named, and nothing says otherwise.",
    "default.undescribed": "A part of the body of which nothing is said.",
    "not-mentioned": "The labelled text does not mention it.",
    "no-finding.stated": "The text says that nothing is found, and nothing is.",
    "no-finding.nothing-else": "No other finding is present or uncertain.",
    "no-finding.withheld": "Another finding is present or uncertain.",
    "no-finding.unread": "Withheld because of words that no phrase or rule accounts for.",
    "no-finding.not-stated": "Nothing is found, but the text does not say so.",
    "implied-by": "Follows from a finding that is present or uncertain.",
    "policy": "A policy of the label set decides how these words are read.",
    "group": "Follows from the findings of its group.",
}
"""What rules mean that are not in the phrase files, by their names or the first part of them."""


_NOT_ASSERTED = "unasserted"
"""What a page calls a mention of which nothing is asserted."""


class Viewer:
    """A maker of what a page shows, as values that JSON can hold.

    Parameters
    ----------
    labeler : Labeler
    book : Phrasebook
        Its phrases and rules.

    Attributes
    ----------
    meanings : dict of str to str
        Of every phrase and rule that was shown so far.
    """

    def __init__(self, labeler: Labeler, book: Phrasebook) -> None:
        self.meanings: dict[str, str] = {}
        self._labeler = labeler
        self._sections = load_section_rules(book.folder / "sections.yaml")
        groups = {group.id: group.meaning for file in book.findings for group in file.mentions}
        cues = {rule.id: rule.meaning for file in book.assertions for rule in file.cues}
        dependencies = {rule.id: rule.meaning for file in book.assertions for rule in file.dependencies}
        self._known = {**_NOT_IN_FILES, **groups, **cues, **dependencies}

    def show(self, study: Study) -> dict[str, Any]:
        """Return a report with its labels.

        Parameters
        ----------
        study : Study
        """
        report, labels = study
        sentences = [passage.sentence(report.text) for passage in self._labeler.read_texts([report])[0].passages]
        mentions = _mentions(labels)
        numbers = {assertion: at for at, assertion in enumerate(mentions)}
        return {
            "id": report.id,
            "notes": list(_notes(labels)),
            "pieces": self._pieces(report, sentences, mentions, labels),
            "mentions": [self._mention(assertion, sentences) for assertion in mentions],
            "labels": [
                self._label(label, labels, numbers)
                for label in sorted(labels.labels, key=lambda label: _ORDER[label.status])
            ],
            "unread": list(dict.fromkeys(report.text[word.start : word.end] for word in labels.unread)),
        }

    def _pieces(
        self, report: Report, sentences: list[Sentence], mentions: list[Assertion], labels: StudyLabels
    ) -> list[list[Any]]:
        """Return pieces of the text: each with its classes, its sentence (-1 for none), and its mentions."""
        headings = [section for section in sections_of(report.text, self._sections) if section.title]
        marks: list[tuple[int, int, _Place]] = [
            *((section.start, section.body, ("heading", _is_read(section, sentences))) for section in headings),
            *((sentence.start, sentence.end, ("sentence", at)) for at, sentence in enumerate(sentences)),
            *((one.mention.start, one.mention.end, ("mention", at)) for at, one in enumerate(mentions)),
            *((one.cue.start, one.cue.end, ("cue", at)) for at, one in enumerate(mentions) if one.cue),
            *((word.start, word.end, ("unread", at)) for at, word in enumerate(labels.unread)),
        ]
        shown: set[int] = set()
        return [_piece(report.text[start:end], names, shown) for start, end, names in cut(report.text, marks)]

    def _mention(self, assertion: Assertion, sentences: list[Sentence]) -> dict[str, Any]:
        mention, sentence = assertion.mention, assertion.sentence
        within = (at for at, one in enumerate(sentences) if one.start <= sentence.start < one.end)
        return {
            "finding": mention.finding,
            "status": assertion.status or _NOT_ASSERTED,
            "text": mention.text,
            "cue": assertion.cue.text if assertion.cue else "",
            "section": sentence.section.kind,
            "sentence": next(within, -1),
            "rule": self._explained(assertion.rule_id),
            "phrase": self._explained(mention.phrase_id),
            "reader": assertion.reader,
            "doubt": assertion.doubt,
        }

    def _label(self, label: Label, labels: StudyLabels, numbers: dict[Assertion, int]) -> dict[str, Any]:
        about = [at for assertion, at in numbers.items() if assertion.mention.finding == label.finding]
        return {
            "finding": label.finding,
            "status": label.status or BLANK,
            "rule": self._explained(label.rule_id),
            "mentions": sorted({*about, *(numbers[assertion] for assertion in label.assertions)}),
            "attributes": list(_attributes(labels, label.finding)),
        }

    def _explained(self, name: str) -> str:
        """Return a rule's or phrase's name, and note what it means."""
        meaning = self._known.get(name) or self._known.get(name.partition(".")[0])
        if meaning is not None:
            self.meanings[name] = meaning
        return name


def _mentions(labels: StudyLabels) -> list[Assertion]:
    """Return the assertions of labels and what else was read, in the order of the text.

    A policy can change a status: what the label rests on then stands for what was read.
    """
    decided = [assertion for label in labels.labels for assertion in label.assertions]
    unique: dict[tuple[str, int, int], Assertion] = {}
    for one in (*decided, *labels.assertions):
        unique.setdefault((one.mention.finding, one.mention.start, one.mention.end), one)
    return sorted(
        {*unique.values(), *decided}, key=lambda one: (one.mention.start, -one.mention.end, one.mention.finding)
    )


def _is_read(section: Section, sentences: Iterable[Sentence]) -> bool:
    return any(section.start <= sentence.start < section.end for sentence in sentences)


def _piece(text: str, names: Iterable[_Place], shown: set[int]) -> list[Any]:
    kinds = dict(names)
    mentions = [at for kind, at in names if kind == "mention"]
    classes: list[str] = [kind for kind in ("heading", "cue", "unread") if kind in kinds]
    if "sentence" not in kinds and not kinds.get("heading") and text.strip():
        classes.append("dim")
    if not shown.issuperset(mentions):
        classes.append("first")
        shown.update(mentions)
    return [text, " ".join(classes), kinds.get("sentence", -1), mentions]


def _notes(labels: StudyLabels) -> Iterator[str]:
    if labels.labelled_characters == 0:
        yield "No text to label: the report has no usable section."
    if labels.is_foreign:
        yield "Not labelled: the text is mostly not in English."


def _attributes(labels: StudyLabels, finding: str) -> Iterator[str]:
    """Yield a line for each instance of a finding that has attributes."""
    for one in labels.findings:
        if one.observation == finding:
            parts = []
            for name in ATTRIBUTES:
                values = ", ".join(attribute_values(one, name))
                if values:
                    parts.append(f"{name.removesuffix('_mm')}: {values}{' mm' if name.endswith('_mm') else ''}")
            if parts:
                yield " · ".join(parts)
