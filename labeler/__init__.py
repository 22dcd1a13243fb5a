"""Labels chest radiology reports: present, absent, uncertain or not mentioned, with the reason for each.

>>> from labeler import label_report
>>> label_report("No focal consolidation. Small left effusion.").to_dict()["Pleural Effusion"]
'present'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labeler.pipeline import Labeler, label_report
    from labeler.records import Assertion, Finding, Report, Status, StudyLabels
    from labeler.scoring.report_score import ReportScore, report_score
    from labeler.spans import assert_spans

__all__ = [
    "Assertion",
    "Finding",
    "Labeler",
    "Report",
    "ReportScore",
    "Status",
    "StudyLabels",
    "assert_spans",
    "label_report",
    "report_score",
]

_HOME = {
    "Assertion": "labeler.records",
    "Finding": "labeler.records",
    "Labeler": "labeler.pipeline",
    "Report": "labeler.records",
    "ReportScore": "labeler.scoring.report_score",
    "Status": "labeler.records",
    "StudyLabels": "labeler.records",
    "assert_spans": "labeler.spans",
    "label_report": "labeler.pipeline",
    "report_score": "labeler.scoring.report_score",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import labeler` and `labeler --help` stay quick."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
