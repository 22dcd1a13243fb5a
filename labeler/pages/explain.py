"""The page that explains the labels of reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.pages.template import render
from labeler.pages.view import Viewer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.authoring.sample import Study
    from labeler.phrasebook.load import Phrasebook
    from labeler.pipeline import Labeler


def explain_page(studies: Sequence[Study], labeler: Labeler, book: Phrasebook, facts: Mapping[str, str]) -> str:
    """Return a self-contained page with every mention of reports in place, and each label with its reasons.

    Parameters
    ----------
    studies : sequence of Study
    labeler : Labeler
        Which labelled them.
    book : Phrasebook
        Its phrases and rules.
    facts : mapping of str to str
        What the labels were made with.
    """
    viewer = Viewer(labeler, book)
    shown = [viewer.show(study) for study in studies]
    data = {"reports": shown, "meanings": viewer.meanings}
    return render("explain", parts=("view", "explain"), data=data, facts=facts)
