"""Outputs of a run that may be interrupted at any moment, by Ctrl-C, kill -9 or a power cut, and go on.

Beside the first output stands a journal, `.NAME.journal`: a line of what the run was made with, then a line every
second of how far it has come. The lines of the outputs are on the disk before the journal says so. A run that goes on
cuts the outputs back to the journal's last whole line, reads again what had been read up to there, makes sure that it
is the same, and labels the rest. The journal holds counts, sums and identifiers, never report text.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from labeler.errors import LabelerError, UsageError
from labeler.io.balance import Counts, rows_in
from labeler.io.failures import FailuresFile, failures_path
from labeler.io.manifest import manifest_path
from labeler.io.output import GrowingFile, Output, cannot_write, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from labeler.io.failures import Failure
    from labeler.io.manifest import Manifest
    from labeler.io.pieces import Piece
    from labeler.io.rows import Rows

_FORM = "2"
"""Form of the journal; one of another version cannot be read."""
_SECONDS = 1.0
"""Time between two checkpoints: what a kill may cost."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Is how far a run has come.

    Parameters
    ----------
    items : int
        Reports and failures that were read.
    digest : str
        Sum over them.
    reports, without_text : int
        Reports that were labelled, and those without usable text among them.
    failed : int
        What could not be labelled.
    sizes : tuple of int
        Bytes of each output, of the file of failures last.
    finished : bool
        Whether all is labelled and only the outputs' names are missing.
    """

    items: int = 0
    digest: str = ""
    reports: int = 0
    without_text: int = 0
    failed: int = 0
    sizes: tuple[int, ...] = ()
    finished: bool = False


class Journal:
    """Is the file of checkpoints; one run at a time may hold it.

    Parameters
    ----------
    output : str
        What messages call it.
    path : Path
    made_with : mapping of str to str
        What the outputs depend on besides the inputs: versions, phrases, options.

    Raises
    ------
    ReportFileError
        Where it cannot be written; so do its methods.
    """

    def __init__(self, output: str, path: Path, made_with: Mapping[str, str]) -> None:
        self._output = output
        self._path = path
        self._made_with = {"journal": _FORM, **made_with}
        with self._named_errors():
            self._number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def lock(self) -> None:
        """Takes the journal for this run; the system frees it also when the run is killed.

        Raises
        ------
        UsageError
            Where another run holds it.
        """
        try:
            import fcntl
        except ImportError:  # not on Windows
            return
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"Another run writes to {self._path.parent}: {self._path.name} is locked.") from None

    def read(self) -> Checkpoint:
        """Returns the last checkpoint of an interrupted run; one of nothing done where there is none.

        Raises
        ------
        UsageError
            Where the run was made with other versions, phrases or options.
        """
        lines = list(_whole_lines(os.pread(self._number, os.fstat(self._number).st_size, 0)))
        if len(lines) < 2:  # noqa: PLR2004 - what it was made with, and a checkpoint
            return Checkpoint()
        self._check(lines[0][1])
        end, last = lines[-1]
        os.ftruncate(self._number, end)
        os.lseek(self._number, 0, os.SEEK_END)
        return replace(Checkpoint(**last), sizes=tuple(last["sizes"]))

    def begin(self) -> None:
        """Forgets an interrupted run."""
        os.ftruncate(self._number, 0)
        os.lseek(self._number, 0, os.SEEK_SET)
        self._append(self._made_with)

    def write(self, checkpoint: Checkpoint) -> None:
        """Adds a checkpoint."""
        self._append(asdict(checkpoint))

    def exists(self) -> bool:
        """Says whether the file is still where it was."""
        return self._path.exists()

    def close(self) -> None:
        """Frees the journal."""
        os.close(self._number)

    def remove(self) -> None:
        """Removes the journal: nothing is left to go on with."""
        self._path.unlink(missing_ok=True)

    def _append(self, record: Mapping[str, object]) -> None:
        with self._named_errors(), open(self._number, "wb", closefd=False) as file:
            file.write((json.dumps(record) + "\n").encode())
            file.flush()
            os.fsync(self._number)

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise cannot_write(self._output, error) from None

    def _check(self, made_with: Mapping[str, str]) -> None:
        names = dict.fromkeys([*self._made_with, *made_with])
        other = [name for name in names if made_with.get(name) != self._made_with.get(name)]
        if other:
            told = "; ".join(f"{name} {made_with.get(name)}, now {self._made_with.get(name)}" for name in other)
            raise UsageError(f"The interrupted run was made otherwise: {told}. Leave out --resume to begin anew.")


def _whole_lines(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the end and the content of each line, up to one that was cut short."""
    end = 0
    for line in data.splitlines(keepends=True):
        end += len(line)
        try:
            record = json.loads(line) if line.endswith(b"\n") else None
        except ValueError:
            record = None
        if not isinstance(record, dict):
            return
        yield end, record


