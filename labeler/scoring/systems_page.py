"""Writes a comparison of systems into a folder: figures, tables, a plot, and a page that lists every error."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.scoring.output import file_name, markdown, write_files
from labeler.scoring.page import import_jinja
from labeler.scoring.plots import import_figures
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labeler.scoring.losses import Loss
    from labeler.scoring.systems import Comparison

MOST_PAIRS = 300
"""How many pairs of reports the page lists."""
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a report: marked where an error has its words, with the number of the error in the list."""

    text: str
    kind: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class PairOnPage:
    """A candidate with errors, beside its reference."""

    study: str
    system: str
    score: float
    losses: tuple[Loss, ...]
    sides: tuple[tuple[str, list[Piece]], ...]


def write_systems(folder: str | Path, comparison: Comparison) -> list[str]:
    """Write results.json, tables.md, a CSV and a LaTeX file per table, systems.png and index.html.

    Parameters
    ----------
    folder : str or Path
        Is made where it does not exist; files of these names in it are replaced.
    comparison : Comparison
        Report text is written to index.html only, and only if the comparison was made with text.

    Returns
    -------
    list of str
        Names of the files, in the order in which they were written.

    Raises
    ------
    UsageError
        If matplotlib or jinja2 is not installed.
    ReportFileError
        If a file cannot be written.
    """
    plot = systems_plot(comparison.points)
    files: dict[str, str | bytes] = {
        "results.json": json.dumps(comparison.to_dict(), indent=1, ensure_ascii=False, allow_nan=False),
        "tables.md": markdown("Generated reports", comparison.facts, comparison.tables),
        **{f"{file_name(table.title)}.csv": table.to_csv() for table in comparison.tables},
        **{f"{file_name(table.title)}.tex": table.to_latex() for table in comparison.tables},
        "systems.png": plot,
        "index.html": systems_page(comparison, plot),
    }
    return write_files(folder, files)


def systems_page(comparison: Comparison, plot: bytes) -> str:
    """Return a self-contained page: every error, the tables and the plot; it has no script.

    Parameters
    ----------
    comparison : Comparison
    plot : bytes
        PNG.

    Raises
    ------
    UsageError
        If jinja2 is not installed.
    """
    jinja = import_jinja()
    style = (_FOLDER / "systems.css").read_text(encoding="utf-8")
    template = jinja.Environment(autoescape=True, undefined=jinja.StrictUndefined).from_string(
        (_FOLDER / "systems.html").read_text(encoding="utf-8")
    )
    pairs = sorted(_pairs(comparison), key=lambda pair: pair.score)
    notes = [f"The first {MOST_PAIRS} of {len(pairs)} are listed."] if len(pairs) > MOST_PAIRS else []
    if not comparison.with_text:
        notes.append("Report text is shown with --with-text.")
    page: str = template.render(
        comparison=comparison,
        pairs=pairs[:MOST_PAIRS],
        note=" ".join(notes),
        plot=base64.b64encode(plot).decode(),
        style=import_module("markupsafe").Markup(style),
        style_hash="sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )
    return page


def _pairs(comparison: Comparison) -> Iterator[PairOnPage]:
    for system in (system for system in comparison.systems if system.scores):
        rows = zip(comparison.ids, comparison.references, system.texts, system.scores, strict=True)
        for study, reference, candidate, score in rows:
            if score.losses:
                texts = (("reference", reference), (system.name, candidate)) if comparison.with_text else ()
                sides = tuple((name, _pieces(text, score.losses, at)) for at, (name, text) in enumerate(texts))
                yield PairOnPage(study, system.name, score.value, score.losses, sides)


def _pieces(text: str, losses: Sequence[Loss], side: int) -> list[Piece]:
    """Return the stretches of a report in its order; of marks that overlap the first stands."""
    cues = [(loss.candidate if side else loss.reference, loss.kind, place) for place, loss in enumerate(losses, 1)]
    marks = sorted((cue.start, cue.end, kind, place) for cue, kind, place in cues if cue is not None)
    pieces, position = [], 0
    for start, end, kind, place in marks:
        if start < position:
            continue
        pieces += [Piece(text[position:start]), Piece(text[start:end], kind, place)]
        position = end
    return [*pieces, Piece(text[position:])]


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
    figure = import_figures().Figure(
        figsize=(1.5 + 2.6 * len(points), 1.2 + 0.35 * max(map(len, points.values()))), layout="constrained"
    )
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
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=150)
    return stream.getvalue()
