"""Score generated reports by the findings in them: what report generation papers call clinical efficacy.

References and candidates are labelled alike; then the labels of a candidate are held against those of its reference.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from sklearn.metrics import precision_recall_fscore_support  # type: ignore[import-untyped]

from labeler.errors import UsageError
from labeler.scoring.bootstrap import RESAMPLES, interval, resampled_confusions
from labeler.scoring.evaluation import Figure, Score, defined
from labeler.scoring.labels import SKIPPED, LabelTable, Value, codes_of
from labeler.scoring.metrics import (
    TASKS,
    confusion_matrices,
    macro,
    micro,
    outcomes,
    precision_recall_f1,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from labeler.records import Report, StudyLabels
    from labeler.scoring.labels import Codes
    from labeler.scoring.metrics import Figures

COMPETITION = ("Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Pleural Effusion")
"""The five observations of the CheXpert competition (Irvin 2019)."""


@dataclass(frozen=True, slots=True)
class Convention:
    """What uncertain and blank count as.

    Parameters
    ----------
    name : str
        What tables call it.
    uncertain : "negative", "positive" or "ignore"
        An ignored cell is not scored where either side has it.
    blank : "negative" or "ignore"
        A blank of the reference only; a candidate that says nothing has not said that the finding is there.
    """

    name: str
    uncertain: str = "negative"
    blank: str = "negative"


CONVENTIONS = {
    "r2gen": Convention("r2gen"),
    "f1chexbert": Convention("f1chexbert", uncertain="positive"),
}
"""R2Gen (Chen 2020) takes uncertain and blank as negative, F1CheXbert (Delbrouck 2022) uncertain as positive."""

UNCERTAIN_AS = ("negative", "positive", "ignore")
BLANK_AS = ("negative", "ignore")


class LabelsMany(Protocol):
    """A labeler, as far as it is needed here."""

    findings: tuple[str, ...]

    def label_many(self, reports: Iterable[str | Report], *, workers: int = 1) -> Iterator[StudyLabels]:
        """Label reports lazily, in their order."""


@dataclass(frozen=True, slots=True)
class Average:
    """Precision, recall and F1 over several observations; each undefined figure counts as 0, as in scikit-learn.

    Parameters
    ----------
    name : str
        "micro", "macro", or "example-based": the mean over reports of the figures of each report's own findings.
    observations : int
        How many it is over.
    precision, recall, f1 : Figure
    """

    name: str
    observations: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class Efficacy:
    """The clinical efficacy of generated reports.

    Parameters
    ----------
    reports : int
        Pairs of reference and candidate.
    convention : Convention
    averages : tuple of Average
        Over all observations of the label set, then over `COMPETITION`.
    scores : tuple of Score
        One row per observation; an undefined figure is None.
    """

    reports: int
    convention: Convention
    averages: tuple[Average, ...]
    scores: tuple[Score, ...]

    def average(self, name: str, observations: int) -> Average:
        """Return an average, such as ("micro", 14)."""
        return next(row for row in self.averages if (row.name, row.observations) == (name, observations))

    def to_dict(self) -> dict[str, Any]:
        """Return everything as what JSON can hold; undefined figures are null."""
        return asdict(self)


def clinical_efficacy(
    references: Sequence[str | Report],
    candidates: Sequence[str | Report],
    *,
    labeler: LabelsMany | None = None,
    convention: str | Convention = "r2gen",
    resamples: int = RESAMPLES,
    seed: int = 0,
    workers: int = 1,
) -> Efficacy:
    """Score generated reports against the reports of radiologists.

    Parameters
    ----------
    references, candidates : sequence of str or Report
        As many of one as of the other; a candidate belongs to the reference at its place.
    labeler : Labeler, optional
        By default the CheXpert observations over all sections that make assertions.
    convention : str or Convention
        "r2gen" or "f1chexbert", or one of one's own.
    resamples, seed : int
        Of the bootstrap over reports that gives the 95 % intervals; 0 resamples for none.
    workers : int
        Number of processes that label.

    Raises
    ------
    UsageError
        If the two differ in length, are empty, or the convention is not known.

    Examples
    --------
    >>> references = ["Small left pleural effusion. No edema.", "Lungs are clear."]
    >>> candidates = ["Left pleural effusion.", "Right pneumothorax."]
    >>> efficacy = clinical_efficacy(references, candidates, resamples=0)
    >>> efficacy.average("micro", 14).precision.value, efficacy.average("micro", 5).f1.value
    (0.5, 1.0)
    """
    if len(references) != len(candidates) or not references:
        raise UsageError(
            f"{len(references)} references and {len(candidates)} candidates; give one candidate per reference."
        )
    labeler = labeler or _default_labeler()
    names = tuple(map(str, range(1, len(references) + 1)))
    tables = [
        LabelTable(names, labeler.findings, codes_of(labeler.label_many(reports, workers=workers), labeler.findings))
        for reports in (references, candidates)
    ]
    return score_pairs(tables[0], tables[1], convention=convention, resamples=resamples, seed=seed)


def score_pairs(
    references: LabelTable,
    candidates: LabelTable,
    *,
    convention: str | Convention = "r2gen",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Efficacy:
    """Score labels of generated reports against labels of their references.

    Parameters
    ----------
    references, candidates : LabelTable
        The same studies and findings in the same order.
    convention : str or Convention
        As in `clinical_efficacy`.
    resamples, seed : int
        As in `clinical_efficacy`.

    Raises
    ------
    UsageError
        If the convention is not known.
    """
    chosen = _convention(convention)
    truth, answer = _binary(references.codes, candidates.codes, chosen)
    samples = resampled_confusions(truth, answer, resamples=resamples, seed=seed) if resamples else None
    counts = outcomes(confusion_matrices(truth, answer), TASKS["presence"])
    sampled = None if samples is None else outcomes(samples, TASKS["presence"])
    competition = [references.findings.index(name) for name in COMPETITION if name in references.findings]
    averages = tuple(
        row
        for at in (list(range(len(references.findings))), competition)
        for row in (
            *_averages(counts[at], None if sampled is None else sampled[:, at]),
            _example_based(truth[:, at], answer[:, at], resamples=resamples, seed=seed),
        )
    )
    return Efficacy(len(references), chosen, averages, tuple(_scores(references.findings, counts, sampled)))


def _default_labeler() -> LabelsMany:
    from labeler.pipeline import Labeler  # scoring tables needs no parser

    return Labeler(sections="all")


def _convention(convention: str | Convention) -> Convention:
    chosen = CONVENTIONS.get(convention) if isinstance(convention, str) else convention
    if chosen is None or chosen.uncertain not in UNCERTAIN_AS or chosen.blank not in BLANK_AS:
        raise UsageError(f"no convention {convention!r}; there are: {', '.join(CONVENTIONS)}")
    return chosen


def _binary(truth: Codes, answer: Codes, convention: Convention) -> tuple[Codes, Codes]:
    """Map both sides to present or blank, with the cells that are not scored as `SKIPPED`."""
    positive = [Value.PRESENT, *([Value.UNCERTAIN] if convention.uncertain == "positive" else [])]
    codes = [np.where(np.isin(side, positive), Value.PRESENT, Value.BLANK).astype(np.int8) for side in (truth, answer)]
    ignored = np.zeros(truth.shape, bool)
    if convention.uncertain == "ignore":
        ignored |= (truth == Value.UNCERTAIN) | (answer == Value.UNCERTAIN)
    if convention.blank == "ignore":
        ignored |= truth == Value.BLANK
    codes[0][ignored] = SKIPPED
    return codes[0], codes[1]


def _averages(counts: NDArray[Any], sampled: NDArray[Any] | None) -> Iterator[Average]:
    for name, average in (("micro", micro), ("macro", partial(macro, least=0))):
        yield _average(name, len(counts), average(counts), None if sampled is None else average(sampled))


def _average(name: str, observations: int, figures: Figures, sampled: Figures | None) -> Average:
    """Make an average of figures of shape (3,) and their samples of shape (resamples, 3)."""
    values = np.nan_to_num(figures, nan=0.0)
    ends = None if sampled is None else interval(np.nan_to_num(sampled, nan=0.0))
    return Average(name, observations, *(_figure(values, ends, at) for at in range(3)))


def _example_based(truth: Codes, answer: Codes, *, resamples: int, seed: int) -> Average:
    scored = truth != SKIPPED
    sides = [(codes == Value.PRESENT) & scored for codes in (truth, answer)]
    figures = precision_recall_fscore_support(*sides, average="samples", zero_division=0)[:3]
    if not resamples:
        return _average("example-based", truth.shape[1], np.array(figures), None)
    hits = (sides[0] & sides[1]).sum(axis=1)
    counts = np.stack([hits, sides[1].sum(axis=1) - hits, sides[0].sum(axis=1) - hits], axis=-1)
    by_report = np.nan_to_num(precision_recall_f1(counts), nan=0.0)
    random = np.random.default_rng(seed)
    drawn = (random.integers(len(by_report), size=len(by_report)) for _ in range(resamples))
    sampled = np.array([by_report[at].mean(axis=0) for at in drawn])
    return _average("example-based", truth.shape[1], np.array(figures), sampled)


def _scores(findings: Sequence[str], counts: NDArray[Any], sampled: NDArray[Any] | None) -> Iterator[Score]:
    figures = precision_recall_f1(counts)
    ends = None if sampled is None else interval(precision_recall_f1(sampled, without_hit=0))
    for row, (finding, (hits, false, missed)) in enumerate(zip(findings, counts, strict=True)):
        three = (_figure(figures[row], None if ends is None else ends[:, row], at) for at in range(3))
        yield Score(finding, "presence", int(hits + missed), int(hits + false), *three)


def _figure(values: Figures, ends: Figures | None, at: int) -> Figure:
    value = defined(values[at])
    if ends is None or value is None:
        return Figure(value)
    return Figure(value, defined(ends[0, at]), defined(ends[1, at]))
