"""Draw scores with their intervals and confusion matrices as PNG, without a display."""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError
from labeler.scoring.labels import Value
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.scoring.evaluation import Evaluation, Score

_DOTS_PER_INCH = 120
_COLUMNS = 5
_DARK = 0.6


def f1_plot(evaluation: Evaluation) -> bytes:
    """Draw F1 with its interval, one panel per task and one row per finding; a finding without F1 has no point.

    Parameters
    ----------
    evaluation : Evaluation
        The scores.

    Returns
    -------
    bytes
        PNG.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    tasks, names = evaluation.scoring.tasks, (*evaluation.findings, "micro", "macro")
    figure = _figure(2.2 + 2.6 * len(tasks), 1.2 + 0.28 * len(names))
    panels = figure.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
    for panel, task in zip(panels, tasks, strict=True):
        _draw_scores(panel, [evaluation.score(name, task) for name in names])
        panel.set_title(task)
    panels[0].set_yticks(range(len(names)), names, parse_math=False)
    panels[0].invert_yaxis()
    return _png(figure)


def confusion_plot(evaluation: Evaluation) -> bytes:
    """Draw the confusion matrix of each finding, its shades by the share of each gold value.

    Parameters
    ----------
    evaluation : Evaluation
        The scores.

    Returns
    -------
    bytes
        PNG.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    count = len(evaluation.findings)
    columns = min(_COLUMNS, count)
    rows = -(-count // columns)
    figure = _figure(2.3 * columns + 0.6, 2.6 * rows + 0.6)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, finding, matrix in zip(panels, evaluation.findings, evaluation.confusion.tolist(), strict=False):
        _draw_confusion(panel, matrix)
        panel.set_title(finding, fontsize=9, parse_math=False)
    for panel in panels[count:]:
        panel.set_visible(False)
    figure.supxlabel("predicted", fontsize=9)
    figure.supylabel("gold", fontsize=9)
    return _png(figure)


def systems_plot(points: Mapping[str, Sequence[tuple[str, float, float, float]]]) -> bytes:
    """Draw each figure of each system with its interval, one panel per figure.

    Parameters
    ----------
    points : mapping of figure to sequence of (system, value, low, high)

    Returns
    -------
    bytes
        PNG.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    figure = _figure(1.5 + 2.6 * len(points), 1.2 + 0.35 * max(map(len, points.values())))
    panels = figure.subplots(1, len(points), sharey=True, squeeze=False)[0]
    for panel, (name, systems) in zip(panels, points.items(), strict=True):
        for place, (_, value, low, high) in enumerate(systems):
            panel.plot([low, high], [place, place], color="0.5", linewidth=2)
            panel.plot([value], [place], "o", color="0.1")
        panel.set_title(name, fontsize=9)
        panel.set_xlim(0, 1)
        panel.grid(axis="x", color="0.9")
    panels[0].set_yticks(range(len(systems)), [printable(name) for name, *_ in systems], parse_math=False)
    panels[0].invert_yaxis()
    return _png(figure)


def import_figures() -> Any:
    """Return the module matplotlib.figure.

    Raises
    ------
    UsageError
        If matplotlib, an extra, is not installed.
    """
    try:
        return import_module("matplotlib.figure")
    except ImportError:
        message = 'Plots need matplotlib; install it with: pip install "cxr-labeler[eval]"'
        raise UsageError(message) from None


def _figure(width: float, height: float) -> Any:
    return import_figures().Figure((width, height), layout="constrained")  # without pyplot there is no global state


def _draw_scores(panel: Any, scores: Sequence[Score]) -> None:
    for row, score in enumerate(scores):
        f1 = score.f1
        if f1.value is None:
            continue
        if f1.low is not None and f1.high is not None:
            panel.plot([f1.low, f1.high], [row, row], color="0.6", linewidth=2)
        panel.plot(f1.value, row, "o", color="black", markersize=4)
    panel.set_xlim(-0.02, 1.02)
    panel.set_xlabel("F1")
    panel.grid(axis="x", color="0.9")


def _draw_confusion(panel: Any, matrix: Sequence[Sequence[int]]) -> None:
    shares = [[cell / (sum(row) or 1) for cell in row] for row in matrix]
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, cells in enumerate(matrix):
        for column, cell in enumerate(cells):
            colour = "white" if shares[row][column] > _DARK else "black"
            panel.text(column, row, str(cell), ha="center", va="center", color=colour, fontsize=7)
    names = [value.name.lower() for value in Value]
    panel.set_xticks(range(len(names)), names, fontsize=6)
    panel.set_yticks(range(len(names)), names, fontsize=6)


def _png(figure: Any) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return buffer.getvalue()
