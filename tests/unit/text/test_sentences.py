"""Sentences: each case marks with a bar where one sentence ends and the next begins."""

import pytest

from labeler.text.sentences import LONGEST_SENTENCE, split_sentences

STOPS = [
    "No effusion.| Heart size is normal.",
    "no effusion.| heart size is normal.",
    "NO EFFUSION.| HEART SIZE IS NORMAL.",
    "Is there edema?| None!| Good.",
    "No edema..| No effusion.",
    "Opacity in the left base, ? pneumonia.| No effusion.",
    "The lungs (see above) are clear.)| Normal heart.",
    "Edema; no effusion, no pneumothorax.",
    "Effusion/atelectasis on the left.| Pneumothorax:none",
    "Line at the edge of the\nright atrium.| Clear lungs.",
    "",
    "   \n ",
]
WITHOUT_BLANK = [
    "Scar in the left apex.|There are no nodules.",
    "Small effusion.|No edema.|no pneumothorax.",
    "SMALL EFFUSION.|NO EDEMA.",
    "Fracture of T5.|There is no other.",
    "Clear lungs.|2. Normal heart.",
    "Seen (again).|No change.",
    "Seen on ___.|No change.",
    "Seen on XXXX.|No change.",
]
NUMBERS = [
    "Nodule of 2.5 cm.| No effusion.",
    "Nodule of approx. 2.5 cm.| No effusion.",
    "Nodule of 1. 5 cm.| No effusion.",
    "The tip is 3 cm. above the carina.| It is 3 cm.| No change.",
    "Fracture at T5.| No other fracture.",
    "Fracture of rib no. 5 and of No. 6.| Effusion: No.| Edema: none.",
    "Old fractures of ribs 4 and\n5.| Clear lungs.",
    "See se. 3, im. 12.| No change.",
]
ABBREVIATIONS = [
    "Discussed with Dr. ___ at 9:30 a.m. on ___.| No change.",
    "Discussed with Dr.\nSmith by Mr. J. R. Doe.| No change.",
    "Seen at 9 a.m.| The heart is normal.",
    "SEEN AT 9 A.M. ON ___.| THE HEART IS NORMAL.",
    "Old disease, e.g. sarcoidosis, i.e. no edema.",
    "Atelectasis vs. pneumonia, cf. the film of ___.",
    "Hepatitis C.| No effusion.",
    "Fever, cough, etc.| No effusion.",
]
LISTS = [
    "1. No edema.| 2. No effusion.",
    "1.  No edema.|\n2.  Small effusion with\n    atelectasis.|\n3.  Normal heart.",
    "1) No edema|\n2) No effusion",
    "(1) No edema.| (2) No effusion.| Clear.",
    "1. No edema 2. Mild cardiomegaly 3. Scar".replace(" 2.", "| 2.").replace(" 3.", "| 3."),
    "1.No edema.|2.No effusion.",
    "1. Edema\n\n2. Effusion".replace("\n\n", "|\n\n"),
    "1.\n\nNo edema.|\n\n2.\nNo effusion.",
    "- No edema|\n- No effusion",
    "* No edema|\n\u2022 no effusion|\n\u2013 No nodule",
    "a) No edema|\nb) no effusion",
    "A. No edema.| B. No effusion.",
    "No edema. 2.",
    "Fractures of ribs 1, 2.| No other.",
]
LINES = [
    "No edema\n\nno effusion".replace("\n\n", "|\n\n"),
    "No edema\r\n \r\nNo effusion".replace("\r\n \r\n", "|\r\n \r\n"),
    "Pneumothorax: none|\nEffusion: none|\nHeart: normal",
    "pneumothorax: none|\nlines and tubes: none",
    "PNEUMOTHORAX: NONE|\nEFFUSION: NONE",
    "Heart normal|\nLungs clear|\n3 calcified granulomas",
    "Lines and tubes:\nRight catheter",
    "There is a small effusion on the left side, and the right\nknee: normal.",
    "The opacity at the left base has grown since the last film, and further work-up\nCT would be helpful.| No change.",
    "The opacity at the left base has grown since the film of ___ and needs a\nCT of the chest.",
    "There is neither pneumothorax nor pleural effusion on either side today, and no\nedema.|\nClear lungs.",
    "Film of ___, ___ and ___\nCT of the chest is compared, and it is much too long for one line.",
]
HIDDEN = [
    "Seen by [**Doctor Last Name 12. **] today.| No change.",
    "Compared to [**2011-1-2**].| No change.",
    "Seen on XXXX.| No effusion.",
    "The XXXX are clear.| x-XXXX normal.",
    "Compared to ___.| No effusion.",
    "Unclosed [** hidden.| No effusion.",
]


@pytest.mark.parametrize("case", STOPS + WITHOUT_BLANK + NUMBERS + ABBREVIATIONS + LISTS + LINES + HIDDEN)
def test_sentences_end_where_a_reader_ends_them(case: str) -> None:
    """Each bar, and nothing else, is the end of a sentence."""
    text = case.replace("|", "")
    sentences = [text[start:end] for start, end in split_sentences(text, 0, len(text))]
    assert sentences == [part.strip() for part in case.split("|") if part.strip()]


@pytest.mark.parametrize("text", ["1.", "1.\n2.", " - ", "...", "\n.\n"])
def test_markers_without_an_item_are_not_lost(text: str) -> None:
    """Where there is nothing but markers, they are one sentence, so that the text is covered."""
    assert len(split_sentences(text, 0, len(text))) == 1


def test_spans_lie_in_the_stretch_and_count_from_the_start_of_the_report() -> None:
    """Text around the stretch changes nothing, and spans are offsets into the report."""
    report = "HISTORY: Dr. A. FINDINGS: No edema. Clear. Next"
    start = report.index("No")
    assert [report[a:b] for a, b in split_sentences(report, start, start + 16)] == ["No edema.", "Clear."]


def test_no_sentence_begins_with_or() -> None:
    """A full stop before "or" is a slip within a list."""
    text = "No effusion, pneumothorax. or consolidation. Heart normal."
    assert [text[start:end] for start, end in split_sentences(text, 0, len(text))] == [
        "No effusion, pneumothorax. or consolidation.",
        "Heart normal.",
    ]


@pytest.mark.parametrize(
    "text", ["no effusion, " * 1000, "x" * 5000, ("x" * 3000 + " ") * 3, "a " + "b" * LONGEST_SENTENCE]
)
def test_nothing_is_longer_than_the_longest_sentence(text):
    """What never ends is cut between words, or in a word that is too long itself; no character but blanks is lost."""
    spans = split_sentences(text, 0, len(text))
    assert len(spans) > 1
    assert all(0 < end - start <= LONGEST_SENTENCE for start, end in spans)
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")
    assert all(text[end : end + 1] in {"", " "} for _, end in spans if " " in text[end - LONGEST_SENTENCE : end])
