"""Loads phrase and rule files: plain strings only, every fault named with file, line, key, value and remedy."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import PhraseFileError, UsageError
from labeler.phrasebook.profiles import DEFAULT_PROFILE, load_profile
from labeler.phrasebook.schema import (
    FindingFile,
    LabelSetFile,
    MentionGroup,
    PhraseGroup,
    ProfileFile,
)
from labeler.phrasebook.yaml_files import line_of, read_model, read_yaml, yaml_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from labeler.phrasebook.schema import AssertionFile, OrderFile, ScopeFile
    from labeler.phrasebook.yaml_files import Location

__all__ = [
    "DEFAULT_PROFILE",
    "Phrasebook",
    "label_sets",
    "load_phrasebook",
    "phrases_folder",
    "read_findings",
    "read_model",
    "read_yaml",
    "set_folder",
]


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Holds a label set and the assertion rules, as read and checked.

    Parameters
    ----------
    label_set : LabelSetFile
    findings : tuple of FindingFile
        Phrase files in the order of their names.
    assertions : tuple of AssertionFile
        Rule files in the order of their names.
    order : OrderFile
        The tiers, in the order in which they decide.
    scope : ScopeFile
        The words that bound the scope of a cue.
    hash : str
        First 12 hex digits of the SHA-256 sum over all files, names included.
    folder : Path
        Where the files were read.
    profile : ProfileFile
        What the assertion rules are for.
    """

    label_set: LabelSetFile
    findings: tuple[FindingFile, ...]
    assertions: tuple[AssertionFile, ...]
    order: OrderFile
    scope: ScopeFile
    hash: str
    folder: Path
    profile: ProfileFile = DEFAULT_PROFILE


def phrases_folder() -> Path:
    """Returns the folder of phrase files that came with the package: in the wheel, or at the root of a checkout."""
    inside = Path(str(files("labeler"))) / "phrases"
    return inside if inside.is_dir() else inside.parent.parent / "phrases"


def load_phrasebook(
    label_set: str | None = None, folder: str | Path | None = None, profile: str = "default"
) -> Phrasebook:
    """Loads a label set and the assertion rules from a folder of phrase files.

    Parameters
    ----------
    label_set : str, optional
        Name of the label set's folder, or a path to one that stands elsewhere; that of the profile without it, which
        is "chexpert" for the default.
    folder : str or Path, optional
        Folder in the layout of `phrases/`; the package's own without it.
    profile : str
        Name of the assertion rules: "default", or a folder of assertion/profiles/.

    Raises
    ------
    UsageError
        If there is no such folder, label set or profile.
    PhraseFileError
        If a file is not as it must be.

    Examples
    --------
    >>> load_phrasebook().label_set.findings[1]
    'Enlarged Cardiomediastinum'
    """
    root = Path(folder) if folder else phrases_folder()
    if not root.is_dir():
        raise UsageError(f"{root}: no such folder of phrase files; give one in the layout of phrases/")
    named = set_folder(root, label_set) if label_set else None
    rules = load_profile(root, profile)
    chosen = named or set_folder(root, rules.profile.label_set)
    findings = read_findings(root, chosen)
    used = sorted({other for file in findings for other in file.uses})
    book = Phrasebook(
        label_set=read_model(chosen / "label_set.yaml", LabelSetFile),
        findings=findings,
        assertions=rules.assertions,
        order=rules.order,
        scope=rules.scope,
        hash=_hash(root, [chosen, *(root / other / "findings" for other in used)], rules.folders),
        folder=root,
        profile=rules.profile,
    )
    _check_references(book, chosen)
    return book


def set_folder(root: Path, label_set: str) -> Path:
    """Returns the folder of a label set, by its name in a folder of phrase files or by a path.

    Raises
    ------
    UsageError
        If there is none.
    """
    elsewhere = Path(label_set)
    if len(elsewhere.parts) > 1 or label_set.startswith("."):
        if not (elsewhere / "label_set.yaml").is_file():
            raise UsageError(f"{label_set}: no label set there; a label set is a folder with a label_set.yaml")
        return elsewhere
    known = label_sets(root)
    if label_set not in known:
        raise UsageError(f"no label set {label_set!r} in {root}; there are: {', '.join(known) or 'none'}")
    return root / label_set


def label_sets(root: Path) -> list[str]:
    """Returns the names of the label sets in a folder of phrase files, sorted."""
    return sorted(path.parent.name for path in root.glob("*/label_set.yaml"))


