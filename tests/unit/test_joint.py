"""Several label sets at once: each gives what it gives alone, and the table has a column for every finding."""

import csv
import pickle

import pytest
from click.testing import CliRunner

from labeler import Labeler
from labeler.cli.app import main
from labeler.cli.options import new_labeler
from labeler.errors import UsageError
from labeler.joint import JointLabeler

REPORTS = [
    "FINDINGS: Old healed rib fractures. Left PICC in place.\n\nIMPRESSION: No effusion. Possible edema.",
    "FINDINGS: Cardiomegaly. Calcified granuloma or nodule.\n\nIMPRESSION: Opacity may represent pneumonia.",
    "IMPRESSION: No pneumothorax, fibrosis distorts the upper lobes. The heart is not enlarged, edema is not excluded.",
    "Degenerative changes of the spine. The lungs are clear.",
    "",
]
SETS = [
    ["chexpert", "openi95", "thorax", "vindr"],
    ["vindr", "srr55"],
    ["thorax", "padchest", "chexpert"],
]


@pytest.mark.parametrize("label_sets", SETS)
def test_each_set_gives_what_it_gives_alone(label_sets):
    """Its own text, findings and context: what else is asked for changes no label."""
    together = list(JointLabeler(label_sets).label_many(REPORTS))
    for at, name in enumerate(label_sets):
        prefix = f"{name}: " if at else ""
        for joint, alone in zip(together, Labeler(name).label_many(REPORTS), strict=True):
            assert {finding: joint[prefix + finding] for finding in alone} == dict(alone)


def test_every_finding_has_one_name():
    """The first set's findings keep their names, and no two columns are named alike."""
    labeler = JointLabeler(["chexpert", "chestxray14", "openi95"])
    assert labeler.findings[:14] == Labeler().findings
    assert len(set(labeler.findings)) == len(labeler.findings) == 14 + 15 + 95
    assert all(": " in name for name in labeler.findings[14:])


def test_evidence_is_of_the_sets_own_findings():
    """A mention names the finding of the set whose label it bears, in the order of the text."""
    labels = JointLabeler(["chexpert", "openi95"], sections="all").label("No edema. Small effusion.")
    assert [assertion.mention.finding for assertion in labels.assertions] == [
        "Edema",
        "openi95: edema",
        "Pleural Effusion",
        "openi95: pleural_effusion",
    ]
    assert labels.evidence("openi95: edema").assertions[0].cue.text == "No"


def test_pickled_labeler_is_its_equal():
    """Workers get how it was made."""
    labeler = JointLabeler(["chexpert", "vindr"], policies=["borderline-present"])
    other = pickle.loads(pickle.dumps(labeler))  # noqa: S301  our own bytes
    assert (type(other), other.findings, other.phrase_hash) == (JointLabeler, labeler.findings, labeler.phrase_hash)
    assert other.label("IMPRESSION: The heart is borderline enlarged.")["Cardiomegaly"] == "present"


def test_policy_is_for_the_sets_that_have_it():
    """A set without a policy keeps those that it applies by itself."""
    labeler = JointLabeler(["chexpert", "chestxray14"], policies=["alternatives-present"], sections="all")
    labels = labeler.label("Atelectasis or pneumonia.")
    assert (labels["Pneumonia"], labels["chestxray14: Pneumonia"]) == ("present", "present")


@pytest.mark.parametrize(
    ("label_sets", "policies", "message"),
    [
        (["vindr", "vindr"], None, "one is given twice"),
        (["chexpert", "vindr"], ["no-such"], "have no policy 'no-such'; there are: alternatives-present"),
        (["chexpert", "no-such"], None, "no label set 'no-such'"),
    ],
)
def test_what_no_set_has_is_refused(label_sets, policies, message):
    """The message names the sets and what there is."""
    with pytest.raises(UsageError, match=message):
        JointLabeler(label_sets, policies=policies)


def test_one_set_needs_no_joint_labeler():
    """A name, or none, gives a plain labeler."""
    assert type(new_labeler()) is type(new_labeler("vindr")) is Labeler


def test_command_writes_the_columns_of_all_sets(tmp_path):
    """Columns of the first set stand before those of the next, each in alphabetical order."""
    reports, table = tmp_path / "reports.csv", tmp_path / "labels.csv"
    with reports.open("w", newline="") as stream:
        csv.writer(stream).writerows([("study_id", "report"), *enumerate(REPORTS)])
    sets = ["--label-set", "openi95", "--label-set", "chexpert"]
    result = CliRunner().invoke(main, ["label", str(reports), "-o", str(table), "-q", "--workers", "2", *sets])
    assert result.exit_code == 0, result.output
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    names = list(rows[0])
    assert (names[1], names[95], names[96]) == ("abdomen_enlarged", "volume_loss", "chexpert: Atelectasis")
    assert (rows[0]["fracture"], rows[0]["chexpert: Edema"], rows[0]["chexpert: Fracture"]) == ("1.0", "-1.0", "")
