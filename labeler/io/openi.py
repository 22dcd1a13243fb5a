"""Read the XML files of Open-I, the radiograph collection of Indiana University, each with one report."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from labeler.io.columns import SECTION_COLUMNS, joined_text
from labeler.io.source import FailureKind, UnreadableError


class _WithoutDocumentType(ET.TreeBuilder):
    """A builder that refuses a document type, without which there are no entities."""

    def doctype(self, *_: object) -> None:
        raise _unreadable("has a document type, which could hold entities", "Open-I's files have none")


def openi_text(data: bytes) -> str:
    r"""Return the findings and the impression of a file, each under its header.

    Raises
    ------
    UnreadableError
        If it is no XML, has a document type (none of the official files has), or no part of a report.

    Examples
    --------
    >>> openi_text(b'<a><AbstractText Label="FINDINGS">Clear lungs.</AbstractText></a>')
    ' FINDINGS: Clear lungs.'
    """
    try:
        root = ET.fromstring(data, ET.XMLParser(target=_WithoutDocumentType()))  # noqa: S314
    except ET.ParseError as error:
        raise _unreadable(f"is not complete XML, in line {error.position[0]}", "fetch the file again") from None
    except (ValueError, LookupError):
        raise _unreadable("is XML in an unknown encoding", "save it as UTF-8") from None
    parts = {each.get("Label", "").lower(): "".join(each.itertext()) for each in root.iter("AbstractText")}
    if not parts:
        raise _unreadable("has no AbstractText", "check that it is one of Open-I's files")
    return joined_text((name, parts.get(name, "")) for name in SECTION_COLUMNS)


def _unreadable(reason: str, remedy: str) -> UnreadableError:
    return UnreadableError(FailureKind.UNREADABLE, reason, remedy)
