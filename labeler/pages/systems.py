"""The page of a comparison of systems: every error with its words, the tables and the plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.marks import cut
from labeler.pages.template import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labeler.scoring.losses import Loss
    from labeler.scoring.plots import Plot
    from labeler.scoring.systems import Comparison

MOST_PAIRS = 300
"""How many pairs of reports the page lists."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a report, with the kinds and the numbers in the list of the errors that have their words there."""

    text: str
    kinds: tuple[str, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PairOnPage:
    """A candidate with errors, beside its reference."""

    study: str
    system: str
    score: float
    losses: tuple[Loss, ...]
    sides: tuple[tuple[str, list[Piece]], ...]


def systems_page(comparison: Comparison, plot: Plot) -> str:
    """Return a self-contained page: every error, the tables and the plot; it has no script.

    Parameters
    ----------
    comparison : Comparison
    plot : Plot
    """
    pairs = sorted(_pairs(comparison), key=lambda pair: pair.score)
    notes = [f"The first {MOST_PAIRS} of {len(pairs)} are listed."] if len(pairs) > MOST_PAIRS else []
    if not comparison.with_text:
        notes.append("Report text is shown with --with-text.")
    listed = pairs[:MOST_PAIRS]
    return render("systems", comparison=comparison, pairs=listed, note=" ".join(notes), plot=plot)


def _pairs(comparison: Comparison) -> Iterator[PairOnPage]:
    for system in (system for system in comparison.systems if system.scores):
        rows = zip(comparison.ids, comparison.references, system.texts, system.scores, strict=True)
        for study, reference, candidate, score in rows:
            if score.losses:
                texts = (("reference", reference), (system.name, candidate)) if comparison.with_text else ()
                sides = tuple((name, _pieces(text, score.losses, at)) for at, (name, text) in enumerate(texts))
                yield PairOnPage(study, system.name, score.value, score.losses, sides)


def _pieces(text: str, losses: Sequence[Loss], side: int) -> list[Piece]:
    """Return the stretches of a report in its order."""
    cues = [(loss.candidate if side else loss.reference, loss.kind, place) for place, loss in enumerate(losses, 1)]
    marks = [(cue.start, cue.end, (kind, place)) for cue, kind, place in cues if cue is not None]
    return [
        Piece(text[start:end], tuple(kind for kind, _ in names), tuple(place for _, place in names))
        for start, end, names in cut(text, marks)
    ]
