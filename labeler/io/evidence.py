"""Write the reason for every label: one JSON line a study, with each mention and the rules that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.io.output import compress
from labeler.io.write import LineFormat, json_line, names_of_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from labeler.io.output import Finish
    from labeler.records import Assertion, Report, StudyLabels


def evidence_format(path: str, made_with: Mapping[str, str]) -> tuple[LineFormat, Finish | None]:
    """Return how the evidence of each study is written; see `labeler.io.write.table_format`.

    Parameters
    ----------
    path : str
        Ends in .jsonl or .jsonl.gz.
    made_with : mapping of str to str
        Version, model and hash of the phrases; every line carries them.

    Raises
    ------
    UsageError
        If the ending is another.
    """
    if not path.lower().endswith((".jsonl", ".jsonl.gz")):
        raise UsageError(f"{path} does not end in .jsonl or .jsonl.gz; evidence is written as JSON Lines.")
    return EvidenceLines(dict(made_with)), compress if path.lower().endswith(".gz") else None


@dataclass(frozen=True, slots=True)
class EvidenceLines(LineFormat):
    """What a study's labels rest on, as a JSON object."""

    made_with: dict[str, str]

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the line of a study."""
        return json_line({**evidence_of(report, labels), "made_with": self.made_with})

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each line of what was written."""
        return names_of_objects(stream)


def evidence_of(report: Report, labels: StudyLabels) -> dict[str, object]:
    """Return what a study's labels rest on, ready for JSON; all offsets are characters of the report's text."""
    return {
        **({} if report.subject_id is None else {"subject_id": report.subject_id}),
        "study_id": report.id,
        "observations": {label.finding: {"status": label.status, "rule_id": label.rule_id} for label in labels.labels},
        "mentions": [_mention(assertion, report.text) for assertion in labels.assertions],
        "unread": [
            {"text": report.text[word.start : word.end], "start": word.start, "end": word.end} for word in labels.unread
        ],
    }


def _mention(assertion: Assertion, text: str) -> dict[str, object]:
    mention, sentence, cue = assertion.mention, assertion.sentence, assertion.cue
    return {
        "observation": mention.finding,
        "status": assertion.status,
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "section": sentence.section.kind,
        "sentence": {"text": text[sentence.start : sentence.end], "start": sentence.start, "end": sentence.end},
        "phrase_id": mention.phrase_id,
        "rule_id": assertion.rule_id,
        "reader": assertion.reader,
        "cue": None if cue is None else {"text": cue.text, "start": cue.start, "end": cue.end},
        **({"doubt": assertion.doubt} if assertion.doubt else {}),
    }
