"""Labels the reports of a gold standard and keeps the evidence of every error."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import tee
from typing import TYPE_CHECKING

import numpy as np

from labeler.io.run import set_failures_aside
from labeler.scoring.gold import matching_columns
from labeler.scoring.labels import OF_STATUS, SKIPPED, LabelTable, Value, table_of
from labeler.scoring.metrics import TASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labeler.io.source import Failure
    from labeler.pipeline import Labeler
    from labeler.records import Assertion, Label, Report, StudyLabels

MOST_ERRORS = 5000
"""Errors that are kept with their evidence; a page with more is of no use to anyone."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One assertion behind a label; the parts that are report text are None where that was not asked for.

    `extent` is its sentence in the report, `marks` where the mention and the cue are, with the status and "cue".
    """

    section: str
    status: str
    rule_id: str
    phrase_id: str
    reader: str
    mention: str | None = None
    cue: str | None = None
    sentence: str | None = None
    extent: tuple[int, int] = (0, 0)
    marks: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelError:
    """A cell in which gold and prediction differ.

    Parameters
    ----------
    study, finding : str
    gold, predicted : Value
    kinds : tuple of str
        Such as "negation missed" and "presence false": the tasks in which the cell counts as an error.
    rule_id : str
        The aggregation rule of the label; "" where the labels were read from a file.
    evidence : tuple of Evidence
        What the label rests on, and what else the labeler read of the finding.
    """

    study: str
    finding: str
    gold: Value
    predicted: Value
    kinds: tuple[str, ...]
    rule_id: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a labeler gave for the reports of a gold standard.

    Parameters
    ----------
    table : LabelTable
        All reports that were read.
    reasons : dict
        Labels and evidence of the cells that differ from the gold, by study and finding.
    texts : dict of str to str
        Report text of the studies with an error; empty unless it was asked for.
    """

    table: LabelTable
    reasons: dict[tuple[str, str], tuple[str, tuple[Evidence, ...]]]
    texts: dict[str, str]


def label_corpus(
    labeler: Labeler,
    corpus: Iterable[Report | Failure],
    gold: LabelTable,
    on_failure: Callable[[Failure], None],
    *,
    with_text: bool = False,
    workers: int = 1,
) -> Labelled:
    """Label reports and keep the evidence where a label differs from the gold.

    Parameters
    ----------
    labeler : Labeler
        Whose findings must hold those of the gold.
    corpus : iterable of Report or Failure
        As `labeler.scoring.corpora.open_corpus` reads them; reports that the gold doesn't have are labelled too.
    gold : LabelTable
        What to compare with.
    on_failure : callable
        Is told of each report that could not be read.
    with_text : bool
        Whether to keep report text.
    workers : int
        Number of processes.

    Raises
    ------
    UsageError
        If the labeler has no such finding as the gold, or two reports have one identifier.
    """
    own = matching_columns(labeler.findings, gold.findings, "The label set")
    reasons: dict[tuple[str, str], tuple[str, tuple[Evidence, ...]]] = {}
    texts: dict[str, str] = {}

    def watched() -> Iterator[StudyLabels]:
        read, waiting = tee(set_failures_aside(corpus, on_failure))  # holds only those that are being labelled
        for study, report in zip(labeler.label_many(read, workers=workers), waiting, strict=False):
            wrong = [] if len(reasons) >= MOST_ERRORS else list(_differing(gold, own, report.id, study))
            for finding, column in wrong:
                label = study.evidence(column)
                evidence = _evidence(label, study.assertions, report.text, with_text=with_text)
                reasons[report.id, finding] = (label.rule_id, evidence)
            if wrong and with_text:
                texts[report.id] = report.text
            yield study

    table = table_of(watched(), own, "the labeler")
    return Labelled(LabelTable(table.ids, gold.findings, table.codes, table.source), reasons, texts)


def list_errors(gold: LabelTable, predicted: LabelTable, labelled: Labelled | None = None) -> list[LabelError]:
    """List the cells in which gold and prediction differ, at most `MOST_ERRORS`.

    Parameters
    ----------
    gold, predicted : LabelTable
        The same studies and findings in the same order.
    labelled : Labelled, optional
        Where the evidence is.

    Examples
    --------
    >>> gold = LabelTable(("1",), ("Edema",), np.array([[1]], np.int8))
    >>> predicted = LabelTable(("1",), ("Edema",), np.array([[3]], np.int8))
    >>> list_errors(gold, predicted)[0].kinds
    ('negation missed', 'presence false')
    """
    differ = (gold.codes != predicted.codes) & (gold.codes != SKIPPED) & (predicted.codes != SKIPPED)
    reasons = labelled.reasons if labelled else {}
    errors = []
    for row, column in np.argwhere(differ)[:MOST_ERRORS]:
        study, finding = gold.ids[row], gold.findings[column]
        truth, answer = Value(gold.codes[row, column]), Value(predicted.codes[row, column])
        rule_id, evidence = reasons.get((study, finding), ("", ()))
        errors.append(LabelError(study, finding, truth, answer, tuple(_kinds(truth, answer)), rule_id, evidence))
    return errors


def _kinds(truth: Value, answer: Value) -> Iterator[str]:
    for task, classes in TASKS.items():
        if truth in classes and answer not in classes:
            yield f"{task} missed"
        elif answer in classes and truth not in classes:
            yield f"{task} false"


def _differing(gold: LabelTable, own: Sequence[str], study_id: str, study: StudyLabels) -> Iterator[tuple[str, str]]:
    row = gold.rows.get(study_id)
    if row is None:
        return
    for at, (finding, column) in enumerate(zip(gold.findings, own, strict=True)):
        if gold.codes[row, at] not in (SKIPPED, OF_STATUS[study[column]]):
            yield finding, column


def _evidence(label: Label, assertions: Sequence[Assertion], text: str, *, with_text: bool) -> tuple[Evidence, ...]:
    """Return the assertions that the label rests on, and below them the others about the finding."""
    others = [a for a in assertions if a.mention.finding == label.finding and a not in label.assertions]
    return tuple(_shown(assertion, text, with_text=with_text) for assertion in (*label.assertions, *others))


def _shown(assertion: Assertion, text: str, *, with_text: bool) -> Evidence:
    sentence, mention, cue = assertion.sentence, assertion.mention, assertion.cue
    marks = [(mention.start, mention.end, str(assertion.status or "unasserted"))]
    if cue is not None:
        marks.append((cue.start, cue.end, "cue"))
    return Evidence(
        section=sentence.section.kind,
        status=assertion.status or "not asserted",
        rule_id=assertion.rule_id,
        phrase_id=mention.phrase_id,
        reader=assertion.reader,
        mention=mention.text if with_text else None,
        cue=cue.text if with_text and cue else None,
        sentence=text[sentence.start : sentence.end].strip() if with_text else None,
        extent=(sentence.start, sentence.end),
        marks=tuple(marks),
    )
