"""Refuses names in phrase and rule files that nothing stands for, and ids that are given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.phrasebook.folder import label_sets
from labeler.phrasebook.profiles import load_profile, profile_names
from labeler.phrasebook.schema import AssertionFile, FindingFile, LabelSetFile
from labeler.phrasebook.yaml_files import fault_at, read_model, yaml_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from labeler.errors import PhraseFileError
    from labeler.phrasebook.profiles import Rules
    from labeler.phrasebook.schema import Change, CueRule, DependencyRule
    from labeler.phrasebook.yaml_files import Location


RULES_OF_NONE = frozenset({"default.asserted", "default.undescribed"})
"""What stands for the rule of a mention that no rule decides; policies may name it."""


def check_findings(paths: Iterable[Path], findings: Iterable[FindingFile], label_set: LabelSetFile) -> None:
    """Refuses a file of a finding that its label set does not name, or that implies such a finding.

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
        for system in file.codes.keys() - label_set.code_systems.keys():
            what = f"codes: {system!r} is not among the code_systems of label_set.yaml; describe it there"
            raise fault_at(path, ("codes", system), what)
        used = {name for names in file.uses.values() for name in names}  # what these imply may be for their own set
        if not all(named.issuperset(group.implies) for group in file.mentions if group.id not in used):
            _check_implied(path, named)


def _check_implied(path: Path, named: frozenset[str]) -> None:
    for at, group in enumerate(read_model(path, FindingFile).mentions):
        for name in group.implies:
            if name not in named:
                what = f"implies: {name!r} is not among the findings of the label set; add it there or remove it here"
                raise fault_at(path, ("mentions", at, "implies", name), what)


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
    named = label_set.named()
    for location, name in _named_findings(label_set):
        if name not in named:
            what = f"{location[0]}: {name!r} is not among the findings; add it there or remove it here"
            raise fault_at(path, location, what)


def _named_findings(label_set: LabelSetFile) -> Iterator[tuple[Location, str]]:
    """Yield the findings that other keys than `findings` name, with their places."""
    yield from ((("output_names", name), name) for name in label_set.output_names)
    for name, implied in label_set.implies.items():
        yield ("implies", name), name
        yield from ((("implies", name, other), other) for other in implied)
    for at, name in enumerate(label_set.no_finding.ignores if label_set.no_finding else ()):
        yield ("no_finding", "ignores", at), name
    for location, change in _changes(label_set):
        yield from (((*location, "findings", at), name) for at, name in enumerate(change.findings))


def _changes(label_set: LabelSetFile) -> Iterator[tuple[Location, Change]]:
    for name, policy in label_set.policies.items():
        yield from ((("policies", name, "changes", at), change) for at, change in enumerate(policy.changes))


def check_policies(label_set: LabelSetFile, path: Path, rules: Rules, root: Path) -> None:
    """Refuses a policy for a rule that no profile has.

    Parameters
    ----------
    label_set : LabelSetFile
    path : Path
        Of its file.
    rules : Rules
        Of the profile that is used; those of others are read only where a policy is for none of these.
    root : Path
        Folder in the layout of `phrases/`.

    Raises
    ------
    PhraseFileError
    """
    known = RULES_OF_NONE.union(rules.ids())
    others = profile_names(root)
    for location, change in _changes(label_set):
        while others and not known.issuperset(change.rules):
            known = known.union(load_profile(root, others.pop(0)).ids())
        for at, rule_id in enumerate(change.rules):
            if rule_id not in known:
                what = f"policies: no profile has the rule {rule_id!r}; correct the name or remove it"
                raise fault_at(path, (*location, "rules", at), what)


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
    """Return the rules of a file with the key under which they stand."""
    return (("cues", file.cues), ("dependencies", file.dependencies))


def _rule_fault(rules: Rules, rule_id: str, key: str, what: str) -> PhraseFileError:
    *_, (path, location) = _places(rules.folders, rule_id)
    return fault_at(path, (*location, key), what)


def _places(folders: Iterable[Path], rule_id: str) -> Iterator[tuple[Path, Location]]:
    """Yield where the rules of an id stand; the last is the one in force, or the one too many."""
    for path in (path for folder in folders for path in yaml_paths(folder / "rules")):
        for kind, rules in rules_of(read_model(path, AssertionFile)):
            yield from ((path, (kind, at)) for at, rule in enumerate(rules) if rule.id == rule_id)
