"""Stage 3: combines the assertions of a report into one label per finding."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.records import Assertion, Label, Status
from labeler.study.choices import Choices
from labeler.study.policy import POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import Group, NoFinding

_FOUND = (Status.PRESENT, Status.UNCERTAIN)
_NOTHING: Mapping[str, Status] = MappingProxyType({})


class Combiner:
    """The stage that combines assertions into the labels of a label set.

    Parameters
    ----------
    phrasebook : Phrasebook
    aggregation : str
        "documented", "chexpert-code" or "negbio"; see `labeler.study.policy`.
    policies : iterable of str, optional
        Names of policies of the label set, applied in this order; those that it applies by itself without it.

    Raises
    ------
    UsageError
        If there is no such aggregation or policy.
    """

    def __init__(
        self, phrasebook: Phrasebook, aggregation: str = "documented", policies: Iterable[str] | None = None
    ) -> None:
        if aggregation not in POLICIES:
            raise UsageError(f"no aggregation {aggregation!r}; there are: {', '.join(POLICIES)}")
        self._policy = POLICIES[aggregation]
        self._decided: dict[frozenset[Status], tuple[Status, str]] = {}
        self._choices = Choices(phrasebook.label_set, policies)
        self._findings = phrasebook.label_set.findings
        self._not_mentioned = {finding: Label(finding, None, "not-mentioned") for finding in self._findings}
        self._no_finding = phrasebook.label_set.no_finding
        self._groups = {name: group for name, group in phrasebook.label_set.groups.items() if name in self._findings}
        self._members = {name: frozenset(group.findings) for name, group in self._groups.items()}
        # NegBio withholds No Finding for its own findings only; CheXpert for other abnormal words too.
        self._blocked_by_others = aggregation != "negbio"
        yielding = {tier.id for tier in phrasebook.order.tiers if tier.yields}
        rules = (rule for file in phrasebook.assertions for rule in file.cues)
        self._yielding = frozenset(rule.id for rule in rules if rule.tier in yielding)
        self._implied_by_phrase = {
            group.id: group.implies for file in phrasebook.findings for group in file.mentions if group.implies
        }
        self._implied_by_finding = phrasebook.label_set.implies

    def combine(self, assertions: Sequence[Assertion], *, labelled: bool, unread: bool = False) -> tuple[Label, ...]:
        """Return one label per finding of the label set, in its order.

        Parameters
        ----------
        assertions : sequence of Assertion
            In the order of the text.
        labelled : bool
            Whether there was any text to label; without it nothing is said, of "no finding" neither.
        unread : bool
            Whether the text has words that nothing accounts for; what must be stated is then not said to be normal.
        """
        assertions = self._choices.apply(assertions)
        by_finding: dict[str, list[Assertion]] = {}
        for assertion in (*assertions, *self._implications(assertions)):
            if assertion.status is not None:
                by_finding.setdefault(assertion.finding, []).append(assertion)
        labels = {finding: self._label(finding, rest) for finding, rest in by_finding.items()}
        if labelled:
            labels |= {
                name: _group_label(name, group, labels)
                for name, group in self._groups.items()
                if group.otherwise == "absent" or not self._members[name].isdisjoint(labels)
            }
            if self._no_finding is not None:
                labels[self._no_finding.name] = self._nothing_found(self._no_finding, labels, unread=unread)
        return tuple([labels.get(finding) or self._not_mentioned[finding] for finding in self._findings])

    def _label(self, finding: str, assertions: list[Assertion]) -> Label:
        # "The heart is stable" is uncertain by itself, but not where another sentence calls it normal.
        assertions = [a for a in assertions if a.rule_id not in self._yielding] or assertions
        statuses = frozenset([assertion.status for assertion in assertions if assertion.status])
        if statuses not in self._decided:
            self._decided[statuses] = self._policy(statuses)
        status, rule_id = self._decided[statuses]
        return Label(finding, status, rule_id, tuple([a for a in assertions if a.status is status]))

    def _implications(self, assertions: Sequence[Assertion]) -> list[Assertion]:
        """Make the assertions that others imply: heart failure makes an enlarged heart possible (CheXpert)."""
        return [
            replace(
                assertion,
                mention=replace(assertion.mention, finding=finding),
                status=status,
                rule_id=f"implied-by.{assertion.phrase_id}",
                reader="study",
            )
            for assertion in assertions
            if assertion.status in _FOUND
            for finding, status in self._implied(assertion).items()
        ]

    def _implied(self, assertion: Assertion) -> Mapping[str, Status]:
        by_finding = self._implied_by_finding.get(assertion.finding, _NOTHING)
        by_phrase = self._implied_by_phrase.get(assertion.phrase_id, _NOTHING)
        return {**by_finding, **by_phrase} if by_finding and by_phrase else by_finding or by_phrase

    def _nothing_found(self, no_finding: NoFinding, labels: Mapping[str, Label], *, unread: bool) -> Label:
        ignored = {no_finding.name, *no_finding.ignores}
        if not self._blocked_by_others:
            ignored.add(no_finding.blocked_by)
        found = [label for finding, label in labels.items() if finding not in ignored and label.status in _FOUND]
        if not found and not no_finding.stated:
            return Label(no_finding.name, Status.PRESENT, "no-finding.nothing-else")
        if not found and unread:
            return Label(no_finding.name, None, "no-finding.unread")
        if not found:
            return _stated(no_finding, labels)
        return Label(no_finding.name, None, "no-finding.withheld", _reasons(found))


def _stated(no_finding: NoFinding, labels: Mapping[str, Label]) -> Label:
    """Return "nothing found" where the text says so: in a statement of its own or by what it denies."""
    says_so = [label for label in labels.values() if label.finding == no_finding.name or label.status is Status.ABSENT]
    if says_so:
        return Label(no_finding.name, Status.PRESENT, "no-finding.stated", _reasons(says_so))
    return Label(no_finding.name, None, "no-finding.not-stated")


def _group_label(name: str, group: Group, labels: Mapping[str, Label]) -> Label:
    """Return the label of a group: present before uncertain, by what its members are."""
    if any(labels[finding].status is Status.PRESENT for finding in group.unless if finding in labels):
        return Label(name, None, "group.something-more-special")
    members = [labels[finding] for finding in group.findings if finding in labels]
    for status in _FOUND:
        found = [label for label in members if label.status is status]
        if found:
            return Label(name, status, f"group.{status.value}", _reasons(found))
    denied = [label for label in members if label.status is Status.ABSENT]
    if group.otherwise == "denied" and denied:
        return Label(name, Status.ABSENT, "group.denied", _reasons(denied))
    if group.otherwise == "absent":
        return Label(name, Status.ABSENT, "group.nothing-found", _reasons(members))
    return Label(name, None, "not-mentioned")


def _reasons(labels: Iterable[Label]) -> tuple[Assertion, ...]:
    return tuple(assertion for label in labels for assertion in label.assertions)
