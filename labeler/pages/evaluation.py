"""The page of an evaluation: tables, plots, and a browser of every error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.pages.template import render
from labeler.scoring.run import MOST_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeler.scoring.output import Results


def evaluation_page(results: Results, plots: Mapping[str, bytes]) -> str:
    """Return the page.

    Parameters
    ----------
    results : Results
        What to show.
    plots : mapping of str to bytes
        PNG by heading.
    """
    return render(
        "evaluation",
        parts=("evaluation",),
        results=results,
        plots=plots,
        findings=sorted({error.finding for error in results.errors}),
        tasks=sorted({kind.split(maxsplit=1)[0] for error in results.errors for kind in error.kinds}),
        note=f"Only the first {MOST_ERRORS} errors are listed." if len(results.errors) >= MOST_ERRORS else "",
    )
