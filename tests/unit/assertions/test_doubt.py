"""What plain NegEx reads, and which assertions are in doubt, with the terms and words that are shipped."""

import pytest

from labeler import Labeler
from labeler.assertions.decide import contradiction
from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Verdict
from labeler.authoring.cases import parse_case
from labeler.errors import UsageError
from labeler.phrasebook.load import load_phrasebook
from labeler.spans import assert_spans

BOOK = load_phrasebook()


@pytest.fixture(scope="module")
def labeler():
    """Make a labeler that says what is in doubt."""
    return Labeler(sections="all", doubts=True)


@pytest.fixture(scope="module")
def doubting():
    """Make a stage that says what is in doubt."""
    return AssertionStage(BOOK, doubts=True)


@pytest.fixture(scope="module")
def plain_negex():
    """Make a stage of plain NegEx alone."""
    return AssertionStage(BOOK, ("negspacy",))


@pytest.mark.parametrize(("rule", "markup"), [(rule.id, case) for rule in BOOK.negex.sets for case in rule.cases])
def test_plain_negex_reads_its_cases(plain_negex, targets, rule, markup):
    """A term reaches every mention up to the next termination, also over a list that ends."""
    text, marked = targets(markup)
    verdicts = plain_negex.read(text, marked)
    assert [f"<{verdict.status}>" in markup for verdict in verdicts] == [True] * len(marked)
    assert {verdict.rule_id for verdict in verdicts} <= {rule, "default.asserted"}


@pytest.mark.parametrize(
    ("words", "markup"), [(group.words, case) for group in BOOK.doubts.groups for case in group.cases]
)
def test_a_word_of_doubt_marks_what_is_present_for_want_of_a_rule(doubting, targets, words, markup):
    """The reason names a word of the group whose case it is."""
    (verdict,) = doubting.read(*targets(markup))
    assert verdict.doubt.startswith("nothing has read ")
    assert any(f'"{word}"' in verdict.doubt for phrase in words for word in phrase.strip("{}").split(","))


@pytest.mark.parametrize(
    "sentence",
    [
        "No effusion or pneumothorax.",
        "Possible pneumonia.",
        "The heart is mildly enlarged.",
        "Stable right effusion.",
        "No edema, fibrosis distorts the upper lobes.",
    ],
)
def test_what_the_readers_agree_on_is_in_no_doubt(labeler, sentence):
    """Lists, and a clause that grammar cuts off, are read without one."""
    assert labeler.label(sentence).doubts == ()


def test_a_doubt_has_its_sentence_and_reason(labeler):
    """Its offsets are those of the report, and a cue that reached nothing is named."""
    text = "Clear lungs. Whatever edema there was has been dialyzed off."
    (doubt,) = labeler.label(text).doubts
    assert text[doubt.sentence.start : doubt.sentence.end] == "Whatever edema there was has been dialyzed off."
    assert doubt.mention.text == "edema"
    assert doubt.doubt == 'nothing has read "has been dialyzed off", "whatever"'


def test_absent_is_in_doubt_if_both_other_readings_contradict_it():
    """One that differs is too common: plain NegEx and grammar each miss half of what lists know."""
    absent, present = (Verdict("negation", status, "x", "negex", 0, 2) for status in ("absent", "present"))
    assert contradiction(absent, present, absent) == contradiction(absent, absent, present) == ""
    assert contradiction(absent, present, present) == "grammar alone reads present; plain NegEx reads present"


def test_doubts_change_no_label(labeler):
    """What is parsed besides decides nothing."""
    texts = [parse_case(case).text for rule in BOOK.assertions[0].cues for case in rule.cases]
    asked = [(a.status, a.rule_id, a.reader) for labels in labeler.label_many(texts) for a in labels.assertions]
    plain = Labeler(sections="all").label_many(texts)
    assert [(a.status, a.rule_id, a.reader) for labels in plain for a in labels.assertions] == asked


def test_plain_negex_is_a_reader_of_its_own():
    """It knows no list: what stands behind one is denied with it. With another reader it is refused."""
    text = "No edema, stable cardiomegaly."
    (assertion,) = assert_spans(text, [(17, 29)], readers=("negspacy",))
    assert (assertion.status, assertion.reader, assertion.cue) == ("absent", "negspacy", None)
    assert assert_spans(text, [(17, 29)])[0].status == "present"
    with pytest.raises(UsageError, match="or of negspacy; not"):
        Labeler(readers=("negspacy", "negex"))
