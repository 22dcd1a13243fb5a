"""Label sets whose columns are unions of another set's findings, and groups that name other groups."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from labeler.phrasebook.schema import Group, LabelSetFile
from labeler.phrasebook.yaml_files import fault_at, read_model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def read_label_set(root: Path, chosen: Path) -> LabelSetFile:
    """Read label_set.yaml with what it takes from the set that it is over, and its groups as single findings.

    Parameters
    ----------
    root : Path
        Folder in the layout of `phrases/`, with the sets that others are over.
    chosen : Path
        The label set's own folder.

    Raises
    ------
    PhraseFileError
        If a name stands for nothing.
    """
    path = chosen / "label_set.yaml"
    label_set = read_model(path, LabelSetFile)
    base = _base(root, path, label_set)
    groups = {name: _flat(path, name, label_set.groups) for name in label_set.groups}
    own = {name: group.model_copy(update={"findings": groups[name]}) for name, group in label_set.groups.items()}
    if base:
        _check_members(path, label_set, own, base)
    every = {**(base.groups if base else {}), **own}
    changes: dict[str, object] = {"groups": every}
    families = {
        name: tuple(each for one in of for each in _members(one, every)) for name, of in label_set.families.items()
    }
    changes["families"] = {**(base.families if base else {}), **families}
    if base:
        single = {column: _single(base, column) for column in label_set.findings if column not in own}
        changes["groups"] = {**every, **single}
        changes["implies"] = {**base.implies, **label_set.implies}
        changes["code_systems"] = {**base.code_systems, **label_set.code_systems}
    if label_set.no_finding:
        ignores = [finding for name in label_set.no_finding.ignores for finding in _members(name, every)]
        # A column that is a union of such findings only does not withhold it either.
        ignores += [name for name in own if name in label_set.findings and set(ignores).issuperset(own[name].findings)]
        changes["no_finding"] = label_set.no_finding.model_copy(update={"ignores": tuple(dict.fromkeys(ignores))})
    return label_set.model_copy(update=changes)


def columns_of(label_set: LabelSetFile) -> dict[str, tuple[str, ...]]:
    """Return the columns that each finding is told under, that of "nothing found" left out.

    Parameters
    ----------
    label_set : LabelSetFile
        As `read_label_set` gives it. In a set over another each column is a union of findings.
    """
    unions = label_set.groups if label_set.over else {}
    columns: dict[str, list[str]] = {}
    for column in label_set.findings:
        if not label_set.no_finding or column != label_set.no_finding.name:
            for finding in _members(column, unions):
                columns.setdefault(finding, []).append(column)
    return {finding: tuple(of) for finding, of in columns.items()}


def _base(root: Path, path: Path, label_set: LabelSetFile) -> LabelSetFile | None:
    if not label_set.over:
        return None
    folder = root / label_set.over
    if not (folder / "label_set.yaml").is_file():
        raise fault_at(path, ("over",), f"over: no label set {label_set.over!r} in {root}; correct the name")
    base = read_label_set(root, folder) if folder != path.parent else label_set
    if base.over:
        raise fault_at(path, ("over",), f"over: {label_set.over!r} is over another set itself; name that one")
    return base


def _single(base: LabelSetFile, finding: str) -> Group:
    """Return the union of one finding, as which a column that is a finding stands."""
    return Group(meaning=f"{finding}, as {base.name} has it.", findings=(finding,), otherwise="denied")


def _members(name: str, groups: Mapping[str, Group]) -> tuple[str, ...]:
    return groups[name].findings if name in groups else (name,)


def _flat(path: Path, name: str, groups: Mapping[str, Group]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_leaves(path, name, groups, ())))


def _leaves(path: Path, name: str, groups: Mapping[str, Group], above: tuple[str, ...]) -> Iterator[str]:
    """Yield the findings of a group and of the groups that it names; a group may name a finding as it is named."""
    for member in groups[name].findings:
        if member == name or member not in groups:
            yield member
        elif member in above:
            raise fault_at(path, ("groups", name), f"groups: {name!r} and {member!r} hold each other; remove one")
        else:
            yield from _leaves(path, member, groups, (*above, name))


def _check_members(path: Path, label_set: LabelSetFile, own: Mapping[str, Group], base: LabelSetFile) -> None:
    known = base.named()
    for name, group in own.items():
        for member in (*group.findings, *group.unless):
            if member not in known:
                near = difflib.get_close_matches(member, [*known, *own], n=1)
                hint = f"did you mean {near[0]!r}?" if near else "add it there"
                what = f"groups: {member!r} is neither a finding of {label_set.over} nor a group; {hint}"
                raise fault_at(path, ("groups", name), what)
    for at, column in enumerate(label_set.findings):
        if column not in known and column not in own:
            what = f"findings: {column!r} is neither a finding of {label_set.over} nor a group; write one under groups"
            raise fault_at(path, ("findings", at), what)
