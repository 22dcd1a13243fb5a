"""Checks a label set or a whole folder of phrase files: every error, and what is valid but probably a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.authoring.attributes import AttributeRunner
from labeler.authoring.phrases import PhraseChecks
from labeler.authoring.verify import CaseRunner, RuleRunner, phrasebook_of_rules
from labeler.errors import PhraseFileError, UsageError
from labeler.phrasebook.attributes import attribute_model, attribute_paths, load_attributes
from labeler.phrasebook.folder import label_sets, screen
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.profiles import DEFAULT_PROFILE, load_profile, profile_names
from labeler.phrasebook.references import check_rules, rules_of
from labeler.phrasebook.schema import (
    AssertionFile,
    DoubtsFile,
    FindingFile,
    LabelSetFile,
    NegexFile,
    OrderFile,
    ProfileFile,
    ScopeFile,
)
from labeler.phrasebook.yaml_files import fault_at, faults, line_of, read_model, yaml_paths
from labeler.text.sections import load_section_rules, selected_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from labeler.phrasebook.schema import Family, Model

_OF_DOUBTS: tuple[tuple[str, type[Model]], ...] = (("negex.yaml", NegexFile), ("doubts.yaml", DoubtsFile))


@dataclass(frozen=True, slots=True)
class Remark:
    """An error or a warning of a check.

    Parameters
    ----------
    where : str
        File, and line if it is known.
    what : str
        What is wrong there, and what to do.
    is_fault : bool
        Whether the files can't be used as they are; otherwise it is a warning.
    excerpt : str
        The line with a caret under what is meant, safe to show; "" if there is none.
    """

    where: str
    what: str
    is_fault: bool = False
    excerpt: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {'error' if self.is_fault else 'warning'}: {self.what}"


def check(folder: Path, root: Path | None = None) -> Iterator[Remark]:
    """Check a label set's folder, or a folder in the layout of `phrases/` with all its sets and rules.

    Parameters
    ----------
    folder : Path
    root : Path, optional
        Where rules, and phrases that the set uses, are; the package's own without it.

    Yields
    ------
    Remark
        Errors of form first; what needs whole files to be seen only if there are none.

    Raises
    ------
    UsageError
        If there is no such folder, or it is neither.
    """
    for found in _check(folder, root):
        where, _, what = str(found).partition(": ")
        notes = "\n".join(getattr(found, "__notes__", ()))
        yield found if isinstance(found, Remark) else Remark(where, what, is_fault=True, excerpt=notes)


def _check(folder: Path, root: Path | None) -> Iterator[Remark | PhraseFileError]:
    if not folder.is_dir():
        known = ", ".join(label_sets(phrases_folder()))
        what = "is no folder" if folder.exists() else "does not exist"
        raise UsageError(f"{folder} {what}; give the folder of a label set. Those of the labeler are: {known}.")
    try:
        screen(folder)
    except PhraseFileError as error:
        yield error
        return
    if (folder / "label_set.yaml").is_file():
        around = folder.resolve().parent
        yield from _check_set(folder, root or (around if (around / "assertion").is_dir() else phrases_folder()))
    elif (folder / "assertion").is_dir():
        yield from _check_rules(folder)
        yield from _check_attributes(folder)
        for name in label_sets(folder):
            yield from _check_set(folder / name, folder)
    else:
        raise UsageError(f"{folder}: neither a label set (label_set.yaml) nor a folder of phrase files (assertion/)")


def _check_rules(root: Path) -> Iterator[PhraseFileError]:
    rules = root / "assertion"
    form = [fault for name, model in _OF_DOUBTS if (rules / name).is_file() for fault in faults(rules / name, model)]
    for folder in [rules, *sorted(path.parent for path in rules.glob("profiles/*/profile.yaml"))]:
        for name, model in (("order.yaml", OrderFile), ("scope.yaml", ScopeFile), ("profile.yaml", ProfileFile)):
            if (folder / name).is_file():
                form += faults(folder / name, model)
        form += [fault for path in yaml_paths(folder / "rules") for fault in faults(path, AssertionFile)]
    yield from form or (fault for name in profile_names(root) for fault in _wrong_rules(root, name))


def _check_attributes(root: Path) -> Iterator[PhraseFileError]:
    """Yield an error for each file of attributes that is not as it must be, or whose cases are read otherwise."""
    paths = {path: attribute_model(path) for path in attribute_paths(root)}
    form = [fault for path, model in paths.items() for fault in faults(path, model)]
    if form or not paths:
        yield from form
        return
    files = {path: read_model(path, model) for path, model in paths.items()}
    try:
        rules = load_profile(root, DEFAULT_PROFILE.name)
        runner = AttributeRunner(phrasebook_of_rules(rules, _families(root)), load_attributes(root))
    except PhraseFileError as error:
        yield error
        return
    yield from (PhraseFileError(f"{where}: {what}") for where, what in runner.faults(files))


def _families(root: Path) -> dict[Family, tuple[str, ...]]:
    """Return the families that the label sets of a folder give the findings that cases name."""
    families: dict[Family, tuple[str, ...]] = {}
    for name in label_sets(root):
        for family, of in read_model(root / name / "label_set.yaml", LabelSetFile).families.items():
            families[family] = (*families.get(family, ()), *of)
    return families


def _wrong_rules(root: Path, name: str) -> Iterator[PhraseFileError]:
    """Yield an error for each rule of a profile's own whose cases are not read as they are marked."""
    try:
        rules = load_profile(root, name)
        check_rules(rules, frozenset(), root)
    except PhraseFileError as error:
        yield error
        return
    runner = RuleRunner(rules)
    for path in yaml_paths(rules.folders[-1] / "rules"):
        for kind, listed in rules_of(read_model(path, AssertionFile)):
            for at, rule in enumerate(listed):
                wrong = runner.wrong(rule)
                if wrong:
                    yield fault_at(path, (kind, at, "cases"), f"rule {rule.id!r}: {wrong}")


