"""Makes one self-contained HTML page: tables, plots, and a browser of every error.

Everything that comes from data is escaped by the template engine. A content security policy allows the page's own
script and style by their hashes and nothing else, so that report text could not run even where escaping failed.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError
from labeler.scoring.run import MOST_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.scoring.evaluation import Evaluation
    from labeler.scoring.run import LabelError
    from labeler.scoring.tables import Table

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Results:
    """What a scoring run gives.

    Parameters
    ----------
    title : str
        Heading of the Markdown file and the page.
    facts : mapping of str to str
        What the figures were made with and from.
    data : mapping
        What results.json holds.
    tables : sequence of Table
    evaluation : Evaluation, optional
        What the plots show; without it there are none.
    errors : sequence of LabelError
    texts : mapping of str to str
        Report text by study, for the page only; empty unless it was asked for.
    """

    title: str
    facts: Mapping[str, str]
    data: Mapping[str, Any]
    tables: Sequence[Table]
    evaluation: Evaluation | None = None
    errors: Sequence[LabelError] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def html_page(results: Results, plots: Mapping[str, bytes]) -> str:
    """Return the page.

    Parameters
    ----------
    results : Results
        What to show.
    plots : mapping of str to bytes
        PNG by heading.

    Raises
    ------
    UsageError
        If jinja2 is not installed.
    """
    jinja = import_jinja()
    markup = import_module("markupsafe").Markup
    style, script = (markup((_FOLDER / name).read_text(encoding="utf-8")) for name in ("page.css", "page.js"))
    template = jinja.Environment(autoescape=True, undefined=jinja.StrictUndefined).from_string(
        (_FOLDER / "page.html").read_text(encoding="utf-8")
    )
    page: str = template.render(
        results=results,
        plots={name: base64.b64encode(data).decode() for name, data in plots.items()},
        findings=sorted({error.finding for error in results.errors}),
        tasks=sorted({kind.split(maxsplit=1)[0] for error in results.errors for kind in error.kinds}),
        note=f"Only the first {MOST_ERRORS} errors are listed." if len(results.errors) >= MOST_ERRORS else "",
        style=style,
        script=script,
        style_hash=_policy_hash(style),
        script_hash=_policy_hash(script),
    )
    return page


def import_jinja() -> Any:
    """Return the module jinja2.

    Raises
    ------
    UsageError
        If jinja2, an extra, is not installed.
    """
    try:
        return import_module("jinja2")
    except ImportError:
        message = 'The HTML page needs jinja2; install it with: pip install "cxr-labeler[eval]"'
        raise UsageError(message) from None


def _policy_hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
