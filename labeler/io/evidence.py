"""Writes the reason for every label: one JSON line a study, with each mention and the rules that decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.io.output import Output, pack
from labeler.io.write import count_lines, json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labeler.records import Assertion, Report, StudyLabels


def evidence_output(path: str, made_with: Mapping[str, str]) -> Output:
    """Returns the output for the evidence of each study.

    Parameters
    ----------
    path : str
        Ends in .jsonl or .jsonl.gz.
    made_with : mapping of str to str
        Version, model and hash of the phrases; every line carries them.

    Raises
    ------
    UsageError
        Where the ending is another.
    """
    if not path.lower().endswith((".jsonl", ".jsonl.gz")):
        raise UsageError(f"{path} does not end in .jsonl or .jsonl.gz; evidence is written as JSON Lines.")
    return Output(path, EvidenceLines(dict(made_with)), pack if path.lower().endswith(".gz") else None)


@dataclass(frozen=True, slots=True)
class EvidenceLines:
    """Writes what a study's labels rest on as a JSON object."""

    made_with: dict[str, str]

    def head(self) -> bytes:
        """Returns nothing."""
        return b""

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Returns the line of a study."""
        return json_line({**evidence_of(report, labels), "made_with": self.made_with})

    def count(self, blocks: Iterable[bytes]) -> int:
        """Counts lines."""
        return count_lines(blocks)


def evidence_of(report: Report, labels: StudyLabels) -> dict[str, object]:
    """Returns what a study's labels rest on, ready for JSON; all offsets are characters of the report's text."""
    return {
        **({} if report.subject_id is None else {"subject_id": report.subject_id}),
        "study_id": report.id,
        "observations": {label.finding: {"status": label.status, "rule_id": label.rule_id} for label in labels.labels},
        "mentions": [_mention(assertion, report.text) for assertion in labels.assertions],
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
    }
