"""Reports in HL7 v2 messages."""

import pytest
from hl7apy.parser import parse_message

from labeler.io.read import read_reports
from labeler.records import Report

MESSAGE = r"""MSH|^~\&|RIS|HOSP|X|Y|202611251200||ORU^R01^ORU_R01|1|P|2.5.1
PID|1||P7^^^HOSP^MR~P8||DOE^JANE
OBR|1|PLACER1|FILLER1^RIS|71020^CHEST
OBX|1|TX|71020&GDT^CHEST||FINDINGS:||||||F
OBX|2|TX|71020&GDT^CHEST||Small left effusion \T\ edema.~Tube \F\ line \R\ 2 cm.||||||F
OBX|3|NM|1^HEIGHT||170||||||F
OBX|4|FT|71020&IMP^CHEST||IMPRESSION:\.br\No \H\pneumothorax\N\.||||||F""".replace("\n", "\r")
TEXT = "FINDINGS:\nSmall left effusion & edema.\nTube | line ~ 2 cm.\nIMPRESSION:\nNo pneumothorax."


@pytest.fixture
def read(tmp_path):
    """Read what a file of messages holds."""

    def read(content):
        path = tmp_path / "in.hl7"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [
            item if isinstance(item, Report) else str(item).removeprefix(str(path)) for item in read_reports([path])
        ]

    return read


def test_a_message_is_a_report(read):
    """OBX lines are joined, escape sequences are what they stand for, OBR-3 and PID-3 are the identifiers."""
    assert read(MESSAGE) == [Report("FILLER1", TEXT, "P7")]


def test_a_library_reads_the_same_fields_of_it():
    """The example is a message that hl7apy accepts, with its text where we read it."""
    message = parse_message(MESSAGE, find_groups=False)
    values = [segment.obx_5[0].to_er7() for segment in message.obx if segment.obx_2.to_er7() in {"TX", "FT"}]
    assert [message.msh.msh_9.msh_9_1.to_er7(), values[0]] == ["ORU", "FINDINGS:"]
    assert message.obr.obr_3.obr_3_1.to_er7() == "FILLER1"
    assert message.pid.pid_3[0].pid_3_1.to_er7() == "P7"


@pytest.mark.parametrize("line_end", ["\r", "\n", "\r\n"])
def test_messages_may_be_framed_and_end_their_segments_in_any_way(read, line_end):
    """MLLP's frame, a batch's envelope and each kind of line end are read."""
    message = MESSAGE.replace("\r", line_end)
    framed = f"FHS|^~\\&{line_end}\x0b{message}{line_end}\x1c{line_end}\x0b{message}{line_end}\x1c{line_end}FTS|1"
    assert read(framed) == [Report("FILLER1", TEXT, "P7")] * 2


def test_requests_of_one_message_are_studies_of_their_own(read):
    """Each OBR has the text that follows it; OBR-2 serves where OBR-3 is blank; one without text is none."""
    tail = "\rOBR|2|PLACER2||X\rOBX|1|TX|1||Second.\rOBR|3|PLACER3||X"
    assert [(report.id, report.text) for report in read(MESSAGE + tail)] == [("FILLER1", TEXT), ("PLACER2", "Second.")]


def test_a_header_declares_the_marks(read):
    """A system may divide fields by other characters."""
    other = MESSAGE.translate(str.maketrans({"|": "#", "^": "*", "~": "!", "\\": "$"}))
    assert read(other)[0].text == TEXT.replace("|", "#").replace("~", "!")


def test_a_line_end_inside_a_text_does_not_end_it(read):
    """Some systems leave line ends in OBX-5."""
    assert read("MSH|^~\\&|||||||ORU^R01\nOBR|1||A\nOBX|1|TX|1||No edema.\nSmall effusion.\n")[0].text == (
        "No edema.\nSmall effusion."
    )


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("MSH|^~\\&|||||||ADT^A01\rPID|1\r", " message 1: is no ORU message in MSH-9; give messages of reports alone"),
        (
            "MSH|^~\\&|||||||ORU^R01\rOBR|1||A\rOBX|1|NM|1||7\r",
            " message 1: has no OBX-5 of the type TX, FT or ST; send the report's text in the message",
        ),
        (
            "MSH|^~\\&|||||||ORU^R01\rOBR|1\rOBX|1|TX|1||No edema.\r",
            " message 1: has no identifier; give every report one",
        ),
        ("No edema.", ": holds no HL7 message, which begins with MSH; check --input-format"),
        (
            b"MSH|^~\\&|||||||ORU^R01\rOBR|1||A\rOBX|1|TX|1||a\0b\r",
            " message 1: is not text: holds NUL bytes; save it as",
        ),
    ],
)
def test_what_is_no_report_is_a_failure(read, content, failure):
    """It is listed without text, and the messages after it are read."""
    first, *rest = read(content)
    assert first.startswith(failure)
    assert rest == []
    separator, after = ("\r", MESSAGE) if isinstance(content, str) else (b"\r", MESSAGE.encode())
    assert read(content + separator + after)[-1] == Report("FILLER1", TEXT, "P7")
