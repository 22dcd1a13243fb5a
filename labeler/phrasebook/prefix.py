"""Gives the findings of a label set its name, so that the findings of several sets can stand in one table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import TypeVar

    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import FindingFile, Group, LabelSetFile, Policy

    _Value = TypeVar("_Value")


def prefixed(book: Phrasebook, first: Path) -> Phrasebook:
    """Return a phrasebook whose columns have the label set's name before theirs.

    Findings have the name of the set that they are read from before theirs, unless the first set reads the same.

    Parameters
    ----------
    book : Phrasebook
    first : Path
        The `source` of the first label set of the table, whose findings keep their names.

    Examples
    --------
    >>> from labeler.phrasebook.load import load_phrasebook, phrases_folder
    >>> book = prefixed(load_phrasebook("vindr"), phrases_folder() / "chexpert")
    >>> book.label_set.findings[2], book.findings[0].finding
    ('vindr: Cardiomegaly', 'thorax: Air Bronchogram')
    """
    named = _Namer(
        f"{book.label_set.name}: ",
        "" if book.source == first else f"{book.source.name}: ",
        frozenset(book.label_set.groups) if book.label_set.over else frozenset(),
    )
    return replace(
        book,
        label_set=named.label_set(book.label_set),
        findings=tuple(named.file(file) for file in book.findings),
    )


class _Namer:
    """The names of a set's columns that are unions, and of its findings."""

    def __init__(self, union: str, finding: str, unions: frozenset[str]) -> None:
        self._union = union
        self._finding = finding if unions else union
        self._unions = unions

    def label_set(self, label_set: LabelSetFile) -> LabelSetFile:
        no_finding = label_set.no_finding
        return label_set.model_copy(
            update={
                "findings": tuple(map(self._column, label_set.findings)),
                "output_names": {self._column(name): self._union + to for name, to in label_set.output_names.items()},
                "groups": {self._column(name): self._group(group) for name, group in label_set.groups.items()},
                "families": {family: self._all(names) for family, names in label_set.families.items()},
                "implies": {self._one(name): self._keys(implied) for name, implied in label_set.implies.items()},
                "policies": {name: self._policy(policy) for name, policy in label_set.policies.items()},
                "no_finding": no_finding
                and no_finding.model_copy(
                    update={
                        "name": self._column(no_finding.name),
                        "ignores": tuple(
                            each for name in no_finding.ignores for each in (self._one(name), self._column(name))
                        ),
                        "blocked_by": no_finding.blocked_by and self._one(no_finding.blocked_by),
                    }
                ),
            }
        )

    def file(self, file: FindingFile) -> FindingFile:
        mentions = [group.model_copy(update={"implies": self._keys(group.implies)}) for group in file.mentions]
        return file.model_copy(
            update={
                "finding": self._one(file.finding),
                "rules_of": file.rules_of or file.finding,
                "mentions": tuple(mentions),
            }
        )

    def _group(self, group: Group) -> Group:
        return group.model_copy(update={"findings": self._all(group.findings), "unless": self._all(group.unless)})

    def _policy(self, policy: Policy) -> Policy:
        changes = [change.model_copy(update={"findings": self._all(change.findings)}) for change in policy.changes]
        return policy.model_copy(update={"changes": tuple(changes)})

    def _column(self, name: str) -> str:
        return self._union + name if name in self._unions else self._one(name)

    def _one(self, name: str) -> str:
        return self._finding + name

    def _all(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(self._one, names))

    def _keys(self, by_name: Mapping[str, _Value]) -> dict[str, _Value]:
        return {self._one(name): value for name, value in by_name.items()}
