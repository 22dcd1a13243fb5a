"""A labeler that knows three observations by their bare names, so that the edges are tested without the engine.

`python fake_labeler.py label ...` is the command line with it in the engine's place, and a record after each batch.
"""

import multiprocessing
import os
import re
import signal
import sys
import time
from functools import partial
from pathlib import Path

from labeler.parallel import label_in_processes
from labeler.records import Assertion, Cue, Label, Mention, Report, Section, Sentence, Status, StudyLabels

FAULTS = {"faulty": ValueError, "endless": RecursionError, "huge": MemoryError, "uninstalled": ImportError}
FINDINGS = ("No Finding", "Edema", "Atelectasis")
_MENTION = re.compile(r"(?:(no|possible) )?(edema|atelectasis)", re.IGNORECASE)
_STATUS = {"no": Status.ABSENT, "possible": Status.UNCERTAIN, "": Status.PRESENT}


class FakeLabeler:
    """A labeler of `edema`, `no edema` and `possible edema`, and likewise atelectasis; the first mention decides."""

    def __init__(self, label_set="chexpert", **options):
        self.findings = FINDINGS
        self.output_names = {}
        self.phrase_hash = "abc123"
        self.model = "fake 1.0"
        self.model_hash = "def456"
        self.options = {"label_set": label_set or "chexpert", "sections": options.get("sections") or "mimic"}
        self._recipe = partial(FakeLabeler, label_set, **options)

    def __reduce__(self):
        return self._recipe, ()

    def label(self, report):
        """Labels one report; fails on one that says so, with its text in the message."""
        report = report if isinstance(report, Report) else Report("", report)
        for word, error in FAULTS.items():
            if word in report.text:
                raise error(report.text)
        if "hungry" in report.text:
            bytearray(2**40)
        if "greedy" in report.text:
            bytearray(3 * 2**29)
        if "wait" in report.text:
            _wait()
        section = Section("impression", "", 0, len(report.text), 0)
        sentence = Sentence(section, 0, len(report.text))
        found = [_assertion(match, sentence) for match in _MENTION.finditer(report.text)]
        labels = tuple(_label(finding, found) for finding in FINDINGS)
        characters, is_foreign = len(report.text.strip()), "kein" in report.text
        return StudyLabels(
            labels, tuple(found), report.id, report.subject_id, characters, is_foreign=is_foreign, read_findings=tuple
        )

    def label_batch(self, reports, **_options):
        """Labels reports together; a worker dies of one that says so."""
        if multiprocessing.parent_process() and any("deadly" in report.text for report in reports):
            os.kill(os.getpid(), signal.SIGKILL)
        return [self.label(report) for report in reports]

    def label_many(self, reports, *, workers=1):
        """Labels reports in their order."""
        if workers > 1:
            return label_in_processes(self, reports, workers=workers, chunk=2)
        return map(self.label, reports)


def _wait():
    """Write to a file which process is at work, and wait for another file to appear."""
    Path("waiting.tmp").write_text(str(os.getpid()))
    Path("waiting.tmp").rename("waiting")
    while not Path("go").exists():
        time.sleep(0.01)


def _assertion(match, sentence):
    word = (match[1] or "").lower()
    mention = Mention(match[2].capitalize(), match.start(2), match.end(2), match[2], f"phrase-{match[2].lower()}")
    cue = Cue(match.start(1), match.end(1), match[1]) if word else None
    return Assertion(mention, _STATUS[word], f"rule-{word or 'default'}", "fake", cue, sentence)


def _label(finding, assertions):
    own = tuple(assertion for assertion in assertions if assertion.mention.finding == finding)
    return Label(finding, own[0].status, "first", own) if own else Label(finding, None, "not-mentioned")


def report_labels(text, study_id="s1", subject_id=None):
    """Return a report and its labels."""
    report = Report(study_id, text, subject_id)
    return report, FakeLabeler().label(report)


def _main():
    import fake_labeler  # by this name workers find it too

    sys.modules["labeler.pipeline"] = fake_labeler
    fake_labeler.Labeler = fake_labeler.FakeLabeler
    from labeler.cli.app import main
    from labeler.io import outputs

    outputs._SECONDS = 0  # noqa: SLF001 - so that what a fault costs does not depend on the time
    main(prog_name="labeler")


if __name__ == "__main__":
    _main()
