"""The outputs of a run, which may be interrupted at any moment by Ctrl-C, kill -9 or a power cut, and resumed.

The lines of the outputs are on the disk before the journal says so. A run that resumes cuts the outputs back to the
journal's last whole line, reads again what had been read up to there, makes sure that all is the same, and labels the
rest.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from labeler.errors import LabelerError, UsageError
from labeler.io.identifiers import Tally, name_of, require_same
from labeler.io.journal import NOTHING, Journal
from labeler.io.manifest import manifest_path
from labeler.io.output import OutputFile, standard_output, target_of
from labeler.io.source import Failure, require_open
from labeler.io.write import WithoutText, csv_line, csv_rows, without_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from labeler.io.manifest import Manifest
    from labeler.io.output import Finish
    from labeler.io.rows import Row
    from labeler.io.tally import Batch
    from labeler.io.write import Layout, LineFormat

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


def without_text_path(table: str) -> str:
    """Return the path of the list of reports without usable text beside a table of labels.

    Examples
    --------
    >>> without_text_path("labels.csv")
    'labels.csv.without-text.csv'
    """
    return f"{table}.without-text.csv"


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
    has_all : bool
        Whether each study has one line.
    is_optional : bool
        Whether there is to be no file if no study has a line.
    """

    path: str
    lines: LineFormat
    finish: Finish | None = None
    has_all: bool = True
    is_optional: bool = False


def without_text_output(table: str, layout: Layout) -> Output:
    """Return the list of reports without usable text beside a table of labels."""
    return Output(without_text_path(table), WithoutText(layout), has_all=False, is_optional=True)


class Printed:
    """Standard output as an output: what is written cannot be taken back, or resumed.

    Parameters
    ----------
    lines : LineFormat
    shown : context manager of callable, optional
        Takes the lines instead of it.
    """

    def __init__(self, lines: LineFormat, shown: AbstractContextManager[Callable[[bytes], None]] | None) -> None:
        self._lines = lines
        self._context = shown or open_printed()
        self._tally = Tally()
        self._stack = contextlib.ExitStack()

    def open(self) -> None:
        """Write the head."""
        with standard_output():
            self._write = self._stack.enter_context(self._context)
            self._write(self._lines.head())

    def append(self, data: bytes) -> None:
        """Write lines."""
        with standard_output():
            self._write(data)
            sys.stdout.flush()
        self._tally += Tally.of(self._lines.names(io.BytesIO(data)))

    def tally(self, _names: object) -> Tally:
        """Return the identifiers of what was written."""
        return self._tally

    def finish(self) -> None:
        """Write what has waited for the end."""
        with standard_output():
            self._stack.close()


@contextlib.contextmanager
def open_printed() -> Iterator[Callable[[bytes], object]]:
    """Open standard output."""
    yield require_open(sys.stdout, "standard output").buffer.write


