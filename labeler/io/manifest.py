"""The manifest beside a table of labels: what it was made with, of what, and the sums of the files."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from labeler.io.output import open_output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labeler.io.balance import Seen
    from labeler.io.resume import Checkpoint

_PACKAGES = ("cxr-labeler", "spacy", "negspacy")


def manifest_path(table: str) -> str:
    """Returns the path of the manifest beside a table of labels.

    Examples
    --------
    >>> manifest_path("labels.csv")
    'labels.csv.manifest.json'
    """
    return f"{table}.manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Says how outputs were made; equal runs give equal bytes, as no time and no path is in it.

    Parameters
    ----------
    about : mapping of str to object
        Model, phrases and options.
    seen : Seen
        Has read all when the manifest is written.
    """

    about: Mapping[str, object]
    seen: Seen

    def write(self, path: str, done: Checkpoint, files: Sequence[Path]) -> None:
        """Writes the manifest.

        Parameters
        ----------
        path : str
        done : Checkpoint
            Of the end.
        files : sequence of Path
            The outputs, which have their names; one that is not there was not needed.

        Raises
        ------
        ReportFileError
            Where it cannot be written.
        """
        record = {
            **self.about,
            "versions": _versions(),
            "inputs": {"listing_sha256": self.seen.listing},
            "counts": {
                "seen": self.seen.count,
                "labelled": done.reports,
                "failed": done.failed,
                "without_usable_text": done.without_text,
            },
            "outputs": [_file(file) for file in files if file.exists()],
        }
        with open_output(path) as stream:
            stream.write((json.dumps(record, indent=2, sort_keys=True) + "\n").encode())


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: version_of(name) for name in _PACKAGES}}


def version_of(package: str) -> str:
    """Returns the version of a package that is installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "of a checkout that is not installed"


def _file(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}
