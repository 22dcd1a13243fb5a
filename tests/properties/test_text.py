"""Properties of splitting that hold for any text."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from truths import sections_tile_the_report, sentences_tile_the_text

from labeler.phrasebook.load import phrases_folder
from labeler.text.legible import legible
from labeler.text.sections import SectionRules, load_section_rules, section_row, split_sections
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import normalise

PIECES = [
    *["FINDINGS:", "IMPRESSION:", "Findings:", " IMPRESSION: ", " CHEST, TWO VIEWS: ", "COMPARISON:", "FINAL REPORT"],
    *["Lungs: clear", "PLEURA: none", "\n NOTE: ", "INDICATION", "**Impression:** ", "## Findings", ":", "*", " - "],
    *[
        " ",
        "  ",
        "\n",
        "\r\n",
        "\n \n",
        "\t",
        "\f",
        "\u00a0",
        "1. ",
        "2) ",
        "(3) ",
        "- ",
        "\u2022 ",
        ".",
        "..",
        "?",
        "!",
    ],
    *["no effusion", "The heart is large", "No", "Dr", "a.m", "approx", "e.g", "2.5 cm", "T5", "___", "XXXX", "x", "J"],
    *["[**Name**]", "[**", "effusion.No", ",", ";", "\u00df", "\u0130", "\u2028", "9", "10:30"],
]
reports = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@pytest.fixture(scope="module")
def rules() -> SectionRules:
    """Give the rules of phrases/sections.yaml."""
    return load_section_rules(phrases_folder() / "sections.yaml")


@given(text=reports)
def test_normal_text_is_the_words_of_the_original(text: str) -> None:
    """Collapsing white space keeps every word and nothing else."""
    assert normalise(text).text == " ".join(text.split())


@given(text=reports, data=st.data())
def test_every_span_of_the_normal_text_covers_the_same_words(text: str, data: st.DataObject) -> None:
    """A span leads back to the text that it was made from, wherever the piece lies in the report."""
    begin = data.draw(st.integers(0, len(text)))
    normal = normalise(text, begin)
    start = data.draw(st.integers(0, len(normal.text)))
    end = data.draw(st.integers(start, len(normal.text)))
    low, high = normal.span(start, end)
    assert begin <= normal.start <= low <= high <= normal.end <= len(text)
    assert text[low:high].split() == normal.text[start:end].split()


@given(text=reports)
@example(text="1. 2) (3) - \u2022")
@example(text="Dr. J. e.g. 2.5 cm.No\u2028\x85x")
@example(text="...?!\u200b.\udc81")
def test_sentences_tile_the_text_but_for_white_space(text: str) -> None:
    """Sentences are in order, trimmed, not empty; only white space stands between; each leads back to its words."""
    sentences_tile_the_text(text)


@given(before=reports, text=reports, after=reports)
def test_sentences_depend_on_nothing_around_the_stretch(before: str, text: str, after: str) -> None:
    """A stretch is split alike alone and inside a report."""
    alone = split_sentences(text, 0, len(text))
    inside = split_sentences(before + text + after, len(before), len(before) + len(text))
    assert inside == tuple((start + len(before), end + len(before)) for start, end in alone)


@given(text=reports)
def test_a_list_number_is_never_a_sentence_of_its_own(text: str) -> None:
    """Where a text has more than one sentence, none of them is a bare number."""
    spans = split_sentences(text, 0, len(text))
    if len(spans) > 1:
        assert not any(re.fullmatch(r"\(?\d{1,2}[.)]+", text[start:end]) for start, end in spans)


@given(
    text=st.lists(st.sampled_from([piece for piece in PIECES if not re.search(r"[\n\r\f\v]", piece)]), max_size=30).map(
        "".join
    )
)
def test_upper_case_splits_a_line_alike(text: str) -> None:
    """Within a line, whether text is in capitals makes no difference to its sentences."""
    if len(text.upper()) == len(text):
        assert split_sentences(text.upper(), 0, len(text)) == split_sentences(text, 0, len(text))


@given(text=reports)
@example(text="FINDINGS:\n\n\nIMPRESSION:")
@example(text=": \x85IMPRESSION:\u2028\udc81")
@example(text="FINAL REPORT\r\r\nFINDINGS: x\x0bIMPRESSION: y\0")
def test_sections_tile_the_report_and_what_is_chosen_lies_in_them(text: str, rules: SectionRules) -> None:
    """Sections have no gap and no overlap; chosen stretches are in order, trimmed, in the body of their section."""
    sections_tile_the_report(text, rules)


@given(text=reports)
def test_something_is_labelled_in_every_free_text(text: str, rules: SectionRules) -> None:
    """A report without headers that has any words is labelled, whatever was selected."""
    seen = legible(text).text
    if seen.strip() and all(not section.title for section in split_sections(seen, rules)):
        for selection in ("mimic", "all", "impression"):
            labelled = section_row(text, "1", selection, rules)["labelled_text"]
            assert legible(labelled).text == seen.strip()
            assert labelled in text


UNITS = [
    *[":", "\n", " ", "A:", ". ", "1. ", "x 1) ", "[**", "*", "\r", "a.b.", "A \n", "x\n:", "FINDINGS:", "a findings:"],
    *["x\nFINAL REPORT\n", "CHEST FOO: \n", " A B:", "a, " * 500 + "\nA\nB\nC"],
]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: repr(unit[:20]))
@pytest.mark.parametrize("start", ["", "FINDINGS: x"])
def test_long_runs_of_anything_are_split_in_passing(unit: str, start: str, rules: SectionRules) -> None:
    """No repetition makes the work grow faster than the text; where it did, these texts would take minutes."""
    text = start + unit * (100_000 // len(unit))
    assert split_sections(text, rules)[-1].end == len(text)
    assert split_sentences(text, 0, len(text)) or not text.strip()
    assert normalise(text).end <= len(text)
