"""Runs the cases of findings and rules: what their own sentences say, as they are read now."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS
from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import Phrasebook
from labeler.phrasebook.schema import CueRule, LabelSetFile
from labeler.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labeler.assertions.verdict import Verdict
    from labeler.authoring.cases import Case, Expectation
    from labeler.phrasebook.profiles import Rules
    from labeler.phrasebook.schema import DependencyRule

Read = list[tuple[str, str]]
"""The words and the status of each mention, in the order of the text."""


class CaseRunner:
    """Reads the cases of a label set.

    Parameters
    ----------
    phrasebook : Phrasebook

    Examples
    --------
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> CaseRunner(load_phrasebook()).read("Edema", parse_case("No <absent>edema</absent>."))
    [('edema', 'absent')]
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._book = phrasebook

    @cached_property
    def _finder(self) -> MentionFinder:
        return MentionFinder(self._book)

    @cached_property
    def _stage(self) -> AssertionStage:
        return AssertionStage(self._book)

    def failures(self) -> Iterator[tuple[str, int, str]]:
        """Yield the cases that are not read as they are marked.

        Yields
        ------
        tuple of (str, int, str)
            The finding, the number of the case among its own, from 0, and what is wrong with it.
        """
        for file in self._book.findings:
            for at, markup in enumerate(file.cases):
                wrong = self._wrong(file.finding, markup)
                if wrong:
                    yield file.finding, at, wrong

    def _wrong(self, finding: str, markup: str) -> str:
        try:
            case = parse_case(markup)
        except ValueError as error:
            return str(error)
        expected = [(case.text[e.start : e.end], e.status) for e in case.expected]
        found = self.read(finding, case)
        return "" if found == expected else f"expected {_told(expected)}, but it reads {_told(found)}"

    def read(self, finding: str, case: Case) -> Read:
        """Return the mentions of a finding in a case, those that nothing is asserted of left out.

        Parameters
        ----------
        finding : str
        case : Case

        Returns
        -------
        list of (str, str)
            The words and the status of each.
        """
        text = plain(case.text)
        hits = [hit for hit in self._finder.find(text) if hit.finding == finding]
        targets = tuple(Target(hit.start, hit.end, hit.finding, hit.role) for hit in hits)
        verdicts = self._stage.read(text, targets) if targets else ()
        found = [(case.text[hit.start : hit.end], verdict.status) for hit, verdict in zip(hits, verdicts, strict=True)]
        return [(words, status) for words, status in found if status != "none"]


def phrasebook_of_rules(rules: Rules) -> Phrasebook:
    """Return a phrasebook with nothing but assertion rules: a case marks the mentions itself."""
    label_set = LabelSetFile(name="cases", meaning="The mentions that cases mark.", findings=("Finding",))
    return Phrasebook(label_set, (), rules.assertions, rules.order, rules.scope, "", Path(), rules.profile)


class RuleRunner:
    """Reads the cases of assertion rules.

    Parameters
    ----------
    rules : Rules

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> from labeler.phrasebook.profiles import load_profile
    >>> rules = load_profile(phrases_folder(), "negbio")
    >>> RuleRunner(rules).wrong(rules.assertions[0].cues[0])
    ''
    """

    def __init__(self, rules: Rules) -> None:
        self._book = phrasebook_of_rules(rules)
        self._stages: dict[tuple[str, ...], AssertionStage] = {}

    def wrong(self, rule: CueRule | DependencyRule) -> str:
        """Says which case of a rule is not read as it is marked, or that the rule decides in none; "" if neither is so.

        Parameters
        ----------
        rule : CueRule or DependencyRule
        """
        try:
            cases = [parse_case(markup) for markup in rule.cases]
        except ValueError as error:
            return str(error)
        for case in cases:
            if not case.expected:
                return f"case {case.text!r}: marks no mention; write <{rule.status}>words</{rule.status}>"
            expected = [(case.text[e.start : e.end], e.status) for e in case.expected]
            found = [verdict.status for verdict in self._read(rule, case, READERS)]
            if found != [status for _, status in expected]:
                read = [(words, status) for (words, _), status in zip(expected, found, strict=True)]
                return f"case {case.text!r}: expected {_told(expected)}, but it reads {_told(read)}"
        reader = "negex" if isinstance(rule, CueRule) else "dependency"
        verdicts = (verdict for case in cases for verdict in self._read(rule, case, (reader,)))
        return "" if rule.id in {verdict.rule_id for verdict in verdicts} else "decides in none of its cases; add one"

    def _read(self, rule: CueRule | DependencyRule, case: Case, readers: tuple[str, ...]) -> tuple[Verdict, ...]:
        if readers not in self._stages:
            self._stages[readers] = AssertionStage(self._book, readers)
        finding = rule.findings[0] if rule.findings else ""
        targets = tuple(Target(e.start, e.end, e.finding or finding, _role(rule, e)) for e in case.expected)
        return self._stages[readers].read(plain(case.text), targets) if targets else ()


def _role(rule: CueRule | DependencyRule, marked: Expectation) -> str:
    """Return what a marked mention is; in a rule for either, it is anatomy where the mark names its finding."""
    is_anatomy = rule.role == "anatomy" or (rule.role == "any" and marked.finding)
    return "anatomy" if is_anatomy else "finding"


def _told(mentions: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{words!r} {status}" for words, status in mentions) or "nothing"
