"""Families of findings: what a label set says of its findings decides which attributes they have."""

import pytest

from labeler.pipeline import Labeler

PICC = "Right PICC ends in the low SVC."


def described(label_set, text):
    """Return the findings of a text with their values, by their observations."""
    return {finding.observation: finding for finding in Labeler(label_set, sections="all").label(text).findings}


def test_devices_and_bones_of_thorax_have_their_attributes():
    """A device of its own name has kind, tip and side, and a fracture its bone."""
    found = described("thorax", f"{PICC} Left clavicle fracture.")
    picc, fracture = found["PICC"], found["Clavicle Fracture"]
    assert (picc.device, picc.tip, picc.side, picc.location) == ("PICC", "low SVC", ("right",), ())
    assert (fracture.side, fracture.location) == (("left",), ("clavicle",))


@pytest.mark.parametrize(
    ("label_set", "column"),
    [("srr55", "PICC line"), ("padchest", "central venous catheter"), ("openi95", "catheter")],
)
def test_sets_over_thorax_describe_their_own_columns(label_set, column):
    """A finding of thorax is told under each column that it belongs to, with its attributes."""
    found = described(label_set, PICC)
    assert found[column].tip == "low SVC"
    assert found.keys() <= set(Labeler(label_set).findings)


def test_wide_table_has_the_attributes_of_columns():
    """A column that is a union of devices has a tip, one that is a union of fractures has none."""
    columns = set(Labeler("srr55").attribute_columns)
    assert {("PICC line", "tip"), ("Acute rib fracture", "location")} <= columns
    assert ("Acute rib fracture", "tip") not in columns


def test_the_place_of_a_tip_is_no_finding():
    """The artery that a catheter ends in is its tip, not an artery that something is said of."""
    found = described("thorax", "Swan-Ganz catheter tip in the right pulmonary artery.")
    assert found["Pulmonary Artery Catheter"].tip == "right pulmonary artery"