class ResumableOutputs:
    """Saves the rows of a run and how far it has come.

    Parameters
    ----------
    outputs : sequence of Output
        The table first; the file of failures stands beside it.
    made_with : mapping of str to str
        What the outputs depend on besides the inputs.
    resume : bool
        Whether to go on with an interrupted run, if there is one.
    manifest : Manifest, optional
        Is written when all is done; without one, that of an earlier run is removed.

    Raises
    ------
    UsageError
        Where an output's folder does not exist, or the interrupted run was made otherwise.
    ReportFileError
        Where an output cannot be written.
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
        files = [GrowingFile(output.path, output.lines.head(), output.finish) for output in outputs]
        self._failures = FailuresFile(failures_path(outputs[0].path))
        self._files = [*files, self._failures]
        target = self._files[0].target
        self._journal = Journal(outputs[0].path, target.with_name(f".{target.name}.journal"), made_with)
        with contextlib.ExitStack() as on_error:
            on_error.callback(self._journal.close)
            self._journal.lock()
            self.done = self._saved = self._journal.read() if resume else Checkpoint()
            on_error.callback(self.leave)
            self._begin()
            on_error.pop_all()

    def _begin(self) -> None:
        """Opens the outputs anew, or where the last checkpoint has them."""
        self._saved_at = time.monotonic()
        if not self.done.items:
            self._journal.begin()
            for file in self._files:
                file.begin()
            return
        for file, size in zip(self._files, self.done.sizes, strict=True):
            if not (self.done.finished and file.is_finished()):
                file.go_on(size)

    @property
    def can_go_on(self) -> bool:
        """Whether something is left that a run with --resume can go on with."""
        return self.done.items > 0 and self._journal.exists()

    def save(self, piece: Piece, rows: Sequence[Rows], failures: Sequence[Failure]) -> None:
        """Adds the rows of a piece, and what of it failed.

        Raises
        ------
        UsageError
            Where an interrupted run had come to the end of the inputs, which now go on.
        ReportFileError
            Where an output cannot be written.
        """
        if self.done.finished:
            raise UsageError("The inputs have grown since the interrupted run. Leave out --resume to begin anew.")
        for at in range(len(self._outputs)):
            self._files[at].append(b"".join([row.lines[at] for row in rows]))
        self._failures.add(failures)
        self.done = Checkpoint(
            piece.items,
            piece.digest,
            self.done.reports + sum(row.reports for row in rows),
            self.done.without_text + sum(row.without_text for row in rows),
            self.done.failed + len(failures),
            tuple(file.size for file in self._files),
        )
        if time.monotonic() - self._saved_at > _SECONDS:
            self._save()

    def count(self) -> Counts:
        """Counts the rows that stand in the files."""
        if self.done.finished:  # they were counted before the interruption
            return Counts({output.path: self.done.reports for output in self._outputs}, self.done.failed)
        pairs = zip(self._outputs, self._files, strict=False)
        rows = {output.path: rows_in(output.lines, file.blocks()) for output, file in pairs}
        return Counts(rows, self._failures.count())

    def _finish_manifest(self) -> None:
        path = manifest_path(self._outputs[0].path)
        if self._manifest is None:
            target_of(Path(path)).unlink(missing_ok=True)
        else:
            self._manifest.write(path, self.done, [file.target for file in self._files])

    def _save(self) -> None:
        for file in self._files:
            file.sync()
        self._journal.write(self.done)
        self._saved, self._saved_at = self.done, time.monotonic()

    def finish(self) -> None:
        """Gives the outputs their names."""
        if not self.done.finished:
            self.done = replace(self.done, finished=True, sizes=tuple(file.size for file in self._files))
            self._save()
        for file in self._files:
            file.finish()
        self._finish_manifest()
        self._journal.remove()

    def leave(self) -> None:
        """Leaves what is done to a run that goes on; nothing, where nothing is done."""
        with contextlib.suppress(LabelerError, OSError):  # the error that ends the run is told, not what follows of it
            if self.done != self._saved:
                self._save()
        for file in self._files:
            with contextlib.suppress(OSError):
                file.close() if self.done.items else file.remove()
        if not self.done.items:
            with contextlib.suppress(OSError):
                self._journal.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.finish()
        except BaseException:
            self.leave()
            raise
        else:
            if kind is not None:
                self.leave()
        finally:
            self._journal.close()
