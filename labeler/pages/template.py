"""Renders a self-contained HTML page from a template of this folder.

Everything that comes from data is escaped by the template engine. A content security policy allows the page's own
style and script by their hashes and nothing else, so that report text could not run even where escaping failed.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).parent


def render(name: str, *, parts: tuple[str, ...] = (), **values: Any) -> str:
    """Return the page of a template.

    Parameters
    ----------
    name : str
        Of the template, `name.html`, which extends `base.html`.
    parts : tuple of str
        What the page has beside `page.css`: the files `PART.css` and `PART.js`, where there are such.
    **values
        What the template shows; an image goes through the filter `svg`, and what it leaves to
        the script through `tojson`, which escapes `<`.
    """
    environment = Environment(autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(_FOLDER))
    environment.filters["svg"] = _svg
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    style, code = (_read(tuple(f"{part}.{ending}" for part in ("page", *parts))) for ending in ("css", "js"))
    page = environment.get_template(f"{name}.html")
    return page.render(style=style, script=code, policy=_policy(style, code), **values)


def _read(names: tuple[str, ...]) -> Markup:
    paths = [path for path in map(_FOLDER.joinpath, names) if path.is_file()]
    return Markup("".join(path.read_text(encoding="utf-8") for path in paths))  # noqa: S704 - files of ours


def _policy(style: str, script: str) -> str:
    allowed = f"default-src 'none'; img-src data:; style-src '{_hash(style)}'"
    return f"{allowed}; script-src '{_hash(script)}'" if script else allowed


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _svg(data: bytes) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(data).decode()
