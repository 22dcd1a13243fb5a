"""Refuses names in phrase and rule files that nothing stands for, and ids that are given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.phrasebook.folder import label_sets
from labeler.phrasebook.schema import AssertionFile, LabelSetFile
from labeler.phrasebook.yaml_files import fault_at, read_model, yaml_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from labeler.errors import PhraseFileError
    from labeler.phrasebook.profiles import Rules
    from labeler.phrasebook.schema import CueRule, DependencyRule, FindingFile
    from labeler.phrasebook.yaml_files import Location


def check_findings(paths: Iterable[Path], findings: Iterable[FindingFile], label_set: LabelSetFile) -> None:
    """Refuses a file of a finding that its label set does not name.

    Parameters
    ----------
    paths : iterable of Path
        Of the findings, in their order.
    findings : iterable of FindingFile
    label_set : LabelSetFile

    Raises
    ------
    PhraseFileError
    """
    named = label_set.named()
    for path, file in zip(paths, findings, strict=True):
        if file.finding not in named:
            raise fault_at(path, ("finding",), f"finding {file.finding!r} is not in label_set.yaml; add it there")


def check_group_ids(files: Iterable[tuple[Path, FindingFile]]) -> None:
    """Refuses an id that two groups of phrases of a label set have.

    Parameters
    ----------
    files : iterable of (Path, FindingFile)
        As written, without what they use of other sets.

    Raises
    ------
    PhraseFileError
    """
    seen: dict[str, Path] = {}
    for path, file in files:
        for kind, groups in (("mentions", file.mentions), ("not_mentions", file.not_mentions)):
            for at, group in enumerate(groups):
                if group.id in seen:
                    what = f"group {group.id!r} is given twice, here and in {seen[group.id].name}; give each its own id"
                    raise fault_at(path, (kind, at, "id"), what)
                seen[group.id] = path


def check_label_set(label_set: LabelSetFile, path: Path) -> None:
    """Refuses names in label_set.yaml that nothing stands for.

    Raises
    ------
    PhraseFileError
    """
    for name in label_set.default_policies:
        if name not in label_set.policies:
            what = f"default_policies: no policy {name!r}; write it under policies"
            raise fault_at(path, ("default_policies",), what)
    if label_set.no_finding and label_set.no_finding.name not in label_set.findings:
        what = f"no_finding: {label_set.no_finding.name!r} is not among the findings; add it"
        raise fault_at(path, ("no_finding",), what)
    for key, names in (("output_names", label_set.output_names), ("implies", label_set.implies)):
        for name in names:
            if name not in label_set.named():
                what = f"{key}: {name!r} is not among the findings; add it there or remove it here"
                raise fault_at(path, (key, name), what)


def check_rules(rules: Rules, named: frozenset[str], root: Path) -> None:
    """Refuses a rule of an unknown tier, with another's id, or for a finding that no label set has.

    Parameters
    ----------
    rules : Rules
    named : frozenset of str
        Findings of the label set that is used; those of `root` are read only where a rule is for none of these.
    root : Path
        Folder in the layout of `phrases/`.

    Raises
    ------
    PhraseFileError
    """
    tiers = sorted(tier.id for tier in rules.order.tiers)
    others = label_sets(root)
    seen: set[str] = set()
    for rule in (rule for file in rules.assertions for rule in (*file.cues, *file.dependencies)):
        if rule.tier not in tiers:
            what = f"rule {rule.id!r}: tier {rule.tier!r} is not in order.yaml: {', '.join(tiers)}"
            raise _rule_fault(rules, rule.id, "tier", what)
        if rule.id in seen:
            what = f"rule {rule.id!r} is given twice; each rule has an id of its own"
            raise _rule_fault(rules, rule.id, "id", what)
        seen.add(rule.id)
        while others and not named.issuperset(rule.findings):
            named |= read_model(root / others.pop(0) / "label_set.yaml", LabelSetFile).named()
        for finding in rule.findings:
            if finding not in named:
                what = f"rule {rule.id!r}: no label set has the finding {finding!r}; correct the name or remove it"
                raise _rule_fault(rules, rule.id, "findings", what)


def rules_of(file: AssertionFile) -> tuple[tuple[str, tuple[CueRule | DependencyRule, ...]], ...]:
    """Returns the rules of a file with the key under which they stand."""
    return (("cues", file.cues), ("dependencies", file.dependencies))


def _rule_fault(rules: Rules, rule_id: str, key: str, what: str) -> PhraseFileError:
    *_, (path, location) = _places(rules.folders, rule_id)
    return fault_at(path, (*location, key), what)


def _places(folders: Iterable[Path], rule_id: str) -> Iterator[tuple[Path, Location]]:
    """Yields where the rules of an id stand; the last is the one in force, or the one too many."""
    for path in (path for folder in folders for path in yaml_paths(folder / "rules")):
        for kind, rules in rules_of(read_model(path, AssertionFile)):
            yield from ((path, (kind, at)) for at, rule in enumerate(rules) if rule.id == rule_id)
