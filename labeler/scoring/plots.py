"""Draw scores with their intervals and confusion matrices, without a display."""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from labeler.errors import UsageError
from labeler.scoring.labels import Value
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labeler.scoring.evaluation import ComparedScore, Evaluation, Score

_DOTS_PER_INCH = 300
_COLUMNS = 4
_DARK = 0.6
_GAP = 0.8
"""Rows between the findings and the averages."""
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "cxr-labeler", "text.parse_math": False}
"""Text of an SVG stays text, equal figures are equal bytes, and a `$` in a name is a `$`."""
_OURS, _THEIRS = "#0b4f8a", "#9c2200"


class Plot(NamedTuple):
    """A figure for documents (PNG, 300 dots an inch) and for print of any size (SVG)."""

    png: bytes
    svg: bytes


def f1_plot(evaluation: Evaluation, compared: Sequence[ComparedScore] = (), names: tuple[str, str] = ("", "")) -> Plot:
    """Draw F1 with its interval, one panel per task and one row per finding, the averages apart below.

    A finding without F1 has no point. Beside each row is the number of its gold cases.

    Parameters
    ----------
    evaluation : Evaluation
        The scores.
    compared : sequence of ComparedScore
        The F1 of another labeler, which is drawn too.
    names : tuple of str
        What the two labelers are called.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    tasks = evaluation.scoring.tasks
    rows = [(name, float(at)) for at, name in enumerate(evaluation.findings)]
    rows += [(name, len(rows) + _GAP + at) for at, name in enumerate(("micro", "macro"))]
    theirs = {(row.finding, row.task): row.theirs for row in compared}

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(tasks), sharey=True, squeeze=False)[0]
        for panel, task in zip(panels, tasks, strict=True):
            for name, place in rows:
                _draw_score(panel, evaluation.score(name, task), place, theirs.get((name, task)))
            panel.axhline(len(evaluation.findings) - 1 + (1 + _GAP) / 2, color="0.5", linewidth=0.8)
            panel.annotate("n", (1.03, 1.01), xycoords="axes fraction", fontsize=7)
            panel.set_title(task)
            panel.set_xlim(-0.02, 1.02)
            panel.set_xlabel("F1")
            panel.grid(axis="x", color="0.9")
        panels[0].set_yticks([place for _, place in rows], [name for name, _ in rows])
        panels[0].invert_yaxis()
        if compared:
            figure.legend(handles=_handles(panels[0], names), loc="outside upper center", ncols=2, fontsize=8)

    return _drawn((2.4 + 2.7 * len(tasks), 1.6 + 0.28 * len(rows)), draw)


def confusion_plot(evaluation: Evaluation) -> Plot:
    """Draw the confusion matrix of each finding: the share of each gold value, and below it the count.

    Parameters
    ----------
    evaluation : Evaluation
        The scores.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """
    count = len(evaluation.findings)
    columns = min(_COLUMNS, count)
    rows = -(-count // columns)

    def draw(figure: Any) -> None:
        panels = figure.subplots(rows, columns, squeeze=False)
        for panel, finding, matrix in zip(
            panels.ravel(), evaluation.findings, evaluation.confusion.tolist(), strict=False
        ):
            image = _draw_confusion(panel, matrix)
            panel.set_title(finding, fontsize=9)
        for panel in panels.ravel()[count:]:
            panel.set_visible(False)
        figure.colorbar(image, ax=panels, label="share of the gold value", shrink=min(1.0, 2 / rows), aspect=30)
        figure.supxlabel("predicted", fontsize=9)
        figure.supylabel("gold (n)", fontsize=9)

    return _drawn((2.6 * columns + 1.4, 2.6 * rows + 0.6), draw)


def systems_plot(points: Mapping[str, Sequence[tuple[str, float, float, float]]]) -> Plot:
    """Draw each figure of each system with its interval, one panel per figure.

    Parameters
    ----------
    points : mapping of figure to sequence of (system, value, low, high)

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    """

    def draw(figure: Any) -> None:
        panels = figure.subplots(1, len(points), sharey=True, squeeze=False)[0]
        for panel, (name, systems) in zip(panels, points.items(), strict=True):
            for place, (_, value, low, high) in enumerate(systems):
                panel.plot([low, high], [place, place], color="0.5", linewidth=2)
                panel.plot([value], [place], "o", color=_OURS)
            panel.set_title(name, fontsize=9)
            panel.set_xlim(0, 1)
            panel.grid(axis="x", color="0.9")
        panels[0].set_yticks(range(len(systems)), [printable(name) for name, *_ in systems])
        panels[0].invert_yaxis()

    return _drawn((1.5 + 2.6 * len(points), 1.2 + 0.35 * max(map(len, points.values()))), draw)


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


def _draw_score(panel: Any, score: Score, place: float, other: float | None) -> None:
    f1 = score.f1
    panel.annotate(f"{score.gold}", (1.03, place), xycoords=panel.get_yaxis_transform(), fontsize=7, va="center")
    if f1.low is not None and f1.high is not None:
        panel.plot([f1.low, f1.high], [place, place], color="0.6", linewidth=2, zorder=1)
    if other is not None:
        panel.plot(other, place, "D", color=_THEIRS, markerfacecolor="white", markersize=4.5, zorder=2)
    if f1.value is not None:
        panel.plot(f1.value, place, "o", color=_OURS, markersize=4, zorder=3)


def _handles(panel: Any, names: tuple[str, str]) -> list[Any]:
    """Return what the legend shows: a point of each labeler, drawn where nobody sees it."""
    styles = ({"marker": "o", "color": _OURS}, {"marker": "D", "color": _THEIRS, "markerfacecolor": "white"})
    return [
        panel.plot([], [], linestyle="none", label=name, **style)[0] for name, style in zip(names, styles, strict=True)
    ]


def _draw_confusion(panel: Any, matrix: Sequence[Sequence[int]]) -> Any:
    shares = [[cell / (sum(row) or 1) for cell in row] for row in matrix]
    image = panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, cells in enumerate(matrix):
        for column, cell in enumerate(cells):
            share = shares[row][column]
            text = f"{share:.0%}\n{cell}" if cell else "·"
            colour = "white" if share > _DARK else "black"
            panel.text(column, row, text, ha="center", va="center", color=colour, fontsize=6)
    names = [value.name.lower() for value in Value]
    totals = [f"{name} ({sum(row)})" for name, row in zip(names, matrix, strict=True)]
    panel.set_xticks(range(len(names)), names, fontsize=6)
    panel.set_yticks(range(len(names)), totals, fontsize=6)
    return image


def _drawn(size: tuple[float, float], draw: Callable[[Any], None]) -> Plot:
    """Return a figure as both kinds of file."""
    figures = import_figures()
    with import_module("matplotlib").rc_context(_STYLE):
        figure = figures.Figure(size, layout="constrained")  # without pyplot there is no global state
        draw(figure)
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return Plot(png.getvalue(), svg.getvalue())
