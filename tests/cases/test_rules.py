"""Every rule and every phrase file shows by its own cases that it does what it says."""

import pytest

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.authoring.verify import RuleRunner
from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.profiles import load_profile
from labeler.text.plain import plain

BOOK = load_phrasebook()
STAGE = AssertionStage(BOOK)
FINDER = MentionFinder(BOOK)
RUNNER = RuleRunner(load_profile(BOOK.folder, "default"))
RULES = [rule for file in BOOK.assertions for rule in (*file.cues, *file.dependencies)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_reads_its_cases_as_marked_and_decides_in_one(rule):
    """The program as shipped gives each mark its status, and would not without the rule or by another."""
    assert RUNNER.wrong(rule) == ""


def test_a_rule_of_grammar_that_decides_nothing_is_told():
    """A rule whose cases the lists read alone is found out."""
    (rule,) = (rule for rule in RULES if rule.id == "carry.subject")
    idle = rule.model_copy(update={"cases": ("The <absent>effusion</absent> has resolved.",)})
    assert RUNNER.wrong(idle) == "decides in none of its cases; add one"


@pytest.mark.parametrize("file", BOOK.findings, ids=lambda file: file.finding)
def test_finding_file_finds_and_reads_its_cases_as_marked(file):
    """The mentions of a finding in its cases are those marked, each with the status that is marked."""
    for markup in file.cases:
        case = parse_case(markup)
        text = plain(case.text)
        hits = [hit for hit in FINDER.find(text) if hit.finding == file.finding]
        targets = tuple(Target(hit.start, hit.end, hit.finding, hit.role) for hit in hits)
        verdicts = STAGE.read(text, targets) if targets else ()
        found = [
            (case.text[hit.start : hit.end], verdict.status)
            for hit, verdict in zip(hits, verdicts, strict=True)
            if verdict.status != "none"
        ]
        assert found == [(case.text[e.start : e.end], e.status) for e in case.expected], markup
