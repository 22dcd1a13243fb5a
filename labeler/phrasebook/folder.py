"""Looks over a folder of phrase files before one is read: it may come from a stranger."""

from __future__ import annotations

import os
from pathlib import Path

from labeler.errors import PhraseFileError
from labeler.phrasebook.yaml_files import file_size

MAX_FOLDER_BYTES = 4_000_000
"""Most bytes that the YAML files of a folder have together."""


def label_sets(root: Path) -> list[str]:
    """Return the names of the label sets in a folder of phrase files, sorted."""
    return sorted(path.parent.name for path in root.glob("*/label_set.yaml"))


def screen(folder: Path) -> None:
    """Refuse a folder with links that lead out of it, or with YAML files that are too large or no files.

    Parameters
    ----------
    folder : Path
        Of phrase files or of a label set. It may be a link itself, since its user has named it.

    Raises
    ------
    PhraseFileError
        If something in the folder is refused; it is named.
    """
    inside, size = os.path.realpath(folder), 0
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for path in sorted(Path(parent, name) for name in (*folders, *files)):
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(inside):
                raise PhraseFileError(f"{path}: a link that leads out of the folder; put the file itself there")
            size += file_size(path) if path.suffix == ".yaml" else 0
            if size > MAX_FOLDER_BYTES:
                raise PhraseFileError(f"{folder}: more than {MAX_FOLDER_BYTES} bytes of YAML; remove what is not used")
