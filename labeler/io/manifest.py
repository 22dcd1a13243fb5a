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

    from labeler.io.read import Reading
    from labeler.io.tally import Seen

_PACKAGES = ("cxr-labeler", "spacy", "negspacy")


def manifest_path(table: str) -> str:
    """Return the path of the manifest beside a table of labels.

    Examples
    --------
    >>> manifest_path("labels.csv")
    'labels.csv.manifest.json'
    """
    return f"{table}.manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """How outputs were made; equal runs give equal bytes, as no time and no path is in it.

    Parameters
    ----------
    about : mapping of str to object
        Model, phrases and options.
    seen : Seen
        Has read everything when the manifest is written.
    reading : Reading
        Of a shard, the manifest has what it saw of the identifiers of each.
    """

    about: Mapping[str, object]
    seen: Seen
    reading: Reading

    def write(self, path: str, labelled: int, without_text: int, files: Sequence[Path]) -> None:
        """Write the manifest.

        Parameters
        ----------
        path : str
        labelled, without_text : int
            Reports that were labelled, and those without usable text among them.
        files : sequence of Path
            The outputs, which have their names; one that does not exist was not needed.

        Raises
        ------
        ReportFileError
            If it cannot be written.
        """
        record = {
            **self.about,
            "versions": {"python": platform.python_version(), **{name: version_of(name) for name in _PACKAGES}},
            "inputs": {"listing_sha256": self.seen.listing},
            "counts": {
                "seen": self.seen.count,
                "labelled": labelled,
                "failed": self.seen.count - labelled,
                "without_usable_text": without_text,
            },
            "outputs": [describe(file) for file in files if file.exists()],
        }
        if self.reading.shard.of > 1:
            shares = [(share.count, f"{share.total:x}") for share in self.reading.shares]
            record["shard"] = {"number": self.reading.shard.number, "of": self.reading.shard.of, "shares": shares}
        with open_output(path) as stream:
            stream.write((json.dumps(record, indent=2, sort_keys=True) + "\n").encode())


def version_of(package: str) -> str:
    """Return the version of a package that is installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "of a checkout that is not installed"


def describe(path: Path) -> dict[str, object]:
    """Return name, bytes and SHA-256 sum of an output, as a manifest has them."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}
