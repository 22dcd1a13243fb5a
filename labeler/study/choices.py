"""Policies of a label set: what words that don't decide are read as, chosen by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.phrasebook.schema import expand
from labeler.records import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labeler.phrasebook.schema import Change, LabelSetFile
    from labeler.records import Assertion


NONE = "none"
"""Stands for no policy, where a label set has policies that apply by themselves."""


class Choices:
    """Policies of a label set that were chosen, applied to assertions.

    Parameters
    ----------
    label_set : LabelSetFile
    names : iterable of str or None
        In the order in which they apply; None for those that the label set applies by itself, "none" for none.

    Raises
    ------
    UsageError
        If the label set has no policy of a name.
    """

    def __init__(self, label_set: LabelSetFile, names: Iterable[str] | None = None) -> None:
        self._changes: list[tuple[str, _Change]] = []
        chosen = label_set.default_policies if names is None else [name for name in names if name != NONE]
        for name in chosen:
            if name not in label_set.policies:
                known = ", ".join(label_set.policies) or "none"
                raise UsageError(f"label set {label_set.name} has no policy {name!r}; there are: {known}")
            self._changes += [(name, _Change(change)) for change in label_set.policies[name].changes]

    def apply(self, assertions: Sequence[Assertion]) -> Sequence[Assertion]:
        """Return the assertions with the statuses that the policies give them.

        A changed assertion's rule tells both: "policy.congestion-uncertain.default.asserted".
        """
        return [self._applied(assertion) for assertion in assertions] if self._changes else assertions

    def _applied(self, assertion: Assertion) -> Assertion:
        for name, change in self._changes:
            if change.fits(assertion):
                assertion = replace(
                    assertion, status=change.becomes, rule_id=f"policy.{name}.{assertion.rule_id}", reader="study"
                )
        return assertion


class _Change:
    def __init__(self, change: Change) -> None:
        self.becomes = None if change.becomes == "none" else Status(change.becomes)
        self._rules = frozenset(change.rules)
        self._findings = frozenset(change.findings)
        self._phrases = _texts(change.phrases)
        self._cues = _texts(change.cues)
        self._statuses = frozenset(change.status)

    def fits(self, assertion: Assertion) -> bool:
        return (
            (not self._rules or assertion.rule_id in self._rules)
            and (not self._findings or assertion.finding in self._findings)
            and (not self._phrases or _plain(assertion.mention.text) in self._phrases)
            and (not self._cues or (assertion.cue is not None and _plain(assertion.cue.text) in self._cues))
            and (not self._statuses or assertion.status in self._statuses)
        )


def _texts(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(text.lower() for phrase in phrases for text in expand(phrase))


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