class Outputs:
    """The outputs of a run; where the first is a file, the file of failures and the journal are beside it.

    Parameters
    ----------
    outputs : sequence of Output
        The table first.
    made_with : mapping of str to str
        What the outputs depend on besides the inputs.
    resume : bool
        Whether to resume an interrupted run, if there is one.
    manifest : Manifest, optional
        Is written when everything is done; without one, that of an earlier run is removed.
    failures : str, optional
        Path of the file of failures; by default it is beside the table.
    shown : context manager of callable, optional
        Takes the lines for standard output instead of it.

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
        resume: bool = False,
        manifest: Manifest | None = None,
        failures: str | None = None,
        shown: AbstractContextManager[Callable[[bytes], None]] | None = None,
    ) -> None:
        self.done = self._saved = NOTHING
        self._outputs = outputs
        self._manifest = manifest
        self._failed = Tally()
        self._files = [
            OutputFile(output.path, output.lines.head(), output.finish, is_optional=output.is_optional)
            for output in outputs
            if output.path != "-"
        ]
        self._printed = [Printed(output.lines, shown) for output in outputs if output.path == "-"]
        self._journal: Journal | None = None
        self._failures: OutputFile | None = None
        if not self._printed:
            path = failures or failures_path(outputs[0].path)
            self._failures = OutputFile(path, csv_line(Failure.header), is_optional=True)
            target = self._files[0].target
            self._journal = Journal(outputs[0].path, target.with_name(f".{target.name}.journal"), made_with)
            self._files.append(self._failures)
        with contextlib.ExitStack() as on_error:
            on_error.callback(self._free)
            if self._journal and resume:
                self.done = self._saved = self._journal.read(len(self._files)) or NOTHING
            on_error.callback(self._leave)
            self._open()
            on_error.pop_all()

    def _open(self) -> None:
        self._saved_at = time.monotonic()
        if self.done.seen:
            for file, size, digest in zip(self._files, self.done.sizes, self.done.sums, strict=True):
                if not (self.done.is_whole and file.is_finished()):
                    file.open(size, digest)
            return
        if self._journal:
            self._journal.begin()
        # Files first, so that what is wrong with one is reported before a line is printed.
        for output in self._sinks:
            output.open()

    @property
    def can_resume(self) -> bool:
        """Whether there is something that a run with --resume can resume."""
        return self._journal is not None and self.done.seen > 0 and self._journal.path.exists()

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
        for at, output in enumerate(self._tables):
            output.append(b"".join([row.lines[at] for row in rows]))
        if self._failures:
            self._failures.append(b"".join([csv_line(failure.row) for failure in failures]))
        self._failed += Tally.of(map(name_of, failures))
        # At once with the sizes: an interruption before leaves the record, one after has the batch in both.
        self.done = self.done.after(batch, rows, failures).model_copy(update=self._written())
        if time.monotonic() - self._saved_at > _SECONDS:
            self._save()

    @property
    def _sinks(self) -> tuple[OutputFile | Printed, ...]:
        return (*self._files, *self._printed)

    @property
    def _tables(self) -> list[OutputFile | Printed]:
        """What the outputs that were asked for are written to, in their order: standard output comes first."""
        sinks: list[OutputFile | Printed] = [*self._printed, *self._files]
        return sinks[: len(self._outputs)]

    def _written(self) -> dict[str, tuple[object, ...]]:
        return {
            "sizes": tuple([file.size for file in self._files]),
            "sums": tuple([file.digest for file in self._files]),
        }

    def _save(self) -> None:
        for file in self._files:
            file.sync()
        if self._journal:
            self._journal.write(self.done)
        self._saved, self._saved_at = self.done, time.monotonic()

    def require_same(self, seen: Tally) -> None:
        """Make sure that each output has the reports that it must; see `labeler.io.identifiers.require_same`."""
        if self.done.is_whole:  # they were compared before the interruption
            return
        failed = self._failures.tally(failed_names) if self._failures else self._failed
        for output, written in zip(self._outputs, self._tables, strict=True):
            if output.has_all:
                require_same(output.path, seen=seen, labelled=written.tally(output.lines.names), failed=failed)

    def _finish(self) -> None:
        """Give the outputs their names."""
        if self._journal and not self.done.is_whole:
            self.done = self.done.model_copy(update={"is_whole": True, **self._written()})
            self._save()
        for output in self._sinks:
            output.finish()
        if self._journal is None:
            return
        path = manifest_path(self._outputs[0].path)
        if self._manifest is None:
            target_of(Path(path)).unlink(missing_ok=True)
        else:
            targets = [file.target for file in self._files]
            self._manifest.write(path, self.done.labelled, self.done.without_text, targets)
        self._journal.remove()

    def _leave(self) -> None:
        """Leave what is done to a run that resumes; nothing, if nothing is done or nothing can resume it."""
        is_kept = self._journal is not None and self.done.seen > 0
        with contextlib.suppress(LabelerError, OSError):  # reported is the error that ends the run, not its effects
            if is_kept and self.done != self._saved:
                self._save()
        for file in self._files:
            with contextlib.suppress(LabelerError, OSError):
                file.close() if is_kept else file.remove()
        if self._journal and not is_kept:
            with contextlib.suppress(OSError):
                self._journal.remove()

    def _free(self) -> None:
        if self._journal:
            self._journal.close()

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
            self._free()
