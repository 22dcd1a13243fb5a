"""Writes what `labeler evaluate` gives: figures, tables, plots, and a page for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.pages.evaluation import evaluation_page
from labeler.pages.systems import systems_page
from labeler.scoring.output import Results, write_folder
from labeler.scoring.plots import confusion_plot, f1_plot, systems_plot

if TYPE_CHECKING:
    from pathlib import Path

    from labeler.scoring.systems import Comparison


def write_results(folder: str | Path, scored: Results | Comparison) -> list[str]:
    """Write results.json, tables.md, a CSV and a LaTeX file per table, plots as PNG and SVG, and index.html.

    Parameters
    ----------
    folder : str or Path
        Is made where it does not exist; files of these names in it are replaced.
    scored : Results or Comparison
        Its report text, where it has any, is written to index.html only.

    Returns
    -------
    list of str
        Names of the files, in the order in which they were written.

    Raises
    ------
    UsageError
        If matplotlib is not installed.
    ReportFileError
        If a file cannot be written.
    """
    if isinstance(scored, Results):
        shown = scored.evaluation
        plots = {}
        if shown:
            plots["F1"] = f1_plot(shown, scored.compared, scored.names)
            plots["Confusion matrices"] = confusion_plot(shown)
        return write_folder(folder, scored, plots, evaluation_page(scored, plots))
    plot = systems_plot(scored.points)
    return write_folder(folder, scored.results, {"Systems": plot}, systems_page(scored, plot))
