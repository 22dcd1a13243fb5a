"""The page on which a person confirms or changes labels."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from labeler.io.write import value_of
from labeler.pages.template import render
from labeler.pages.view import BLANK, Viewer
from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from labeler.authoring.sample import Study
    from labeler.phrasebook.load import Phrasebook
    from labeler.pipeline import Labeler
    from labeler.scoring.drawn import Drawn


_HASHED = 16


def review_page(
    studies: Sequence[Study],
    labeler: Labeler,
    book: Phrasebook,
    drawn: Drawn,
    *,
    facts: Mapping[str, str],
    asked: Callable[[str, str], Mapping[str, str] | None] | None = None,
) -> str:
    """Return a self-contained page on which each label is confirmed or changed, and saved as corrections.

    Parameters
    ----------
    studies : sequence of Study
        In the order in which they are to be read.
    labeler : Labeler
        Which labelled them.
    book : Phrasebook
        Its phrases and rules.
    drawn : Drawn
        How the reports were drawn.
    facts : mapping of str to str
        What the labels were made with.
    asked : callable, optional
        Called with a report's identifier and a finding: None if that label is not asked for, otherwise what others
        said of it, by their names. Every label is asked for without it.
    """
    viewer = Viewer(labeler, book)
    shown = [viewer.show(study) for study in studies]
    labels = 0
    for study in shown:
        for label in study["labels"]:
            others = asked(study["id"], label["finding"]) if asked else {}
            if others is not None:
                label["others"] = others
                labels += 1
    data = {
        "reports": shown,
        "meanings": viewer.meanings,
        "values": {status: _cell(status) for status in (*Status, BLANK)},
        "drawn": str(replace(drawn, labels=labels)),
        "key": f"cxr-review:{_hash(shown)}",
    }
    return render("review", parts=("view", "review"), data=data, facts=facts, labels=labels)


def _cell(status: str) -> str:
    value = None if status == BLANK else value_of(Status(status))
    return "" if value is None else f"{value:g}"


def _hash(shown: list[dict[str, Any]]) -> str:
    """Return what work on the same reports and labels is kept under."""
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:_HASHED]
