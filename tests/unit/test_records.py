"""The values that pass between the stages."""

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from labeler.errors import UsageError
from labeler.records import (
    Assertion,
    Attribute,
    Cue,
    Finding,
    Label,
    Mention,
    Report,
    Section,
    Sentence,
    Status,
    StudyLabels,
)

SENTENCE = Sentence(Section("findings", "FINDINGS", 0, 30, 9), 10, 30)
DENIED = Assertion(
    Mention("Edema", 13, 18, "edema", "edema"), Status.ABSENT, "no", "negex", Cue(10, 12, "No"), SENTENCE
)
FINDING = Finding(
    "Edema",
    Status.PRESENT,
    severity=("mild",),
    assertions=(DENIED,),
    attributes=(Attribute("severity", "mild", "severity.mild", Cue(0, 4, "mild")),),
)
LABELS = StudyLabels(
    (Label("Edema", Status.ABSENT, "only", (DENIED,)), Label("Fracture", None, "not-mentioned")),
    (DENIED,),
    "s1",
    "p1",
    20,
)


@pytest.mark.parametrize(
    "record", [Report("s1", "text", "p1"), SENTENCE, DENIED, FINDING, LABELS], ids=lambda r: type(r).__name__
)
def test_record_survives_pickling(record):
    """Records cross processes as what they are."""
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301


@pytest.mark.parametrize(
    "record", [Report("s1", "text"), SENTENCE, DENIED, FINDING, LABELS], ids=lambda r: type(r).__name__
)
def test_record_does_not_change(record):
    """What a stage has said stays said."""
    name = record.__match_args__[0]
    with pytest.raises(FrozenInstanceError):
        setattr(record, name, None)


def test_study_labels_are_a_mapping_in_the_order_of_the_label_set():
    """A study is asked like a dictionary."""
    assert dict(LABELS) == {"Edema": Status.ABSENT, "Fracture": None}
    assert list(LABELS) == ["Edema", "Fracture"]
    assert len(LABELS) == 2
    assert LABELS["Fracture"] is None


def test_unknown_finding_is_a_missing_key():
    """A misspelt finding is no blank label."""
    with pytest.raises(KeyError):
        LABELS["Oedema"]
    with pytest.raises(KeyError):
        LABELS.evidence("Oedema")


def test_plain_dictionary_has_words_for_statuses():
    """What is written has no enums."""
    assert LABELS.to_dict() == {"Edema": "absent", "Fracture": None}
    assert type(LABELS.to_dict()["Edema"]) is str


def test_evidence_is_the_label_with_its_assertions():
    """The reason for a label is asked by finding."""
    assert LABELS.evidence("Edema").assertions == (DENIED,)
    assert LABELS.evidence("Fracture").rule_id == "not-mentioned"


def test_labels_of_the_same_study_are_equal():
    """Two runs can be compared."""
    assert pickle.loads(pickle.dumps(LABELS)) == LABELS  # noqa: S301
    assert StudyLabels(LABELS.labels, LABELS.assertions, "s2", "p1", 20) != LABELS


def test_status_is_made_of_its_word_only():
    """Numbers have no place inside."""
    assert Status("present") is Status.PRESENT
    with pytest.raises(ValueError, match="1"):
        Status(1)


def test_findings_are_read_once_and_only_when_asked_for():
    """Labels alone cost nothing for attributes."""
    read = []
    labels = replace(LABELS, read_findings=lambda: read.append(1) or (FINDING,))
    assert read == []
    assert (labels.findings, labels.findings) == ((FINDING,), (FINDING,))
    assert read == [1]


def test_findings_of_pickled_labels_are_an_error_not_empty():
    """What lost its report must not look like a study without findings."""
    with pytest.raises(UsageError, match="before they are pickled"):
        pickle.loads(pickle.dumps(replace(LABELS, read_findings=tuple))).findings  # noqa: B018, S301


class OfEffusion:
    """A sentence that counts how often it is asked for a place."""

    asked = 0

    def located(self, at):
        """Return mention, cue and sentence of its third mention."""
        assert at == 2
        self.asked += 1
        return Mention("Pleural Effusion", 13, 21, "effusion", "effusion"), None, SENTENCE


def test_an_assertion_works_out_its_place_when_it_is_asked_for():
    """Labels need none; who looks at the evidence gets it, once worked out."""
    draft = OfEffusion()
    assertion = Assertion.drafted(
        draft,
        2,
        finding="Pleural Effusion",
        phrase_id="effusion",
        status=Status.PRESENT,
        rule_id="default.asserted",
        reader="default",
    )
    assert (assertion.finding, assertion.phrase_id, assertion.status) == ("Pleural Effusion", "effusion", "present")
    assert draft.asked == 0
    whole = Assertion(draft.located(2)[0], Status.PRESENT, "default.asserted", "default", None, SENTENCE)
    assert assertion == whole
    assert (repr(assertion), hash(assertion)) == (repr(whole), hash(whole))
    assert (whole.finding, whole.phrase_id) == ("Pleural Effusion", "effusion")
    assert pickle.loads(pickle.dumps(assertion)) == whole  # noqa: S301
    assert draft.asked == 2
    with pytest.raises(AttributeError, match="Assertion has no attribute 'place'"):
        assertion.place  # noqa: B018
    with pytest.raises(FrozenInstanceError):
        assertion.cue = None
