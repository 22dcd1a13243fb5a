"""Runs the cases of findings and rules: what their own sentences say, as they are read now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import Phrasebook
from labeler.phrasebook.schema import CueRule, LabelSetFile
from labeler.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.assertions.verdict import Verdict
    from labeler.authoring.cases import Case, Expectation
    from labeler.phrasebook.profiles import Rules
    from labeler.phrasebook.schema import AssertionFile, DependencyRule, Family


class CaseRunner:
    """A reader of the cases of a label set.

    Parameters
    ----------
    phrasebook : Phrasebook

    Examples
    --------
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> list(CaseRunner(load_phrasebook("mura")).failures())
    []
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._book = phrasebook
        self._finder, self._stage = MentionFinder(phrasebook), AssertionStage(phrasebook)

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
        text = plain(case.text)
        hits = [hit for hit in self._finder.find(text) if hit.finding == finding]
        ruled = self._book.rules_of().get(finding, finding)
        targets = tuple(Target(hit.start, hit.end, ruled, hit.role) for hit in hits)
        verdicts = self._stage.read(text, targets) if targets else ()
        read = [(case.text[hit.start : hit.end], verdict.status) for hit, verdict in zip(hits, verdicts, strict=True)]
        return _difference(case, [(words, status) for words, status in read if status != "none"])


def phrasebook_of_rules(rules: Rules, families: dict[Family, tuple[str, ...]] | None = None) -> Phrasebook:
    """Return a phrasebook with nothing but assertion rules: a case marks the mentions itself.

    Parameters
    ----------
    rules : Rules
    families : dict of str to tuple of str, optional
        The families of the findings that cases name, by which attributes are limited.
    """
    label_set = LabelSetFile(
        name="cases", meaning="The mentions that cases mark.", findings=("Finding",), families=families or {}
    )
    return Phrasebook(label_set, (), rules.assertions, rules.order, rules.scope, "", Path(), rules.profile)


class RuleRunner:
    """A reader of the cases of assertion rules.

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
        self._stage = AssertionStage(self._book)

    def wrong(self, rule: CueRule | DependencyRule) -> str:
        """Say which case is not read as it is marked, or that the rule decides in none; "" if all is well.

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
                return f"case {case.text!r}: marks no mention; write it between marks such as <absent>words</absent>"
            read = zip(case.marked, _read(self._stage, rule, case), strict=True)
            wrong = _difference(case, [(words, verdict.status) for (words, _), verdict in read])
            if wrong:
                return f"case {case.text!r}: {wrong}"
        return "" if self._decides(rule, cases) else "decides in none of its cases; add one"

    def _decides(self, rule: CueRule | DependencyRule, cases: list[Case]) -> bool:
        """Tell whether a rule gives a verdict in its cases, or one of grammar makes them read as they are."""
        if isinstance(rule, CueRule):
            return any(verdict.rule_id == rule.id for case in cases for verdict in _read(self._stage, rule, case))
        without = AssertionStage(replace(self._book, assertions=tuple(_without(self._book.assertions, rule))))
        return any(_read(without, rule, case) != _read(self._stage, rule, case) for case in cases)


def _without(files: Iterable[AssertionFile], rule: DependencyRule) -> Iterator[AssertionFile]:
    for file in files:
        kept = tuple(other for other in file.dependencies if other.id != rule.id)
        yield file if len(kept) == len(file.dependencies) else file.model_copy(update={"dependencies": kept})


def _read(stage: AssertionStage, rule: CueRule | DependencyRule, case: Case) -> tuple[Verdict, ...]:
    """Read the marked mentions of a case; one of a rule for certain findings is of the first of these."""
    of_cue = rule if isinstance(rule, CueRule) else None
    finding = of_cue.findings[0] if of_cue and of_cue.findings else ""
    targets = tuple(Target(e.start, e.end, e.finding or finding, _role(of_cue, e)) for e in case.expected)
    return stage.read(plain(case.text), targets)


def _role(rule: CueRule | None, marked: Expectation) -> str:
    """Return what a marked mention is; in a rule for either, it is anatomy where the mark names its finding."""
    role = rule.role if rule else "any"
    return "anatomy" if role == "anatomy" or (role == "any" and marked.finding) else "finding"


def _difference(case: Case, read: list[tuple[str, str]]) -> str:
    """Say how the mentions that were read differ from those that are marked; "" if they don't."""
    if read == case.marked:
        return ""
    expected, found = (
        ", ".join(f"{words!r} {status}" for words, status in mentions) or "nothing" for mentions in (case.marked, read)
    )
    return f"expected {expected}, but it reads {found}"
