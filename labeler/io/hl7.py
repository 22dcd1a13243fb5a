"""Read reports from HL7 v2 messages of the type ORU: the text of each observation request (OBR)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from labeler.io.csv_records import lines
from labeler.io.decode import recover
from labeler.io.sent import sent_report
from labeler.io.source import MAX_REPORT_BYTES, UnreadableError, bad_row, too_large
from labeler.io.tables import open_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from labeler.io.tables import Rows, Table

_FRAME = "\x0b\x1c\r\n"
"""What MLLP puts around messages, and what ends segments."""
_HEADER = re.compile(r"MSH(?P<field>[^\w\s])(?P<component>[^\w\s])(?P<again>[^\w\s])(?P<escape>[^\w\s])")
_SEGMENT = re.compile(r"[A-Z][A-Z\d]{2}(?P<after>.|$)", re.DOTALL)
_TEXT_TYPES = frozenset({"TX", "FT", "ST"})


def hl7_rows(table: Table) -> Rows:
    """Yield the reports of a file of messages, framed as MLLP does or one after another.

    A report's identifier is OBR-3, otherwise OBR-2; its patient is PID-3; its text is OBX-5 of the types TX, FT and ST,
    each a line.
    """
    with open_table(table) as stream:
        number = 0
        for number, segments in enumerate(_messages(stream), 1):
            where = f"{table.path} message {number}"
            study_id = ""
            try:
                message = _Message.read(segments)
                study_id = message.requests[0].study_id if message.requests else ""
                message.check()
            except UnreadableError as error:
                yield error.at(where, study_id)
                continue
            for request in message.requests:
                if request.text:
                    yield sent_report(where, request.study_id, "\n".join(request.text), message.subject)
        if number == 0:
            yield bad_row("holds no HL7 message, which begins with MSH", "check --input-format").at(table.path)


def _messages(stream: TextIO) -> Iterator[list[str] | None]:
    """Yield the segments of each message, None for a message that is longer than any report.

    A line that begins no segment goes on with the one before: some systems leave line ends inside the text.
    """
    segments: list[str] | None = None
    size, after = 0, "|"
    is_begun = False
    for line in lines(stream):
        segment = (line or "").strip(_FRAME)
        header = _HEADER.match(segment)
        if header:
            if is_begun:
                yield segments
            segments, size, after, is_begun = [], 0, header["field"], True
        size += MAX_REPORT_BYTES if line is None else len(segment)
        if size >= MAX_REPORT_BYTES:
            segments = None
        if segments is None:
            continue
        begins = _SEGMENT.match(segment)
        if begins and begins["after"] in {"", after}:
            segments.append(segment)
        else:
            segments[-1] += f"\n{segment}" if line and line.strip(_FRAME) else ""
    if is_begun:
        yield segments


@dataclass(slots=True)
class _Request:
    """One observation request, which is one study."""

    study_id: str
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Message:
    """What is needed of a message."""

    kind: str
    subject: str = ""
    requests: list[_Request] = field(default_factory=list)

    @classmethod
    def read(cls, segments: list[str] | None) -> _Message:
        """Read a message from its segments.

        Raises
        ------
        UnreadableError
            If it is too large, or no text.
        """
        if segments is None:
            raise too_large()
        marks = _Marks.of(segments[0])
        message = cls(marks.first(segments[0].split(marks.field), 8))
        for segment in segments[1:]:
            cells = recover(segment).split(marks.field)
            if cells[0] == "PID":
                message.subject = marks.first(cells, 3)
            elif cells[0] == "OBR":
                message.requests.append(_Request(marks.first(cells, 3) or marks.first(cells, 2)))
            elif cells[0] == "OBX" and cells[2:3] and cells[2] in _TEXT_TYPES:
                if not message.requests:
                    message.requests.append(_Request(""))
                message.requests[-1].text += marks.lines(cells, 5)
        return message

    def check(self) -> None:
        """Make sure that the message is one of reports.

        Raises
        ------
        UnreadableError
            If it is of another type, or has no text.
        """
        if self.kind != "ORU":
            raise bad_row("is no ORU message in MSH-9", "give messages of reports alone")
        if not any(request.text for request in self.requests):
            raise bad_row("has no OBX-5 of the type TX, FT or ST", "send the report's text in the message")


@dataclass(frozen=True, slots=True)
class _Marks:
    """The characters that divide a message, as its header declares them."""

    field: str
    component: str
    again: str
    escape: str

    @classmethod
    def of(cls, header: str) -> _Marks:
        match = _HEADER.match(header)
        return cls(*(match.groups() if match else "|^~\\"))

    def first(self, cells: list[str], at: int) -> str:
        """Return the first component of the first repetition of a field, "" if there is none."""
        cell = cells[at] if at < len(cells) else ""
        return self.plain(cell.split(self.again)[0].split(self.component)[0]).strip()

    def lines(self, cells: list[str], at: int) -> list[str]:
        """Return the repetitions of a field of text, each a line."""
        return [self.plain(line) for line in cells[at].split(self.again)] if at < len(cells) else []

    def plain(self, text: str) -> str:
        r"""Return text without escape sequences; what is none stays as it is.

        >>> print(_Marks.of("MSH|^~\\&|").plain(r"A \T\ B\.br\C\F\D \H\bold\N\ 37\XB0\ w\o"))
        A & B
        C|D bold 37° w\o
        """
        if self.escape not in text:
            return text
        mark = re.escape(self.escape)
        pattern = rf"{mark}(?:([FSTREHN])|\.([a-z]{{2}})([+-]?\d{{0,3}})|X((?:[\dA-F]{{2}})+)|[CMZ][^{mark}]*){mark}"
        return re.sub(pattern, self._meaning, text)

    def _meaning(self, match: re.Match[str]) -> str:
        letter, command, number, digits = match.groups()
        if letter:
            named = {"F": self.field, "S": self.component, "T": "&", "R": self.again, "E": self.escape}
            return named.get(letter, "")
        if digits:
            return bytes.fromhex(digits).decode("cp1252", "replace")
        if command in {"br", "ce", "sp"}:
            return "\n" * max(1, int(number or 1))
        return " " * max(0, int(number or 1)) if command == "sk" else ""
