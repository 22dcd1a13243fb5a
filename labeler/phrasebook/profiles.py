"""Profiles: the assertion rules that read as the labeler does, and those that read as a published one did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.phrasebook.schema import AssertionFile, OrderFile, ProfileFile, ScopeFile
from labeler.phrasebook.yaml_files import fault_at, read_model, yaml_paths

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_PROFILE = ProfileFile(
    name="default", meaning="The rules that read reports as their readers mean them.", spelling=True
)
"""The profile of assertion/ itself; others are folders of assertion/profiles/."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The assertion rules of a profile.

    Parameters
    ----------
    profile : ProfileFile
    assertions : tuple of AssertionFile
    order : OrderFile
    scope : ScopeFile
    folders : tuple of Path
        Where they were read.
    """

    profile: ProfileFile
    assertions: tuple[AssertionFile, ...]
    order: OrderFile
    scope: ScopeFile
    folders: tuple[Path, ...]

    def ids(self) -> frozenset[str]:
        """Return the ids of all rules."""
        return frozenset(rule_id for file in self.assertions for rule_id in file.ids())


def profile_names(root: Path) -> list[str]:
    """Return the names of the profiles in a folder of phrase files, the default first."""
    others = sorted(path.parent.name for path in (root / "assertion" / "profiles").glob("*/profile.yaml"))
    return [DEFAULT_PROFILE.name, *others]


def load_profile(root: Path, name: str) -> Rules:
    """Load the assertion rules of a profile.

    A profile without a scope.yaml has the default's; one that extends another has that one's rules and order.

    Raises
    ------
    UsageError
        If there is no such profile.
    PhraseFileError
        If a file is not as it must be, or a profile extends one that is not there, or leaves out a rule that isn't.
    """
    return _load(root, name, ())


def _load(root: Path, name: str, extending: tuple[str, ...]) -> Rules:
    if name == DEFAULT_PROFILE.name:
        return _read(root, root / "assertion", DEFAULT_PROFILE)
    known = profile_names(root)
    if name not in known:
        raise UsageError(f"no profile {name!r} in {root}; there are: {', '.join(known)}")
    folder = root / "assertion" / "profiles" / name
    profile = read_model(folder / "profile.yaml", ProfileFile)
    if not profile.extends:
        return _read(root, folder, profile)
    extending = (*extending, name)
    others = [other for other in known if other not in extending]  # two that extend each other have no end
    if profile.extends not in others:
        what = f"extends: no profile {profile.extends!r}; there are: {', '.join(others)}"
        raise fault_at(folder / "profile.yaml", ("extends",), what)
    return _extended(_load(root, profile.extends, extending), folder, profile)


def _read(root: Path, folder: Path, profile: ProfileFile) -> Rules:
    scope = folder / "scope.yaml"
    return Rules(
        profile=profile,
        assertions=_assertions(folder),
        order=read_model(folder / "order.yaml", OrderFile),
        scope=read_model(scope if scope.is_file() else root / "assertion" / "scope.yaml", ScopeFile),
        folders=(folder,),
    )


def _extended(base: Rules, folder: Path, profile: ProfileFile) -> Rules:
    there = base.ids()
    for at, rule_id in enumerate(profile.without):
        if rule_id not in there:
            what = f"without: {base.profile.name} has no rule {rule_id!r}; remove it here"
            raise fault_at(folder / "profile.yaml", ("without", at), what)
    kept = tuple(_without(file, frozenset(profile.without)) for file in base.assertions)
    return Rules(profile, kept + _assertions(folder), base.order, base.scope, (*base.folders, folder))


def _assertions(folder: Path) -> tuple[AssertionFile, ...]:
    return tuple(read_model(path, AssertionFile) for path in yaml_paths(folder / "rules"))


def _without(file: AssertionFile, left_out: frozenset[str]) -> AssertionFile:
    cues = tuple(rule for rule in file.cues if rule.id not in left_out)
    dependencies = tuple(rule for rule in file.dependencies if rule.id not in left_out)
    return file.model_copy(update={"cues": cues, "dependencies": dependencies})
