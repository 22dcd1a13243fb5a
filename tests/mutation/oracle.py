"""What a mutant is tried on beside the unit tests: the marked sentences, the rules' own cases and the golden reports.

They are the cases of tests/cases and tests/golden, all of a kind in one test, since a process that tries one mutant
collects a few tests in a fraction of the time of some thousands. What a test reads with is made in the test, so that
mutants of what is done once are tried as well.
"""

import pytest
import regenerate
import test_phenomena
import test_rules
import yaml

from labeler.assertions.stage import AssertionStage
from labeler.authoring.cases import parse_case
from labeler.pipeline import Labeler


def test_marked_sentences_are_read_as_marked():
    """Every sentence of the phenomena is read as marked, those on the list of open cases left out."""
    labeler = Labeler(sections="all")
    cases = [parse_case(markup) for _, markup in test_phenomena.SENTENCES if markup not in test_phenomena.CAUSES]
    labeler.label_batch([case.text for case in cases])
    for case in cases:
        assert test_phenomena.differences(labeler, case) == []


def test_rules_read_their_cases_and_are_needed(monkeypatch):
    """Each rule reads its cases as marked and decides in one of them, with its own reader alone."""
    for name, readers in {"both": ("dependency", "negex"), "negex": ("negex",), "dependency": ("dependency",)}.items():
        monkeypatch.setitem(test_rules.STAGES, name, AssertionStage(test_rules.BOOK, readers))
    for rule, reader in test_rules.RULES:
        test_rules.test_rule_reads_its_cases_as_marked_and_decides_in_one(rule, reader)


@pytest.fixture
def fresh():
    """Forget the labelers that the golden records were made with before."""
    regenerate.labeler.cache_clear()


def test_golden_reports_have_their_records(fresh):  # noqa: ARG001
    """Mentions, cues, rules and labels of whole reports are those that are pinned."""
    for report in regenerate.REPORTS:
        pinned = yaml.safe_load(regenerate.golden(report).read_text("utf-8"))
        assert regenerate.records(report.read_text("utf-8")) == pinned
