"""Policies of a label set: what words that don't decide are read as."""

import pytest

from labeler.errors import UsageError
from labeler.phrasebook.schema import LabelSetFile
from labeler.study.choices import Choices


def label_set(*default, **policies):
    """Return a label set with policies of one change each."""
    return LabelSetFile(
        name="tiny",
        meaning="m",
        findings=("Edema",),
        policies={name: {"meaning": "m", "changes": [change]} for name, change in policies.items()},
        default_policies=default,
    )


LIKELY = {"cues": ["{likely,probable}"], "findings": ["Edema"], "becomes": "present"}


def test_policy_changes_what_fits_and_tells_both_rules(said):
    """The rule of a changed assertion names the policy and the rule that it overrode."""
    likely = said("Edema", "uncertain", rule="hedge.adverb", cue="Probable")
    (changed,) = Choices(label_set(likely=LIKELY), ["likely"]).apply([likely])
    assert (changed.status, changed.rule_id, changed.reader) == ("present", "policy.likely.hedge.adverb", "study")
    assert (changed.mention, changed.cue) == (likely.mention, likely.cue)


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"rules": ["hedge.adverb"]}, True),
        ({"rules": ["hedge.modal"]}, False),
        ({"findings": ["Edema"]}, True),
        ({"findings": ["Fracture"]}, False),
        ({"phrases": ["pulmonary {edema,oedema}"]}, True),
        ({"phrases": ["edema"]}, False),
        ({"findings": ["Edema"], "cues": ["probable"]}, True),
        ({"findings": ["Edema"], "cues": ["possible"]}, False),
        ({"findings": ["Edema"], "status": ["uncertain"]}, True),
        ({"findings": ["Edema"], "status": ["present"]}, False),
        ({"rules": ["hedge.adverb"], "findings": ["Fracture"]}, False),
    ],
)
def test_change_asks_for_all_that_it_names(said, change, fits):
    """Rule, finding, words, cue and status must all fit; capitals and line breaks don't matter."""
    read = said("Edema", "uncertain", rule="hedge.adverb", words="Pulmonary\n edema", cue="PROBABLE")
    (changed,) = Choices(label_set(p=change | {"becomes": "none"}), ["p"]).apply([read])
    assert (changed.status is None) is fits


def test_change_by_cue_leaves_what_has_none(said):
    """A finding that stands by default was decided by no words."""
    read = [said("Edema", "present")]
    assert Choices(label_set(likely=LIKELY), ["likely"]).apply(read) == read


def test_policies_apply_in_the_order_in_which_they_are_named(said):
    """The second sees what the first made."""
    first = {"findings": ["Edema"], "status": ["uncertain"], "becomes": "present"}
    second = {"findings": ["Edema"], "status": ["present"], "becomes": "absent"}
    chosen = label_set(first=first, second=second)
    read = [said("Edema", "uncertain")]
    assert Choices(chosen, ["first", "second"]).apply(read)[0].status == "absent"
    assert Choices(chosen, ["second", "first"]).apply(read)[0].status == "present"


def test_default_policies_apply_until_others_are_asked_for(said):
    """Without names the set's own apply; "none" stands for none."""
    chosen = label_set("likely", likely=LIKELY)
    read = [said("Edema", "uncertain", cue="likely")]
    assert Choices(chosen).apply(read)[0].status == "present"
    assert Choices(chosen, ["none"]).apply(read)[0].status == "uncertain"
    assert Choices(chosen, []).apply(read)[0].status == "uncertain"


def test_unknown_policy_is_answered_with_those_there_are():
    """A misspelt name changes nothing in silence: it is an error."""
    with pytest.raises(UsageError, match="label set tiny has no policy 'likly'; there are: likely"):
        Choices(label_set(likely=LIKELY), ["likly"])


def test_change_of_everything_is_refused():
    """A change that names no rule, finding or phrase would change every assertion."""
    with pytest.raises(ValueError, match="would change every assertion; say which"):
        label_set(p={"becomes": "none", "cues": ["x"]})
