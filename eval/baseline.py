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

from labeler.scoring.evaluation import Scoring, evaluate
from labeler.scoring.labels import LabelTable, codes_of
from labeler.scoring.metrics import TASKS
from labeler.scoring.published import single, source
from labeler.scoring.tables import Table, number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from labeler.pipeline import Labeler
    from labeler.records import Report
    from labeler.scoring.evaluation import Evaluation
    from labeler.scoring.labels import Codes

_MOST_ITERATIONS = 1000


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a student keeps that learned from so many reports: it against its teacher, and both against people."""

    trained: int
    kept: Evaluation
    teacher: Evaluation
    student: Evaluation


def teach(labeler: Labeler, reports: Sequence[Report], gold: LabelTable) -> Baseline:
    """Label reports, train a student on about half of them, none of which the gold has, and score it on the others."""
    learned = np.array([report.id not in gold.rows for report in reports]) & (
        np.random.default_rng(0).random(len(reports)) < 1 / 2
    )
    texts = np.array([report.text for report in reports], object)
    names = np.array([report.id for report in reports], object)
    codes = codes_of(labeler.label_many(reports), labeler.findings)
    answers = _student_answers(texts[learned], codes[learned], texts[~learned])
    teacher = LabelTable(tuple(names[~learned]), labeler.findings, codes[~learned])
    student = LabelTable(teacher.ids, labeler.findings, answers)
    gold, scoring = gold.columns(labeler.findings), Scoring(resamples=0)
    by_people = [evaluate(gold, each.take(gold.ids), scoring) for each in (teacher, student)]
    return Baseline(int(learned.sum()), evaluate(teacher, student, scoring), *by_people)


def _student_answers(texts: Any, codes: Codes, unseen: Any) -> Codes:
    """Return the labels of unseen texts by classifiers that learned from others; shape (n_unseen, n_findings)."""
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    vectors, questions = vectoriser.fit_transform(texts), vectoriser.transform(unseen)
    return np.stack([_classifier(column).fit(vectors, column).predict(questions) for column in codes.T], axis=1)


def _classifier(column: Codes) -> Any:
    if len(np.unique(column)) == 1:
        return DummyClassifier(strategy="most_frequent")
    return LogisticRegression(C=10, class_weight="balanced", max_iter=_MOST_ITERATIONS)


def baseline_tables(baseline: Baseline) -> list[Table]:
    """Return what the student keeps, and how both do against people's labels."""
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
    both = (("the labeler", baseline.teacher), ("its student", baseline.student))
    people = tuple((name, *_f1s(each, "micro"), number(each.mean_weighted_f1)) for name, each in both)
    return [
        Table(title, header, tuple(rows), note),
        Table(
            f"Both against people's labels, {baseline.teacher.studies} reports",
            ("", *(f"micro F1 {task}" for task in TASKS), "weighted F1"),
            people,
        ),
    ]


def _f1s(evaluation: Evaluation, name: str) -> tuple[str, ...]:
    return tuple(number(evaluation.score(name, task).f1.value) for task in TASKS)
