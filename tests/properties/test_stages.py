"""Properties of single stages that hold for any sentence: comparing, finding, reading, combining."""

import string
from itertools import chain, combinations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import load_phrasebook
from labeler.records import Assertion, Mention, Section, Sentence, Status
from labeler.study.combine import Combiner
from labeler.study.policy import POLICIES
from labeler.text.plain import plain

BOOK = load_phrasebook()
ORIGINAL = load_phrasebook("chexpert-original")
FINDER = MentionFinder(BOOK)
TEXTS, ORIGINAL_TEXTS = (
    {group.id: group.texts() for file in book.findings for group in file.mentions} for book in (BOOK, ORIGINAL)
)
RULES = {rule.id for file in BOOK.assertions for rule in (*file.cues, *file.dependencies)}
PHRASES = sorted({text for file in BOOK.findings for group in file.mentions for text in group.texts()})
CUES = sorted({text for file in BOOK.assertions for rule in file.cues for text in rule.texts()})
OTHERS = [
    "the",
    "of",
    "left",
    "is",
    "seen",
    "and",
    "or",
    ",",
    ";",
    "but",
    "/",
    "xxxx",
    "___",
    "-",
    "1.1 cm",
    "(",
    "\u0130",
    "\0",
]
SENTENCES = st.one_of(
    st.text(max_size=60).map(plain),
    st.lists(st.one_of(*map(st.sampled_from, (PHRASES, CUES, OTHERS))), max_size=9).map(" ".join).map(plain),
)


@pytest.fixture(scope="module", params=["negex", "dependency", "both"])
def stage(request):
    """Give each reader alone, and both."""
    return AssertionStage(BOOK, ("dependency", "negex") if request.param == "both" else (request.param,))


@given(text=st.text(max_size=80))
@example(text="\u0130\u00df\ufb01 \u1e9e\u03a3")
@example(text="Can\u2019t \u2013 e\u0301")
def test_comparing_keeps_the_place_of_every_character(text):
    """The compared form is as long as the text and stays as it is."""
    assert len(plain(text)) == len(text)
    assert plain(plain(text)) == plain(text)


@given(text=st.text(max_size=80))
@example(text="CARDIOM\u00c9GALIE \u2013 \u212a")
def test_comparing_knows_no_capitals(text):
    """A text in capitals is compared as it is in small letters, where a letter has one of each."""
    assume(len(text.upper()) == len(text) and text.upper().lower() == text.lower())
    assert plain(text.upper()) == plain(text)


@given(text=SENTENCES)
def test_mentions_are_whole_words_that_a_phrase_says(text):
    """A mention is a phrase of its group, whole words, in order; those of one finding don't overlap."""
    hits = FINDER.find(text)
    assert list(hits) == sorted(hits, key=lambda hit: (hit.start, hit.end, hit.finding))
    ends = {}
    for hit in hits:
        assert text[hit.start : hit.end] in map(plain, TEXTS[hit.phrase_id])
        assert not any(edge.isalnum() for edge in (text[: hit.start][-1:], text[hit.end :][:1]))
        assert hit.start >= ends.get(hit.finding, 0)
        ends[hit.finding] = hit.end


@given(text=SENTENCES, before=st.sampled_from(["", "qq ", "qq, "]), after=st.sampled_from(["", " qq", "."]))
def test_words_around_a_sentence_move_its_mentions_and_change_none(text, before, after):
    """A mention depends on its own words, not on where they stand."""
    alone = [(hit.finding, hit.start + len(before), hit.end + len(before)) for hit in FINDER.find(text)]
    assert [(hit.finding, hit.start, hit.end) for hit in FINDER.find(before + text + after)] == alone


@given(text=SENTENCES)
def test_phrases_inside_words_are_found_at_their_place(text):
    """The finder that reads as the CheXpert labeler did has true places too."""
    for hit in MentionFinder(ORIGINAL).find(text):
        said = {phrase.lower().replace("_", " ") for phrase in ORIGINAL_TEXTS[hit.phrase_id]}
        assert text[hit.start : hit.end] in said


@given(text=SENTENCES)
@example(text="no edema or effusion , but heart size normal")
@example(text="edema\0edema")
def test_every_mention_gets_a_verdict_whose_cue_stands_in_the_sentence(stage, text):
    """A verdict rests on a rule that there is, or on none, and on words that are there."""
    targets = targets_of(text)
    verdicts = stage.read(text, targets)
    assert len(verdicts) == len(targets)
    for verdict in verdicts:
        assert verdict.status in {"present", "absent", "uncertain", "none"}
        assert 0 <= verdict.start <= verdict.end <= len(text)
        assert verdict.rule_id in RULES or verdict.rule_id.startswith("default.")


