"""Properties of labelling that hold for any text, and for sentences built from the phrases of reports."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.schema import MentionGroup
from labeler.pipeline import Labeler
from labeler.records import Status

BOOK = load_phrasebook()
untimed = settings(deadline=None)
"""The first sentence in doubt loads the parser."""

FINDINGS = [
    *["pleural effusion", "effusions", "pneumothorax", "consolidation", "pulmonary edema", "pneumonia", "atelectasis"],
    *["cardiomegaly", "a 5 mm nodule", "rib fracture", "opacity", "a right PICC", "pleural thickening", "scarring"],
]
ANATOMY = ["heart", "heart size", "cardiac silhouette", "mediastinum", "cardiomediastinal silhouette"]
QUALITIES = ["normal", "enlarged", "borderline", "stable", "within normal limits", "mildly enlarged", "unremarkable"]
CUES = [
    *["no", "no evidence of", "possible", "probable", "stable", "small left", "without", "cannot exclude", "likely"],
    *["resolved", "no change in", "recommend CT to exclude", "history of", "question of", "free of", "new", "neither"],
]
TAILS = [
    *["", "", "is seen", "is not seen", "has resolved", "may be present", "cannot be excluded", "is unchanged"],
    *["in the left lower lobe", "versus scar", "since the prior study", "on XXXX", "as before", "is 2.5 cm"],
]
JOINS = [", ", " and ", " or ", " but ", "; ", " with ", ", no ", " without ", " versus ", "/", ", possibly "]

_finding = st.tuples(st.sampled_from(CUES), st.sampled_from(FINDINGS), st.sampled_from(TAILS)).map(" ".join)
_bare = st.sampled_from(FINDINGS)
_anatomy = st.tuples(st.sampled_from(ANATOMY), st.sampled_from(["is", "are", ""]), st.sampled_from(QUALITIES)).map(
    " ".join
)
_clauses = st.lists(st.one_of(_finding, _bare, _anatomy), min_size=1, max_size=4)


@st.composite
def sentences(draw):
    """Draws a sentence as a radiologist might dictate it: clauses, joined, with a capital and a full stop."""
    first, *rest = draw(_clauses)
    text = first + "".join(draw(st.sampled_from(JOINS)) + clause for clause in rest)
    text = " ".join(text.split())
    return text[0].upper() + text[1:] + "."


PIECES = [
    *FINDINGS,
    *CUES,
    *["FINDINGS:", "IMPRESSION:", "\n\n", "\n", "  ", ". ", ": ", "1. ", "- ", "___", "XXXX", "[**", "**]", "(", ")"],
    *["\u0130", "\u00df", "\u2028", "\0", "\ufeff", "e\u0301", "\U0001f600", "or", "/", "vs.", ",", ";", "?", "None."],
]
texts = st.one_of(st.text(max_size=150), st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))


@pytest.fixture(scope="module")
def labeler():
    """Return one labeler for all examples."""
    return Labeler(sections="all")


def summary(labels, shift=0):
    """Return what was read of each mention, its place shifted."""
    return [
        (
            assertion.mention.finding,
            assertion.mention.start + shift,
            assertion.mention.end + shift,
            assertion.status,
            assertion.rule_id,
            assertion.cue and assertion.cue.start + shift,
        )
        for assertion in labels.assertions
    ]


@untimed
@given(text=texts)
def test_any_text_is_labelled(labeler, text):
    """No text raises, and every finding of the label set has a label."""
    labels = labeler.label(text)
    assert tuple(labels) == labeler.findings
    assert all(status is None or isinstance(status, Status) for status in labels.values())


@untimed
@given(text=texts)
def test_offsets_are_true(labeler, text):
    """Mentions and cues are told with their own words, within their sentence, which lies in its section."""
    for assertion in labeler.label(text).assertions:
        sentence = assertion.sentence
        assert sentence.section.body <= sentence.start < sentence.end <= sentence.section.end
        for span in (assertion.mention, assertion.cue):
            if span is not None:
                assert sentence.start <= span.start < span.end <= sentence.end
                assert text[span.start : span.end] == span.text


@untimed
@given(text=texts)
def test_mentions_stand_in_the_order_of_the_text(labeler, text):
    """Order in, order out; mentions of one finding don't overlap."""
    mentions = [assertion.mention for assertion in labeler.label(text).assertions]
    assert mentions == sorted(mentions, key=lambda mention: (mention.start, mention.end, mention.finding))
    ends: dict[str, int] = {}
    for mention in mentions:
        assert mention.start >= ends.get(mention.finding, 0)
        ends[mention.finding] = mention.end


@untimed
@given(text=texts)
def test_labels_rest_on_assertions(labeler, text):
    """A label that says something, but for No Finding, has evidence of its own status."""
    labels = labeler.label(text)
    for label in labels.labels:
        if label.status and label.finding != "No Finding":
            assert label.assertions
            assert {assertion.status for assertion in label.assertions} == {label.status}


@untimed
@given(sentence=sentences())
def test_upper_case_changes_nothing(labeler, sentence):
    """A sentence in capitals is read as it is in small letters, cue for cue."""
    assert summary(labeler.label(sentence.upper())) == summary(labeler.label(sentence))


@untimed
@given(sentence=sentences())
def test_blanks_between_words_change_nothing(labeler, sentence):
    """A sentence that is set with double blanks is read alike."""
    read = summary(labeler.label(sentence.replace(" ", "  ")))
    assert [(row[0], row[3], row[4]) for row in read] == [
        (row[0], row[3], row[4]) for row in summary(labeler.label(sentence))
    ]


@untimed
@given(first=sentences(), second=sentences())
def test_sentence_does_not_depend_on_its_neighbours(labeler, first, second):
    """What two sentences say together is what each says alone."""
    alone = summary(labeler.label(first)) + summary(labeler.label(second), len(first) + 1)
    assert summary(labeler.label(f"{first} {second}")) == alone


@untimed
@given(reports=st.lists(sentences(), min_size=1, max_size=5))
def test_report_alone_gives_what_the_batch_gave(labeler, reports):
    """What was labelled before, and what is kept of it, makes no difference."""
    assert list(labeler.label_many(reports)) == [labeler.label(report) for report in reports]


FILES = [file for file in BOOK.findings if file.finding in ("Pleural Effusion", "Fracture", "Pneumothorax")]
WORDS = "no small left pleural effusion fluid pericardial rib fracture of apical pneumothorax old healed".split()  # noqa: SIM905


@untimed
@given(
    phrase=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join),
    text=st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    changed=st.sampled_from(range(len(FILES))),
)
def test_phrase_that_is_added_removes_no_mention_of_another_finding(phrase, text, changed):
    """Phrase lists can be extended one finding at a time."""
    group = MentionGroup(id="added", meaning="A phrase more.", phrases=(phrase,))
    files = [
        file.model_copy(update={"mentions": (*file.mentions, group)}) if number == changed else file
        for number, file in enumerate(FILES)
    ]
    before = MentionFinder(replace(BOOK, findings=tuple(FILES))).find(text)
    after = MentionFinder(replace(BOOK, findings=tuple(files))).find(text)
    finding = FILES[changed].finding
    assert [hit for hit in after if hit.finding != finding] == [hit for hit in before if hit.finding != finding]
