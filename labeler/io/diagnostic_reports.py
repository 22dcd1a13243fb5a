"""Read reports from FHIR: DiagnosticReports, one a line, in a Bundle, or as the one resource of a file."""

from __future__ import annotations

import base64
import binascii
import json
import re
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING

from labeler.io.csv_records import lines
from labeler.io.decode import decode, recover
from labeler.io.sent import sent_report
from labeler.io.source import Failure, UnreadableError, bad_row, too_large
from labeler.io.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from labeler.io.tables import Rows, Table
    from labeler.records import Report

_ACCESSION = "ACSN"
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_BREAKS = frozenset(
    {"br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "table", "tr"}
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = frozenset({"script", "style"})
_TAG = re.compile(r"(?P<closes>/)?(?P<name>[a-zA-Z!?][\w!?]*+)[^>]*+>")


def fhir_rows(table: Table) -> Rows:
    """Yield the reports of a file of resources; those that are no DiagnosticReport are passed over.

    A report's identifier is the accession number among `identifier`, otherwise the first of these, otherwise `id`; its
    patient is `subject`; its text is the first there is of `presentedForm` (plain text or HTML), `text.div` and
    `conclusion`.
    """
    with open_table(table) as stream:
        is_empty = True
        for number, resource in enumerate(_resources(stream), 1):
            where = f"{table.path} row {number}"
            if isinstance(resource, UnreadableError):
                is_empty = False
                yield resource.at(where)
            else:
                for report in _reports_of(resource):
                    is_empty = False
                    yield _report(where, report)
        if is_empty:
            yield bad_row("holds no DiagnosticReport", "give FHIR R4 resources as JSON").at(table.path)


def _resources(stream: TextIO) -> Iterator[object]:
    """Yield what each line holds, an error if it is no JSON; where no line of two is whole, the file is one value."""
    rest = lines(stream)
    head = list(islice(rest, 2))
    values = [_value(line) for line in head]
    if values and all(isinstance(value, UnreadableError) for value in values):
        yield _value("".join(line or "" for line in (*head, *rest)))
        return
    yield from values
    yield from (_value(line) for line in rest if line is None or line.strip())


def _value(line: str | None) -> object:
    if line is None:
        return too_large()
    try:
        return json.loads(recover(line))
    except UnreadableError as error:
        return error
    except (ValueError, RecursionError):  # whose messages may quote the line
        return bad_row("is no JSON", "write one resource a line, or one to the file")


def _reports_of(resource: object) -> Iterator[object]:
    """Yield the DiagnosticReports of a resource, which may be a Bundle of them."""
    if _at(resource, "resourceType") == "DiagnosticReport":
        yield resource
    elif _at(resource, "resourceType") == "Bundle":
        inside = [_at(entry, "resource") for entry in _list(_at(resource, "entry"))]
        yield from (one for one in inside if _at(one, "resourceType") == "DiagnosticReport")


def _report(where: str, resource: object) -> Report | Failure:
    study_id = _at(resource, "id")
    for identifier in reversed(_list(_at(resource, "identifier"))):
        study_id = _at(identifier, "value") or study_id
    for identifier in _list(_at(resource, "identifier")):
        if _ACCESSION in [_at(coding, "code") for coding in _list(_at(identifier, "type", "coding"))]:
            study_id = _at(identifier, "value") or study_id
    reference = _at(resource, "subject", "reference")
    named = re.split("[/:]", reference)[-1] if isinstance(reference, str) else None
    subject = _at(resource, "subject", "identifier", "value") or named
    try:
        return sent_report(where, study_id, _text(resource), subject)
    except UnreadableError as error:
        return sent_report(where, study_id, error, subject)


def _text(resource: object) -> str:
    """Return the text of a report.

    Raises
    ------
    UnreadableError
        If it has none, or none that can be read.
    """
    forms = {str(_at(form, "contentType")).partition(";")[0].strip().lower(): form for form in _forms(resource)}
    if "text/plain" in forms:
        return _decoded(forms["text/plain"])
    html = next((form for kind, form in forms.items() if kind in _HTML), None)
    if html is not None:
        return without_tags(_decoded(html))
    div, conclusion = _at(resource, "text", "div"), _at(resource, "conclusion")
    if isinstance(div, str) and (text := without_tags(div)):
        return text
    if isinstance(conclusion, str):
        return conclusion
    reason = "has no text: no presentedForm with data of text/plain or text/html, no text.div and no conclusion"
    raise bad_row(reason, "put the report's text into presentedForm")


def _forms(resource: object) -> list[object]:
    """Return the forms that have data, the first last, so that it is the one of its kind that counts."""
    return [form for form in reversed(_list(_at(resource, "presentedForm"))) if isinstance(_at(form, "data"), str)]


def _decoded(form: object) -> str:
    try:
        return decode(base64.b64decode(str(_at(form, "data"))))
    except (binascii.Error, ValueError):
        raise bad_row("has a presentedForm that is no base64", "encode the text as base64") from None


def _at(value: object, *names: str) -> object:
    """Return what a path of names leads to, None if it leads nowhere."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def without_tags(html: str) -> str:
    """Return the text of HTML, blocks as lines; comments, scripts and style sheets are no text.

    It takes one walk over the text, whatever that holds; Python's own parser takes hours over a million comments that
    are not closed.

    >>> without_tags('<div><p>No edema.<br/>Nodule <1 cm &amp; scar.</p><script>alert(1)</script></div>').splitlines()
    ['No edema.', 'Nodule <1 cm & scar.']
    """
    head, *rest = html.split("<!--")
    bare = head + "".join([piece.partition("-->")[2] for piece in rest])
    text, *tags = bare.split("<")
    pieces = [_spaced(unescape(text))]
    kept = hidden = 0
    for piece in tags:
        tag = _TAG.match(piece)
        if tag is None:
            pieces.append(_spaced(unescape(f"<{piece}")))
            continue
        name, step = tag["name"].lower(), 0 if tag[0].endswith("/>") else -1 if tag["closes"] else 1
        kept = max(0, kept + step * (name == "pre"))
        hidden = max(0, hidden + step * (name in _HIDDEN))
        after = unescape(piece[tag.end() :]) if hidden == 0 else ""
        pieces += ["\n" if name in _BREAKS else " " if name in _CELLS else "", after if kept else _spaced(after)]
    return "\n".join([line.strip() for line in "".join(pieces).splitlines() if line.strip()])


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)
