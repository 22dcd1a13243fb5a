"""Attacks on the functions of the library: what is no report, and texts that would take long."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from case import Case
from outcome import TEXT, shared_labeler
from use import raised

from labeler import assert_spans, report_score
from labeler.joint import JointLabeler
from labeler.records import Report
from labeler.scoring.adapters import ConventionMetric, compute, make_reward_fn, report_scorer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEVERAL = "TypeError: Several reports are expected, such as a list of texts, not {}; label() takes one report"
NO_SIDE = "TypeError: references must be a report, a str or a Report, or a sequence of reports, not {}"
NO_REPORT = "TypeError: {}[0] must be a str or a Report, not {}; give '' for a report without text"
NO_SPAN = "TypeError: Spans must be pairs of whole numbers, (start, end); one is a {}"
NO_SETS = "UsageError: label_sets must be a list of names or folders of label sets, not {}"
ONE_SET = "Findings with their attributes are read for one label set; make a Labeler for each set"


def calling(call: Callable[[], Any]) -> Callable[[Path], str]:
    """Return a case that calls the library."""
    return partial(raised, lambda _: call())


def rewarded(**columns: Any) -> Callable[[Path], str]:
    """Return a case that calls a reward function."""
    return calling(lambda: make_reward_fn()(**columns))


class _Silent:
    def predict(self, _x: object) -> None:
        """Predict nothing."""


CALLS: tuple[tuple[str, str, str, Callable[[Path], str]], ...] = (
    (
        "score-none",
        "report_score(None, None)",
        NO_SIDE.format("NoneType"),
        calling(lambda: report_score(None, None)),
    ),
    (
        "score-item",
        "None among reports to score",
        NO_REPORT.format("candidates", "NoneType"),
        calling(lambda: report_score([""], [None])),
    ),
    (
        "score-bytes",
        "bytes to score",
        NO_REPORT.format("references", "bytes"),
        calling(lambda: report_score([b""], [b""])),
    ),
    (
        "score-nested",
        "lists of lists to score",
        NO_REPORT.format("references", "list"),
        calling(lambda: report_score([[""]], [[""]])),
    ),
    (
        "score-nan",
        "a gap of a table to score",
        NO_REPORT.format("candidates", "float"),
        calling(lambda: report_score([""], [float("nan")])),
    ),
    (
        "score-mapping",
        "a dict to score",
        NO_SIDE.format("dict"),
        calling(lambda: report_score({"a": ""}, {"a": ""})),
    ),
    (
        "score-set",
        "a set to score",
        NO_SIDE.format("set"),
        calling(lambda: report_score({""}, {""})),
    ),
    (
        "score-uneven",
        "one reference for a list",
        "TypeError: One side is a single report and the other is not; give two reports, or two lists of them",
        calling(lambda: report_score("", ["", ""])),
    ),
    (
        "score-labeler",
        "a name for a labeler",
        "TypeError: labeler must be a Labeler, not str",
        calling(lambda: report_score("", "", labeler="chexpert")),
    ),
    (
        "score-weights",
        "a dict for weights",
        "TypeError: weights must be what load_weights() returns, not dict",
        calling(lambda: report_score("", "", weights={"a": 1})),
    ),
    (
        "score-workers",
        "no number of workers",
        "UsageError: workers must be 1 or more, not None",
        calling(lambda: report_score([""], [""], workers=None)),
    ),
    (
        "score-hostile",
        "NUL, half a character and marks of direction to score",
        "nothing raised",
        calling(lambda: report_score("No ed\0ema \ud800.", "\u202eNo\u200d edema\u202c \x1b[2J")),
    ),
    (
        "score-numbers",
        "20,000 numbers to score",
        "nothing raised",
        calling(lambda: report_score("".join(f"{number % 97} mm, " for number in range(20_000)), "4 mm.")),
    ),
    (
        "spans-text",
        "spans of bytes",
        "TypeError: The text must be a str, not bytes",
        calling(lambda: assert_spans(b"", [])),
    ),
    ("spans-one", "one span for a list", NO_SPAN.format("int"), calling(lambda: assert_spans(TEXT, (6, 14)))),
    ("spans-float", "spans of fractions", NO_SPAN.format("tuple"), calling(lambda: assert_spans(TEXT, [(6.0, 14.0)]))),
    ("spans-none", "no spans at all", NO_SPAN.format("NoneType"), calling(lambda: assert_spans(TEXT, None))),
    (
        "spans-readers",
        "a reader of spans that is not known",
        "UsageError: readers must be a list of dependency, negex or both, or of negspacy; not ('x',)",
        calling(lambda: assert_spans(TEXT, [(6, 14)], readers=("x",))),
    ),
    (
        "spans-half",
        "half of a character beside a span",
        "nothing raised",
        calling(lambda: assert_spans("No \ud800 edema.", [(5, 10)])),
    ),
    (
        "reward-column",
        "a reference that is one text",
        SEVERAL.format("one str"),
        rewarded(completions=[""], reference=""),
    ),
    (
        "reward-content",
        "a message without content",
        "TypeError: A completion must be a str, or messages whose last has text as content, not list",
        rewarded(completions=[[{}]], reference=[""]),
    ),
    (
        "reward-number",
        "a number for a completion",
        "TypeError: A completion must be a str, or messages whose last has text as content, not int",
        rewarded(completions=[3], reference=[""]),
    ),
    (
        "reward-parts",
        "a message in parts",
        "nothing raised",
        rewarded(completions=[[{"content": [{"type": "text", "text": TEXT}]}]], reference=[TEXT]),
    ),
    (
        "compute-text",
        "texts for lists of texts",
        SEVERAL.format("one str"),
        calling(lambda: compute(predictions=TEXT, references=TEXT)),
    ),
    (
        "scorer-silent",
        "an estimator that predicts nothing",
        SEVERAL.format("None"),
        calling(lambda: report_scorer(_Silent(), [], [""])),
    ),
    (
        "convention-uneven",
        "more reports than references",
        "UsageError: 1 refs and 2 hyps; give one of each for a report",
        calling(lambda: ConventionMetric("r2gen", shared_labeler(sections="all")).compute([""], ["", ""])),
    ),
    (
        "many-table",
        "label_many of a mapping",
        (
            "TypeError: Several reports are expected in their order, such as a list of texts; of a dict, give its "
            "values, or a table to label_frame()"
        ),
        partial(raised, lambda labeler: labeler.label_many({"s1": TEXT})),
    ),
    (
        "joint-text",
        "one name for a list of label sets",
        NO_SETS.format("'mura'"),
        calling(lambda: JointLabeler("mura")),
    ),
    ("joint-none", "no label set", NO_SETS.format("[]"), calling(lambda: JointLabeler([]))),
    (
        "joint-findings",
        "findings of two label sets",
        f"UsageError: {ONE_SET}",
        calling(lambda: JointLabeler(["chexpert", "mura"]).label(Report("s1", TEXT)).findings),
    ),
)
CASES = tuple(Case(*call) for call in CALLS)
"""Attacks by calls, in the order of the table in docs/reliability.md."""
