"""The scores in the forms that other programs call: RadEval, TRL, Hugging Face evaluate, scikit-learn.

None of these programs is imported: their interfaces are plain methods and functions.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from labeler.errors import UsageError
from labeler.records import Report
from labeler.reports import as_reports
from labeler.scoring.conventions import SCORES, convention_scores, per_report_accuracy
from labeler.scoring.labels import LabelTable, table_of
from labeler.scoring.report_score import report_score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labeler.pipeline import Labeler
    from labeler.scoring.report_score import ReportScore
    from labeler.scoring.weights import Weights

    Messages = Sequence[Mapping[str, Any]]


class ReportScoreMetric:
    """The report score as a metric of RadEval (its class MetricBase).

    Parameters
    ----------
    labeler : Labeler, optional
    weights : Weights, optional
        As for `labeler.report_score`.

    Examples
    --------
    >>> metric = ReportScoreMetric()
    >>> metric.metric_keys()
    ['report_score']
    >>> metric.compute(["Small left effusion."], ["Left effusion, small."])
    {'report_score': 1.0}
    """

    name = "report_score"
    display_name = "Report score"
    is_api_based = False

    def __init__(self, labeler: Labeler | None = None, weights: Weights | None = None) -> None:
        self._options = {"labeler": labeler, "weights": weights}

    def metric_keys(self, detailed: bool = False) -> list[str]:  # noqa: FBT001, FBT002  RadEval's signature
        """Return the names of the figures; detailed ones include the points lost by kind of error."""
        return [self.name, f"{self.name}_points_lost"] if detailed else [self.name]

    def compute(
        self,
        refs: Sequence[str],
        hyps: Sequence[str],
        per_sample: bool = False,  # noqa: FBT001, FBT002
        detailed: bool = False,  # noqa: FBT001, FBT002
        on_progress: Callable[[], object] | None = None,
    ) -> dict[str, Any]:
        """Return the mean score, or the score of each pair.

        Parameters
        ----------
        refs, hyps : sequence of str
        per_sample : bool
            Give a list of scores instead of their mean.
        detailed : bool
            Give the mean points lost by kind of error as well.
        on_progress : callable, optional
            Is called once, when the reports are scored.
        """
        scores = _scores(refs, hyps, **self._options)
        if on_progress is not None:
            on_progress()
        if per_sample:
            return {self.name: [score.value for score in scores]}
        found: dict[str, Any] = {self.name: mean_score(scores)}
        if detailed:
            lost: defaultdict[str, float] = defaultdict(float)
            for score in scores:
                for loss in score.losses:
                    lost[loss.kind] += loss.points / len(scores)
            found[f"{self.name}_points_lost"] = dict(sorted(lost.items()))
        return found


class ConventionMetric:
    """A convention of `labeler.scoring.conventions` as a metric of RadEval.

    Parameters
    ----------
    name : str
        "r2gen", "f1chexbert", "rgrg" or "srr".
    labeler : Labeler, optional
        By default the CheXpert observations over all sections that make assertions.

    Raises
    ------
    UsageError
        If there is no such convention.
    """

    is_api_based = False

    def __init__(self, name: str, labeler: Labeler | None = None) -> None:
        if name not in SCORES:
            raise UsageError(f"no convention {name!r}; there are: {', '.join(SCORES)}")
        from labeler.pipeline import Labeler as Default

        self.name = name
        self.display_name = f"{name} (labels of cxr-labeler)"
        self._labeler = labeler or Default(sections="all")

    def metric_keys(self, detailed: bool = False) -> list[str]:  # noqa: ARG002, FBT001, FBT002  RadEval's signature
        """Return the names of the figures."""
        findings = self._labeler.findings
        blank = LabelTable(("",), findings, np.zeros((1, len(findings)), np.int8))
        return list(convention_scores(self.name, blank, blank))

    def compute(
        self,
        refs: Sequence[str],
        hyps: Sequence[str],
        per_sample: bool = False,  # noqa: FBT001, FBT002
        detailed: bool = False,  # noqa: ARG002, FBT001, FBT002
        on_progress: Callable[[], object] | None = None,
    ) -> dict[str, Any]:
        """Return the figures, or with `per_sample` the share of each report's labels that agree."""
        findings = self._labeler.findings
        sides = [list(as_reports(side)) for side in (refs, hyps)]
        if len(sides[0]) != len(sides[1]):
            raise UsageError(f"{len(sides[0])} refs and {len(sides[1])} hyps; give one of each for a report.")
        tables = [table_of(self._labeler.label_many(_numbered(side)), findings, self.name) for side in sides]
        if on_progress is not None:
            on_progress()
        if per_sample:
            return {f"{self.name}_sample_acc_all": per_report_accuracy(tables[0], tables[1])}
        return dict(convention_scores(self.name, tables[0], tables[1]))


