"""A labeler that fails in every way that a text asks for, and quotes the text in its errors as loudly as it can."""

import json
import multiprocessing
import os
import resource
from functools import partial

from labeler.records import Label, StudyLabels


class FaultyLabeler:
    """A labeler that labels nothing; `faulty.error` in a text, and the like, is what becomes of it."""

    findings = ("Edema",)
    output_names = {}  # noqa: RUF012 - as the labeler has it
    phrase_hash = "abc123"
    model = "faulty 1.0"
    model_hash = "0" * 64

    def __init__(self, _label_set=None, **options):
        self.options = options

    def __reduce__(self):
        return partial(FaultyLabeler, **self.options), ()

    def label(self, report):
        """Labels one report, or fails."""
        for fault, fail in FAULTS.items():
            if f"faulty.{fault}" in report.text:
                fail(report)
        return StudyLabels((Label("Edema", None, "not-mentioned"),), (), report.id, report.subject_id, len(report.text))

    def label_batch(self, reports, **_options):
        """Labels reports together."""
        return [self.label(report) for report in reports]

    def label_many(self, reports, *, workers=1):
        """Labels reports in their order."""
        from labeler.parallel import label_in_processes

        return label_in_processes(self, reports, workers=workers) if workers > 1 else map(self.label, reports)


def _raise(report):
    try:
        json.loads(report.text)
    except ValueError:
        try:
            report.text.encode("ascii")
        except UnicodeEncodeError as error:
            raise RuntimeError(report) from error
    raise KeyError(report.text)


def _crash(_report):
    """Crashes a worker as compiled code does, where that leaves a core."""
    if multiprocessing.parent_process():
        if resource.getrlimit(resource.RLIMIT_CORE)[0]:
            print("a core would be left")  # noqa: T201 - the test looks for it
        os.abort()


def _interrupt(_report):
    raise KeyboardInterrupt


def _exhaust(report):
    raise MemoryError(report.text)


FAULTS = {"error": _raise, "crash": _crash, "interrupt": _interrupt, "memory": _exhaust}
