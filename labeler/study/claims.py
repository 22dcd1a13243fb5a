"""Labels without their evidence: from what the sentences of a report claim, wherever they claim it.

Most reports claim what another has claimed before, so that few are combined anew.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from labeler.records import Assertion, Label, Mention, Section, Sentence, Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from labeler.study.combine import Combiner

_KEPT = 50_000
"""Combinations that are kept; about 1 kB each."""
_NOWHERE = Sentence(Section("", "", 0, 0, 0), 0, 0)


class Claim(NamedTuple):
    """Is what of an assertion decides labels, whatever its place and words."""

    finding: str
    status: Status
    rule_id: str
    phrase_id: str


class ClaimCombiner:
    """Combines the claims of a report as a `Combiner` combines its assertions.

    Parameters
    ----------
    combiner : Combiner
        Whose policies must not ask for words, which a claim has not.
    """

    def __init__(self, combiner: Combiner) -> None:
        self._combiner = combiner
        self._labels = lru_cache(maxsize=_KEPT)(self._combine)

    def claim(self, finding: str, status: Status, rule_id: str, phrase_id: str) -> Claim:
        """Returns a claim without what of the rule and the phrase makes no difference, so that claims repeat."""
        yields = rule_id in self._combiner.yielding
        implies = phrase_id in self._combiner.implied_by_phrase
        return Claim(finding, status, rule_id if yields else "", phrase_id if implies else "")

    def combine(self, claims: Iterable[AbstractSet[Claim]], *, labelled: bool) -> tuple[Label, ...]:
        """Returns the labels that `Combiner.combine` gives, without their assertions.

        Parameters
        ----------
        claims : iterable of set of Claim
            One set per sentence.
        labelled : bool
            Whether there was any text to label.
        """
        return self._labels(frozenset().union(*claims), labelled)

    def _combine(self, claims: frozenset[Claim], labelled: bool) -> tuple[Label, ...]:  # noqa: FBT001 - of the cache
        labels = self._combiner.combine([_assertion(claim) for claim in claims], labelled=labelled)
        return tuple([Label(label.finding, label.status, label.rule_id) for label in labels])


def _assertion(claim: Claim) -> Assertion:
    mention = Mention(claim.finding, 0, 0, "", claim.phrase_id)
    return Assertion(mention, claim.status, claim.rule_id, "study", None, _NOWHERE)
