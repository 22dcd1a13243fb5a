"""Write mentions as rows of the table NOTE_NLP of the OMOP Common Data Model 5.4."""

from __future__ import annotations

import csv
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from labeler.interop.attributes import attributes_of
from labeler.io.row_tables import RowTable
from labeler.io.write import without_mark
from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labeler.interop.attributes import Values
    from labeler.interop.codes import Origin
    from labeler.io.output import Finish
    from labeler.io.write import Cell, LineFormat
    from labeler.records import Assertion, Report, StudyLabels

NOTE_NLP_COLUMNS = (
    "note_nlp_id",
    "note_id",
    "section_concept_id",
    "snippet",
    "offset",
    "lexical_variant",
    "note_nlp_concept_id",
    "note_nlp_source_concept_id",
    "nlp_system",
    "nlp_date",
    "nlp_datetime",
    "term_exists",
    "term_temporal",
    "term_modifiers",
)
_CONCEPTS = frozenset({"section_concept_id", "note_nlp_concept_id", "note_nlp_source_concept_id"})
_TABLE = RowTable("--omop", NOTE_NLP_COLUMNS, _CONCEPTS | {"note_nlp_id"}, number="note_nlp_id")
_NO_CONCEPT = 0
"""What the model writes where no standard concept is mapped."""
_MARKS = str.maketrans({",": "%2C", "=": "%3D", "%": "%25"})
_LONGEST = 250
"""The characters that snippet and lexical_variant hold."""
_EXISTS = {Status.PRESENT: "Y", Status.UNCERTAIN: "Y", Status.ABSENT: "N", None: "N"}
"""The model's rule: what is negated or conditional does not exist; what is uncertain does, and a modifier says so."""


def omop_format(
    path: str, origin: Origin, made_with: Mapping[str, str], *, with_text: bool
) -> tuple[LineFormat, Finish]:
    """Return how the mentions of each study are written; see `labeler.io.row_tables.RowTable.format`.

    Parameters
    ----------
    path : str
    origin : Origin
    made_with : mapping of str to str
    with_text : bool
        Whether lexical_variant is the words of the mention, and snippet its sentence, in place of the finding's name.
    """
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
    return _TABLE.format(path, NoteNlpRows(origin, now, with_text), made_with)


@dataclass(frozen=True, slots=True)
class NoteNlpRows:
    """The rows of a study: one for each mention, and one without an offset for each label that has no mention.

    Parameters
    ----------
    origin : Origin
    now : str
        Date and time, in UTC.
    with_text : bool
        Whether words of the report may be in them.

    Examples
    --------
    >>> from labeler import Labeler, Report
    >>> from labeler.interop.codes import Origin
    >>> rows = NoteNlpRows(Origin("chexpert", "cxr-labeler", {}), "2026-11-25 12:00:00", with_text=False)
    >>> report = Report("7", "Small left effusion.")
    >>> (row,) = rows(report, Labeler(sections="all").label(report))
    >>> row[0], row[3], row[4], row[10]
    ('7', '11', 'Pleural Effusion', 'Y')
    >>> row[12]
    'finding=Pleural Effusion,status=present,label=present,side=left,severity=mild'
    """

    origin: Origin
    now: str
    with_text: bool

    def __call__(self, report: Report, labels: StudyLabels) -> list[tuple[Cell, ...]]:
        """Return the rows of a study."""
        attributes = attributes_of(labels, with_text=self.with_text)
        rows = [
            self._row(report, labels, one.finding, assertion=one, values=attributes.get(number, {}))
            for number, one in enumerate(labels.assertions)
        ]
        told = {one.finding for one in labels.assertions}
        rest = [label.finding for label in labels.labels if label.status is not None and label.finding not in told]
        return rows + [self._row(report, labels, finding) for finding in rest]

    def _row(
        self,
        report: Report,
        labels: StudyLabels,
        finding: str,
        *,
        assertion: Assertion | None = None,
        values: Values | None = None,
    ) -> tuple[Cell, ...]:
        label = labels.get(finding)
        status = label if assertion is None else assertion.status
        snippet, words, offset = None, finding, None
        if assertion is not None:
            offset = str(assertion.mention.start)
            if self.with_text:
                sentence = assertion.sentence
                snippet, words = report.text[sentence.start : sentence.end][:_LONGEST], assertion.mention.text
        return (
            report.id,
            _NO_CONCEPT,
            snippet,
            offset,
            words[:_LONGEST],
            _NO_CONCEPT,
            _NO_CONCEPT,
            self.origin.system,
            self.now[:10],
            self.now,
            _EXISTS[status],
            None if status is None else "present",
            self._modifiers(finding, status, label, values or {}),
        )

    def _modifiers(self, finding: str, status: Status | None, label: Status | None, values: Values) -> str:
        """Return the modifiers as name=value."""
        pairs: list[tuple[str, str | float]] = [("finding", finding), ("status", status or "none")]
        pairs += [("label", label)] if label else []
        pairs += self.origin.codes.get(finding, {}).items()
        pairs += [(name, value) for name, of in values.items() for value in of]
        return ",".join([f"{name}={_told(value)}" for name, value in pairs])


def _told(value: str | float) -> str:
    """Return a value in which no mark of the modifiers is left, as URLs have it."""
    return value.translate(_MARKS) if isinstance(value, str) else f"{value:g}"


def read_labels(lines: Iterable[str]) -> dict[str, dict[str, Status]]:
    """Return the labels of each study in a CSV file of NOTE_NLP; those that are blank are left out.

    Parameters
    ----------
    lines : iterable of str
        Of a file that was opened with newline="".
    """
    labels: dict[str, dict[str, Status]] = {}
    for row in csv.DictReader(lines):
        told = dict(modifier.partition("=")[::2] for modifier in row["term_modifiers"].split(","))
        study = labels.setdefault(without_mark(row["note_id"]), {})
        if "label" in told:
            study[unquote(told["finding"])] = Status(told["label"])
    return labels
