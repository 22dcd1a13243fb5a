"""Loads phrase and rule files: plain strings only, every fault named with file, line, key, value and remedy."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.phrasebook.attributes import attribute_paths
from labeler.phrasebook.folder import label_sets, screen
from labeler.phrasebook.messages import hint
from labeler.phrasebook.profiles import DEFAULT_PROFILE, load_profile
from labeler.phrasebook.references import check_findings, check_label_set, check_rules
from labeler.phrasebook.schema import (
    DoubtsFile,
    FindingFile,
    LabelSetFile,
    MentionGroup,
    NegexFile,
    NeutralFile,
    PhraseGroup,
    ProfileFile,
)
from labeler.phrasebook.unions import read_label_set
from labeler.phrasebook.yaml_files import fault_at, read_model, yaml_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labeler.phrasebook.schema import AssertionFile, OrderFile, ScopeFile


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """A label set and the assertion rules, as read and checked.

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
    source : Path
        The label set whose findings these are: its own, or the one that it is over.
    profile : ProfileFile
        What the assertion rules are for.
    neutral : tuple of str
        Words that name no finding, as neutral.yaml has them.
    english : tuple of str
        Words that only English has.
    negex : NegexFile
        What plain NegEx reads with; a folder without the file has the package's.
    doubts : DoubtsFile
        Words of doubt and denial; a folder without the file has the package's.
    """

    label_set: LabelSetFile
    findings: tuple[FindingFile, ...]
    assertions: tuple[AssertionFile, ...]
    order: OrderFile
    scope: ScopeFile
    hash: str
    folder: Path
    profile: ProfileFile = DEFAULT_PROFILE
    source: Path = Path()
    neutral: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    negex: NegexFile = field(default_factory=NegexFile)
    doubts: DoubtsFile = field(default_factory=DoubtsFile)

    def rules_of(self) -> dict[str, str]:
        """Return, for each finding that follows the assertion rules of another, that other's name."""
        return {file.finding: file.rules_of for file in self.findings if file.rules_of}


def phrases_folder() -> Path:
    """Return the folder of phrase files that came with the package: in the wheel, or at the root of a checkout."""
    inside = Path(str(files("labeler"))) / "phrases"
    return inside if inside.is_dir() else inside.parent.parent / "phrases"


def load_phrasebook(
    label_set: str | None = None, folder: str | Path | None = None, profile: str = "default"
) -> Phrasebook:
    """Load a label set and the assertion rules from a folder of phrase files.

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
    if folder:
        screen(root)
    named = None if label_set is None else set_folder(root, label_set)
    rules = load_profile(root, profile)
    chosen = named or set_folder(root, rules.profile.label_set)
    if not chosen.is_relative_to(root):
        screen(chosen)
    label_set_file = read_label_set(root, chosen)
    source = root / label_set_file.over if label_set_file.over else chosen
    files = [(path, read_model(path, FindingFile)) for path in yaml_paths(source / "findings")]
    used = sorted({other for _, file in files for other in file.uses})
    negex, doubts = _of_doubts(root)
    neutral = _neutral(root) if rules.profile.spelling else NeutralFile()
    book = Phrasebook(
        label_set=label_set_file,
        findings=tuple(_with_used(root, files)),
        assertions=rules.assertions,
        order=rules.order,
        scope=rules.scope,
        hash=_hash(root, [chosen, source, *(root / other / "findings" for other in used)], rules.folders),
        folder=root,
        source=source,
        profile=rules.profile,
        neutral=tuple(words for group in neutral.groups for words in group.words),
        english=neutral.english,
        negex=read_model(negex, NegexFile),
        doubts=read_model(doubts, DoubtsFile),
    )
    check_findings(files, book.label_set)
    check_label_set(book.label_set, chosen / "label_set.yaml", rules, root)
    check_rules(rules, book.label_set.named(), root)
    return book


def _neutral(root: Path) -> NeutralFile:
    path = root / "neutral.yaml"
    return read_model(path, NeutralFile) if path.is_file() else NeutralFile()


def _of_doubts(root: Path) -> tuple[Path, ...]:
    """Return the files that say what is in doubt: those of a folder of phrase files, or the package's."""
    own = [root / "assertion" / name for name in ("negex.yaml", "doubts.yaml")]
    return tuple(path if path.is_file() else phrases_folder() / "assertion" / path.name for path in own)


def set_folder(root: Path, label_set: str) -> Path:
    """Return the folder of a label set, by its name in a folder of phrase files or by a path.

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
        beside = f"; for the folder here give ./{label_set}" if (elsewhere / "label_set.yaml").is_file() else ""
        near = difflib.get_close_matches(label_set, known, n=1)
        meant = f"; did you mean {near[0]!r}?" if near and not beside else beside
        raise UsageError(f"no label set {label_set!r} in {root}; there are: {', '.join(known) or 'none'}{meant}")
    return root / label_set


def _with_used(root: Path, files: Iterable[tuple[Path, FindingFile]]) -> Iterator[FindingFile]:
    """Yield the findings of a label set with the groups that they use of other sets."""
    groups: dict[str, dict[str, PhraseGroup]] = {}
    for path, file in files:
        used: list[PhraseGroup] = []
        for other, names in file.uses.items():
            if other not in groups:
                groups[other] = _own_groups(root / other)
            for name in names:
                if name not in groups[other]:
                    what = f"uses: label set {other!r} has no group {name!r}; {hint(name, groups[other])}"
                    raise fault_at(path, ("uses", other), what)
                used.append(groups[other][name])
        mentions = tuple(group for group in used if isinstance(group, MentionGroup))
        not_mentions = tuple(group for group in used if not isinstance(group, MentionGroup))
        yield file.model_copy(
            update={"mentions": mentions + file.mentions, "not_mentions": not_mentions + file.not_mentions}
        )


def _own_groups(folder: Path) -> dict[str, PhraseGroup]:
    """Read the groups of a label set by their ids; those that it uses itself are not its own, so uses don't chain."""
    return {
        group.id: group
        for path in yaml_paths(folder / "findings")
        for file in [read_model(path, FindingFile)]
        for group in (*file.mentions, *file.not_mentions)
    }


def _hash(root: Path, sets: Iterable[Path], rules: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    read = {*root.glob("*.yaml"), root / "assertion" / "scope.yaml"}
    read.update(_of_doubts(root))
    read.update(attribute_paths(root))
    read.update(path for folder in sets for path in folder.rglob("*.yaml"))
    read.update(path for folder in rules for path in [*folder.glob("*.yaml"), *(folder / "rules").glob("*.yaml")])
    for path in sorted(read):
        # A set that stands elsewhere is named by its own folder, so that moving it doesn't change the hash.
        name = path.relative_to(root if path.is_relative_to(root) else path.parents[1])
        digest.update(name.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