def _check_set(folder: Path, root: Path) -> Iterator[Remark | PhraseFileError]:
    paths = yaml_paths(folder / "findings")
    form = [*faults(folder / "label_set.yaml", LabelSetFile)]
    form += [fault for path in paths for fault in faults(path, FindingFile)]
    if not paths and not _is_over_another(folder / "label_set.yaml", form):
        what = "no file of a finding there; write one, such as edema.yaml"
        form.append(PhraseFileError(f"{folder / 'findings'}: {what}"))
    yield from form or _check_contents(folder, root, {path: read_model(path, FindingFile) for path in paths})


def _is_over_another(path: Path, faulty: list[PhraseFileError]) -> bool:
    return not faulty and bool(read_model(path, LabelSetFile).over)


def _check_contents(folder: Path, root: Path, files: dict[Path, FindingFile]) -> Iterator[Remark | PhraseFileError]:
    try:
        book = load_phrasebook(str(folder.resolve()), root)
    except PhraseFileError as error:
        yield error
        return
    if book.label_set.over:
        return  # its columns were checked when it was loaded, and its phrases are checked where they are written
    sections = book.folder / "sections.yaml"
    try:
        if sections.is_file():
            selected_kinds(book.label_set.sections, load_section_rules(sections))
    except UsageError as error:
        yield fault_at(folder / "label_set.yaml", ("sections",), f"sections: {error}")
    label_set, paths = book.label_set, {file.finding: path for path, file in files.items()}
    filled = {*paths, *label_set.groups, label_set.no_finding.name if label_set.no_finding else ""}
    for at, finding in enumerate(label_set.findings):
        if finding not in filled:
            what = f"finding {finding!r} has no file in findings/ and is no group; its column would stay empty"
            yield fault_at(folder / "label_set.yaml", ("findings", at), what)
    for finding, at, wrong in CaseRunner(book).failures():
        path = paths[finding]
        yield fault_at(path, ("cases", at), f"case {files[path].cases[at]!r}: {wrong}")
    files = {path: file for path, file in files.items() if not _is_copy(path)}
    for path, file in files.items():
        if all("<present" in case or "<uncertain" in case for case in file.cases):
            what = "no case shows what is no mention of it or is denied; add one, so that a wrong phrase is seen"
            yield Remark(f"{path}:{line_of(path, ('cases',))}", what)
    yield from (Remark(where, what) for where, what in PhraseChecks(book, files).warnings())


def _is_copy(path: Path) -> bool:
    """Tell whether a file is an unchanged copy of one that comes with the labeler: its warnings are not the user's."""
    shipped = phrases_folder().joinpath(*path.resolve().parts[-3:])
    return shipped.is_file() and not shipped.samefile(path) and shipped.read_bytes() == path.read_bytes()