def _numbered(reports: Sequence[Report]) -> list[Report]:
    return [Report(str(number), report.text) for number, report in enumerate(reports)]


def make_reward_fn(
    column: str = "reference", *, labeler: Labeler | None = None, weights: Weights | None = None
) -> Callable[..., list[float]]:
    """Return a reward function for TRL's trainers, such as GRPOTrainer(reward_funcs=...).

    Parameters
    ----------
    column : str
        Column of the dataset with the radiologist's report; TRL hands it over by its name.
    labeler : Labeler, optional
    weights : Weights, optional
        As for `labeler.report_score`.

    Returns
    -------
    callable
        Takes `completions`, texts or conversations, and the columns; returns one score in [0, 1] for each. It raises
        `UsageError` if the column is not among them.

    Examples
    --------
    >>> reward = make_reward_fn()
    >>> chat = [{"role": "assistant", "content": "No effusion."}]
    >>> reward(completions=["Left effusion.", chat], reference=["Left effusion.", "No effusion."])
    [1.0, 1.0]
    """

    def report_score_reward(completions: Sequence[str | Messages], **columns: Any) -> list[float]:
        if column not in columns:
            raise UsageError(
                f"no column {column!r} among the dataset's: {', '.join(sorted(columns)) or 'none'}; "
                "name the one with the reference as make_reward_fn(column)."
            )
        texts = [_completed(one) for one in completions]
        return [score.value for score in _scores(columns[column], texts, labeler=labeler, weights=weights)]

    return report_score_reward


def _scores(references: Sequence[str], candidates: Sequence[str], **options: Any) -> list[ReportScore]:
    return report_score(list(as_reports(references)), list(as_reports(candidates)), **options)


def _completed(completion: str | Messages) -> str:
    """Return the text of a completion; of a conversation, that of its last message, which may be in parts."""
    if isinstance(completion, str):
        return completion
    try:
        content = completion[-1]["content"] if completion else ""
        parts = [] if content is None else [content] if isinstance(content, str) else [part["text"] for part in content]
        return "".join(parts)
    except (TypeError, KeyError, IndexError):
        kind = type(completion).__name__
        raise TypeError(
            f"A completion must be a str, or messages whose last has text as content, not {kind}."
        ) from None


def compute(*, predictions: Sequence[str], references: Sequence[str], **options: Any) -> dict[str, Any]:
    """Return the mean score and the scores, by the names that Hugging Face's `evaluate` uses.

    Parameters
    ----------
    predictions, references : sequence of str
    **options
        Of `labeler.report_score`.

    Examples
    --------
    >>> compute(predictions=["No effusion."], references=["No effusion."])
    {'report_score': 1.0, 'scores': [1.0]}
    """
    scores = _scores(references, predictions, **options)
    return {"report_score": mean_score(scores), "scores": [score.value for score in scores]}


def report_scorer(estimator: Any, x: Any, y: Sequence[str]) -> float:
    """Return the mean score of what an estimator predicts: a scorer as scikit-learn's `cross_val_score` takes it.

    Parameters
    ----------
    estimator : object
        With a method `predict` that gives a report for each row of `x`.
    x : object
    y : sequence of str
        The radiologists' reports.
    """
    return mean_score(_scores(y, estimator.predict(x)))


def mean_score(scores: Sequence[ReportScore]) -> float:
    """Return the mean of scores; 0 without any."""
    return sum(score.value for score in scores) / len(scores) if scores else 0.0
