"""The journal of a run, `.NAME.journal` beside its first output.

A line of what the run was made with, then a line every second of how far it has come: counts and sums, no report text.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, NonNegativeInt, TypeAdapter, ValidationError

from labeler.errors import UsageError
from labeler.io.output import cannot_write, lock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from labeler.io.rows import Row
    from labeler.io.source import Failure
    from labeler.io.tally import Batch

_FORM = "5"
"""Form of the journal; one of another form cannot be read."""


class Record(BaseModel):
    """What a run has done so far.

    Parameters
    ----------
    seen : int
        Reports and failures that were read.
    digest : str
        Sum over them.
    labelled, without_text : int
        Reports that were labelled, and those without usable text among them.
    failed : int
        What could not be labelled.
    sizes, sums : tuple
        Bytes of each output, and the sum of these bytes; of the file of failures last.
    is_whole : bool
        Whether everything is labelled and only the outputs' names are missing.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    seen: NonNegativeInt
    digest: str
    labelled: NonNegativeInt
    without_text: NonNegativeInt
    failed: NonNegativeInt
    sizes: tuple[NonNegativeInt, ...]
    sums: tuple[str, ...]
    is_whole: bool

    def after(self, batch: Batch, rows: Sequence[Row], failures: Sequence[Failure]) -> Record:
        """Return the record after a batch."""
        done = {
            "seen": batch.seen,
            "digest": batch.digest,
            "labelled": self.labelled + len(rows),
            "without_text": self.without_text + sum(not row.has_text for row in rows),
            "failed": self.failed + len(failures),
        }
        return self.model_copy(update=done)


NOTHING = Record(seen=0, digest="", labelled=0, without_text=0, failed=0, sizes=(), sums=(), is_whole=False)


class Journal:
    """The file in which a run records what it has done; one run at a time may hold it.

    Parameters
    ----------
    output : str
        What messages call it.
    path : Path
    made_with : mapping of str to str
        What the outputs depend on besides the inputs: versions, phrases, options.

    Raises
    ------
    UsageError
        If another run holds it.
    ReportFileError
        If it cannot be written.
    """

    def __init__(self, output: str, path: Path, made_with: Mapping[str, str]) -> None:
        self.path = path
        self._output = output
        self._made_with = {"journal": _FORM, **made_with}
        try:
            self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "r+b")
        except OSError as error:
            raise cannot_write(output, error) from None
        try:
            lock(self._file, path)
        except BaseException:
            self._file.close()
            raise

    def read(self, outputs: int) -> Record | None:
        """Return the last record of an interrupted run, None if there is none.

        Parameters
        ----------
        outputs : int
            How many there are.

        Raises
        ------
        UsageError
            If the run was made with other versions, phrases or options, or the journal is not as a run writes it.
        """
        lines = [line for line in self._file if line.endswith(b"\n")]
        if len(lines) < 2:  # noqa: PLR2004 - what it was made with, and a record
            return None
        try:
            before = TypeAdapter(dict[str, str]).validate_json(lines[0])
            last = Record.model_validate_json(lines[-1])
        except ValidationError:
            last = None
        if last is None or not len(last.sizes) == len(last.sums) == outputs:
            raise UsageError(f"{self.path} is damaged. Leave out --resume to start over.")
        names = dict.fromkeys([*self._made_with, *before])
        other = [name for name in names if before.get(name) != self._made_with.get(name)]
        if other:
            changes = "; ".join(f"{name} {before.get(name)}, now {self._made_with.get(name)}" for name in other)
            raise UsageError(f"The interrupted run had other settings: {changes}. Leave out --resume to start over.")
        self._cut(sum(map(len, lines)))
        return last

    def begin(self) -> None:
        """Forget an interrupted run."""
        self._cut(0)
        self._append(self._made_with)

    def write(self, record: Record) -> None:
        """Add a record."""
        self._append(record.model_dump())

    def close(self) -> None:
        """Free the journal."""
        self._file.close()

    def remove(self) -> None:
        """Remove the journal: nothing is left to resume."""
        self.path.unlink(missing_ok=True)

    def _cut(self, size: int) -> None:
        self._file.truncate(size)
        self._file.seek(size)

    def _append(self, values: Mapping[str, object]) -> None:
        try:
            self._file.write((json.dumps(values) + "\n").encode())
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise cannot_write(self._output, error) from None
