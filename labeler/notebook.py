"""What Python and notebooks show of labels: a line, and the report with its mentions marked."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from labeler.errors import shown_id
from labeler.marks import marked_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labeler.marks import Piece
    from labeler.records import Assertion, Label, StudyLabels

_SHOWN = 6
"""Most findings that the line names."""
# Lighter tints of Okabe and Ito's colours (2008), which colour-blind readers tell apart; words say it as well.
_STYLES = {
    "present": "background:#f7c9a9;color:#000;border-bottom:3px solid #b34700",
    "uncertain": "background:#fbf0a6;color:#000;border-bottom:3px dotted #6b5f00",
    "absent": "background:#c4e3f5;color:#000;border-bottom:3px double #00517d",
    None: "background:#e8e8e8;color:#000;border-bottom:1px solid #555",
}
_CUE = "text-decoration:underline;font-style:italic"
_TAG = "font-size:75%;font-weight:bold"
_TEXT = "white-space:pre-wrap;max-width:60em;line-height:1.9;margin:0 0 1em"
_CELL = "text-align:left;vertical-align:top"


def short(labels: StudyLabels) -> str:
    """Return a line that says what a study's labels are, without the report's text.

    Examples
    --------
    >>> from labeler.records import Label, Status, StudyLabels
    >>> short(StudyLabels((Label("Edema", Status.ABSENT, "only"), Label("Fracture", None, "not-mentioned")), (), "s1"))
    '<StudyLabels s1: Edema absent; 1 not mentioned>'
    """
    said = [f"{label.finding} {label.status}" for label in labels.labels if label.status is not None]
    more = [f"and {len(said) - _SHOWN} more"] if len(said) > _SHOWN else []
    name = f" {shown_id(labels.study_id)}" if labels.study_id else ""
    rest = f"{len(labels.labels) - len(said)} not mentioned"
    return f"<StudyLabels{name}: {'; '.join([', '.join(said[:_SHOWN] + more), rest] if said else [rest])}>"


def html(labels: StudyLabels) -> str:
    """Return the report with its mentions marked and a table of its labels; all text is escaped.

    A mention is coloured by its status, which also stands behind it as a word; its cue is underlined. Labels that have
    lost their report, as by pickling, are shown by the sentences that they rest on.
    """
    parts = [f"<div><p><b>{escape(labels.study_id or 'Labels')}</b></p>", *_remarks(labels)]
    if labels.text is not None:
        parts.append(
            f'<div style="{_TEXT}">{"".join(map(_piece, marked_pieces(labels.text, labels.assertions)))}</div>'
        )
    parts += _table(labels)
    parts.append("</div>")
    return "".join(parts).encode("utf-8", "replace").decode()  # half a character would stop the notebook


def _remarks(labels: StudyLabels) -> Iterator[str]:
    if labels.labelled_characters == 0:
        yield "<p>No text to label: the report has no usable section.</p>"
    if labels.is_foreign:
        yield "<p>Not labelled: the text is mostly not in English.</p>"


def _piece(piece: Piece) -> str:
    text = escape(piece.text)
    if piece.cues:
        text = f'<span style="{_CUE}">{text}</span>'
    if not piece.mentions:
        return text
    why = escape("\n".join(map(_reason, piece.mentions)))
    tags = dict.fromkeys(str(assertion.status or "not asserted") for assertion in piece.ending)
    tag = f' <span style="{_TAG}">{escape(", ".join(tags))}</span>' if tags else ""
    return f'<mark style="{_STYLES[piece.status]}" title="{why}">{text}{tag}</mark>'


def _reason(assertion: Assertion) -> str:
    cue = f', cue "{assertion.cue.text}"' if assertion.cue else ""
    return f"{assertion.mention.finding}: {assertion.status or 'not asserted'}{cue}, rule {assertion.rule_id}"


def _table(labels: StudyLabels) -> Iterator[str]:
    said = [label for label in labels.labels if label.status is not None]
    if said:
        heads = "".join(f'<th style="{_CELL}">{name}</th>' for name in ("Finding", "Status", "Rule", "Because of"))
        yield f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, said))}</tbody></table>"
    missing = [label.finding for label in labels.labels if label.status is None]
    if missing:
        yield f"<details><summary>{len(missing)} not mentioned</summary>{escape(', '.join(missing))}</details>"


def _row(label: Label) -> str:
    sentences = dict.fromkeys(" ".join(assertion.sentence.text.split()) for assertion in label.assertions)
    status = f'<span style="{_STYLES[label.status]};padding:0 .3em">{label.status}</span>'
    cells = (escape(label.finding), status, escape(label.rule_id), "<br>".join(map(escape, sentences)))
    return "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) + "</tr>"
