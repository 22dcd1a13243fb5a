"""Scores predictions against a gold standard: every task, finding and average, with intervals."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from labeler.errors import UsageError
from labeler.scoring.bootstrap import RESAMPLES, Difference, difference_of, interval, resampled_confusions
from labeler.scoring.gold import is_chestxray14
from labeler.scoring.labels import LabelTable, Value
from labeler.scoring.metrics import (
    TASKS,
    cohens_kappa,
    confusion_matrices,
    macro,
    mean_defined,
    micro,
    outcomes,
    precision_recall_f1,
    weighted_f1,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from labeler.scoring.metrics import Counts, Figures

AVERAGES = ("micro", "macro", "macro of defined")
"""Rows below the findings. "macro" counts an undefined figure as 0, "macro of defined" leaves it out; both are over
the findings that have gold cases."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its interval; None stands for what is undefined, a dash in every table."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The measure of how well one finding, or an average, does in one task.

    Parameters
    ----------
    finding : str
        A finding or one of `AVERAGES`.
    task : str
        One of `labeler.scoring.metrics.TASKS`.
    gold, predicted : int
        Cases in the gold standard and in the predictions.
    precision, recall, f1 : Figure
    """

    finding: str
    task: str
    gold: int
    predicted: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class Scoring:
    """The way in which labels are scored.

    Parameters
    ----------
    tasks : tuple of str
        Of `labeler.scoring.metrics.TASKS`, in the order of the results.
    rows : str
        One of `labeler.scoring.metrics.ROWS`.
    apart : tuple of str
        Findings that don't count in the averages.
    least : int
        Fewest gold cases with which a finding counts in a macro average.
    resamples : int
        Bootstrap samples; 0 for no intervals.
    seed : int
        Of the bootstrap.
    """

    tasks: tuple[str, ...] = tuple(TASKS)
    rows: str = "all"
    apart: tuple[str, ...] = ()
    least: int = 1
    resamples: int = RESAMPLES
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome of scoring one table of labels.

    Parameters
    ----------
    gold, predicted : str
        Where the labels come from.
    studies : int
        How many were scored.
    findings : tuple of str
    scores : tuple of Score
        By task, the findings in their order and then `AVERAGES`.
    confusion : array of int, shape (n_findings, 4, 4)
        Gold in rows, in the order blank, absent, uncertain, present.
    kappa, weighted_f1 : tuple of float or None
        Cohen's kappa and CheXbert's weighted F1 of each finding.
    mean_weighted_f1 : float or None
        Over all findings with gold cases.
    scoring : Scoring
    samples : array of shape (resamples, n_scores), or None
        F1 of each score in the bootstrap samples.
    """

    gold: str
    predicted: str
    studies: int
    findings: tuple[str, ...]
    scores: tuple[Score, ...]
    confusion: Counts = field(repr=False)
    kappa: tuple[float | None, ...]
    weighted_f1: tuple[float | None, ...]
    mean_weighted_f1: float | None
    scoring: Scoring
    samples: Figures | None = field(default=None, repr=False)

    def score(self, finding: str, task: str) -> Score:
        """Return the score of a finding, or of one of `AVERAGES`, in a task."""
        return next(score for score in self.scores if (score.finding, score.task) == (finding, task))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as what JSON can hold; undefined figures are null."""
        content = asdict(replace(self, samples=None))
        del content["samples"]
        return {**content, "confusion": self.confusion.tolist(), "values": [value.name for value in Value]}


@dataclass(frozen=True, slots=True)
class ComparedScore:
    """The F1 of two labelers for a finding, or an average, in a task, with their paired difference."""

    finding: str
    task: str
    ours: float | None
    theirs: float | None
    difference: Difference | None


def defined(figure: float) -> float | None:
    """Return a figure, None where it is NaN."""
    return None if np.isnan(figure) else float(figure)


def is_presence_only(table: LabelTable) -> bool:
    """Tell whether a gold standard tells present from not present only, as classes of ChestX-ray14 do."""
    return is_chestxray14(table.findings)


def presence_only(table: LabelTable) -> LabelTable:
    """Return a table in which everything that is not present is blank."""
    codes = np.where((table.codes == Value.PRESENT) | (table.codes < 0), table.codes, np.int8(Value.BLANK))
    return LabelTable(table.ids, table.findings, codes, table.source)


def evaluate(gold: LabelTable, predicted: LabelTable, scoring: Scoring | None = None) -> Evaluation:
    """Score labels against a gold standard.

    Parameters
    ----------
    gold, predicted : LabelTable
        The same studies and findings in the same order, as `labeler.scoring.labels.meet` gives them.
    scoring : Scoring, optional
        The authors' convention with 1,000 resamples by default.

    Raises
    ------
    UsageError
        If the tables differ in their studies or findings.

    Examples
    --------
    >>> gold = LabelTable(("1", "2"), ("Edema",), np.array([[3], [1]], np.int8), "gold.csv")
    >>> evaluate(gold, gold).score("Edema", "negation").f1
    Figure(value=1.0, low=1.0, high=1.0)
    >>> evaluate(gold, gold).score("Edema", "uncertainty").f1
    Figure(value=None, low=None, high=None)
    """
    scoring = scoring or Scoring()
    gold, predicted = _comparable(gold, predicted)
    if is_presence_only(gold):
        scoring = _only_presence(scoring)
    confusion = confusion_matrices(gold.codes, predicted.codes)
    samples = None
    if scoring.resamples:
        samples = resampled_confusions(gold.codes, predicted.codes, resamples=scoring.resamples, seed=scoring.seed)
    scores: list[Score] = []
    sampled_f1 = []
    for task in scoring.tasks:
        counts = outcomes(confusion, TASKS[task], rows=scoring.rows)
        sampled = None
        if samples is not None:
            resampled = outcomes(samples, TASKS[task], rows=scoring.rows)
            sampled = _figures(resampled, gold.findings, scoring, sampled=True)
            sampled_f1.append(sampled[..., 2])
        scores += _scores(counts, sampled, task, gold.findings, scoring)
    weighted = weighted_f1(confusion)
    return Evaluation(
        gold=gold.source,
        predicted=predicted.source,
        studies=len(gold),
        findings=gold.findings,
        scores=tuple(scores),
        confusion=confusion,
        kappa=tuple(map(defined, cohens_kappa(confusion))),
        weighted_f1=tuple(map(defined, weighted)),
        mean_weighted_f1=defined(mean_defined(weighted)),
        scoring=scoring,
        samples=np.concatenate(sampled_f1, axis=1) if sampled_f1 else None,
    )


def compare_scores(
    gold: LabelTable, ours: LabelTable, theirs: LabelTable, scoring: Scoring | None = None
) -> tuple[ComparedScore, ...]:
    """Compare the F1 of two labelers on the same gold standard, with paired intervals.

    Parameters
    ----------
    gold, ours, theirs : LabelTable
        The same studies and findings in the same order.
    scoring : Scoring, optional
        As in `evaluate`.

    Returns
    -------
    tuple of ComparedScore
        In the order of `Evaluation.scores`; the difference is None without resamples, or where an F1 is undefined.
    """
    one, other = (evaluate(gold, table, scoring) for table in (ours, theirs))
    return tuple(_compared(one, other))


def _compared(one: Evaluation, other: Evaluation) -> Iterator[ComparedScore]:
    for row, (ours, theirs) in enumerate(zip(one.scores, other.scores, strict=True)):
        first, second, difference = ours.f1.value, theirs.f1.value, None
        if one.samples is not None and other.samples is not None and first is not None and second is not None:
            difference = difference_of(first, second, one.samples[:, row], other.samples[:, row])
        yield ComparedScore(ours.finding, ours.task, first, second, difference)


def _comparable(gold: LabelTable, predicted: LabelTable) -> tuple[LabelTable, LabelTable]:
    if gold.ids != predicted.ids or gold.findings != predicted.findings:
        raise UsageError(f"{gold.source} and {predicted.source} differ in studies or findings; bring them to the same.")
    if is_presence_only(gold):
        return presence_only(gold), presence_only(predicted)
    return gold, predicted


def _only_presence(scoring: Scoring) -> Scoring:
    if "presence" not in scoring.tasks:
        raise UsageError("This gold standard has presence only; choose --task presence.")
    return replace(scoring, tasks=("presence",))


def _figures(counts: NDArray[Any], findings: Sequence[str], scoring: Scoring, *, sampled: bool = False) -> Figures:
    """Return precision, recall and F1 of the findings and of `AVERAGES`; shape (..., n_findings + 3, 3)."""
    averaged = counts[..., [finding not in scoring.apart for finding in findings], :]
    averages = (
        micro(averaged),
        macro(averaged, least=scoring.least),
        macro(averaged, least=scoring.least, undefined=np.nan),
    )
    own = precision_recall_f1(counts, without_hit=0 if sampled else np.nan)
    return np.concatenate([own, np.stack(averages, axis=-2)], axis=-2)


def _scores(
    counts: Counts, sampled: Figures | None, task: str, findings: Sequence[str], scoring: Scoring
) -> Iterator[Score]:
    """Yield the scores of a task, from the counts of the findings and the figures of the samples."""
    figures = _figures(counts, findings, scoring)
    ends = np.full((2, *figures.shape), np.nan) if sampled is None else interval(sampled)
    ends = np.where(np.isnan(figures), np.nan, ends)
    averaged = counts[[finding not in scoring.apart for finding in findings]].sum(axis=0)
    cases = [*counts, *(averaged for _ in AVERAGES)]
    for row, (name, (hits, false, missed)) in enumerate(zip((*findings, *AVERAGES), cases, strict=True)):
        three = (Figure(*map(defined, (figures[row, at], *ends[:, row, at]))) for at in range(figures.shape[1]))
        yield Score(name, task, int(hits + missed), int(hits + false), *three)
