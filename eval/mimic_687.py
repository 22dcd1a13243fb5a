"""The protocol of the manual test set of MIMIC-CXR-JPG: 687 reports that a radiologist labelled, from files to F1.

`python -m eval.benchmark --mimic-gold GOLD.csv --mimic-reports REPORTS --only mimic-687` runs it. GOLD.csv is
mimic-cxr-2.1.0-test-set-labeled.csv; REPORTS is the folder of MIMIC-CXR's reports, its zip, or its sectioned table.

The convention is that of the authors (compare_negbio_and_chexpert.ipynb in MIT-LCP/mimic-cxr). Each of the 14
observations is 1, 0, -1 or blank in each study. In each task some of these values are the class and all others, blank
included, are not; every study counts. A figure without cases is undefined: recall without gold cases, precision
without predicted ones, F1 without a hit. The macro average is over observations with gold cases, an undefined F1
counted as 0; the micro average is over the pooled counts. The text that is labelled is the one that the authors chose:
the impression, otherwise the findings, otherwise the last paragraph.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_fscore_support  # type: ignore[import-untyped]

from labeler.errors import UsageError
from labeler.io.write import value_of
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.scoring.bootstrap import interval
from labeler.scoring.corpora import open_corpus
from labeler.scoring.gold import chexpert_findings
from labeler.scoring.labels import normal_id, some
from labeler.scoring.published import peers
from labeler.scoring.tables import Table, against, number

if TYPE_CHECKING:
    from pathlib import Path

TASKS = {"mention": (1, 0, -1), "negation": (0,), "uncertainty": (-1,), "presence": (1,)}
"""The values that are the class in each task."""
STUDIES = 687
SAMPLES = 1000
"""Bootstrap samples of the studies, for the 95 % intervals."""


def read_gold(path: str | Path) -> pd.DataFrame:
    """Read the radiologist's labels: a row per study, a column per observation; Airspace Opacity is Lung Opacity."""
    table = pd.read_csv(path, dtype={"study_id": str}).rename(columns={"Airspace Opacity": "Lung Opacity"})
    gold = table.set_index("study_id")[list(chexpert_findings())].astype(float)
    gold.index = gold.index.map(normal_id)
    return gold


def label_reports(reports: str | Path, gold: pd.DataFrame) -> pd.DataFrame:
    """Label the reports of the gold's studies; one that is missing is an error."""
    corpus = open_corpus(reports)
    labeler = Labeler(sections=corpus.sections or "mimic")
    wanted = [report for report in corpus if isinstance(report, Report) and report.id in gold.index]
    missing = gold.index.difference([report.id for report in wanted])
    if len(missing):
        raise UsageError(f"{reports} has no report of {len(missing)} of {len(gold)} studies: {some(missing)}.")
    values = [[value_of(study[finding]) for finding in gold.columns] for study in labeler.label_many(wanted)]
    ids = [report.id for report in wanted]
    return pd.DataFrame(values, ids, gold.columns, dtype=float).loc[gold.index]


def score(gold: pd.DataFrame, predicted: pd.DataFrame, task: str) -> pd.DataFrame:
    """Return gold cases, P, R, F1 and the ends of its interval of each observation and average; NaN is undefined."""
    truth, answer = (labels.isin(TASKS[task]).to_numpy(int) for labels in (gold, predicted))
    rows = [_figures(*columns) for columns in zip(truth.T, answer.T, strict=True)]
    found = pd.DataFrame(rows, gold.columns, ["gold", "P", "R", "F1"])
    counted = found[found["gold"] > 0].fillna(0)
    found.loc["micro"] = _figures(truth.ravel(), answer.ravel())
    found.loc["macro"] = [found.loc["micro", "gold"], *counted[["P", "R", "F1"]].mean()]
    found["low"], found["high"] = np.where(found["F1"].isna(), np.nan, _interval(truth, answer))
    return found


def _figures(truth: np.ndarray, answer: np.ndarray) -> list[float]:
    precision, recall, f1, _ = precision_recall_fscore_support(truth, answer, average="binary", zero_division=np.nan)
    return [truth.sum(), precision, recall, f1 or np.nan]


def _interval(truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Return the ends of the 95 % intervals of F1 by bootstrap over studies; shape (2, n_findings + 2)."""
    studies = len(truth)
    times = np.random.default_rng(0).multinomial(studies, np.full(studies, 1 / studies), SAMPLES)
    counts = [times @ side for side in (truth * answer, truth, answer)]
    hits, cases, found = (np.column_stack([each, each.sum(axis=1)]) for each in counts)
    has_gold = cases > 0
    f1 = np.divide(2.0 * hits, cases + found, out=np.full(hits.shape, np.nan), where=has_gold)  # 0 without a hit
    macro = np.nansum(f1[:, :-1], axis=1) / np.maximum(has_gold[:, :-1].sum(axis=1), 1)
    return interval(np.column_stack([f1, macro]))


def tables(gold: pd.DataFrame, predicted: pd.DataFrame) -> list[Table]:
    """Return a table per task, with the published figures of NegBio and the CheXpert labeler."""
    made = []
    for task in TASKS:
        others = peers("mimic-687", task)
        header = ("Finding", "n", "P", "R", "F1", "95 % interval", *(f"F1 {peer.name}" for peer in others), "")
        rows = []
        found = score(gold, predicted, task)
        for finding, (cases, *figures, low, high) in zip(map(str, found.index), found.to_numpy(), strict=True):
            theirs = [peer.scores[finding].f1 for peer in others if finding in peer.scores]
            shown = [number(peer.scores[finding].f1) if finding in peer.scores else "" for peer in others]
            ours = [None if np.isnan(figure) else figure for figure in figures]
            spread = "-" if np.isnan(low) else f"{low:.3f} to {high:.3f}"
            verdict = against(ours[-1], theirs) if theirs else ""
            rows.append((finding, f"{cases:.0f}", *map(number, ours), spread, *shown, verdict))
        made.append(Table(f"{task.capitalize()}, {len(gold)} studies", header, tuple(rows)))
    return made
