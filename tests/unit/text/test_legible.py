"""What a reader sees of a text, and the way back to what was written."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labeler.pipeline import Labeler
from labeler.text.legible import legible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("No edema.\r\n\tNo effusion.\n", "No edema.\r\n\tNo effusion.\n"),
        ("pneumo\u200bthorax", "pneumothorax"),
        ("\ufeffpneu\xadmo\u2060tho\u0301rax\u202c", "pneumothorax"),
        ("\x1b[1;31medema\x1b[0m\x07", "edema"),
        ("edema\reffusion\r\reffusion\r\r\n", "edema\neffusion\n\neffusion\r\n"),
        ("edema\feffusion\x0bcough\x85heart\u2028lung\u2029", "edema\neffusion\ncough\nheart\nlung\n"),
        ("no\xa0edema,\u3000no\u2009effusion\x1f", "no edema, no effusion "),
        ("\uff25\uff24\uff25\uff2d\uff21\uff1a\u65e0\u3002", "EDEMA: \u65e0. "),
        ("in\ufb01ltrate, e\ufb00usion, a\ufb04icted", "infiltrate, effusion, afflicted"),
        ("\u80ba\u708e 37\xb0 \U0001f600", "\u80ba\u708e 37\xb0 \U0001f600"),
    ],
)
def test_legible_text_is_what_a_reader_sees(text, seen):
    """Invisible characters are out; line ends, blanks, ligatures and full width are plain."""
    assert legible(text).text == seen


@pytest.mark.parametrize(
    ("text", "word", "span"),
    [
        ("no \u200bpneu\u200bmo\u200b.", "pneumo", (4, 11)),
        ("\ufb01brosis \u200b", "fibrosis", (0, 7)),
        ("e\ufb00usion\ufb04", "effusion", (0, 7)),
        ("\ufb03x", "f", (0, 1)),
        ("no\xa0edema", "edema", (3, 8)),
    ],
)
def test_a_span_leads_back_to_the_characters_that_were_written(text, word, span):
    """A span neither begins nor ends with what is invisible, and a ligature belongs to it whole."""
    seen = legible(text)
    start = seen.text.index(word)
    assert seen.span(start, start + len(word)) == span


STRANGE = st.sampled_from(["\u200b", "\xad", "\u0301", "\x1b[0m", "\x01", "\ufb01", "\uff21", "\r", "\xa0", "a", "\n"])


@given(text=st.lists(STRANGE).map("".join), data=st.data())
def test_every_span_is_seen_as_it_was_made(text, data):
    """What a span leads back to is seen as the span, but for ligatures and line ends of two characters that it cuts."""
    seen = legible(text)
    start = data.draw(st.integers(0, len(seen.text)))
    end = data.draw(st.integers(start, len(seen.text)))
    low, high = seen.span(start, end)
    assert 0 <= low <= high <= len(text)
    assume("\r\n" not in (text[max(0, low - 1) : low + 1], text[max(0, high - 1) : high + 1]))
    assert seen.text[start:end] in legible(text[low:high]).text


REPORT = (
    "FINDINGS: Small right pneumothorax. Heart is large.\nIMPRESSION:\n1. Pneumonia can't be excluded.\n2. No edema."
)


@pytest.fixture(scope="module")
def labeler():
    """Return one labeler for all examples."""
    return Labeler(sections="all")


def read(labels):
    """Return what was read of each mention, by its visible words."""
    return [
        (
            legible(assertion.mention.text).text,
            assertion.status,
            assertion.rule_id,
            assertion.cue and legible(assertion.cue.text).text.replace("\u2019", "'"),
            assertion.sentence.section.kind,
        )
        for assertion in labels.assertions
    ]


@pytest.mark.parametrize("mark", ["\u200b", "\xad", "\ufeff", "\u202e", "\x1b[31m", "\x08", "\u0301", "\ufe0f"])
def test_invisible_characters_anywhere_change_nothing(labeler, mark):
    """A report with a mark after every letter is read as without, headers and list numbers included."""
    written = mark + "".join(char + mark for char in REPORT)
    labels = labeler.label(written)
    assert read(labels) == read(labeler.label(REPORT)) != []
    assert labels.to_dict() == labeler.label(REPORT).to_dict()
    for label in labels.labels:
        for assertion in label.assertions:
            mention = assertion.mention
            assert written[mention.start : mention.end] == mention.text
            assert mention.text[0].isalpha()
            assert mention.text[-1].isalpha()


@pytest.mark.parametrize(
    ("plain", "typeset"),
    [(" ", "\xa0"), ("'", "\u2019"), ("\n", "\r"), ("\n", "\r\r\n"), ("\n", "\u2028"), ("e", "\xe9")],
)
def test_typography_changes_nothing(labeler, plain, typeset):
    """No-break blanks, curly quotes, accents and line ends of any kind are read as those of a keyboard."""
    assert [row[:3] for row in read(labeler.label(REPORT.replace(plain, typeset)))] == [
        (row[0].replace(plain, typeset), *row[1:3]) for row in read(labeler.label(REPORT))
    ]
