"""The explanation of one report."""

import click
import pytest

from labeler.cli.explain import explain
from labeler.records import Assertion, Cue, Label, Mention, Report, Section, Sentence, Status, StudyLabels
from labeler.terminal import printable

TEXT = "FINDINGS: No acute\nedema. Recommend CT for effusion."
SECTION = Section("findings", "FINDINGS", 0, len(TEXT), 9)


def assertion(finding, word, status, sentence, *, cue=None, text=TEXT):
    """Return an assertion on a word of the text."""
    start = text.index(word)
    cue_at = text.index(cue) if cue else 0
    return Assertion(
        Mention(finding, start, start + len(word), word, f"{finding}.phrase"),
        status,
        "rule-1",
        "dependency",
        Cue(cue_at, cue_at + len(cue), cue) if cue else None,
        Sentence(SECTION, *sentence),
    )


EDEMA = assertion("Edema", "edema", Status.ABSENT, (10, 25), cue="No")
EFFUSION = assertion("Pleural Effusion", "effusion", None, (26, 52))
LABELS = StudyLabels(
    (Label("Edema", Status.ABSENT, "only-absent", (EDEMA,)), Label("Pleural Effusion", None, "not-mentioned")),
    (EDEMA, EFFUSION),
    "s1",
    None,
    43,
)


def test_explain_shows_labels_then_sentences_with_their_reasons():
    """Status, cue, rule, reader and phrase of every mention, those that assert nothing included."""
    assert [click.unstyle(line) for line in explain(Report("s1", TEXT), LABELS)] == [
        "Report s1",
        "Edema             absent     only-absent",
        "Not mentioned: Pleural Effusion",
        "",
        "findings: <No> acute [edema].",
        '    "edema": Edema absent, cue "No", rule rule-1 (dependency), phrase Edema.phrase',
        "",
        "findings: Recommend CT for [effusion].",
        '    "effusion": Pleural Effusion not asserted, rule rule-1 (dependency), phrase Pleural Effusion.phrase',
    ]


def test_explain_gives_each_status_its_style():
    """A mention has the colour of its status, and a cue its own."""
    lines = "\n".join(explain(Report("s1", TEXT), LABELS))
    assert click.style("[edema]", fg="green") in lines
    assert click.style("<No>", fg="cyan") in lines
    assert click.style("[effusion]", dim=True) in lines


def test_explain_says_where_there_is_no_text():
    """A report without a usable section is reported as such."""
    labels = StudyLabels((Label("Edema", None, "no-text"),), ())
    assert [click.unstyle(line) for line in explain(Report("s1", "INDICATION: Cough."), labels)] == [
        "Report s1",
        "No text to label: the report has no usable section.",
        "Not mentioned: Edema",
    ]


def test_explain_marks_the_first_and_longer_of_marks_that_overlap():
    """A word of two findings is marked once and has both reasons; a mention that is its own cue is a mention."""
    text = "Cardiomegaly"
    both = tuple(
        assertion(finding, word, Status.PRESENT, (0, 12), cue=cue, text=text)
        for finding, word, cue in [("Cardiomegaly", "Cardiomegaly", "Cardiomegaly"), ("Heart", "Cardio", None)]
    )
    lines = [click.unstyle(line) for line in explain(Report("s1", text), StudyLabels((), both, "s1", None, 12))]
    assert lines[2] == "findings: [Cardiomegaly]"
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\tb\r\nc", "a b c"), ("\x1b]0;x\x07y", "]0;xy"), ("a\u200bb\u202ec\x9bd", "abcd"), ("37\xa0°C", "37 °C")],
)
def test_printable_does_nothing_to_a_terminal(text, shown):
    """Controls, zero-width characters and direction marks are left out, white space is a blank."""
    assert printable(text) == shown
