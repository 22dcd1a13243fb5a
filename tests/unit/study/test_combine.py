"""Assertions of a study become one label per finding."""

import pytest

from labeler.errors import UsageError
from labeler.study.combine import Combiner


def statuses(labels):
    """Return the labels that say anything."""
    return {label.finding: label.status.value for label in labels if label.status}


def test_labels_stand_in_the_order_of_the_label_set(book, said):
    """One label per finding, those that are not mentioned included."""
    labels = Combiner(book()).combine([said("Edema", "present")], labelled=True)
    assert [label.finding for label in labels] == ["No Finding", "Cardiomegaly", "Edema", "Support Devices"]
    assert [label.rule_id for label in labels] == [
        "no-finding.withheld",
        "not-mentioned",
        "documented.present",
        "not-mentioned",
    ]


def test_not_mentioned_is_not_absent(book, said):
    """A finding that no sentence names has no status; one that is denied has."""
    labels = Combiner(book()).combine([said("Edema", "absent")], labelled=True)
    assert statuses(labels) == {"No Finding": "present", "Edema": "absent"}


def test_present_outweighs_uncertain_outweighs_absent(book, said):
    """Wherever in the study the statements stand."""
    combiner = Combiner(book())
    absent, uncertain, present = (said("Edema", status) for status in ("absent", "uncertain", "present"))
    assert statuses(combiner.combine([present, uncertain, absent], labelled=True)) == {"Edema": "present"}
    assert statuses(combiner.combine([absent, uncertain], labelled=True)) == {"Edema": "uncertain"}


def test_label_rests_on_the_assertions_of_its_status(book, said):
    """What was outweighed is no evidence, and evidence is in the order of the text."""
    first, second, other = (
        said("Edema", "present", rule="a"),
        said("Edema", "present", rule="b"),
        said("Edema", "absent"),
    )
    labels = Combiner(book()).combine([first, other, second], labelled=True)
    assert labels[2].assertions == (first, second)


def test_what_asserts_nothing_gives_no_label(book, said):
    """A recommendation names a finding and leaves its column empty."""
    labels = Combiner(book()).combine([said("Edema", None)], labelled=True)
    assert statuses(labels) == {"No Finding": "present"}


def test_unclear_yields_to_any_other_statement(book, said):
    """A heart called stable is uncertain by itself, but normal where another sentence calls it normal."""
    combiner = Combiner(book())
    stable = said("Cardiomegaly", "uncertain", rule="anatomy.unclear")
    assert statuses(combiner.combine([stable], labelled=True)) == {"Cardiomegaly": "uncertain"}
    normal = said("Cardiomegaly", "absent")
    assert statuses(combiner.combine([stable, normal], labelled=True))["Cardiomegaly"] == "absent"


def test_phrase_may_imply_another_finding(book, said):
    """Heart failure, present or possible, makes an enlarged heart possible; denied, it says nothing of it."""
    combiner = Combiner(book())
    for status in ("present", "uncertain"):
        labels = combiner.combine([said("Edema", status, phrase="failure")], labelled=True)
        assert statuses(labels)["Cardiomegaly"] == "uncertain"
        (implied,) = labels[1].assertions
        assert (implied.rule_id, implied.reader) == ("implied-by.failure", "study")
        assert (implied.mention.finding, implied.mention.text) == ("Cardiomegaly", "words")
    assert "Cardiomegaly" not in statuses(combiner.combine([said("Edema", "absent", phrase="failure")], labelled=True))
    assert "Cardiomegaly" not in statuses(combiner.combine([said("Edema", "present")], labelled=True))


def test_what_is_said_of_the_finding_itself_outweighs_what_is_implied(book, said):
    """A heart called enlarged is enlarged, failure or not."""
    read = [said("Edema", "present", phrase="failure"), said("Cardiomegaly", "present")]
    assert statuses(Combiner(book()).combine(read, labelled=True))["Cardiomegaly"] == "present"


@pytest.mark.parametrize(
    ("finding", "status", "expected"),
    [
        ("Edema", "present", None),
        ("Edema", "uncertain", None),
        ("Edema", "absent", "present"),
        ("Support Devices", "present", "present"),
        ("Other", "present", None),
        ("Other", "uncertain", None),
        ("Other", "absent", "present"),
        ("Other", None, "present"),
    ],
)
def test_no_finding_stands_where_nothing_is_found(book, said, finding, status, expected):
    """Devices don't withhold it; words of other abnormalities do."""
    labels = Combiner(book()).combine([said(finding, status)], labelled=True)
    assert statuses(labels).get("No Finding") == expected


