"""Limits of the work that a report may take."""

import pickle
import resource
import sys
from types import SimpleNamespace

import pytest

from labeler import Labeler
from labeler.assertions.matcher import MATCHES_PER_SENTENCE, BoundedMatcher
from labeler.assertions.parse import load_model
from labeler.errors import LimitError, UsageError
from labeler.io.rows import label_each
from labeler.io.source import FailureKind, Stage
from labeler.limits import check_time, limit_memory, limit_time
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.patterns import MAX_TRANSITIVE, Node, check_nodes
from labeler.records import Report, StudyLabels

SENTENCES = (
    "there is no evidence of edema or consolidation, and the heart is not enlarged.",
    "opacity at the base may represent pneumonia, atelectasis or both, which cannot be excluded.",
    "no no no effusion of no edema for the question of no mass",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_bounded_matcher_finds_what_spacys_does(sentence):
    """Words that a node's relation does not lead to need not be tried."""
    from spacy.matcher import DependencyMatcher

    nlp = load_model()
    rules = [rule for file in load_phrasebook().assertions for rule in file.dependencies]
    found = []
    for matcher_type in (BoundedMatcher, DependencyMatcher):
        matcher = matcher_type(nlp.vocab)
        for rule in rules:
            matcher.add(rule.id, [[node.model_dump(exclude_unset=True) for node in rule.pattern]])
        found.append(sorted(matcher(nlp(sentence))))
    assert found[0] == found[1]


def test_sentence_that_fits_a_rule_in_too_many_ways_is_an_error():
    """The rule is named; spaCy's own matcher would try forty to the power of five combinations."""
    nlp = load_model()
    any_word = {"DEP": {"NOT_IN": ["none"]}}
    pattern = [{"RIGHT_ID": "a", "RIGHT_ATTRS": any_word}]
    pattern += [{"LEFT_ID": "a", "REL_OP": ">", "RIGHT_ID": name, "RIGHT_ATTRS": any_word} for name in "bcdef"]
    matcher = BoundedMatcher(nlp.vocab)
    matcher.rule = "wide"
    matcher.add("wide", [pattern])
    with pytest.raises(LimitError, match=rf"rule 'wide' in too many ways \(over {MATCHES_PER_SENTENCE} tries\)"):
        matcher(nlp("no " + "old " * 40 + "edema"))


def test_pattern_may_have_two_transitive_operators():
    """The words that each leads to multiply."""
    nodes = [Node(RIGHT_ID="cue", RIGHT_ATTRS={"LOWER": "no"})]
    for name in ("one", "two", "finding"):
        nodes.append(Node(LEFT_ID=nodes[-1].RIGHT_ID, REL_OP=".*", RIGHT_ID=name, RIGHT_ATTRS={"TAG": "NN"}))
    with pytest.raises(ValueError, match=f"more than {MAX_TRANSITIVE} operators"):
        check_nodes(nodes)
    check_nodes([*nodes[:2], nodes[3].model_copy(update={"LEFT_ID": "one"})])


def test_time_is_checked_only_within_a_limit():
    """The limit ends with its block."""
    check_time()
    with limit_time(1e-9), pytest.raises(LimitError):
        check_time()
    with limit_time(60):
        check_time()
    check_time()


def test_report_beyond_the_time_limit_is_named():
    """Whether it is labelled alone, in a batch or in another process."""
    labeler = pickle.loads(pickle.dumps(Labeler(time_limit=1e-9)))  # noqa: S301 - our own
    with pytest.raises(LimitError, match=r"^report s1: takes more than 1e-09 seconds"):
        labeler.label(Report("s1", "No edema."))
    with pytest.raises(LimitError, match=r"^takes more"):
        labeler.label("No edema.")
    with pytest.raises(LimitError, match="report s1"):
        list(labeler.label_many([Report("s1", "No edema."), Report("s2", "Edema.")]))
    error = pickle.loads(pickle.dumps(LimitError("a", "b", "c")))  # noqa: S301 - our own
    assert str(error) == "report c: a; b"


def test_report_beyond_a_limit_is_one_failure():
    """The others of its batch are labelled."""

    def label_batch(reports):
        if any("long" in report.text for report in reports):
            raise LimitError("takes long", "wait")
        return [StudyLabels((), (), report.id) for report in reports]

    reports = [Report("s1", "x"), Report("s2", "long"), Report("s3", "x")]
    first, failure, last = label_each(SimpleNamespace(label_batch=label_batch), reports)
    assert (first.study_id, last.study_id) == ("s1", "s3")
    assert (failure.study_id, failure.kind, failure.stage) == ("s2", FailureKind.OVER_LIMIT, Stage.LABEL)
    assert str(failure) == "study s2: takes long; wait"


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_time_limit_must_be_positive(seconds):
    """A limit that nothing keeps is a mistake."""
    with pytest.raises(UsageError, match="time_limit must be above 0"):
        Labeler(time_limit=seconds)


@pytest.mark.parametrize("readers", ["negex", "dependency", (), [], ["negx"], ["negex", "other"]])
def test_readers_must_be_known(readers):
    """Without a reader every mention would be read as present."""
    with pytest.raises(UsageError, match="readers must be a list"):
        Labeler(readers=readers)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems don't hold the limit")
def test_a_report_that_takes_too_much_memory_is_a_failure_alone():
    """The limit holds for the process and ends with the run; one that is lower stays."""

    def label_batch(reports):
        return [StudyLabels((), (), report.id, None, len(bytes(len(report.text) * 2**30))) for report in reports]

    before = resource.getrlimit(resource.RLIMIT_DATA)
    with limit_memory(1):
        found = label_each(SimpleNamespace(label_batch=label_batch), [Report("small", ""), Report("large", "ab")])
        with limit_memory(2):
            assert resource.getrlimit(resource.RLIMIT_DATA)[0] == 2**30
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert isinstance(found[0], StudyLabels)
    assert (found[1].study_id, found[1].kind, found[1].stage) == ("large", FailureKind.OVER_LIMIT, Stage.LABEL)
    assert "--memory-limit" in found[1].remedy
