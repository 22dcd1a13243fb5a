"""The outputs of a run, which may be interrupted at any moment by Ctrl-C, kill -9 or a power cut, and resumed.

Beside the first output is a journal, `.NAME.journal`: a line of what the run was made with, then a line every second
of how far it has come. The lines of the outputs are on the disk before the journal says so. A run that resumes cuts
the outputs back to the journal's last whole line, reads again what had been read up to there, makes sure that it is
the same, and labels the rest. The journal holds counts, sums and identifiers, never report text.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from pydantic import BaseModel, ConfigDict, NonNegativeInt, TypeAdapter, ValidationError

from labeler.errors import LabelerError, UsageError
from labeler.io.identifiers import Tally, name_of, require_same
from labeler.io.manifest import manifest_path
from labeler.io.output import OutputFile, cannot_write, lock, open_output, target_of
from labeler.io.source import Failure
from labeler.io.write import csv_line, csv_rows, without_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from labeler.io.manifest import Manifest
    from labeler.io.output import Finish
    from labeler.io.rows import Row
    from labeler.io.tally import Batch
    from labeler.io.write import LineFormat

_FORM = "4"
"""Form of the journal; one of another form cannot be read."""
_SECONDS = 1.0
"""Time between two lines of the journal: what a kill may cost."""


def failures_path(table: str) -> str:
    """Return the path of the file of failures beside a table of labels.

    Examples
    --------
    >>> failures_path("labels.csv")
    'labels.csv.errors.csv'
    """
    return f"{table}.errors.csv"


def failed_names(stream: BinaryIO) -> Iterator[str]:
    """Yield what each line of a file of failures is called, head included; see `labeler.io.identifiers.name_of`."""
    places = [Failure.header.index(name) for name in ("id", "where")]
    return (without_mark(next((row[at] for at in places if row[at]), "")) for row in csv_rows(stream))


@dataclass(frozen=True, slots=True)
class Output:
    """An output that is asked for.

    Parameters
    ----------
    path : str
        "-" is standard output.
    lines : LineFormat
        How a study is written while the run lasts.
    finish : callable, optional
        Makes the file from its lines, if these are not yet its content.
    """

    path: str
    lines: LineFormat
    finish: Finish | None = None


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


_NOTHING = Record(seen=0, digest="", labelled=0, without_text=0, failed=0, sizes=(), sums=(), is_whole=False)


class StreamedOutputs:
    """Outputs of which the first is standard output, so that an interrupted run cannot be resumed.

    Parameters
    ----------
    outputs : sequence of Output
    shown : context manager of callable, optional
        Takes the lines for standard output instead of it.
    """

    can_resume = False

    def __init__(
        self, outputs: Sequence[Output], shown: AbstractContextManager[Callable[[bytes], None]] | None = None
    ) -> None:
        self.done = _NOTHING
        self._outputs = outputs
        self._shown = shown
        self._writes: list[Callable[[bytes], object]] = []
        self._labelled = [Tally() for _ in outputs]
        self._failed = Tally()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            # Files first, so that what is wrong with one is reported before a line is printed.
            writes = [stack.enter_context(open_output(output.path)).write for output in self._outputs[1:]]
            table = stack.enter_context(self._shown) if self._shown else stack.enter_context(open_output("-")).write
            self._writes = [table, *writes]
            for write, output in zip(self._writes, self._outputs, strict=True):
                write(output.lines.head())
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.__exit__(*error)  # type: ignore[arg-type]

    def save(self, batch: Batch, rows: Sequence[Row], failures: Sequence[Failure]) -> None:
        """Add the rows of a batch; what failed is only reported."""
        for at, (output, write) in enumerate(zip(self._outputs, self._writes, strict=True)):
            lines = b"".join([row.lines[at] for row in rows])
            write(lines)
            self._labelled[at] += Tally.of(output.lines.names(io.BytesIO(lines)))
        self._failed += Tally.of(map(name_of, failures))
        sys.stdout.flush()
        self.done = self.done.after(batch, rows, failures)

    def require_same(self, seen: Tally) -> None:
        """Make sure that each output has the reports that it must; see `labeler.io.identifiers.require_same`."""
        for output, labelled in zip(self._outputs, self._labelled, strict=True):
            require_same(output.path, seen=seen, labelled=labelled, failed=self._failed)


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


class ResumableOutputs:
    """Files for the rows of a run, the file of its failures and the journal of what it has done.

    Parameters
    ----------
    outputs : sequence of Output
        The table first; the file of failures goes beside it.
    made_with : mapping of str to str
        What the outputs depend on besides the inputs.
    resume : bool
        Whether to resume an interrupted run, if there is one.
    manifest : Manifest, optional
        Is written when everything is done; without one, that of an earlier run is removed.

    Raises
    ------
    UsageError
        If an output's folder does not exist, or the interrupted run had other settings.
    ReportFileError
        If an output cannot be written.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        made_with: Mapping[str, str],
        *,
        resume: bool,
        manifest: Manifest | None = None,
    ) -> None:
        self._outputs = outputs
        self._manifest = manifest
        tables = [OutputFile(output.path, output.lines.head(), output.finish) for output in outputs]
        head = csv_line(Failure.header)
        self._failures = OutputFile(failures_path(outputs[0].path), head, is_optional=True)
        self._files = [*tables, self._failures]
        target = self._files[0].target
        self._journal = Journal(outputs[0].path, target.with_name(f".{target.name}.journal"), made_with)
        with contextlib.ExitStack() as on_error:
            on_error.callback(self._journal.close)
            self.done = self._saved = (self._journal.read(len(self._files)) if resume else None) or _NOTHING
            on_error.callback(self._leave)
            self._open()
            on_error.pop_all()

    def _open(self) -> None:
        self._saved_at = time.monotonic()
        if not self.done.seen:
            self._journal.begin()
            for file in self._files:
                file.open()
            return
        for file, size, digest in zip(self._files, self.done.sizes, self.done.sums, strict=True):
            if not (self.done.is_whole and file.is_finished()):
                file.open(size, digest)

    @property
    def can_resume(self) -> bool:
        """Whether there is something that a run with --resume can resume."""
        return self.done.seen > 0 and self._journal.path.exists()

    def save(self, batch: Batch, rows: Sequence[Row], failures: Sequence[Failure]) -> None:
        """Add the rows of a batch, and what of it failed.

        Raises
        ------
        UsageError
            If an interrupted run had come to the end of the inputs, to which something was added since.
        ReportFileError
            If an output cannot be written.
        """
        if self.done.is_whole:
            raise UsageError("The inputs have grown since the interrupted run. Leave out --resume to start over.")
        for at in range(len(self._outputs)):
            self._files[at].append(b"".join([row.lines[at] for row in rows]))
        self._failures.append(b"".join([csv_line(failure.row) for failure in failures]))
        # At once with the sizes: an interruption before leaves the record, one after has the batch in both.
        self.done = self.done.after(batch, rows, failures).model_copy(update=self._written())
        if time.monotonic() - self._saved_at > _SECONDS:
            self._save()

    def _written(self) -> dict[str, tuple[object, ...]]:
        sizes, sums = zip(*[(file.size, file.digest) for file in self._files], strict=True)
        return {"sizes": sizes, "sums": sums}

    def _save(self) -> None:
        for file in self._files:
            file.sync()
        self._journal.write(self.done)
        self._saved, self._saved_at = self.done, time.monotonic()

    def require_same(self, seen: Tally) -> None:
        """Make sure that each file has the reports that it must; see `labeler.io.identifiers.require_same`."""
        if self.done.is_whole:  # they were compared before the interruption
            return
        failed = self._failures.tally(failed_names)
        for output, file in zip(self._outputs, self._files, strict=False):
            require_same(output.path, seen=seen, labelled=file.tally(output.lines.names), failed=failed)

    def _finish(self) -> None:
        """Give the outputs their names."""
        if not self.done.is_whole:
            self.done = self.done.model_copy(update={"is_whole": True, **self._written()})
            self._save()
        for file in self._files:
            file.finish()
        path = manifest_path(self._outputs[0].path)
        if self._manifest is None:
            target_of(Path(path)).unlink(missing_ok=True)
        else:
            self._manifest.write(
                path, self.done.labelled, self.done.without_text, [file.target for file in self._files]
            )
        self._journal.remove()

    def _leave(self) -> None:
        """Leave what is done to a run that resumes; nothing, if nothing is done."""
        with contextlib.suppress(LabelerError, OSError):  # reported is the error that ends the run, not its effects
            if self.done != self._saved:
                self._save()
        for file in self._files:
            with contextlib.suppress(LabelerError, OSError):
                file.close() if self.done.seen else file.remove()
        if not self.done.seen:
            with contextlib.suppress(OSError):
                self._journal.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
            else:
                self._leave()
        except BaseException:
            self._leave()
            raise
        finally:
            self._journal.close()


Outputs = ResumableOutputs | StreamedOutputs
