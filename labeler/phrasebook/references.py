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
    from labeler.phrasebook.schema import CueRule, DependencyRule
    from labeler.phrasebook.yaml_files import Location


RULES_OF_NONE = frozenset({"default.asserted", "default.undescribed"})
"""What stands for the rule of a mention that no rule decides; policies may name it."""


def check_findings(files: Iterable[tuple[Path, FindingFile]], label_set: LabelSetFile) -> None:
    """Refuse files of findings that the label set does not name, that imply such a finding, or that repeat an id.

    Parameters
    ----------
    files : iterable of (Path, FindingFile)
        As written, without what they use of other sets.
    label_set : LabelSetFile

    Raises
    ------
    PhraseFileError
    """
    named = label_set.named()
    seen: dict[str, Path] = {}
    for path, file in files:
        if file.finding not in named:
            raise fault_at(path, ("finding",), f"finding {file.finding!r} is not in label_set.yaml; add it there")
        for system in file.codes.keys() - label_set.code_systems.keys():
            what = f"codes: {system!r} is not among the code_systems of label_set.yaml; describe it there"
            raise fault_at(path, ("codes", system), what)
        for kind, groups in (("mentions", file.mentions), ("not_mentions", file.not_mentions)):
            for at, group in enumerate(groups):
                if group.id in seen:
                    what = f"group {group.id!r} is given twice, here and in {seen[group.id].name}; give each its own id"
                    raise fault_at(path, (kind, at, "id"), what)
                seen[group.id] = path
        for at, group in enumerate(file.mentions):
            for name in (each for each in group.implies if each not in named):
                what = f"implies: {name!r} is not among the findings of the label set; add it there or remove it here"
                raise fault_at(path, ("mentions", at, "implies", name), what)


def check_label_set(label_set: LabelSetFile, path: Path, rules: Rules, root: Path) -> None:
    """Refuse names in label_set.yaml that nothing stands for, and policies for a rule that no profile has.

    Parameters
    ----------
    label_set : LabelSetFile
    path : Path
        Of its file.
    rules : Rules
        Of the profile that is used; those of others are read only if a policy is for none of these.
    root : Path
        Folder in the layout of `phrases/`.

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
    known = RULES_OF_NONE | rules.ids()
    others = profile_names(root)
    for location, rule_id in _named_in_policies(label_set, "rules"):
        while others and rule_id not in known:
            known |= load_profile(root, others.pop(0)).ids()
        if rule_id not in known:
            what = f"policies: no profile has the rule {rule_id!r}; correct the name or remove it"
            raise fault_at(path, location, what)


def _named_findings(label_set: LabelSetFile) -> Iterator[tuple[Location, str]]:
    """Yield the findings that other keys than `findings` name, with their places."""
    yield from ((("output_names", name), name) for name in label_set.output_names)
    for name, implied in label_set.implies.items():
        yield ("implies", name), name
        yield from ((("implies", name, other), other) for other in implied)
    for family, of in label_set.families.items():
        yield from ((("families", family, at), name) for at, name in enumerate(of))
    for at, name in enumerate(label_set.no_finding.ignores if label_set.no_finding else ()):
        yield ("no_finding", "ignores", at), name
    yield from _named_in_policies(label_set, "findings")


def _named_in_policies(label_set: LabelSetFile, key: str) -> Iterator[tuple[Location, str]]:
    for policy, of in label_set.policies.items():
        for change, listed in enumerate(getattr(each, key) for each in of.changes):
            yield from ((("policies", policy, "changes", change, key, at), name) for at, name in enumerate(listed))


def check_rules(rules: Rules, named: frozenset[str], root: Path) -> None:
    """Refuse a rule of an unknown tier, with another's id, or for a finding that no label set has.

    Parameters
    ----------
    rules : Rules
    named : frozenset of str
        Findings of the label set that is used; those of `root` are read only if a rule is for none of these.
    root : Path
        Folder in the layout of `phrases/`.

    Raises
    ------
    PhraseFileError
    """
    tiers = sorted(tier.id for tier in rules.order.tiers)
    others = label_sets(root)
    seen: set[str] = set()
    for rule_id in (each for file in rules.assertions for each in file.ids()):
        if rule_id in seen:
            raise _rule_fault(rules, rule_id, "id", "the id is given twice; give each rule an id of its own")
        seen.add(rule_id)
    for rule in (rule for file in rules.assertions for rule in file.cues):
        if rule.tier not in tiers:
            raise _rule_fault(rules, rule.id, "tier", f"tier {rule.tier!r} is not in order.yaml: {', '.join(tiers)}")
        while others and not named.issuperset(rule.findings):
            named |= read_model(root / others.pop(0) / "label_set.yaml", LabelSetFile).named()
        for finding in rule.findings:
            if finding not in named:
                what = f"no label set has the finding {finding!r}; correct the name or remove it"
                raise _rule_fault(rules, rule.id, "findings", what)


def rules_of(file: AssertionFile) -> tuple[tuple[str, tuple[CueRule | DependencyRule, ...]], ...]:
    """Return the rules of a file with the key under which they stand."""
    return (("cues", file.cues), ("dependencies", file.dependencies))


def _rule_fault(rules: Rules, rule_id: str, key: str, what: str) -> PhraseFileError:
    """Return an error at a rule: the last of its id is the one in force, or the one too many."""
    *_, (path, location) = (
        (path, (kind, at, key))
        for folder in rules.folders
        for path in yaml_paths(folder / "rules")
        for kind, listed in rules_of(read_model(path, AssertionFile))
        for at, rule in enumerate(listed)
        if rule.id == rule_id
    )
    return fault_at(path, location, f"rule {rule_id!r}: {what}")
