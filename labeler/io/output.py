"""Open outputs: a file carries its final name only when it is whole, and is readable to its owner alone until then."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from labeler.errors import ReportFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import ReadableBuffer

    Finish = Callable[[BinaryIO, BinaryIO], None]

_GZIP_LEVEL = 6


def compress(lines: BinaryIO, stream: BinaryIO) -> None:
    """Compress lines with no time in the header: equal content gives equal bytes."""
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=stream, mtime=0) as compressed:
        shutil.copyfileobj(lines, compressed, 2**20)


@contextlib.contextmanager
def open_output(path: str) -> Iterator[BinaryIO]:
    """Open standard output ("-") or a file that takes its name if the block succeeds, and is removed if it fails.

    A file whose name ends in .gz is compressed.

    Raises
    ------
    UsageError
        If the file's folder does not exist.
    ReportFileError
        If the file cannot be written.
    """
    if path == "-":
        with standard_output():
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    finish = compress if path.lower().endswith(".gz") else None
    file = OutputFile(path, finish=finish, suffix=f"{os.getpid()}.tmp")
    try:
        file.open()
        yield cast("BinaryIO", file.stream)
        file.finish()
    except BaseException:
        file.remove()
        raise


def require_csv(path: str) -> None:
    """Refuse the name of a file that would be CSV under the name of something else.

    Raises
    ------
    UsageError
        If it is not "-" and ends in neither .csv nor .csv.gz.
    """
    if path != "-" and not path.lower().endswith((".csv", ".csv.gz")):
        raise UsageError(f"{path} does not end in .csv or .csv.gz, and CSV is what would be written; rename it.")


def require_writable(path: str) -> None:
    """Make sure that a file can be made in its folder, before the work whose result it is to hold.

    Parameters
    ----------
    path : str
        "-" is standard output, of which nothing is tried.

    Raises
    ------
    UsageError
        If the folder does not exist.
    ReportFileError
        If no file can be made there.
    """
    if path == "-":
        return
    folder = target_of(Path(path)).parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise cannot_write(path, error) from None


@contextlib.contextmanager
def standard_output() -> Iterator[None]:
    """Name standard output if writing to it fails; a reader that has gone is no error to report."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what waits to be written cannot be
        raise cannot_write("standard output", error) from None


def target_of(path: Path) -> Path:
    """Return the file that an output's path stands for: a link stays a link, to the new content.

    Raises
    ------
    UsageError
        If its folder does not exist, or it is a folder.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; make it first.")
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file.")
    return target


class OutputFile:
    """An output that is written to a hidden file, `.NAME.part`, which takes the output's name when it is whole.

    Parameters
    ----------
    path : str
    head : bytes
        What comes before the first line.
    finish : callable, optional
        Writes the output from its lines if these are not yet its content: compresses them, or makes Parquet of them.
    suffix : str
        Ending of the hidden file.
    is_optional : bool
        Whether there is to be no output if nothing follows the head.

    Raises
    ------
    UsageError
        If the output's folder does not exist, or it is a folder.
    """

    def __init__(
        self,
        path: str,
        head: bytes = b"",
        finish: Finish | None = None,
        *,
        suffix: str = "part",
        is_optional: bool = False,
    ) -> None:
        self.path = path
        self.target = target_of(Path(path))
        self.part = self.target.with_name(f".{self.target.name}.{suffix}")
        self.stream: io.BufferedWriter | None = None
        self._head = head
        self._finish = finish
        self._is_optional = is_optional

    @property
    def size(self) -> int:
        """The bytes written."""
        return self.stream.tell() if self.stream else 0

    def open(self, resume_at: int | None = None) -> None:
        """Start with the head, or resume after the first bytes of what an interrupted run has written.

        Raises
        ------
        UsageError
            If there are fewer bytes than that.
        """
        with self._named_errors():
            if resume_at is None:
                self.stream = self._buffered(_create(self.part))
                self.append(self._head)
                return
            # No link is followed: in a folder that others may write to, it would lead where they like.
            self.stream = self._buffered(os.open(self.part, os.O_RDWR | os.O_NOFOLLOW))
            if self.stream.seek(0, os.SEEK_END) < resume_at:
                raise UsageError(f"{self.part} is cut short; leave out --resume to start over.")
            self.stream.truncate(resume_at)
            self.stream.seek(resume_at)

    def _buffered(self, number: int) -> io.BufferedWriter:
        return io.BufferedWriter(_NamedFile(number, self.path))

    def append(self, data: bytes) -> None:
        """Write data at the end."""
        if self.stream:
            self.stream.write(data)

    def sync(self) -> None:
        """Make sure that what was written survives a power cut, and is still there."""
        with self._named_errors():
            if self.stream:
                self.stream.flush()
                os.fsync(self.stream.fileno())
                self.part.stat()

    def count(self, count: Callable[[BinaryIO], int]) -> int:
        """Count the lines after the head in what was written, read back from the disk."""
        with self._named_errors():
            if self.stream:
                self.stream.flush()
            with self.part.open("rb") as file:
                return count(file) - bool(self._head)

    def finish(self) -> None:
        """Give the output its name and content."""
        if self.stream is None:  # an interrupted run had done so
            return
        is_empty = self.size == len(self._head)
        self.close()
        with self._named_errors():
            if self._is_optional and is_empty:
                self.target.unlink(missing_ok=True)
            elif self._finish is None:
                _take_name(self.part, self.target)
            else:
                self._convert(self._finish)
            self.part.unlink(missing_ok=True)

    def _convert(self, convert: Finish) -> None:
        whole = self.target.with_name(f".{self.target.name}.whole")
        try:
            with self.part.open("rb") as lines, self._buffered(_create(whole)) as file:
                convert(lines, cast("BinaryIO", file))
            _take_name(whole, self.target)
        except BaseException:
            whole.unlink(missing_ok=True)
            raise

    def is_finished(self) -> bool:
        """Tell whether an interrupted run has given the output its name."""
        return not self.part.exists() and (self._is_optional or self.target.exists())

    def close(self) -> None:
        """Leave what was written to a run that resumes."""
        if self.stream:
            self.stream.close()

    def remove(self) -> None:
        """Remove what was written."""
        with contextlib.suppress(OSError, ReportFileError):  # of bytes that no longer matter
            self.close()
        self.part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise cannot_write(self.path, error) from None


def _create(path: Path) -> int:
    """Create a file for its owner alone, in the place of what an interrupted run has left."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


def _take_name(temporary: Path, target: Path) -> None:
    mask = os.umask(0o077)
    os.umask(mask)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.chmod(0o666 & ~mask)
    temporary.replace(target)


class _NamedFile(io.FileIO):
    """A file whose write errors name the output that the user asked for."""

    def __init__(self, number: int, shown: str) -> None:
        super().__init__(number, "r+b")
        self._shown = shown

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise cannot_write(self._shown, error) from None


def cannot_write(shown: str, error: OSError) -> ReportFileError:
    """Return the error for an output that the operating system refuses."""
    return ReportFileError(
        f"{shown} cannot be written: {error.strerror}; check the folder's permissions and free space."
    )
