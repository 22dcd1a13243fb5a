"""Assertions and label sets made by hand."""

from types import SimpleNamespace

import pytest

from labeler.phrasebook.schema import AssertionFile, FindingFile, LabelSetFile, OrderFile
from labeler.records import Assertion, Cue, Mention, Section, Sentence, Status

SENTENCE = Sentence(Section("findings", "", 0, 100, 0), 0, 100)


@pytest.fixture
def said():
    """Return a function that makes an assertion of a finding."""

    def make(finding, status, *, rule="default.asserted", phrase="p", words="words", cue=None):
        return Assertion(
            Mention(finding, 0, len(words), words, phrase),
            Status(status) if status else None,
            rule,
            "negex",
            Cue(0, len(cue), cue) if cue else None,
            SENTENCE,
        )

    return make


@pytest.fixture
def book():
    """Return a function that makes a phrasebook of a label set; other keys are those of label_set.yaml."""
    order = OrderFile.model_validate(
        {"tiers": [{"id": "normal", "meaning": "m"}, {"id": "unclear", "meaning": "m", "yields": "true"}]}
    )
    stable = {"id": "anatomy.unclear", "meaning": "m", "tier": "unclear", "status": "uncertain", "side": "both"}
    rules = AssertionFile.model_validate({"meaning": "m", "cues": [stable | {"phrases": ["stable"], "cases": ["x"]}]})
    failure = {"id": "failure", "meaning": "m", "phrases": ["chf"], "implies": {"Cardiomegaly": "uncertain"}}
    edema = FindingFile.model_validate({"finding": "Edema", "meaning": "m", "mentions": [failure], "cases": ["x"]})

    def make(**keys):
        defaults = {
            "name": "tiny",
            "meaning": "m",
            "findings": ["No Finding", "Cardiomegaly", "Edema", "Support Devices"],
            "no_finding": {"name": "No Finding", "ignores": ["Support Devices"], "blocked_by": "Other"},
        }
        label_set = LabelSetFile.model_validate(defaults | keys)
        return SimpleNamespace(label_set=label_set, order=order, assertions=(rules,), findings=(edema,))

    return make
