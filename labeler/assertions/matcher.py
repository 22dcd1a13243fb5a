"""spaCy's DependencyMatcher with bounded work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spacy.matcher import DependencyMatcher

from labeler.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from spacy.tokens import Doc

MATCHES_PER_SENTENCE = 100_000
"""Words that the nodes of all rules together may be tried on in one sentence."""

_SPENT = "labeler.matches"


class BoundedMatcher(DependencyMatcher):
    """A matcher that tries a node only on the words that its relation leads to, and ends after a number of tries.

    spaCy's own tries every combination of the words that fit the nodes alone, without ever hearing a signal.

    Attributes
    ----------
    rule : str
        What an error names.
    """

    rule = ""

    def _get_matches(
        self,
        cache: dict[Any, list[int]],
        doc: Doc,
        tree: Mapping[int, Sequence[tuple[str, int]]],
        tokens_to_key: Sequence[Any],
        keys_to_position: Mapping[Any, list[int]],
    ) -> Iterator[list[int]]:
        fitting = [set(keys_to_position[key]) for key in tokens_to_key]
        if not all(fitting):
            return
        links = {right: (left, operator) for left, branches in tree.items() for operator, right in branches}
        begun: list[list[int]] = [[word] for word in sorted(fitting[0])]
        while begun:
            words = begun.pop()
            at = len(words)
            self._spend(doc)
            if at == len(fitting):
                yield words
                continue
            left, operator = links[at]
            there = self._resolve_node_operator(cache, doc, words[left], operator)  # type: ignore[attr-defined]
            begun += [[*words, word] for word in there if word in fitting[at]]

    def _spend(self, doc: Doc) -> None:
        spent = doc.user_data[_SPENT] = doc.user_data.get(_SPENT, 0) + 1
        if spent > MATCHES_PER_SENTENCE:
            reason = f"a sentence fits the rule {self.rule!r} in too many ways (over {MATCHES_PER_SENTENCE} tries)"
            raise LimitError(reason, "say more narrowly, by RIGHT_ATTRS, which words its nodes are")
