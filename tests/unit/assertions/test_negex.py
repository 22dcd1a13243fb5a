"""The reader of cue phrases: which cues it finds, and where it says that it is in doubt."""

import pytest

from labeler.assertions.negex import NegexReader, _frame
from labeler.assertions.tokens import tokenized
from labeler.assertions.verdict import Target


@pytest.fixture
def reader(book):
    """Return the reader of cues over the small rules."""
    return NegexReader(book)


def read(reader, text, *words, role="finding"):
    """Return the answers of the reader on words of a sentence."""
    targets = tuple(Target(text.index(word), text.index(word) + len(word), "", role) for word in words)
    answers = reader.read(tokenized(text), targets)
    return tuple(None if answer.beyond else answer.reaching for answer in answers)


def test_sentence_without_a_cue_is_answered_with_nothing(reader):
    """An empty answer says that no cue faces the mention."""
    assert read(reader, "small effusion", "effusion") == ((),)
    assert reader.read(tokenized(""), ()) == ()


def test_cue_that_faces_a_mention_and_does_not_reach_it_leaves_doubt(reader):
    """The cue is handed on to grammar."""
    assert read(reader, "no edema but effusion", "effusion") == (None,)


def test_cue_behind_a_mention_leaves_no_doubt(reader):
    """A cue that stands on the wrong side says nothing of the mention."""
    assert read(reader, "effusion without edema", "effusion") == ((),)


def test_verdict_names_rule_tier_and_the_words_of_the_cue(reader):
    """The evidence rests on it."""
    ((verdict,),) = read(reader, "clear , no  change in effusion".replace("  ", " "), "effusion")
    assert (verdict.rule_id, verdict.tier, verdict.status, verdict.reader) == ("change", "change", "present", "negex")
    assert "clear , no change in effusion"[verdict.start : verdict.end] == "no change in"


def test_nearest_cue_comes_first(reader):
    """Of cues of one tier the nearest decides."""
    ((first, *_),) = read(reader, "without effusion not seen", "effusion")
    assert first.rule_id == "no"


def test_cue_inside_a_longer_cue_does_not_count(reader):
    """The first word of "no change in" is no negation."""
    (verdicts,) = read(reader, "no change in effusion", "effusion")
    assert [verdict.rule_id for verdict in verdicts] == ["change"]


def test_cue_is_made_of_whole_tokens(reader):
    """The cue "no" is not found in "nodular"."""
    assert read(reader, "nodular effusion", "effusion") == ((),)


def test_cues_for_anatomy_and_for_findings_keep_apart(reader):
    """Normal is said of the heart, not of an effusion."""
    assert read(reader, "normal heart", "heart") == ((),)
    assert read(reader, "normal heart", "heart", role="anatomy")[0][0].rule_id == "normal"
    assert read(reader, "no heart", "heart", role="anatomy") == ((),)


def test_two_attributes_of_one_noun_are_both_said_of_it(reader):
    """The second of two joined attributes does not end the first one's scope; of one tier the nearest decides."""
    tokens, heart = tokenized("normal and enlarged heart"), Target(20, 25, "", "anatomy")
    cues = reader._cues(tokens.words)  # noqa: SLF001 - the reader tells the nearest alone
    frame = _frame(tokens.words, cues, (heart,), [tokens.at(heart)], frozenset())
    assert [reader._anatomy.reaches(frame, cue, 3, 4) for cue in cues] == [True, True]  # noqa: SLF001
    (answer,) = reader.read(tokens, (heart,))
    assert [verdict.rule_id for verdict in answer.reaching] == ["enlarged"]


def test_answers_come_in_the_order_of_the_targets(reader):
    """One answer per target, also where targets are the same or overlap."""
    answers = read(reader, "no edema", "edema", "edema", "dem")
    assert len(answers) == 3
    assert answers[0] == answers[1] == answers[2]


def test_what_a_reader_has_read_before_changes_no_answer(book):
    """A reader that has read other sentences and a new one answer alike."""
    sentences = ["no change in effusion", "effusion is not seen", "without effusion", "possible effusion versus edema"]
    used = NegexReader(book)
    for sentence in reversed(sentences):
        read(used, sentence, "effusion")
    for sentence in sentences:
        answer = read(NegexReader(book), sentence, "effusion")
        assert answer == read(used, sentence, "effusion")
        assert answer != ((),)


@pytest.mark.parametrize(
    "part",
    ["no effusion, ", "no effusion ", "possible effusion or ", "no ", "effusion is not seen, ", "normal effusion and "],
)
def test_work_grows_with_the_number_of_cues_and_no_faster(reader, monkeypatch, part):
    """A sentence of twice as many cues asks at most 2.2 times as often whether one reaches a mention."""
    asked = []
    reaches = reader._scope.reaches  # noqa: SLF001 - the count of its calls is the work
    monkeypatch.setattr(reader._scope, "reaches", lambda *given: asked.append(1) or reaches(*given))  # noqa: SLF001

    def work(count):
        text = part * count + "effusion"
        starts = [at for at in range(len(text)) if text.startswith("effusion", at)]
        asked.clear()
        reader.read(tokenized(text), tuple(Target(at, at + 8) for at in starts))
        return len(asked)

    assert work(80) <= 2.2 * work(40)
