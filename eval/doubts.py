"""Measures what doubts are worth: how many cells rest on one, and how many of the wrong cells do.

`python -m eval.benchmark --data DATA --only quality` writes the table.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eval.quality import blind_sentences, expected_values
from labeler.errors import ReportFileError
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.scoring.corpora import open_corpus
from labeler.scoring.gold import NO_FINDING, PROTOCOLS, read_gold
from labeler.scoring.labels import OF_STATUS, SKIPPED, Value
from labeler.scoring.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from labeler.records import StudyLabels

    _Judged = tuple[Report, Mapping[str, int]]

_HEADER = (
    "data",
    "filled cells",
    "of these in doubt",
    "wrong filled cells",
    "of these in doubt",
    "texts with a wrong cell",
    "of these with a doubt or an unread word",
    "all texts",
    "of these with a doubt or an unread word",
)
_NOTE = (
    "A cell is in doubt if an assertion that it rests on is. No Finding, which rests on all the others, is counted "
    "only among the texts with a wrong cell."
)


def doubts_table(folder: Path) -> Table:
    """Count doubts on the annotated texts of Open-I and of other sources, and on the blind sentences."""
    rows = []
    for corpus, texts, sections in (
        ("openi", "reports_dev.csv", PROTOCOLS["open-i"].sections),
        ("elsewhere", "texts_dev.csv", "all"),
    ):
        judged = _annotated(folder / corpus, texts)
        rows.append((f"{corpus}, annotated", *_counts(Labeler(sections=sections, doubts=True), judged)))
    labeler = Labeler(sections="all", doubts=True)
    parts = ("development", "read afterwards")
    rows += [(f"blind sentences, {part}", *_counts(labeler, _blind(part))) for part in parts]
    return Table("Doubts", _HEADER, tuple(rows), _NOTE)


def _annotated(folder: Path, texts: str) -> Iterator[_Judged]:
    gold = read_gold(folder / "annotations_chexpert14_dev.csv", protocol="open-i")
    for report in open_corpus(folder / texts):
        if not isinstance(report, Report):
            raise ReportFileError(str(report))
        if report.id in gold.rows:
            yield report, dict(zip(gold.findings, gold.codes[gold.rows[report.id]].tolist(), strict=True))


def _blind(part: str) -> Iterator[_Judged]:
    codes = {1.0: Value.PRESENT, 0.0: Value.ABSENT, -1.0: Value.UNCERTAIN}
    for text, labels in blind_sentences(part):
        values = {finding: codes[value] for finding, value in expected_values(labels).items() if value is not None}
        yield Report("", text), {NO_FINDING: SKIPPED, **values}


def _counts(labeler: Labeler, judged: Iterator[_Judged]) -> Iterator[str]:
    counts: Counter[str] = Counter()
    for report, gold in judged:
        labels = labeler.label(report)
        wrong = set(_wrong(labels, gold))
        is_shown = bool(labels.doubts or labels.unread)
        counts.update(texts=1, shown=is_shown, wrong_texts=bool(wrong), wrong_shown=bool(wrong) and is_shown)
        for label in labels.labels:
            is_judged = label.finding != NO_FINDING and gold.get(label.finding) != SKIPPED
            if label.status is not None and is_judged:
                in_doubt, is_wrong = any(each.doubt for each in label.assertions), label.finding in wrong
                counts.update(cells=1, doubts=in_doubt, wrong=is_wrong, wrong_doubts=is_wrong and in_doubt)
    for whole, part in (
        ("cells", "doubts"),
        ("wrong", "wrong_doubts"),
        ("wrong_texts", "wrong_shown"),
        ("texts", "shown"),
    ):
        yield f"{counts[whole]:d}"
        yield f"{counts[part]:d} ({counts[part] / counts[whole]:.1%})" if counts[whole] else "0"


def _wrong(labels: StudyLabels, gold: Mapping[str, int]) -> Iterator[str]:
    """Yield the findings whose value is another than the gold's; No Finding is given or not."""
    for finding, status in labels.items():
        given, truth = int(OF_STATUS[status]), gold.get(finding, Value.BLANK)
        values = {value == Value.PRESENT for value in (given, truth)} if finding == NO_FINDING else {given, truth}
        if len(values) > 1 and truth != SKIPPED:
            yield finding
