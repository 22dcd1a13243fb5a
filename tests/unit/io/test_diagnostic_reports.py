"""Reports in FHIR's DiagnosticReports."""

import base64
import json

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.diagnosticreport import DiagnosticReport

from labeler.io.read import read_reports
from labeler.records import Report

BARE = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "Chest X-ray"}}


def form(text, kind="text/plain"):
    """Return a text as an attachment."""
    return {"contentType": kind, "data": base64.b64encode(text.encode()).decode()}


def report(**fields):
    """Return a DiagnosticReport that a library accepts."""
    resource = {**BARE, "id": "r1", **fields}
    DiagnosticReport.model_validate(resource)
    return resource


@pytest.fixture
def read(tmp_path):
    """Read what a file of resources holds."""

    def read(content, name="in.ndjson"):
        path = tmp_path / name
        path.write_text(content)
        return [
            item if isinstance(item, Report) else str(item).removeprefix(str(path)) for item in read_reports([path])
        ]

    return read


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"presentedForm": [form("%PDF", "application/pdf"), form("No edema.")]}, "No edema."),
        ({"presentedForm": [form("No edema."), form("Another.")], "conclusion": "Edema."}, "No edema."),
        ({"presentedForm": [form("<p>No edema.<br>Scar.</p>", "text/html; charset=utf-8")]}, "No edema.\nScar."),
        (
            {
                "text": {
                    "status": "additional",
                    "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Heart\n &lt; 1 &amp; 2.</p>No edema.</div>',
                }
            },
            "Heart < 1 & 2.\nNo edema.",
        ),
        ({"conclusion": "No edema."}, "No edema."),
    ],
)
def test_the_text_is_the_first_of_form_narrative_and_conclusion(read, fields, text):
    """Plain text counts before HTML, of which the tags are left out."""
    assert read(json.dumps(report(**fields))) == [Report("r1", text)]


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ("r1", None)),
        ({"identifier": [{"value": "A1"}, {"value": "A2"}]}, ("A1", None)),
        (
            {
                "identifier": [{"value": "A1"}, {"value": "A2", "type": {"coding": [{"code": "ACSN"}]}}],
                "subject": {"reference": "Patient/p7"},
            },
            ("A2", "p7"),
        ),
        ({"subject": {"reference": "Patient/p7", "identifier": {"value": "MR7"}}}, ("r1", "MR7")),
    ],
)
def test_identifiers_are_the_accession_number_and_the_patient(read, fields, names):
    """Without them, the resource's own id and the patient's reference serve."""
    (found,) = read(json.dumps(report(conclusion="No edema.", **fields)))
    assert (found.id, found.subject_id) == names


def test_lines_a_bundle_and_a_file_of_one_are_read(read):
    """Each way in which servers export reports; other resources are passed over."""
    one, other = report(conclusion="No edema."), {"resourceType": "Patient", "id": "p7"}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": other}, {"resource": one}]}
    Bundle.model_validate(bundle)
    want = [Report("r1", "No edema.")]
    assert read("\n".join(map(json.dumps, [other, one, one]))) == want * 2
    assert read(json.dumps(bundle, indent=2), "in.fhir.json") == want
    assert read(json.dumps(one, indent=2), "in.fhir.json") == want


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        ("{\n", " row 1: is no JSON; write one resource a line, or one to the file"),
        ('{"resourceType": "Patient"}', ": holds no DiagnosticReport; give FHIR R4 resources as JSON"),
        ("[" * 100_000, " row 1: is no JSON; write one resource a line, or one to the file"),
        (json.dumps({**BARE, "conclusion": "No edema."}), " row 1: has no identifier; give every report one"),
        (json.dumps({**BARE, "id": 3, "text": [], "presentedForm": [7]}), " row 1: has no text: no presentedForm with"),
        (
            json.dumps({**BARE, "id": "r1", "presentedForm": [{"contentType": "text/plain", "data": "No edema."}]}),
            " row 1: has a presentedForm that is no base64; encode the text as base64",
        ),
    ],
)
def test_what_is_no_report_is_a_failure(read, content, failure):
    """It is listed without text."""
    (found,) = read(content)
    assert found.startswith(failure)


def test_a_broken_line_costs_no_other(read):
    """The lines after one that is no JSON are read, whether it is the first or not."""
    good = json.dumps(report(conclusion="No edema."))
    broken = " row {}: is no JSON; write one resource a line, or one to the file"
    assert read(f"{{\n{good}\n{{\n{good}\n") == [
        broken.format(1),
        Report("r1", "No edema."),
        broken.format(3),
        Report("r1", "No edema."),
    ]
