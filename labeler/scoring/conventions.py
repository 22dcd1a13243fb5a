"""The scores of report generation papers by their names, each computed as the program that it comes from does.

The names stand for ways of counting. Labels come from this labeler, so the figures of a paper that labelled with
CheXbert can be compared in kind, not cell by cell. docs/evaluation.md defines each way and says what differs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labeler.errors import UsageError
from labeler.scoring.efficacy import COMPETITION
from labeler.scoring.labels import LabelTable, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from labeler.scoring.labels import Codes

    Bits = NDArray[np.bool_]


def convention_scores(name: str, references: LabelTable, candidates: LabelTable) -> dict[str, float]:
    """Return the figures of a convention.

    Parameters
    ----------
    name : str
        "r2gen", "f1chexbert", "rgrg" or "srr".
    references, candidates : LabelTable
        The same studies and findings in the same order.

    Returns
    -------
    dict of str to float
        Figures by the names that their source gives them. A figure that is undefined counts as 0, as in all four.

    Raises
    ------
    UsageError
        If there is no such convention, or the two tables have other findings or studies.

    Examples
    --------
    >>> table = LabelTable(("1", "2"), ("Edema",), np.array([[3], [2]], np.int8))
    >>> other = LabelTable(("1", "2"), ("Edema",), np.array([[3], [0]], np.int8))
    >>> convention_scores("r2gen", table, other)["F1_MICRO"], convention_scores("srr", table, other)["srr_recall"]
    (1.0, 0.5)
    """
    if name not in SCORES:
        raise UsageError(f"no convention {name!r}; there are: {', '.join(SCORES)}")
    if references.findings != candidates.findings or len(references) != len(candidates):
        raise UsageError(
            "The two tables need the same findings and as many studies; see `labeler.scoring.labels.meet`."
        )
    return SCORES[name](references.codes, candidates.codes, references.findings)


def _r2gen(truth: Codes, answer: Codes, _: Sequence[str]) -> dict[str, float]:
    """Return R2Gen's figures (Chen 2020, compute_ce.py): uncertain and blank are negative."""
    sides = truth == Value.PRESENT, answer == Value.PRESENT
    averages = {"MACRO": _macro(*sides), "MICRO": _micro(*sides)}
    return {
        f"{figure}_{average}": values[at]
        for average, values in averages.items()
        for at, figure in enumerate(("PRECISION", "RECALL", "F1"))
    }


def _f1chexbert(truth: Codes, answer: Codes, findings: Sequence[str]) -> dict[str, float]:
    """Return F1CheXbert's figures as RadEval has them (Delbrouck 2022): uncertain is positive, blank negative."""
    ones, others = _positive(truth), _positive(answer)
    scores: dict[str, float] = {}
    for label, at in (("5", _five(findings)), ("all", list(range(len(findings))))):
        one, other = ones[:, at], others[:, at]
        for average, values in (("micro", _micro), ("macro", _macro), ("weighted", _weighted)):
            scores[f"f1chexbert_{label}_{average}_f1"] = values(one, other)[2]
        scores[f"f1chexbert_sample_acc_{label}"] = float((one == other).mean())
    five = _five(findings)
    scores["f1chexbert_accuracy_5"] = float((ones[:, five] == others[:, five]).all(axis=1).mean())
    return scores


def _rgrg(truth: Codes, answer: Codes, findings: Sequence[str]) -> dict[str, float]:
    """Return RGRG's figures (Tanida 2023): uncertain is positive in micro averages, negative example by example."""
    wide = _positive(truth), _positive(answer)
    narrow = truth == Value.PRESENT, answer == Value.PRESENT
    five = _five(findings)
    scores: dict[str, float] = {}
    for label, sides in (("all", wide), ("5", (wide[0][:, five], wide[1][:, five]))):
        scores |= _named(_micro(*sides), f"micro_{label}")
        scores[f"acc_{label}"] = float((sides[0] == sides[1]).mean())
    scores |= _named(_by_example(*narrow), "example_all")
    scores["acc_example_all"] = float((narrow[0] == narrow[1]).mean())
    return scores


def _srr(truth: Codes, answer: Codes, _: Sequence[str]) -> dict[str, float]:
    """Return the weighted figures of structured reports (Delbrouck 2025): uncertain is positive, over all leaves."""
    precision, recall, f1 = _weighted(_positive(truth), _positive(answer))
    return {"srr_precision": precision, "srr_recall": recall, "srr_f1": f1}


SCORES: dict[str, Callable[[Codes, Codes, Sequence[str]], dict[str, float]]] = {
    "r2gen": _r2gen,
    "f1chexbert": _f1chexbert,
    "rgrg": _rgrg,
    "srr": _srr,
}


def per_report_accuracy(references: LabelTable, candidates: LabelTable) -> list[float]:
    """Return the share of each report's labels that agree, uncertain as positive, as F1CheXbert's sample accuracy."""
    agreed: NDArray[Any] = _positive(references.codes) == _positive(candidates.codes)
    return [float(share) for share in agreed.mean(axis=1)]


def _positive(codes: Codes) -> Bits:
    positive: Bits = (codes == Value.PRESENT) | (codes == Value.UNCERTAIN)
    return positive


def _five(findings: Sequence[str]) -> list[int]:
    return [findings.index(finding) for finding in COMPETITION if finding in findings]


def _counts(truth: Bits, answer: Bits, axis: int | None) -> tuple[Any, Any, Any]:
    return (truth & answer).sum(axis), (~truth & answer).sum(axis), (truth & ~answer).sum(axis)


def _figures(hits: Any, false: Any, missed: Any) -> NDArray[np.float64]:
    """Return precision, recall and F1, in the last axis; what is undefined is 0."""
    above = np.stack([hits, hits, 2 * hits], axis=-1).astype(float)
    below = np.stack([hits + false, hits + missed, 2 * hits + false + missed], axis=-1)
    figures: NDArray[np.float64] = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return figures


def _micro(truth: Bits, answer: Bits) -> list[float]:
    return [float(value) for value in _figures(*_counts(truth, answer, None))]


def _macro(truth: Bits, answer: Bits) -> list[float]:
    return _mean(_figures(*_counts(truth, answer, 0)))


def _weighted(truth: Bits, answer: Bits) -> list[float]:
    """Weigh the figures of each finding by how often the references have it."""
    cases = truth.sum(axis=0)
    if not cases.sum():
        return [0.0, 0.0, 0.0]
    return [float(value) for value in cases @ _figures(*_counts(truth, answer, 0)) / cases.sum()]


def _by_example(truth: Bits, answer: Bits) -> list[float]:
    return _mean(_figures(*_counts(truth, answer, 1)))


def _mean(rows: NDArray[np.float64]) -> list[float]:
    return [float(value) for value in rows.mean(axis=0)] if len(rows) else [0.0, 0.0, 0.0]


def _named(values: Sequence[float], average: str) -> dict[str, float]:
    return {f"{figure}_{average}": value for figure, value in zip(("precision", "recall", "f1"), values, strict=True)}
