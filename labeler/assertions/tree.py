"""Matches the patterns of dependency rules in a parsed sentence, as spaCy's DependencyMatcher does.

Patterns are compiled once, and a match is grown node by node along the tree, where spaCy first looks for every node
anywhere and then tries every combination. The relations that the shipped rules use are here; a pattern with another is
left to spaCy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    from labeler.phrasebook.patterns import Node

_ATTRIBUTES = ("LOWER", "DEP", "TAG")


class Tree(NamedTuple):
    """A parsed sentence.

    Parameters
    ----------
    doc : spacy.tokens.Doc
    words : list of tuple of str
        Of each, its text in lower case, its relation to its head, and its tag.
    heads : list of int
        Of each, its head; of a root, itself.
    """

    doc: Doc
    words: list[tuple[str, str, str]]
    heads: list[int]

    @classmethod
    def of(cls, doc: Doc) -> Tree:
        """Return the tree of a parsed sentence."""
        words = [(token.lower_, token.dep_, token.tag_) for token in doc]
        return cls(doc, words, [token.head.i for token in doc])

    def head(self, at: int) -> Sequence[int]:
        """Return the head of a word; a root has none."""
        head = self.heads[at]
        return () if head == at else (head,)

    def children(self, at: int) -> Sequence[int]:
        """Return the words whose head a word is."""
        return [child for child, head in enumerate(self.heads) if head == at != child]


_RELATIONS: dict[str, Callable[[Tree, int], Sequence[int]]] = {"<": Tree.head, ">": Tree.children}
"""How a node follows from an earlier one, by spaCy's sign for it."""


class Matches(Protocol):
    """What finds a pattern in a sentence."""

    def find(self, tree: Tree) -> list[tuple[int, ...]]:
        """Return the words that stand for the pattern's nodes, in their order, once for each way; sorted."""


def compiled(pattern: Sequence[Node], vocab: Vocab) -> Matches:
    """Return what finds a pattern.

    Parameters
    ----------
    pattern : sequence of Node
        Checked by `labeler.phrasebook.patterns.check_nodes`.
    vocab : spacy.vocab.Vocab
        For patterns that are left to spaCy.
    """
    known = all(node.REL_OP in _RELATIONS for node in pattern[1:])
    return Pattern(pattern) if known else SpacyPattern(pattern, vocab)


class Pattern:
    """A pattern of which every node is the head or a child of an earlier one."""

    def __init__(self, pattern: Sequence[Node]) -> None:
        names = [node.RIGHT_ID for node in pattern]
        self._first = _tests(pattern[0])
        self._rest = [(names.index(node.LEFT_ID), _RELATIONS[str(node.REL_OP)], _tests(node)) for node in pattern[1:]]

    def find(self, tree: Tree) -> list[tuple[int, ...]]:
        """Return the words that stand for the nodes; see `Matches`."""
        found: list[tuple[int, ...]] = [(at,) for at in _fitting(self._first, tree, range(len(tree.words)))]
        for left, related, tests in self._rest:
            if not found:
                break
            found = [(*nodes, at) for nodes in found for at in _fitting(tests, tree, related(tree, nodes[left]))]
        return sorted(found)


class SpacyPattern:
    """A pattern that spaCy's matcher finds."""

    def __init__(self, pattern: Sequence[Node], vocab: Vocab) -> None:
        from spacy.matcher import DependencyMatcher

        self._matcher = DependencyMatcher(vocab)
        self._matcher.add("rule", [[node.model_dump(exclude_unset=True) for node in pattern]])

    def find(self, tree: Tree) -> list[tuple[int, ...]]:
        """Return the words that stand for the nodes; see `Matches`."""
        return sorted(tuple(nodes) for _, nodes in self._matcher(tree.doc))


class _Test(NamedTuple):
    """What one attribute of a word must be, or must not."""

    attribute: int
    values: frozenset[str]
    wanted: bool


def _tests(node: Node) -> list[_Test]:
    tests = []
    for name, value in node.RIGHT_ATTRS.items():
        if isinstance(value, str):
            tests.append(_Test(_ATTRIBUTES.index(name), frozenset((value,)), wanted=True))
            continue
        tests += [
            _Test(_ATTRIBUTES.index(name), frozenset(values), wanted=predicate == "IN")
            for predicate, values in value.items()
        ]
    return tests


def _fitting(tests: list[_Test], tree: Tree, among: Iterable[int]) -> list[int]:
    return [at for at in among if all((tree.words[at][name] in values) is wanted for name, values, wanted in tests)]
