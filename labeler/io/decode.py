"""Turn bytes into text, or say why they are not text.

In this order: UTF-8 or UTF-16 where a byte order mark says so; UTF-8; Windows-1252 (of which Latin-1's printable
characters are a part) where the bytes look like Western text. The byte order mark is no part of the text; line ends
are kept as they are, so that offsets are into what was written.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING

from labeler.io.source import FailureKind, UnreadableError

if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import WriteableBuffer

_REMEDY = "save it as UTF-8 text"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MARK_LENGTH = max(len(mark) for mark, _ in _MARKS)
# Any byte string without five undefined bytes "is" Windows-1252, so the guess asks for more: text has no control
# characters but white space (and the end-of-file mark of DOS), and Western text is mostly ASCII.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_MAX_NOT_ASCII = 1 / 3


def decode(data: bytes) -> str:
    r"""Return the text of a report's bytes.

    Raises
    ------
    UnreadableError
        If the bytes hold NUL or fit no known encoding; the message has no text in it.

    Examples
    --------
    >>> decode("No effusion.".encode("utf-16"))
    'No effusion.'
    >>> decode(b"Temp. 37\xb0, no edema.")
    'Temp. 37°, no edema.'
    >>> decode(b"\x89PNG\x00")
    Traceback (most recent call last):
    ...
    labeler.io.source.UnreadableError: is not text: holds NUL bytes; save it as UTF-8 text
    """
    encoding = _marked_encoding(data)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding is not None:
            raise _not_text(f"is marked as {encoding.removesuffix('-sig').upper()}, which it is not") from None
        text = _decode_windows(data)
    return without_nul(text)


def without_nul(text: str) -> str:
    """Return the text as it is where it can be labelled and written.

    Raises
    ------
    UnreadableError
        If it holds NUL or half of a surrogate pair, as a broken JSON escape gives.
    """
    if "\0" in text:
        raise _not_text("is not text: holds NUL bytes")
    if not text.isascii() and _HALF_PAIR.search(text):
        raise _not_text("is not text: holds half of a surrogate pair")
    return text


_HALF_PAIR = re.compile("[\ud800-\udfff]")


def recover(cell: str) -> str:
    """Return a cell of a stream that `open_text` opened, its undecodable bytes decoded as `decode` does.

    Raises
    ------
    UnreadableError
        As `decode`.
    """
    if cell.isascii() or not _HALF_PAIR.search(cell):
        return without_nul(cell)
    return decode(cell.encode("utf-8", "surrogateescape"))


def open_text(stream: io.BufferedIOBase) -> TextIO:
    """Open a table's bytes as text, so that a byte that is not UTF-8 spoils its own cell only; see `recover`.

    Closing the result leaves `stream` open, which may be standard input.
    """
    head = stream.read(_MARK_LENGTH)
    encoding = _marked_encoding(head) or "utf-8"
    errors = "strict" if encoding == "utf-16" else "surrogateescape"
    return io.TextIOWrapper(io.BufferedReader(_Rejoined(head, stream)), encoding=encoding, errors=errors, newline="")


class _Rejoined(io.RawIOBase):
    """The bytes that were read to find the encoding, then the rest, also of what is cut short."""

    def __init__(self, head: bytes, rest: io.BufferedIOBase) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        data = self._head or self._rest.read1(len(view))
        taken = data[: len(view)]
        self._head = data[len(view) :]
        view[: len(taken)] = taken
        return len(taken)


def _marked_encoding(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _decode_windows(data: bytes) -> str:
    control = _CONTROL.search(data)
    if control is not None:
        name = "NUL bytes" if control.group() == b"\0" else "control characters and bytes that are not UTF-8"
        raise _not_text(f"is not text: holds {name}")
    if len(_NOT_ASCII.findall(data)) > _MAX_NOT_ASCII * len(data):
        raise _not_text("is not text: neither UTF-8 nor likely Windows-1252")
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise _not_text(f"is not text: byte {error.start} is neither UTF-8 nor Windows-1252") from None


def _not_text(reason: str) -> UnreadableError:
    return UnreadableError(FailureKind.NOT_TEXT, reason, _REMEDY)
