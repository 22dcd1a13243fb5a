"""Every rule and every phrase file shows by its own cases that it does what it says."""

import pytest

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import load_phrasebook
from labeler.text.plain import plain

BOOK = load_phrasebook()
STAGES = {
    "both": AssertionStage(BOOK),
    "negex": AssertionStage(BOOK, ("negex",)),
    "dependency": AssertionStage(BOOK, ("dependency",)),
}
FINDER = MentionFinder(BOOK)
RULES = [(rule, "negex") for file in BOOK.assertions for rule in file.cues]
RULES += [(rule, "dependency") for file in BOOK.assertions for rule in file.dependencies]
ROLES = {group.id: group.role for file in BOOK.findings for group in file.mentions}


def read(stage, rule, case):
    """Return the verdicts on the marked mentions of a case, read in the rule's role."""
    role = "anatomy" if rule.role == "anatomy" else "finding"
    default = rule.findings[0] if rule.findings else ""
    targets = tuple(Target(e.start, e.end, e.finding or default, role) for e in case.expected)
    return STAGES[stage].read(plain(case.text), targets)


@pytest.mark.parametrize(("rule", "reader"), RULES, ids=lambda value: getattr(value, "id", value))
def test_rule_reads_its_cases_as_marked_and_decides_in_one(rule, reader):
    """Both readers together give each mark its status; the rule's own reader needs the rule in one of its cases."""
    deciding = set()
    for markup in rule.cases:
        case = parse_case(markup)
        assert case.expected, f"the case {markup!r} expects nothing"
        assert [verdict.status for verdict in read("both", rule, case)] == [e.status for e in case.expected], markup
        deciding |= {verdict.rule_id for verdict in read(reader, rule, case)}
    assert rule.id in deciding


@pytest.mark.parametrize("file", BOOK.findings, ids=lambda file: file.finding)
def test_finding_file_finds_and_reads_its_cases_as_marked(file):
    """The mentions of a finding in its cases are those marked, each with the status that is marked."""
    for markup in file.cases:
        case = parse_case(markup)
        text = plain(case.text)
        hits = [hit for hit in FINDER.find(text) if hit.finding == file.finding]
        targets = tuple(Target(hit.start, hit.end, hit.finding, hit.role) for hit in hits)
        verdicts = STAGES["both"].read(text, targets) if targets else ()
        found = [
            (case.text[hit.start : hit.end], verdict.status)
            for hit, verdict in zip(hits, verdicts, strict=True)
            if verdict.status != "none"
        ]
        assert found == [(case.text[e.start : e.end], e.status) for e in case.expected], markup
