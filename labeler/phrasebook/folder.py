"""Looks over a folder of phrase files before one is read: it may come from a stranger."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import PhraseFileError
from labeler.phrasebook.yaml_files import file_size

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 1000
"""Most files and folders in a folder of phrase files."""
MAX_DEPTH = 8
"""Most folders inside each other."""
MAX_FOLDER_BYTES = 4_000_000
"""Most bytes that the YAML files of a folder have together."""


def label_sets(root: Path) -> list[str]:
    """Return the names of the label sets in a folder of phrase files, sorted."""
    return sorted(path.parent.name for path in root.glob("*/label_set.yaml"))


def screen(folder: Path) -> None:
    """Refuses a folder that is not what a folder of phrase files can be.

    Refused are links that lead out of it, YAML files that are no files, names with control characters, and what is
    above `MAX_ENTRIES`, `MAX_DEPTH` or `MAX_FOLDER_BYTES`.

    Parameters
    ----------
    folder : Path
        Of phrase files or of a label set. It may be a link itself, since its user has named it.

    Raises
    ------
    PhraseFileError
        If something in the folder is refused; it is named.
    """
    inside = os.path.realpath(folder)
    size = 0
    for number, entry in enumerate(_walk(folder, 0), 1):
        if number > MAX_ENTRIES:
            raise PhraseFileError(f"{folder}: more than {MAX_ENTRIES} files; give a folder of phrase files alone")
        if not entry.name.isprintable():
            raise PhraseFileError(
                f"{Path(entry.path).parent}: the name {entry.name!r} has control characters; rename or remove it"
            )
        if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(inside):
            raise PhraseFileError(f"{entry.path}: a link that leads out of the folder; put the file itself there")
        if entry.name.endswith(".yaml"):
            size += file_size(Path(entry.path))
        if size > MAX_FOLDER_BYTES:
            raise PhraseFileError(f"{folder}: more than {MAX_FOLDER_BYTES} bytes of YAML; remove what is not used")


def _walk(folder: Path, depth: int) -> Iterator[os.DirEntry[str]]:
    if depth > MAX_DEPTH:
        raise PhraseFileError(f"{folder}: more than {MAX_DEPTH} folders deep; remove what is not used")
    try:
        with os.scandir(folder) as entries:
            listed = sorted(islice(entries, MAX_ENTRIES + 1), key=lambda entry: entry.name)
    except OSError as error:
        raise PhraseFileError(f"{folder}: cannot be read: {error.strerror}; check its permissions") from None
    for entry in listed:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), depth + 1)
