"""Labels as FHIR resources."""

import json

import pytest
from fhir.resources.R4B.diagnosticreport import DiagnosticReport
from fhir.resources.R4B.observation import Observation

from labeler import Labeler, Report
from labeler.errors import UsageError
from labeler.interop.codes import Origin
from labeler.interop.fhir import FhirLines, fhir_format, fhir_id, read_labels, resources

KINDS = {"DiagnosticReport": DiagnosticReport, "Observation": Observation}
ORIGIN = Origin("chexpert", "cxr-labeler 1.2.3", {})


@pytest.fixture(scope="module")
def observed():
    """Return the Observations of a text by their finding, those of members aside."""
    labeler = Labeler(sections="all")

    def observed(text, **options):
        report = Report("s1", text)
        _, *found = resources(report, labeler.label(report), ORIGIN, **options)
        members = {member["reference"] for one in found for member in one.get("hasMember", ())}
        return {
            one["code"]["text"]: [one, *(other for other in found if other["id"].startswith(f"{one['id']}."))]
            for one in found
            if f"Observation/{one['id']}" not in members
        }

    return observed


def test_every_resource_is_valid(labelled):
    """A library that knows FHIR's rules accepts each; identifiers are unique and references lead somewhere."""
    for origin, studies in labelled:
        made = [one for report, labels in studies for one in resources(report, labels, origin, with_text=True)]
        for resource in made:
            KINDS[resource["resourceType"]].model_validate(resource)
        ids = [f"{one['resourceType']}/{one['id']}" for one in made]
        assert len(set(ids)) == len(ids)
        assert {to["reference"] for one in made for to in one.get("result", one.get("hasMember", ()))} <= set(ids)


def test_labels_are_read_back_without_loss(labelled, said):
    """Every label of every study comes back, and no other."""
    for origin, studies in labelled:
        lines = b"".join(FhirLines(origin, with_text=False).line(*study) for study in studies).splitlines()
        assert read_labels(lines) == {report.id: said(labels) for report, labels in studies}


def test_the_names_are_those_of_the_studies(labelled):
    """A run finds in the file which studies it holds, those without labels too."""
    origin, studies = labelled[0]
    form = FhirLines(origin, with_text=True)
    lines = b"".join(form.line(*study) for study in studies).splitlines(keepends=True)
    assert list(form.names(lines)) == [report.id for report, _ in studies]


def test_one_finding_is_described_by_its_label(observed):
    """Body site, side and attributes stand at the Observation of the label that rests on it."""
    (lesion,) = observed("7 mm nodule in the right upper lobe.")["Lung Lesion"]
    side = {"system": "http://snomed.info/sct", "code": "24028007", "display": "Right"}
    assert lesion["bodySite"]["text"] == "right upper"
    assert lesion["bodySite"]["extension"][0]["valueCodeableConcept"]["coding"] == [side]
    assert lesion["component"][0]["valueQuantity"]["value"] == 7
    assert lesion["valueCodeableConcept"]["coding"][1]["code"] == "52101004"


def test_several_findings_are_members_of_their_label(observed):
    """What is present on one side and absent on the other has both, beside the one label."""
    label, right, left = observed("Right pneumothorax. No left pneumothorax.")["Pneumothorax"]
    assert [one["valueCodeableConcept"]["text"] for one in (label, right, left)] == ["present", "present", "absent"]
    assert right["bodySite"]["text"] == "right"
    assert "bodySite" not in label
    assert "bodySite" not in left  # the side of what is absent is not read


def test_report_text_is_there_only_if_it_is_asked_for(observed):
    """Sentences, words, cues and the place of a tip are text; so nothing else may hold them."""
    text = "ETT with its tip 4 cm above the carina. No frank edema."
    bare, told = json.dumps(observed(text)), observed(text, with_text=True)
    assert not {word for word in ("frank", "carina", "ETT", "4 cm") if word in bare}
    assert told["Edema"][0]["note"] == [{"text": "No frank edema."}]
    assert {"url": "cue", "valueString": "No"} in told["Edema"][0]["extension"][0]["extension"]
    assert "4 cm above the carina" in json.dumps(told["Support Devices"][0]["component"])


def test_codes_of_the_label_set_are_named_by_their_systems(labelled):
    """The set "thorax" has UMLS concepts, whose system FHIR names."""
    origin, studies = labelled[1]
    made = [one for study in studies for one in resources(*study, origin)]
    nodule = next(one for one in made if one.get("code", {}).get("text") == "Pneumothorax")
    assert {"system": "http://www.nlm.nih.gov/research/umls", "code": "C2073565"} in nodule["code"]["coding"]


def test_an_identifier_that_fhir_forbids_is_kept_beside_the_id():
    """The id is a hash then, the same each time."""
    report = Report("a/b ü", "No edema.")
    (study, *_) = resources(report, Labeler().label(report), ORIGIN)
    DiagnosticReport.model_validate(study)
    assert (study["id"], study["identifier"]) == (fhir_id("a/b ü"), [{"value": "a/b ü"}])


def test_another_ending_is_refused():
    """A file says by its name that it is NDJSON."""
    with pytest.raises(UsageError, match=r"out\.json does not end in \.ndjson or \.ndjson\.gz"):
        fhir_format("out.json", ORIGIN, with_text=False)
