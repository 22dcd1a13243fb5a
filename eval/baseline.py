"""Trains a text classifier on the labels of the labeler, to see what a learned student keeps of its teacher.

TF-IDF and logistic regression, one classifier per finding over the four values; nothing is tuned. Published for
comparison is the weighted F1 of a BERT classifier that was trained on labels of MIMIC-CXR findings sections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.dummy import DummyClassifier  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from labeler.errors import UsageError
from labeler.scoring.evaluation import Scoring, evaluate
from labeler.scoring.labels import LabelTable, codes_of
from labeler.scoring.metrics import TASKS
from labeler.scoring.published import single, source
from labeler.scoring.tables import Table, number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from labeler.pipeline import Labeler
    from labeler.records import Report
    from labeler.scoring.evaluation import Evaluation
    from labeler.scoring.labels import Codes

_MOST_ITERATIONS = 1000


@dataclass(frozen=True, slots=True)
class Student:
    """A classifier that learned from a labeler.

    Parameters
    ----------
    findings : tuple of str
    vectoriser : TfidfVectorizer
        Single words and pairs.
    classifiers : tuple
        One per finding, over the four values.
    """

    findings: tuple[str, ...]
    vectoriser: Any
    classifiers: tuple[Any, ...]

    def predict(self, texts: Sequence[str]) -> Codes:
        """Return the labels of texts, int8 of shape (n_texts, n_findings)."""
        vectors = self.vectoriser.transform(texts)
        return np.stack([classifier.predict(vectors) for classifier in self.classifiers], axis=1).astype(np.int8)


def train(texts: Sequence[str], codes: Codes, findings: Sequence[str]) -> Student:
    """Trains a classifier per finding.

    Parameters
    ----------
    texts : sequence of str
        The reports.
    codes : array of int8, shape (n_texts, n_findings)
        Their labels.
    findings : sequence of str
        The columns.

    Examples
    --------
    >>> texts = ["small effusion", "no effusion", "large effusion", "there is no effusion"]
    >>> student = train(texts, np.array([[3], [1], [3], [1]], np.int8), ["Pleural Effusion"])
    >>> student.predict(["no large effusion"]).shape
    (1, 1)
    """
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    vectors = vectoriser.fit_transform(texts)
    return Student(tuple(findings), vectoriser, tuple(_fit(vectors, column) for column in codes.T))


def _fit(vectors: Any, column: Codes) -> Any:
    if len(np.unique(column)) == 1:
        return DummyClassifier(strategy="most_frequent").fit(vectors, column)
    return LogisticRegression(C=10, class_weight="balanced", max_iter=_MOST_ITERATIONS).fit(vectors, column)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a student keeps.

    Parameters
    ----------
    trained : int
        Reports that it learned from.
    kept : Evaluation
        The student against its teacher, on reports that it has not seen.
    teacher, student : Evaluation or None
        Both against people's labels, where there are any.
    """

    trained: int
    kept: Evaluation
    teacher: Evaluation | None
    student: Evaluation | None


def teach(
    labeler: Labeler, reports: Sequence[Report], gold: LabelTable | None = None, *, seed: int = 0, resamples: int = 0
) -> Baseline:
    """Labels a corpus, trains a student on one half and scores it on the other.

    Parameters
    ----------
    labeler : Labeler
        The teacher.
    reports : sequence of Report
        Those that the gold has are always in the half that is not learned from.
    gold : LabelTable, optional
        People's labels of some of the reports.
    seed : int
        Of the split.
    resamples : int
        Bootstrap samples for the intervals.

    Raises
    ------
    UsageError
        If there are fewer than two reports to learn from.
    """
    learned = learning_half(reports, gold, seed)
    if int(learned.sum()) < 2:  # noqa: PLR2004 - one report has no two values
        raise UsageError(f"{len(reports)} reports are too few to learn from.")
    texts = [report.text for report in reports]
    labels = LabelTable(
        tuple(report.id for report in reports),
        labeler.findings,
        codes_of(labeler.label_many(reports), labeler.findings),
    )
    student = train(
        [text for text, own in zip(texts, learned, strict=True) if own], labels.codes[learned], labels.findings
    )
    unseen = [name for name, own in zip(labels.ids, learned, strict=True) if not own]
    teacher = labels.take(unseen)
    answers = student.predict([text for text, own in zip(texts, learned, strict=True) if not own])
    pupil = LabelTable(teacher.ids, teacher.findings, answers, "the student")
    scoring = Scoring(resamples=resamples)
    against = None if gold is None else gold.columns(labels.findings)
    return Baseline(
        trained=int(learned.sum()),
        kept=evaluate(teacher, pupil, scoring),
        teacher=None if against is None else evaluate(against, teacher.take(against.ids), scoring),
        student=None if against is None else evaluate(against, pupil.take(against.ids), scoring),
    )


def learning_half(reports: Sequence[Report], gold: LabelTable | None, seed: int) -> NDArray[np.bool_]:
    """Return which reports are learned from: half of them at random, none that the gold has; shape (n_reports,)."""
    known = {} if gold is None else gold.rows
    open_to_it = np.array([report.id not in known for report in reports], np.bool_)
    return open_to_it & (np.random.default_rng(seed).random(len(reports)) < 1 / 2)


def baseline_tables(baseline: Baseline) -> list[Table]:
    """Return what the student keeps, and how both do against people's labels.

    Parameters
    ----------
    baseline : Baseline
        From `teach`.
    """
    kept = baseline.kept
    header = ("Finding", "mentions", *(f"F1 {task}" for task in TASKS), "weighted F1")
    rows = [
        (finding, str(kept.score(finding, "mention").gold), *_f1s(kept, finding), number(weighted))
        for finding, weighted in zip(kept.findings, kept.weighted_f1, strict=True)
    ]
    rows.append(("micro", str(kept.score("micro", "mention").gold), *_f1s(kept, "micro"), ""))
    rows.append(("mean", "", *([""] * len(TASKS)), number(kept.mean_weighted_f1)))
    note = f"Published weighted F1: {single('baseline', 'weighted'):.4f}, {source('baseline')}."
    title = f"A student of {baseline.trained} labelled reports against its teacher, {kept.studies} other reports"
    tables = [Table(title, header, tuple(rows), note)]
    if baseline.teacher and baseline.student:
        both = (("the labeler", baseline.teacher), ("its student", baseline.student))
        people = tuple((name, *_f1s(each, "micro"), number(each.mean_weighted_f1)) for name, each in both)
        title = f"Both against people's labels, {baseline.teacher.studies} reports"
        tables.append(Table(title, ("", *(f"micro F1 {task}" for task in TASKS), "weighted F1"), people))
    return tables


def _f1s(evaluation: Evaluation, name: str) -> tuple[str, ...]:
    return tuple(number(evaluation.score(name, task).f1.value) for task in TASKS)
