"""The patterns of dependency rules: spaCy's DependencyMatcher, without what could run long or run code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from labeler.phrasebook.fields import Model, RuleId, Words, doubles

if TYPE_CHECKING:
    from collections.abc import Sequence

Operator = Literal[
    "<", ">", "<<", ">>", ".", ".*", ";", ";*", "$+", "$-", "$++", "$--",
    ">+", ">-", ">++", ">--", "<+", "<-", "<++", "<--",
]  # fmt: skip


TRANSITIVE = frozenset({"<<", ">>", ".*", ";*", "$++", "$--", ">++", ">--", "<++", "<--"})
"""Operators that lead to any number of words."""
MAX_TRANSITIVE = 2
"""Most transitive operators of a pattern: the words that a longer chain of them leads to multiply."""


class Node(Model):
    """A word of a dependency rule's pattern, with the keys of spaCy's DependencyMatcher."""

    RIGHT_ID: RuleId
    """The node's own name."""
    RIGHT_ATTRS: dict[Literal["LOWER", "TAG", "DEP"], Words]
    """What the word is: its text in lower case, its tag, its relation to its head; a word, or one of several."""
    LEFT_ID: RuleId = ""
    """An earlier node, and how it stands to this one; the first node has neither."""
    REL_OP: Operator | None = None
    """An earlier node, and how it stands to this one; the first node has neither."""


def check_nodes(pattern: Sequence[Node]) -> None:
    """Refuse a pattern that spaCy would refuse, or that a long sentence would match in very many ways.

    Parameters
    ----------
    pattern : sequence of Node

    Raises
    ------
    ValueError
    """
    names = [node.RIGHT_ID for node in pattern]
    if not {"cue", "finding"} <= set(names):
        raise ValueError("a pattern needs a node with RIGHT_ID cue and one with RIGHT_ID finding")
    for name in doubles(names):
        raise ValueError(f"two nodes have the RIGHT_ID {name!r}; give each its own")
    if sum(node.REL_OP in TRANSITIVE for node in pattern) > MAX_TRANSITIVE:
        raise ValueError(f"more than {MAX_TRANSITIVE} operators that lead to any number of words; use > and <")
    for at, node in enumerate(pattern):
        _check_node(node, names[:at])


def _check_node(node: Node, before: list[str]) -> None:
    if before and (node.LEFT_ID not in before or node.REL_OP is None):
        raise ValueError(f"node {node.RIGHT_ID!r} needs a REL_OP and as LEFT_ID one of: {', '.join(before)}")
    if not before and node.model_fields_set & {"LEFT_ID", "REL_OP"}:
        raise ValueError(f"node {node.RIGHT_ID!r} is the first and has no LEFT_ID and no REL_OP")
    if not node.RIGHT_ATTRS and node.REL_OP != "<":
        raise ValueError(f"node {node.RIGHT_ID!r} fits any word; say which by RIGHT_ATTRS")
