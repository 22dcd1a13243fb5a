"""Writes the golden records: what every stage makes of the reports beside this file.

After a change of phrases or rules that is meant to change what is read:

    python tests/golden/regenerate.py

then read the difference, line by line, before it is committed. `test_golden.py` compares; it never writes.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from labeler.phrasebook.load import phrases_folder
from labeler.pipeline import Labeler
from labeler.text.sections import choose_sections, load_section_rules, split_sections
from labeler.text.sentences import split_sentences

FOLDER = Path(__file__).parent
REPORTS = sorted((FOLDER / "reports").glob("*.txt"))
SELECTIONS = ("mimic", "all")


@lru_cache
def labeler(selection):
    """Return the labeler of a selection of sections."""
    return Labeler(sections=selection)


def records(text):
    """Return the records of every stage for the text of a report, as plain values.

    Stages 1 to 3 are those of `sections: all`; the labels of the other selection are given beside them.
    """
    rules = load_section_rules(phrases_folder() / "sections.yaml")
    sections = split_sections(text, rules)
    chosen = {name: choose_sections(text, sections, name, "", rules) for name in SELECTIONS}
    labels = {name: labeler(name).label(text) for name in SELECTIONS}
    assertions = labels["all"].assertions
    return {
        "sections": [
            {"kind": s.kind, "title": s.title, "start": s.start, "end": s.end, "body": s.body} for s in sections
        ],
        "chosen": {
            name: [{"section": section.kind, "start": start, "end": end} for start, end, section in extents]
            for name, extents in chosen.items()
        },
        "sentences": [
            {"section": section.kind, "start": first, "end": last, "text": text[first:last]}
            for start, end, section in chosen["all"]
            for first, last in split_sentences(text, start, end)
        ],
        "mentions": [
            {"finding": m.finding, "start": m.start, "end": m.end, "text": m.text, "phrase": m.phrase_id}
            for m in (assertion.mention for assertion in assertions)
        ],
        "assertions": [_assertion(assertion) for assertion in assertions],
        "labels": [_label(label) for label in labels["all"].labels],
        "labels_mimic": labels["mimic"].to_dict(),
        "findings": [_finding(finding) for finding in labels["all"].findings],
    }


def _finding(finding):
    return {
        "finding": finding.observation,
        "status": finding.status.value,
        "at": [assertion.mention.start for assertion in finding.assertions],
        "attributes": [f"{a.kind} {a.value}: {a.cue.text} ({a.cue.start})" for a in finding.attributes],
    }


def _assertion(assertion):
    return {
        "finding": assertion.mention.finding,
        "at": assertion.mention.start,
        "status": assertion.status and assertion.status.value,
        "rule": assertion.rule_id,
        "reader": assertion.reader,
        "cue": assertion.cue and assertion.cue.text,
        "cue_at": assertion.cue and assertion.cue.start,
    }


def _label(label):
    return {
        "finding": label.finding,
        "status": label.status and label.status.value,
        "rule": label.rule_id,
        "rests_on": " ".join(str(assertion.mention.start) for assertion in label.assertions),
    }


def golden(report):
    """Return the path of the golden records of a report."""
    return FOLDER / "records" / f"{report.stem}.yaml"


class _OneLine(yaml.SafeDumper):
    """A dumper with every record on a line of its own and line breaks of the report as escapes."""

    def represent_str(self, data):
        """Quotes a text that has line breaks doubly."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style='"' if "\n" in data else None)


_OneLine.add_representer(str, _OneLine.represent_str)


def main():
    """Write the records of every report."""
    (FOLDER / "records").mkdir(exist_ok=True)
    for report in REPORTS:
        content = yaml.dump(
            records(report.read_text("utf-8")),
            Dumper=_OneLine,
            sort_keys=False,
            allow_unicode=True,
            width=1000,
            default_flow_style=None,
        )
        golden(report).write_text(f"# Written by tests/golden/regenerate.py from {report.name}.\n{content}", "utf-8")


if __name__ == "__main__":
    main()
