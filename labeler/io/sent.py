"""The report of a message that one system sends to another, whatever standard it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.io.cells import report_of
from labeler.io.columns import Columns

if TYPE_CHECKING:
    from labeler.io.source import Failure
    from labeler.records import Report


def sent_report(where: str, study_id: object, text: object, subject: object) -> Report | Failure:
    """Return the report of a message; see `labeler.io.cells.report_of`.

    Parameters
    ----------
    where : str
        What a failure calls the message.
    study_id : object
    text : object
        An `UnreadableError` if it is no text.
    subject : object
        None or "" if the message names no patient.
    """
    columns = Columns("id", ("text",), "subject" if subject else None)
    return report_of(where, {"id": study_id, "text": text, "subject": subject}, columns, 1)
