"""The page of an evaluation: a browser of every error, the tables and the plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from labeler.marks import cut
from labeler.pages.template import render
from labeler.scoring.run import MOST_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeler.scoring.output import Results
    from labeler.scoring.plots import Plot
    from labeler.scoring.run import LabelError


class Piece(NamedTuple):
    """A stretch of a report with the names of the marks over it."""

    text: str
    classes: tuple[str, ...]


def evaluation_page(results: Results, plots: Mapping[str, Plot]) -> str:
    """Return the page.

    Parameters
    ----------
    results : Results
        What to show.
    plots : mapping of str to Plot
        By heading.
    """
    return render(
        "evaluation",
        parts=("evaluation",),
        results=results,
        plots=plots,
        errors=[(error, _marked(error, results.texts.get(error.study))) for error in results.errors],
        findings=sorted({error.finding for error in results.errors}),
        tasks=sorted({kind.split(maxsplit=1)[0] for error in results.errors for kind in error.kinds}),
        note=f"Only the first {MOST_ERRORS} errors are listed." if len(results.errors) >= MOST_ERRORS else "",
    )


def _marked(error: LabelError, text: str | None) -> list[Piece]:
    """Return the report with the words that an error is about; nothing without its text."""
    if text is None:
        return []
    marks = [mark for evidence in error.evidence for mark in evidence.marks]
    sentences = [(*evidence.extent, "lit") for evidence in error.evidence]
    return [
        Piece(text[start:end], tuple(dict.fromkeys(names))) for start, end, names in cut(text, [*sentences, *marks])
    ]
