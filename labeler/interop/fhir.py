"""Write labels as FHIR R4 resources, a JSON object per line: a DiagnosticReport per study, an Observation per label.

The resources are plain dictionaries: a library of classes would validate each at fifty times the cost, and the tests
validate all kinds of them with one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError
from labeler.interop.attributes import values_of
from labeler.io.output import compress
from labeler.io.write import LineFormat, json_line
from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from labeler.interop.codes import Origin
    from labeler.io.output import Finish
    from labeler.records import Assertion, Finding, Label, Report, StudyLabels

    Resource = dict[str, Any]

_OWN = "urn:cxr-labeler"
"""What the names of our own code systems and extensions begin with."""
_SYSTEMS = {"umls": "http://www.nlm.nih.gov/research/umls"}
"""The names that FHIR gives to code systems of label sets; the others have names of our own."""
_SNOMED = "http://snomed.info/sct"
_STATUS = {
    Status.PRESENT: {"system": _SNOMED, "code": "52101004", "display": "Present"},
    Status.ABSENT: {"system": _SNOMED, "code": "2667000", "display": "Absent"},
    Status.UNCERTAIN: {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActUncertainty",
        "code": "U",
        "display": "stated with uncertainty",
    },
}
_SIDES = {
    "left": {"system": _SNOMED, "code": "7771000", "display": "Left"},
    "right": {"system": _SNOMED, "code": "24028007", "display": "Right"},
    "bilateral": {"system": _SNOMED, "code": "51440002", "display": "Right and left"},
}
_LATERALITY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/"
_REPORT = {
    "resourceType": "DiagnosticReport",
    "status": "preliminary",  # what no human has verified
    "category": [{"coding": [{"system": f"{_CATEGORY}v2-0074", "code": "RAD", "display": "Radiology"}]}],
    "code": {
        "coding": [{"system": "http://loinc.org", "code": "18748-4", "display": "Diagnostic imaging study"}],
        "text": "Labels of a chest radiology report",
    },
}
_OBSERVATION = {
    "resourceType": "Observation",
    "status": "preliminary",
    "category": [{"coding": [{"system": f"{_CATEGORY}observation-category", "code": "imaging", "display": "Imaging"}]}],
}
_REPORT_START = b'{"resourceType": "DiagnosticReport"'
_ID = re.compile(r"[A-Za-z0-9.-]{1,48}")


def fhir_format(path: str, origin: Origin, *, with_text: bool) -> tuple[LineFormat, Finish | None]:
    """Return how the labels of each study are written; see `labeler.io.write.table_format`.

    Parameters
    ----------
    path : str
        Ends in .ndjson or .ndjson.gz.
    origin : Origin
    with_text : bool
        Whether each label has its evidence: sentences as notes; mentions with rule, cue and offsets as extensions.

    Raises
    ------
    UsageError
        If the ending is another.
    """
    if not path.lower().endswith((".ndjson", ".ndjson.gz")):
        raise UsageError(f"{path} does not end in .ndjson or .ndjson.gz; FHIR is written as a JSON object per line.")
    return FhirLines(origin, with_text), compress if path.lower().endswith(".gz") else None


@dataclass(frozen=True, slots=True)
class FhirLines(LineFormat):
    """A study as a line with its DiagnosticReport, and a line for each of its Observations."""

    origin: Origin
    with_text: bool

    def line(self, report: Report, labels: StudyLabels) -> bytes:
        """Return the lines of a study."""
        return b"".join([json_line(one) for one in resources(report, labels, self.origin, with_text=self.with_text)])

    def names(self, stream: BinaryIO) -> Iterator[str | None]:
        """Yield the identifier of each DiagnosticReport that was written."""
        return (json.loads(line)["identifier"][0]["value"] for line in stream if line.startswith(_REPORT_START))


def resources(report: Report, labels: StudyLabels, origin: Origin, *, with_text: bool = False) -> list[Resource]:
    """Return the resources of a study: its DiagnosticReport, then an Observation for each label that is not blank.

    Where a label rests on one finding of its status, its Observation has that finding's body site and attributes;
    otherwise the findings are Observations of their own, with their own status, which the label's has as members.

    Parameters
    ----------
    report : Report
    labels : StudyLabels
    origin : Origin
    with_text : bool
        Whether words of the report may be among them.

    Examples
    --------
    >>> from labeler import Labeler, Report
    >>> from labeler.interop.codes import Origin
    >>> labeler = Labeler(sections="all")
    >>> report = Report("s1", "Small left effusion.")
    >>> study, effusion = resources(report, labeler.label(report), Origin("chexpert", "cxr-labeler", {}))
    >>> study["result"]
    [{'reference': 'Observation/s1-11'}]
    >>> effusion["code"]["text"], effusion["valueCodeableConcept"]["text"], effusion["bodySite"]["text"]
    ('Pleural Effusion', 'present', 'left')
    """
    study = fhir_id(report.id)
    subject = {"subject": {"identifier": {"value": report.subject_id}}} if report.subject_id else {}
    head = {**_REPORT, "id": study, "identifier": [{"value": report.id}], **subject}
    shared = {**_OBSERVATION, **subject, "device": {"display": origin.system}}
    instances: dict[str, list[Finding]] = {}
    for finding in labels.findings:
        instances.setdefault(finding.observation, []).append(finding)
    observations: list[Resource] = []
    results = []
    for number, label in enumerate(labels.labels, 1):
        if label.status is not None:
            one = {**shared, "id": f"{study}-{number}", "code": _code(label.finding, origin)}
            results.append({"reference": f"Observation/{one['id']}"})
            observations += _observations(one, label, instances.get(label.finding, ()), report, with_text=with_text)
    return [{**head, "result": results} if results else head, *observations]


def fhir_id(study_id: str) -> str:
    """Return an identifier of a resource: the study's if FHIR allows it, otherwise a hash of it.

    >>> fhir_id("50414267"), fhir_id("a/b c")
    ('50414267', 'h.5bda16a6453b7447ba65dd89')
    """
    if _ID.fullmatch(study_id):
        return study_id
    return f"h.{blake2b(study_id.encode('utf-8', 'backslashreplace'), digest_size=12).hexdigest()}"


def _observations(
    base: Resource, label: Label, instances: Sequence[Finding], report: Report, *, with_text: bool
) -> Iterator[Resource]:
    """Yield the Observation of a label, then those of the findings that are its members."""
    evidence = _evidence(label.assertions, report) if with_text and label.assertions else {}
    one = {**base, "valueCodeableConcept": _value(label.status), **evidence}
    if [instance.status for instance in instances] == [label.status]:
        yield {**one, **_described(instances[0], with_text=with_text)}
        return
    members = [{**base, "id": f"{base['id']}.{number}"} for number in range(1, len(instances) + 1)]
    yield {**one, "hasMember": [{"reference": f"Observation/{each['id']}"} for each in members]} if members else one
    for member, instance in zip(members, instances, strict=True):
        evidence = _evidence(instance.assertions, report) if with_text else {}
        value = {"valueCodeableConcept": _value(instance.status), **evidence}
        yield {**member, **value, **_described(instance, with_text=with_text)}


def _code(finding: str, origin: Origin) -> Resource:
    own = {"system": f"{_OWN}:{origin.label_set}", "code": finding, "display": finding}
    others = [
        {"system": _SYSTEMS.get(system, f"{_OWN}:{system}"), "code": code}
        for system, code in origin.codes.get(finding, {}).items()
    ]
    return {"coding": [own, *others], "text": finding}


def _value(status: Status | None) -> Resource:
    if status is None:
        return {}
    own = {"system": f"{_OWN}:status", "code": status.value, "display": status.value}
    return {"coding": [own, _STATUS[status]], "text": status.value}


def _described(finding: Finding, *, with_text: bool) -> Resource:
    """Return the body site and the components of a finding."""
    values = values_of(finding, with_text=with_text)
    sides, places = values.pop("side", []), values.pop("location", [])
    site: Resource = {}
    if sides or places:
        site["text"] = " ".join([" and ".join(map(str, sides)), ", ".join(map(str, places))]).strip()
    if sides:
        side = str(sides[0]) if len(sides) == 1 else "bilateral"
        site["extension"] = [{"url": _LATERALITY, "valueCodeableConcept": {"coding": [_SIDES[side]]}}]
    components = [_component(name, value) for name, given in values.items() for value in given]
    return {**({"bodySite": site} if site else {}), **({"component": components} if components else {})}


def _component(name: str, value: str | float) -> Resource:
    code = {"code": {"coding": [{"system": f"{_OWN}:attribute", "code": name.removesuffix("_mm")}]}}
    if isinstance(value, str):
        return {**code, "valueString": value}
    number = int(value) if value.is_integer() else value
    size = {"value": number, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"}
    return {**code, "valueQuantity": size}


def _evidence(assertions: Iterable[Assertion], report: Report) -> Resource:
    """Return what a status rests on: its sentences as notes, its mentions as extensions."""
    asserted = tuple(assertions)
    sentences = dict.fromkeys([report.text[one.sentence.start : one.sentence.end] for one in asserted])
    return {
        "extension": [{"url": f"{_OWN}:evidence", "extension": _mention(one)} for one in asserted],
        "note": [{"text": sentence} for sentence in sentences],
    }


def _mention(assertion: Assertion) -> list[Resource]:
    mention, cue = assertion.mention, assertion.cue
    told: dict[str, str | int] = {
        "start": mention.start,
        "end": mention.end,
        "words": mention.text,
        "phrase": mention.phrase_id,
        "rule": assertion.rule_id,
    }
    if cue is not None:
        told |= {"cue-start": cue.start, "cue-end": cue.end, "cue": cue.text}
    return [{"url": name, f"value{'String' if isinstance(of, str) else 'Integer'}": of} for name, of in told.items()]


def read_labels(lines: Iterable[bytes | str]) -> dict[str, dict[str, Status]]:
    """Return the labels of each study in what `FhirLines` wrote; those that are blank are left out.

    Parameters
    ----------
    lines : iterable of bytes or str
    """
    labels: dict[str, dict[str, Status]] = {}
    study_of: dict[str, str] = {}
    for line in lines:
        resource = json.loads(line)
        if resource["resourceType"] == "DiagnosticReport":
            study = resource["identifier"][0]["value"]
            labels[study] = {}
            study_of = {result["reference"]: study for result in resource.get("result", ())}
        elif study := study_of.get(f"Observation/{resource['id']}"):
            status = Status(resource["valueCodeableConcept"]["coding"][0]["code"])
            labels[study][resource["code"]["coding"][0]["code"]] = status
    return labels
