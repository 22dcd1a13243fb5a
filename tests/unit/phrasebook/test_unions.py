"""Label sets over another one: columns that are unions of its findings."""

import pytest

from labeler.errors import PhraseFileError
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.prefix import prefixed
from labeler.phrasebook.unions import read_label_set
from labeler.pipeline import Labeler

SET = """\
name: over
meaning: Unions of two observations.
over: tiny
findings: [fluid, anything, Pleural Effusion]
groups:
  fluid: {meaning: Fluid., findings: [Pleural Effusion], otherwise: denied}
  anything: {meaning: Anything., findings: [fluid]}
"""
OVER = ("vindr", "srr55", "padchest")


def test_columns_are_unions_of_another_sets_findings(folder):
    """A group may name another group, which stands for its members; a column that is a finding is a union of one."""
    root = folder.write("over/label_set.yaml", SET).parents[1]
    label_set = read_label_set(root, root / "over")
    assert label_set.findings == ("fluid", "anything", "Pleural Effusion")
    assert {label_set.groups[name].findings for name in label_set.findings} == {("Pleural Effusion",)}
    assert [file.finding for file in load_phrasebook("over", root).findings] == ["Pleural Effusion"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("over: tiny", "over: tyni", "over: no label set 'tyni'"),
        ("over: tiny", "over: over", "is over another set itself"),
        ("[fluid]", "[fluit]", "'fluit' is neither a finding of tiny nor a group; did you mean 'fluid'"),
        ("[Pleural Effusion], otherwise", "[anything], otherwise", "hold each other"),
        ("fluid, anything, P", "fluids, anything, P", "'fluids' is neither a finding of tiny nor a group"),
    ],
)
def test_names_that_stand_for_nothing_are_faults(folder, old, new, message):
    """The file, the line and the remedy are named."""
    folder.write("over/label_set.yaml", SET.replace(old, new, 1))
    with pytest.raises(PhraseFileError, match=message):
        load_phrasebook("over", folder.path)


def test_union_is_present_uncertain_or_denied_by_its_members():
    """A member that is present counts before one that is denied; what no member says is blank."""
    labels = Labeler("vindr", sections="all").label("No edema. Possible left rib fracture. Old calcified granuloma.")
    assert (labels["Edema"], labels["Rib fracture"], labels["Calcification"]) == ("absent", "uncertain", "present")
    assert labels["Pneumothorax"] is None


def test_more_special_finding_takes_a_simple_one_out():
    """A tension pneumothorax is no simple one, and a healed fracture no acute one."""
    labels = Labeler("srr55", sections="all").label("Left tension pneumothorax. Healed rib fractures.")
    assert [name for name, status in labels.items() if status] == ["Tension pneumothorax"]


def test_parents_follow_their_children():
    """PadChest's tree has consolidation below alveolar pattern, and that below infiltrates."""
    labels = Labeler("padchest", sections="all").label("Consolidation with air bronchograms.")
    present = {name for name, status in labels.items() if status == "present"}
    assert {"air bronchogram", "consolidation", "alveolar pattern", "infiltrates"} <= present


@pytest.mark.parametrize("name", ["thorax", *OVER])
def test_devices_do_not_withhold_no_finding(name):
    """A device, or a column that is a union of devices, is no abnormality."""
    labels = Labeler(name, sections="all").label("The lungs are clear. Right PICC in place.")
    no_finding = load_phrasebook(name).label_set.no_finding.name
    assert labels[no_finding] == "present"


@pytest.mark.parametrize(("name", "size"), [("vindr", 28), ("srr55", 55), ("padchest", 192), ("openi95", 95)])
def test_taxonomies_have_their_columns(name, size):
    """The columns are as many as the taxonomy names."""
    assert len(load_phrasebook(name).label_set.findings) == size


def test_thorax_has_its_findings_in_groups_with_codes():
    """Every finding but No Finding is in one group; a code is of a system whose source is given."""
    book = load_phrasebook("thorax")
    grouped = [finding for group in book.label_set.groups.values() for finding in group.findings]
    assert sorted(grouped) == sorted(set(book.label_set.findings) - {"No Finding"})
    assert len(grouped) >= 100
    assert sum(bool(file.codes) for file in book.findings) >= 100


def test_code_of_an_unknown_system_is_a_fault(folder):
    """A code without a source can't be looked up."""
    folder.replace("tiny/findings/effusion.yaml", "mentions:", "codes: {icd: J90}\nmentions:")
    with pytest.raises(PhraseFileError, match="'icd' is not among the code_systems"):
        load_phrasebook("tiny", folder.path)


def test_prefixed_names_are_known_to_each_other():
    """Members, implied findings and policies have the names that findings have."""
    book = prefixed(load_phrasebook("chexpert"), phrases_folder() / "openi95")
    known = {file.finding for file in book.findings}
    groups = {finding for group in book.label_set.groups.values() for finding in group.findings}
    implied = {name for file in book.findings for group in file.mentions for name in group.implies}
    changed = {name for policy in book.label_set.policies.values() for each in policy.changes for name in each.findings}
    assert groups | implied | changed <= known
    assert set(book.label_set.findings) <= known
