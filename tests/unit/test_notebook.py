"""What Python and notebooks show of labels."""

import pickle
from html.parser import HTMLParser

import pytest

from labeler import Labeler, Report
from labeler.marks import marked_pieces
from labeler.records import Label, Status, StudyLabels

PLANTED = "<script>alert('\"&')</script><img src=x onerror=alert(1)>"
TEXT = f"FINDINGS: The heart is mildly enlarged. No {PLANTED} effusion. Opacity may represent pneumonia."


@pytest.fixture(scope="module")
def labels():
    """Return the labels of a report with something planted in its text and its identifier."""
    return Labeler(sections="all").label(Report(PLANTED, TEXT))


class Page(HTMLParser):
    """What a browser makes of a page: its tags and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Keep the tag."""
        assert {name for name, _ in attrs} <= {"style", "title"}
        self.tags.add(tag)

    def handle_data(self, data):
        """Keep the text."""
        self.texts.append(data)


def test_notebook_shows_the_report_and_runs_nothing_of_it(labels):
    """Planted elements are text like any other."""
    page = Page(labels._repr_html_())
    assert not page.tags & {"script", "img"}
    assert "".join(page.texts).count(PLANTED) == 3  # identifier, report, and the sentence of the effusion


def test_status_is_said_in_words(labels):
    """Who sees no colours reads what each mention is."""
    words = "".join(Page(labels._repr_html_()).texts)
    assert "heart present is mildly enlarged" in words
    assert "effusion absent." in words
    assert "may represent pneumonia uncertain." in words


def test_labels_without_their_report_are_shown_by_their_sentences(labels):
    """Pickling leaves the text behind, not the reasons."""
    copy = pickle.loads(pickle.dumps(labels))  # noqa: S301
    assert copy.text is None
    words = "".join(Page(copy._repr_html_()).texts)
    assert "Opacity may represent pneumonia." in words
    assert "FINDINGS" not in words


def test_half_a_character_stops_no_notebook():
    """What is shown can be sent."""
    assert Labeler(sections="all").label("No edema \ud800.")._repr_html_().encode()


def test_line_holds_no_report_text(labels):
    """It may end up in a log."""
    assert repr(labels) == (
        "<StudyLabels (a text of 56 characters): Cardiomegaly present, Lung Opacity present, Pneumonia uncertain, "
        "Pleural Effusion absent; 10 not mentioned>"
    )


def test_line_stays_short():
    """A label set of hundreds of findings does not flood the screen."""
    many = tuple(Label(f"F{number}", Status.PRESENT, "rule") for number in range(200))
    assert repr(StudyLabels(many, ())).endswith("F5 present, and 194 more; 0 not mentioned>")


def test_unknown_finding_is_a_key_error_that_suggests_one(labels):
    """`in` and `get` work as with any mapping, and a notebook completes the keys."""
    for ask in (labels.__getitem__, labels.evidence):
        with pytest.raises(KeyError) as raised:
            ask("pnuemonia")
        assert str(raised.value) == "no finding 'pnuemonia'; did you mean 'Pneumonia'?"
        assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301
    assert "pnuemonia" not in labels
    assert labels.get("pnuemonia", "none") == "none"
    assert labels._ipython_key_completions_() == list(labels)


def test_pieces_tile_the_text_where_marks_overlap(labels):
    """Each piece has the mentions and cues that cover it; a stretch is cut like the whole."""
    pieces = marked_pieces(TEXT, labels.assertions)
    assert "".join(piece.text for piece in pieces) == TEXT
    assert [piece.start for piece in pieces[1:]] == [piece.end for piece in pieces[:-1]]
    for piece in pieces:
        for assertion in labels.assertions:
            covers = assertion.mention.start <= piece.start and piece.end <= assertion.mention.end
            assert (assertion in piece.mentions) == covers
    start = TEXT.index("represent pneumonia")
    assert [piece.text for piece in marked_pieces(TEXT, labels.assertions, start, start + 12)] == [
        "represent",
        " ",
        "pn",
    ]
