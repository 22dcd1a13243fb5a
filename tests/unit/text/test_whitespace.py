"""White space: what is collapsed, and the way back to the original."""

import pytest

from labeler.text.whitespace import NormalText, normalise


def test_text_without_surplus_white_space_is_returned_unchanged() -> None:
    """A sentence on one line needs no offset map."""
    assert normalise("No pleural effusion.") == NormalText("No pleural effusion.", 0, 20)


@pytest.mark.parametrize("gap", ["\n", "\t", "\f", "\v", "\r\n", "\u00a0", "  ", "\n \n", " \t \r\n\u2003"], ids=repr)
def test_any_white_space_becomes_one_blank(gap: str) -> None:
    """Line ends, tabs, form feeds and no-break spaces, alone or together, count as one blank."""
    assert normalise(f"pleural{gap}effusion").text == "pleural effusion"


@pytest.mark.parametrize("gap", [" ", "\n", "\r\n", " \n \n  "])
def test_span_of_a_phrase_leads_back_to_the_phrase(gap: str) -> None:
    """A span found in the normal text covers the same words in the original."""
    original = f"Small{gap}left{gap}pleural{gap}effusion{gap}again"
    normal = normalise(original)
    at = normal.text.index("pleural effusion")
    start, end = normal.span(at, at + len("pleural effusion"))
    assert original[start:end] == f"pleural{gap}effusion"


def test_offsets_lead_into_the_whole_text_not_into_the_piece() -> None:
    """A piece of a report gives offsets into the report."""
    report = "FINDINGS:  No \n effusion.  "
    normal = normalise(report, 9, len(report))
    assert normal.text == "No effusion."
    assert (normal.start, normal.end) == (11, 25)
    start, end = normal.span(3, 12)
    assert report[start:end] == "effusion."


def test_single_line_end_needs_no_map() -> None:
    """Where each run is one character long, offsets differ by the start only."""
    normal = normalise(" mild\nedema", 0)
    assert (normal.text, normal.start, normal.edges) == ("mild edema", 1, ())
    assert normal.original(5) == 6


@pytest.mark.parametrize("blank", ["", " ", "\n\n\t"])
def test_white_space_alone_gives_an_empty_text(blank: str) -> None:
    """A piece without words has an empty normal text whose extent lies in the piece."""
    normal = normalise(blank)
    assert normal.text == ""
    assert 0 <= normal.start <= normal.end <= len(blank)
