"""Stage 3: combines the assertions of a report into one label per finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.records import Assertion, Label, Status
from labeler.study.policy import POLICIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.phrasebook.load import Phrasebook


class Combiner:
    """Combines assertions into the labels of a label set.

    Parameters
    ----------
    phrasebook : Phrasebook
    aggregation : str
        "documented", "chexpert-code" or "negbio"; see `labeler.study.policy`.

    Raises
    ------
    UsageError
        If there is no such aggregation.
    """

    def __init__(self, phrasebook: Phrasebook, aggregation: str = "documented") -> None:
        if aggregation not in POLICIES:
            raise UsageError(f"no aggregation {aggregation!r}; there are: {', '.join(POLICIES)}")
        self._policy = POLICIES[aggregation]
        self._findings = phrasebook.label_set.findings
        self._no_finding = phrasebook.label_set.no_finding
        # NegBio withholds No Finding for its own findings only; CheXpert for other abnormal words too.
        self._blocked_by_others = aggregation != "negbio"
        yielding = {tier.id for tier in phrasebook.order.tiers if tier.yields}
        rules = (rule for file in phrasebook.assertions for rule in (*file.cues, *file.dependencies))
        self._yielding = frozenset(rule.id for rule in rules if rule.tier in yielding)
        self._implied = {
            group.id: group.implies for file in phrasebook.findings for group in file.mentions if group.implies
        }

    def combine(self, assertions: Sequence[Assertion], *, labelled: bool) -> tuple[Label, ...]:
        """Returns one label per finding of the label set, in its order.

        Parameters
        ----------
        assertions : sequence of Assertion
            In the order of the text.
        labelled : bool
            Whether there was any text to label; without it nothing is said, of "no finding" neither.
        """
        by_finding: dict[str, list[Assertion]] = {}
        for assertion in (*assertions, *self._implications(assertions)):
            if assertion.status is not None:
                by_finding.setdefault(assertion.mention.finding, []).append(assertion)
        labels = {finding: self._label(finding, rest) for finding, rest in by_finding.items()}
        if labelled:
            labels[self._no_finding.name] = self._nothing_found(labels)
        return tuple(labels.get(finding) or Label(finding, None, "not-mentioned") for finding in self._findings)

    def _label(self, finding: str, assertions: list[Assertion]) -> Label:
        # "The heart is stable" is uncertain by itself, but not where another sentence calls it normal.
        assertions = [a for a in assertions if a.rule_id not in self._yielding] or assertions
        status, rule_id = self._policy({assertion.status for assertion in assertions if assertion.status})
        return Label(finding, status, rule_id, tuple(a for a in assertions if a.status is status))

    def _implications(self, assertions: Sequence[Assertion]) -> list[Assertion]:
        """Makes the assertions that others imply: heart failure makes an enlarged heart possible (CheXpert)."""
        return [
            replace(
                assertion,
                mention=replace(assertion.mention, finding=finding),
                status=status,
                rule_id=f"implied-by.{assertion.mention.phrase_id}",
                reader="study",
            )
            for assertion in assertions
            if assertion.status in (Status.PRESENT, Status.UNCERTAIN)
            for finding, status in self._implied.get(assertion.mention.phrase_id, {}).items()
        ]

    def _nothing_found(self, labels: dict[str, Label]) -> Label:
        ignored = {self._no_finding.name, *self._no_finding.ignores}
        if not self._blocked_by_others:
            ignored.add(self._no_finding.blocked_by)
        found = [
            label
            for finding, label in labels.items()
            if finding not in ignored and label.status in (Status.PRESENT, Status.UNCERTAIN)
        ]
        if not found:
            return Label(self._no_finding.name, Status.PRESENT, "no-finding.nothing-else")
        reasons = tuple(assertion for label in found for assertion in label.assertions)
        return Label(self._no_finding.name, None, "no-finding.withheld", reasons)
