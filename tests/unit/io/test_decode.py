"""Bytes to text."""

import io

import pytest

from labeler.io.decode import decode, open_text, recover
from labeler.io.source import FailureKind, UnreadableError

TEXT = "Temp. 37°C — no “edema”.\r\nNo effusion.\r"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_decode_knows_the_encodings_of_report_archives(encoding):
    """The text is what was written, line ends included and the byte order mark not."""
    assert decode(TEXT.encode(encoding)) == TEXT


def test_decode_knows_utf_16_of_either_byte_order():
    """The byte order mark says which."""
    assert decode(b"\xff\xfe" + "é".encode("utf-16-le")) == "é"
    assert decode(b"\xfe\xff" + "é".encode("utf-16-be")) == "é"


def test_decode_takes_latin_1():
    """Printable Latin-1 is a part of Windows-1252."""
    assert decode("épanchement pleural".encode("latin-1")) == "épanchement pleural"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"edema\0", "is not text: holds NUL bytes"),
        ("edema".encode("utf-16-le"), "is not text: holds NUL bytes"),
        (b"\xe9\0", "is not text: holds NUL bytes"),
        (b"no edema \x81", "is not text: byte 9 is neither UTF-8 nor Windows-1252"),
        (b"\xff\xff\xff", "is not text: neither UTF-8 nor likely Windows-1252"),
        (b"edema \x9f\x01", "is not text: holds control characters and bytes that are not UTF-8"),
        (b"\xef\xbb\xbfedema\xff", "is marked as UTF-8, which it is not"),
        (b"\xff\xfee", "is marked as UTF-16, which it is not"),
    ],
)
def test_decode_says_what_is_no_text(data, reason):
    """Bytes that are no text are refused with a reason in which none of them stands."""
    with pytest.raises(UnreadableError) as caught:
        decode(data)
    assert caught.value.reason == reason
    assert caught.value.kind is FailureKind.NOT_TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_open_text_finds_the_encoding_of_a_table(encoding):
    """A table's byte order mark is no part of its first cell."""
    assert open_text(io.BytesIO("id,text\r\n1,é\r\n".encode(encoding))).read() == "id,text\r\n1,é\r\n"


def test_open_text_leaves_the_stream_open():
    """Standard input outlives the reader."""
    stream = io.BytesIO(b"edema")
    with open_text(stream) as text:
        assert text.read() == "edema"
    assert not stream.closed


def test_recover_decodes_the_cell_that_is_not_utf_8():
    """A Windows-1252 cell in a UTF-8 table is read, as a file of its own would be."""
    cell = open_text(io.BytesIO(b"Temp. 37\xb0, no edema")).read()
    assert recover(cell) == "Temp. 37°, no edema"
    assert recover("épanchement") == "épanchement"


@pytest.mark.parametrize("cell", ["edema\0", "\udcff\udcff"])
def test_recover_refuses_what_is_no_text(cell):
    """NUL and undecodable bytes can neither be labelled nor written."""
    with pytest.raises(UnreadableError):
        recover(cell)
