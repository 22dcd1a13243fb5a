"""Writes files to start from: a small label set, or a finding of one that is there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from labeler.errors import UsageError
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.yaml_files import end_of

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_FINDING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 /()-]{0,79}")

_LABEL_SET = """\
# A label set: its findings are the columns of the table, in this order.
name: {name}
meaning: Say in a sentence what this set is for.
# The text that is labelled unless --sections says otherwise: mimic (the impression, else the findings ...), all, or
# kinds joined by +, such as findings+impression.
sections: all
findings:
  - {finding}
# Named variants for words that don't decide; `labeler label --policy possible-present` applies this one.
policies:
  possible-present:
    meaning: What is only possible counts as present.
    changes:
      - findings: [{finding}]
        status: [uncertain]
        becomes: present
"""

_FINDING = """\
# One file per finding. Phrases are literal text, in any case; {{a,b}} stands for either, {{,s}} for an ending or none.
finding: {finding}
meaning: Say in a sentence what counts as this finding, and what does not.
# Groups of other label sets can be used as they are, by their ids:
# uses:
#   chexpert: [device.tube]
mentions:
  - id: {name}
    meaning: The word itself and its forms.
    phrases:
      - "{text}{{,s}}"
# Longer phrases that hold the word and mean something else:
# not_mentions:
#   - id: {name}.not-this
#     meaning: What it is instead.
#     phrases:
#       - "{text} something"
# Sentences with each mention marked as present, absent or uncertain; without a mark, nothing may be found.
cases:
  - "There is a <present>{text}</present>."
  - "No <absent>{text}</absent>."
  - "Possible <uncertain>{text}</uncertain>."
  - "A sentence that holds none."
"""


def write_scaffold(folder: Path) -> list[Path]:
    """Write a label set with one finding, both named after the folder.

    Parameters
    ----------
    folder : Path
        Must not exist yet; its name is lower-case letters, digits, - and _.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        If the name does not do, the folder is there already, or it can't be written.
    """
    name = folder.name
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't name a label set; use lower-case letters, digits, - and _")
    text = name.replace("-", " ").replace("_", " ")
    words = {"name": name.replace("_", "-"), "finding": text.title(), "text": text}
    contents = {
        folder / "label_set.yaml": _LABEL_SET.format(**words | {"name": name}),
        folder / "findings" / f"{name}.yaml": _FINDING.format(**words),
    }
    try:
        (folder / "findings").mkdir(parents=True)
        for path, content in contents.items():
            path.write_text(content, encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"{folder} is there already; choose another name or remove it") from None
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}") from None
    return list(contents)


def add_finding(name: str, label_set: str, phrases: Path | None = None) -> list[Path]:
    """Add a finding to a label set of one's own, which is made first if it is not there: a copy of the labeler's.

    Parameters
    ----------
    name : str
        Of the finding; letters, digits, blanks, /, - and parentheses.
    label_set : str
        A set that comes with the labeler, or the path of one's own. The copy of the former is made here, under its
        name, and used by its path; one that is here already is added to.
    phrases : Path, optional
        One's own folder of phrases and rules, whose set is added to; a copy of the labeler's is made if there is none.

    Returns
    -------
    list of Path
        The finding's file, and the changed label_set.yaml.

    Raises
    ------
    UsageError
        If there is no such set, it has the finding, or it has no findings of its own.
    PhraseFileError
        If a file of the set is not as it must be.
    """
    if not _FINDING_NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't name a finding; begin with a letter, use letters, digits, blanks, - / ( )")
    copy = phrases or Path(label_set)
    folder = phrases / label_set if phrases else copy
    is_new = not copy.exists()
    root = None if is_new else phrases
    known_as = label_set if is_new or phrases else str(copy.resolve())
    book = load_phrasebook(known_as, root)
    if book.label_set.over:
        over = book.label_set.over
        raise UsageError(f"the columns of {label_set} are findings of {over}; add the finding to {over}")
    known = {finding.lower() for finding in book.label_set.named()}
    path = folder / "findings" / f"{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')}.yaml"
    if name.lower() in known or path.exists():
        raise UsageError(f"{folder} has the finding {name!r} already; change its file in {folder / 'findings'}")
    group = path.stem.replace("_", "-")
    taken = {each.id for file in book.findings for each in (*file.mentions, *file.not_mentions)}
    words = {"finding": name, "name": f"{group}.added" if group in taken else group, "text": name.lower()}
    try:
        if is_new:
            shutil.copytree(phrases_folder() if phrases else phrases_folder() / label_set, copy)
        path.write_text(_FINDING.format(**words), encoding="utf-8")
        _append_finding(folder / "label_set.yaml", name)
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}") from None
    return [path, folder / "label_set.yaml"]


def _append_finding(path: Path, name: str) -> None:
    """Write a finding behind the last one of label_set.yaml, in the form of that, and leave all else as it is."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    last = end_of(path, ("findings", -1))
    line = lines[last.line]
    if line.lstrip().startswith("- "):
        lines.insert(last.line + 1, f"{line[: len(line) - len(line.lstrip())]}- {name}\n")
    else:
        lines[last.line] = f"{line[: last.column]}, {name}{line[last.column :]}"
    path.write_text("".join(lines), encoding="utf-8")