def read_findings(root: Path, chosen: Path) -> tuple[FindingFile, ...]:
    """Returns the findings of a label set with the groups that they use of other sets.

    Parameters
    ----------
    root : Path
        Folder in the layout of `phrases/`, with the sets whose groups are used.
    chosen : Path
        The label set's own folder.

    Raises
    ------
    PhraseFileError
        If a file is not as it must be, or uses a group that is not there.
    """
    groups: dict[str, dict[str, PhraseGroup]] = {}
    paths = yaml_paths(chosen / "findings")
    return tuple(_with_used(root, path, read_model(path, FindingFile), groups) for path in paths)


def _with_used(root: Path, path: Path, file: FindingFile, groups: dict[str, dict[str, PhraseGroup]]) -> FindingFile:
    for other in file.uses.keys() - groups.keys():
        groups[other] = _own_groups(root / other)
    used = [_used_group(path, other, groups[other], name) for other, names in file.uses.items() for name in names]
    mentions = tuple(group for group in used if isinstance(group, MentionGroup))
    not_mentions = tuple(group for group in used if not isinstance(group, MentionGroup))
    return file.model_copy(
        update={"mentions": mentions + file.mentions, "not_mentions": not_mentions + file.not_mentions}
    )


def _own_groups(folder: Path) -> dict[str, PhraseGroup]:
    """Reads the groups of a label set by their ids; those that it uses itself are not its own, so uses don't chain."""
    files = [read_model(path, FindingFile) for path in yaml_paths(folder / "findings")]
    return {group.id: group for file in files for group in (*file.mentions, *file.not_mentions)}


def _used_group(path: Path, other: str, groups: Mapping[str, PhraseGroup], name: str) -> PhraseGroup:
    if name not in groups:
        near = difflib.get_close_matches(name, groups, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"it has: {', '.join(sorted(groups)) or 'none'}"
        raise _fault(path, ("uses", other), f"uses: label set {other!r} has no group {name!r}; {hint}")
    return groups[name]


def _hash(root: Path, sets: Iterable[Path], rules: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    read = {*root.glob("*.yaml"), root / "assertion" / "scope.yaml"}
    read.update(path for folder in sets for path in folder.rglob("*.yaml"))
    read.update(path for folder in rules for path in [*folder.glob("*.yaml"), *(folder / "rules").glob("*.yaml")])
    for path in sorted(read):
        # A set that stands elsewhere is named by its own folder, so that moving it doesn't change the hash.
        name = path.relative_to(root if path.is_relative_to(root) else path.parents[1])
        digest.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _check_references(book: Phrasebook, folder: Path) -> None:
    """Refuses names that no other file declares, and ids that are given twice."""
    tiers = {tier.id for tier in book.order.tiers}
    findings = book.label_set.named()
    for path, file in zip(yaml_paths(folder / "findings"), book.findings, strict=True):
        if file.finding not in findings:
            raise _fault(path, ("finding",), f"finding {file.finding!r} is not in label_set.yaml; add it there")
    _check_label_set(book.label_set, folder / "label_set.yaml")
    seen: set[str] = set()
    for rule in (rule for file in book.assertions for rule in (*file.cues, *file.dependencies)):
        if rule.tier not in tiers:
            raise PhraseFileError(
                f"rule {rule.id!r}: tier {rule.tier!r} is not in order.yaml: {', '.join(sorted(tiers))}"
            )
        if rule.id in seen:
            raise PhraseFileError(f"rule {rule.id!r} is given twice; each rule has an id of its own")
        seen.add(rule.id)


def _check_label_set(label_set: LabelSetFile, path: Path) -> None:
    """Refuses names in label_set.yaml that nothing stands for."""
    for name in label_set.default_policies:
        if name not in label_set.policies:
            raise _fault(path, ("default_policies",), f"default_policies: no policy {name!r}; write it under policies")
    if label_set.no_finding and label_set.no_finding.name not in label_set.findings:
        what = f"no_finding: {label_set.no_finding.name!r} is not among the findings; add it"
        raise _fault(path, ("no_finding",), what)
    for key, names in (("output_names", label_set.output_names), ("implies", label_set.implies)):
        for name in names:
            if name not in label_set.named():
                what = f"{key}: {name!r} is not among the findings; add it there or remove it here"
                raise _fault(path, (key, name), what)


def _fault(path: Path, location: Location, what: str) -> PhraseFileError:
    return PhraseFileError(f"{path}:{line_of(path, location)}: {what}")
