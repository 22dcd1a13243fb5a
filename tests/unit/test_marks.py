"""Cutting a text at its marks: nothing is lost, marks that overlap are both kept."""

from hypothesis import given
from hypothesis import strategies as st

from labeler.marks import cut

TEXT = "0123456789" * 2
MARKS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from("abc")), max_size=6)


@given(MARKS)
def test_pieces_tile_the_text_and_each_has_the_marks_over_it(marks):
    """Whatever the marks, the pieces are the text, and a character has the marks that it lies in."""
    pieces = cut(TEXT, marks)
    assert "".join(TEXT[start:end] for start, end, _ in pieces) == TEXT
    for start, end, names in pieces:
        for at in range(start, end):
            assert list(names) == [name for first, last, name in marks if first <= at < last]
