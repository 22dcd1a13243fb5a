"""Checks a label set or a whole folder of phrase files: every fault, and what is legal but wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.authoring.attributes import AttributeRunner
from labeler.authoring.phrases import SetPhrases
from labeler.authoring.verify import CaseRunner, RuleRunner, phrasebook_of_rules
from labeler.errors import PhraseFileError, UsageError
from labeler.phrasebook.attributes import attribute_model, attribute_paths, load_attributes
from labeler.phrasebook.cues import cue_warnings
from labeler.phrasebook.folder import label_sets, screen
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.profiles import DEFAULT_PROFILE, load_profile, profile_names
from labeler.phrasebook.references import check_rules, rules_of
from labeler.phrasebook.schema import (
    AssertionFile,
    FindingFile,
    LabelSetFile,
    OrderFile,
    ProfileFile,
    ScopeFile,
)
from labeler.phrasebook.yaml_files import faults, line_of, place_and_text, read_model, yaml_paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from labeler.phrasebook.load import Phrasebook


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check has to say of a place.

    Parameters
    ----------
    where : str
        File, and line where there is one.
    what : str
        What is wrong there, and what to do.
    is_fault : bool
        Whether the files can't be used as they are; else it is a warning.
    """

    where: str
    what: str
    is_fault: bool

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
        Faults of form first; what needs whole files to be seen only where there are none.

    Raises
    ------
    UsageError
        If the folder is neither.
    """
    try:
        screen(folder)
    except PhraseFileError as error:
        yield Remark(*place_and_text(str(error)), is_fault=True)
        return
    if (folder / "label_set.yaml").is_file():
        yield from _check_set(folder, root or _root_around(folder))
    elif (folder / "assertion").is_dir():
        yield from _check_rules(folder)
        yield from _check_attributes(folder)
        for name in label_sets(folder):
            yield from _check_set(folder / name, folder)
    else:
        raise UsageError(f"{folder}: neither a label set (label_set.yaml) nor a folder of phrase files (assertion/)")


def _root_around(folder: Path) -> Path:
    around = folder.resolve().parent
    return around if (around / "assertion").is_dir() else phrases_folder()


def _check_rules(root: Path) -> Iterator[Remark]:
    rules = root / "assertion"
    form: list[Remark] = []
    for folder in [rules, *sorted(path.parent for path in rules.glob("profiles/*/profile.yaml"))]:
        for name, model in (("order.yaml", OrderFile), ("scope.yaml", ScopeFile), ("profile.yaml", ProfileFile)):
            if (folder / name).is_file():
                form += _form(folder / name, model)
        of_rules = [remark for path in yaml_paths(folder / "rules") for remark in _form(path, AssertionFile)]
        form += of_rules
        if not of_rules:
            yield from (Remark(where, what, is_fault=False) for where, what in cue_warnings(folder / "rules"))
    yield from form or (remark for name in profile_names(root) for remark in _wrong_rules(root, name))


def _check_attributes(root: Path) -> Iterator[Remark]:
    paths = {path: attribute_model(path) for path in attribute_paths(root)}
    form = [remark for path, model in paths.items() for remark in _form(path, model)]
    if form or not paths:
        yield from form
        return
    files = {path: read_model(path, model) for path, model in paths.items()}
    try:
        runner = AttributeRunner(phrasebook_of_rules(load_profile(root, DEFAULT_PROFILE.name)), load_attributes(root))
    except PhraseFileError as error:
        yield Remark(*place_and_text(str(error)), is_fault=True)
        return
    yield from (Remark(where, what, is_fault=True) for where, what in runner.faults(files))


def _wrong_rules(root: Path, name: str) -> Iterator[Remark]:
    """Yield the rules of a profile's own whose cases are not read as they are marked."""
    try:
        rules = load_profile(root, name)
        check_rules(rules, frozenset(), root)
    except PhraseFileError as error:
        yield Remark(*place_and_text(str(error)), is_fault=True)
        return
    runner = RuleRunner(rules)
    for path in yaml_paths(rules.folders[-1] / "rules"):
        file = read_model(path, AssertionFile)
        for kind, listed in rules_of(file):
            for at, rule in enumerate(listed):
                wrong = runner.wrong(rule)
                if wrong:
                    where = f"{path}:{line_of(path, (kind, at, 'cases'))}"
                    yield Remark(where, f"rule {rule.id!r}: {wrong}", is_fault=True)


def _check_set(folder: Path, root: Path) -> Iterator[Remark]:
    paths = yaml_paths(folder / "findings")
    form = [*_form(folder / "label_set.yaml", LabelSetFile)]
    form += [remark for path in paths for remark in _form(path, FindingFile)]
    if not paths:
        what = "no file of a finding there; write one, such as edema.yaml"
        form.append(Remark(f"{folder / 'findings'}", what, is_fault=True))
    yield from form or _check_contents(folder, root, {path: read_model(path, FindingFile) for path in paths})


def _check_contents(folder: Path, root: Path, files: dict[Path, FindingFile]) -> Iterator[Remark]:
    try:
        book = load_phrasebook(str(folder.resolve()), root)
    except PhraseFileError as error:
        yield Remark(*place_and_text(str(error)), is_fault=True)
        return
    paths = {file.finding: path for path, file in files.items()}
    yield from _empty_columns(book.label_set, paths, folder)
    yield from _wrong_cases(book, files)
    yield from _one_sided_cases(files)
    yield from (Remark(where, what, is_fault=False) for where, what in SetPhrases(book, files).warnings())


def _empty_columns(label_set: LabelSetFile, paths: dict[str, Path], folder: Path) -> Iterator[Remark]:
    derived = {*label_set.groups, label_set.no_finding.name if label_set.no_finding else ""}
    where = folder / "label_set.yaml"
    for at, finding in enumerate(label_set.findings):
        if finding not in paths and finding not in derived:
            what = f"finding {finding!r} has no file in findings/ and is no group; its column would stay empty"
            yield Remark(f"{where}:{line_of(where, ('findings', at))}", what, is_fault=True)


def _wrong_cases(book: Phrasebook, files: dict[Path, FindingFile]) -> Iterator[Remark]:
    written = {file.finding: (path, file) for path, file in files.items()}
    for finding, at, wrong in CaseRunner(book).failures():
        path, file = written[finding]
        what = f"case {file.cases[at]!r}: {wrong}"
        yield Remark(f"{path}:{line_of(path, ('cases', at))}", what, is_fault=True)


def _one_sided_cases(files: dict[Path, FindingFile]) -> Iterator[Remark]:
    for path, file in files.items():
        if all("<present" in case or "<uncertain" in case for case in file.cases):
            what = "no case shows what is no mention of it or is denied; add one, so that a wrong phrase is seen"
            yield Remark(f"{path}:{line_of(path, ('cases',))}", what, is_fault=False)


def _form(path: Path, model: type[BaseModel]) -> Iterator[Remark]:
    return (Remark(where, what, is_fault=True) for where, what in faults(path, model))