@given(texts=st.lists(SENTENCES, max_size=4))
def test_sentences_read_together_are_read_alike(stage, texts):
    """What is read at once is what is read one by one."""
    sentences = [(text, targets_of(text)) for text in texts]
    assert stage.read_all(sentences) == [stage.read(*sentence) for sentence in sentences]


@given(words=st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=6), min_size=1, max_size=6), data=st.data())
def test_any_span_of_a_sentence_can_be_asked_about(stage, words, data):
    """A span of one's own gets a verdict, whatever its words."""
    text = " ".join(words)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert len(stage.read(text, (Target(start, end),))) == 1


def targets_of(text):
    """Return the mentions of a sentence as the readers are asked about them."""
    return tuple(Target(hit.start, hit.end, hit.finding, hit.role) for hit in FINDER.find(text))


SENTENCE = Sentence(Section("findings", "", 0, 100, 0), 0, 100)
FINDINGS = [finding for finding in BOOK.label_set.findings if finding != "No Finding"]
GROUPS = sorted({group.id for file in BOOK.findings for group in file.mentions})
ASSERTIONS = st.lists(
    st.builds(
        lambda finding, phrase, status, rule: Assertion(
            Mention(finding, 0, 5, "words", phrase), status, rule, "negex", None, SENTENCE
        ),
        st.sampled_from([*FINDINGS, "Other Abnormality"]),
        st.sampled_from(GROUPS),
        st.sampled_from([*Status, None]),
        st.sampled_from(sorted(RULES)),
    ),
    max_size=8,
)


def statuses(labels):
    """Return the status of each finding."""
    return {label.finding: label.status for label in labels}


@given(assertions=ASSERTIONS, aggregation=st.sampled_from(sorted(POLICIES)), data=st.data())
def test_labels_are_those_of_the_set_and_know_no_order(assertions, aggregation, data):
    """Each finding has one label, in order, of the status of its evidence, in whatever order the report says it."""
    combiner = Combiner(BOOK, aggregation)
    labels = combiner.combine(assertions, labelled=True)
    assert tuple(label.finding for label in labels) == BOOK.label_set.findings
    for label in labels:
        if label.status and label.finding != "No Finding":
            assert label.status in {assertion.status for assertion in label.assertions}
    shuffled = data.draw(st.permutations(assertions))
    assert statuses(combiner.combine(shuffled, labelled=True)) == statuses(labels)


@given(assertions=ASSERTIONS, finding=st.sampled_from(FINDINGS))
def test_what_is_asserted_of_one_finding_changes_no_other(assertions, finding):
    """Another assertion touches its own finding, what that implies, and No Finding."""
    combiner = Combiner(BOOK)
    more = Assertion(Mention(finding, 0, 5, "words", "none"), Status.ABSENT, "none", "negex", None, SENTENCE)
    before = statuses(combiner.combine(assertions, labelled=True))
    after = statuses(combiner.combine([*assertions, more], labelled=True))
    assert {name for name in before if before[name] != after[name]} <= {finding, "No Finding"}


@given(assertions=ASSERTIONS)
def test_no_finding_stands_only_where_nothing_else_does(assertions):
    """No Finding is present, or says nothing; never together with an abnormality."""
    labels = statuses(Combiner(BOOK).combine(assertions, labelled=True))
    found = {name for name, status in labels.items() if status in (Status.PRESENT, Status.UNCERTAIN)}
    assert labels["No Finding"] in (Status.PRESENT, None)
    assert "No Finding" not in found or found <= {"No Finding", "Support Devices"}


def test_without_text_nothing_is_said():
    """A report of which no text is labelled has no label, No Finding neither."""
    assert set(statuses(Combiner(BOOK).combine([], labelled=False)).values()) == {None}


@pytest.mark.parametrize("name", sorted(POLICIES))
@pytest.mark.parametrize("said", [*chain.from_iterable(combinations(Status, size) for size in (1, 2, 3))])
def test_policy_chooses_a_status_that_was_said(name, said):
    """Of every set of statuses one of its own is chosen, by a rule that names its policy."""
    status, rule_id = POLICIES[name](frozenset(said))
    assert status in said
    assert rule_id.startswith(f"{name}.")