def test_no_finding_that_is_withheld_says_why(book, said):
    """The explanation of an empty No Finding is the assertion that withheld it."""
    scoliosis = said("Other", "present")
    (label, *_) = Combiner(book()).combine([scoliosis], labelled=True)
    assert (label.rule_id, label.assertions) == ("no-finding.withheld", (scoliosis,))


def test_negbio_asks_its_own_findings_only(book, said):
    """NegBio gives No Finding beside a scoliosis."""
    labels = Combiner(book(), "negbio").combine([said("Other", "present")], labelled=True)
    assert statuses(labels) == {"No Finding": "present"}


def test_report_without_text_to_label_says_nothing(book):
    """An empty report is not a normal one."""
    assert statuses(Combiner(book()).combine([], labelled=False)) == {}
    assert statuses(Combiner(book()).combine([], labelled=True)) == {"No Finding": "present"}


def test_label_set_without_no_finding_has_none(book, said):
    """The observation is a matter of the label set."""
    combiner = Combiner(book(findings=["Edema"], no_finding=None))
    assert statuses(combiner.combine([said("Edema", "absent")], labelled=True)) == {"Edema": "absent"}


def test_unknown_aggregation_is_answered_with_those_there_are(book):
    """The message lists the three."""
    with pytest.raises(UsageError, match="no aggregation 'majority'; there are: documented, chexpert-code, negbio"):
        Combiner(book(), "majority")


GROUPED = {
    "findings": ["Abnormal", "Edema"],
    "no_finding": None,
    "groups": {"Abnormal": {"meaning": "m", "findings": ["Edema", "Fracture"], "otherwise": "absent"}},
}


@pytest.mark.parametrize(
    ("read", "expected", "rule_id"),
    [
        ([("Fracture", "present"), ("Edema", "uncertain")], "present", "group.present"),
        ([("Fracture", "absent"), ("Edema", "uncertain")], "uncertain", "group.uncertain"),
        ([("Fracture", "absent")], "absent", "group.nothing-found"),
        ([], "absent", "group.nothing-found"),
    ],
)
def test_group_is_what_its_members_are(book, said, read, expected, rule_id):
    """A group that is a label itself is present where a member is, else uncertain where one is."""
    (label, _) = Combiner(book(**GROUPED)).combine([said(*pair) for pair in read], labelled=True)
    assert (label.finding, label.status, label.rule_id) == ("Abnormal", expected, rule_id)


@pytest.mark.parametrize("status", ["present", "uncertain", "absent"])
def test_group_rests_on_what_is_said_of_its_members(book, said, status):
    """The evidence of a group are the assertions that gave its members the status; of silence there is none."""
    fracture, edema = said("Fracture", status), said("Edema", "absent")
    combiner = Combiner(book(**GROUPED))
    (label, _) = combiner.combine([fracture, edema, said("Other", "present")], labelled=True)
    assert set(label.assertions) == ({edema, fracture} if status == "absent" else {fracture})
    assert combiner.combine([], labelled=True)[0].assertions == ()


def test_group_may_be_blank_where_nothing_is_found(book):
    """Not every group denies by silence."""
    groups = {"Abnormal": {"meaning": "m", "findings": ["Edema"]}}
    (label, _) = Combiner(book(**GROUPED | {"groups": groups})).combine([], labelled=True)
    assert (label.finding, label.status, label.rule_id) == ("Abnormal", None, "not-mentioned")


def test_label_set_may_let_one_finding_imply_another(book, said):
    """What every mention of a finding implies is said once, for the label set."""
    combiner = Combiner(book(implies={"Edema": {"Cardiomegaly": "uncertain"}}))
    labels = combiner.combine([said("Edema", "present")], labelled=True)
    assert statuses(labels) == {"Edema": "present", "Cardiomegaly": "uncertain"}


def test_policies_apply_before_assertions_are_combined(book, said):
    """The policies that are asked for, or the label set's own, change what a label is made of."""
    change = {"findings": ["Edema"], "status": ["uncertain"]}
    policies = {name: {"meaning": "m", "changes": [change | {"becomes": name}]} for name in ("present", "absent")}
    chosen = book(policies=policies, default_policies=["absent"])
    for names, expected in ((None, "absent"), (["present"], "present"), (["none"], "uncertain")):
        labels = Combiner(chosen, policies=names).combine([said("Edema", "uncertain")], labelled=True)
        assert statuses(labels)["Edema"] == expected
