"""Finds what a name in an explanation stands for: a rule, a group of phrases, a finding or a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import yaml

from labeler.errors import UsageError
from labeler.phrasebook.folder import screen
from labeler.phrasebook.messages import hint
from labeler.phrasebook.yaml_files import read_node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMING = ("id", "finding")
"""Keys whose value is the name of what they belong to."""
_OF_CODE = {
    "default.asserted": "no rule decides; a finding that is named and not denied or doubted is present",
    "default.undescribed": "no rule decides; words for anatomy of which nothing is said are no mention",
}
_STARTS_OF_CODE = {
    "documented.": "how the mentions of a study become its label: the strongest of present, uncertain, absent",
    "chexpert-code.": "how the mentions of a study become its label, as the CheXpert labeler's program does it",
    "negbio.": "how the mentions of a study become its label, as NegBio does it",
    "implied-by.": "another finding is present or uncertain by the group of phrases named behind the point",
}


class Entry(NamedTuple):
    """What a name stands for.

    Parameters
    ----------
    path : Path
        Of its file.
    line : int
        Where it begins there, from 1.
    text : str
        As it is written.
    """

    path: Path
    line: int
    text: str


def look_up(root: Path, name: str) -> list[Entry]:
    """Return what has a name in a folder of phrase files, in the order of the files.

    Parameters
    ----------
    root : Path
        Folder in the layout of `phrases/`.
    name : str
        The id of a rule, a group or an attribute, or the name of a finding (in any case) or a policy.

    Raises
    ------
    UsageError
        If nothing has it; the message suggests what may be meant.
    """
    screen(root)
    found = [
        entry for path in _files(root) if name.lower() in path.read_text("utf-8").lower() for entry in _in(path, name)
    ]
    if not found:
        raise UsageError(f"nothing is called {name!r}; {_near(root, name)}")
    return found


def meaning_in_code(name: str) -> str:
    """Return what a rule means that is in the program and in no file; "" if the name is none of those.

    Examples
    --------
    >>> meaning_in_code("default.asserted")
    'no rule decides; a finding that is named and not denied or doubted is present'
    """
    return _OF_CODE.get(name) or next((what for start, what in _STARTS_OF_CODE.items() if name.startswith(start)), "")


def names(root: Path) -> list[str]:
    """Return all names of rules, groups, findings and policies, sorted."""
    return sorted({found for path in _files(root) for _, found in _named(read_node(path))})


def _near(root: Path, name: str) -> str:
    known = names(root)
    near = hint(name, known)
    return (
        near if near.startswith("did you mean") else "`labeler explain` shows the rule and the phrase of each mention"
    )


def _files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.yaml"))


def _in(path: Path, name: str) -> Iterator[Entry]:
    lines = path.read_text("utf-8").splitlines()
    for node, found in _named(read_node(path)):
        if found.lower() == name.lower():
            first, last = node.start_mark.line, node.end_mark.line
            is_whole = node.flow_style or last == len(lines) - 1  # a block ends where the next one begins
            own = lines[first : last + 1 if is_whole else max(last, first + 1)]
            while own and (not own[-1].strip() or own[-1].lstrip().startswith("#")):
                own.pop()
            yield Entry(path, first + 1, "\n".join(own))


def _named(node: yaml.Node | None) -> Iterator[tuple[yaml.CollectionNode, str]]:
    """Yield the nodes that have a name, with it."""
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _named(child)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if key.value in _NAMING and isinstance(value, yaml.ScalarNode):
            yield node, value.value
        elif key.value in {"policies", "groups"} and isinstance(value, yaml.MappingNode):
            yield from ((each, name.value) for name, each in value.value if isinstance(each, yaml.CollectionNode))
        else:
            yield from _named(value)
