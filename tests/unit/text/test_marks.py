"""Marks glued to words, drawn boxes, rows of dots and lone digits are what a reader takes them for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeler.text.legible import legible
from labeler.text.marks import _MARK, _apart


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("1.No edema", "1. No edema"),
        ("(2)Clear", "(2) Clear"),
        ("a.No edema", "a. No edema"),
        ("-No edema\n\u2022Clear", "- No edema\n\u2022 Clear"),
        ("clear;no edema", "clear; no edema"),
        ("enlarged(no edema)", "enlarged (no edema)"),
        ("edema(-)", "edema (-)"),
        ("nodule(s), mass(es)", "nodule(s), mass(es)"),
        ("2.5cm at 5p.m.", "2.5cm at 5p.m."),
        ("\u00ad1.No edema", "1. No edema"),
        ("-No edema -Small effusion", "- No edema - Small effusion"),
        ("atelectasis2.No edema", "atelectasis 2. No edema"),
        ("nodule,2)no edema", "nodule, 2) no edema"),
        ("clear\u2014no edema", "clear \u2014 no edema"),
        ("clear\u2026no edema", "clear \u2026 no edema"),
        ("pleura:-no effusion-no ptx", "pleura: - no effusion - no ptx"),
        ("T2.No x-ray of 2001, non-specific", "T2.No x-ray of 2001, non-specific"),
        ("\u2611 Edema \u2610 PTX", "[x] Edema | [ ] PTX"),
        ("Effusion ..... nil\nEdema ..... mild", "Effusion: nil\nEdema: mild"),
        ("Effusion 0\nEdema (0/1): 1\nend", "Effusion: no\nEdema: yes\nend"),
        ("Edema score 0/4. Effusion 2", "Edema: no. Effusion 2"),
        ("Nodule of 0.8 cm, before 1,2 cm", "Nodule of 0.8 cm, before 1,2 cm"),
        ("A nodule that has grown and now measures 1", "A nodule that has grown and now measures 1"),
        ("Edema? A: No", "Edema? No"),
        ("PTX\tNo\nEdema     yes", "PTX: No\nEdema: yes"),
        ("PTX: -\nedema+\nend", "PTX: no\nedema: yes\nend"),
        ("Edema (Y/N): N", "Edema: N"),
        ("edema=0;pleural_effusion: true", "edema: no; pleural effusion: true"),
        ("* No edema * Nodule", "* No edema  |  Nodule"),
        ("#1 clear 2/ Nodule", "1. clear 2. Nodule"),
        ("[ X ] Edema", "[x] Edema"),
    ],
)
def test_marks_glued_to_words_are_set_apart(text, seen):
    """List numbers, bullets and separators get the blank that they lack; every character leads back to its own."""
    result = legible(text)
    assert result.text == seen
    assert text[slice(*result.span(len(seen) - 3, len(seen)))] == text[-3:]


@given(st.text(st.sampled_from("1a B.)(;|-*\u2022+\n:,0/\u2014\u2026\u2610?A"), max_size=12))
def test_no_glued_mark_is_passed_over_by_the_quick_look(text):
    """The look for one class of characters beside another leaves out no text with a glued mark."""
    assert legible(text).text == _MARK.sub(_apart, text)
