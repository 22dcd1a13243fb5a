"""Open outputs: a file carries its final name only when it is whole, and is readable to its owner alone until then."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import sys
import tempfile
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from labeler.errors import ReportFileError, UsageError
from labeler.io.identifiers import Tally
from labeler.io.source import refusal, require_open

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
            stream = require_open(sys.stdout, "standard output").buffer
            yield stream
            stream.flush()
        return
    finish = compress if path.lower().endswith(".gz") else None
    file = OutputFile(path, finish=finish)
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
        If its folder does not exist, or it is no file.
    ReportFileError
        If the operating system refuses to say.
    """
    try:
        target = path.resolve()
        if target.is_dir():
            raise UsageError(f"{path} is a folder; name a file.")
        if path.exists() and not path.is_file():
            raise UsageError(f"{path} is a pipe or a device; leave out the output, and redirect standard output to it.")
        if not target.parent.is_dir():
            raise UsageError(f"The folder of {path} does not exist; make it first.")
    except OSError as error:
        raise cannot_write(str(path), error) from None
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
        is_optional: bool = False,
    ) -> None:
        self.path = path
        self.target = target_of(Path(path))
        self.part = self.target.with_name(f".{self.target.name}.part")
        self.head = head
        self.stream: io.BufferedWriter | None = None
        self._sum = blake2b(digest_size=16)
        self._finish = finish
        self._is_optional = is_optional

    @property
    def size(self) -> int:
        """The bytes written."""
        return self.stream.tell() if self.stream else 0

    @property
    def digest(self) -> str:
        """The sum of the bytes written."""
        return self._sum.hexdigest()

    def open(self, resume_at: int | None = None, digest: str = "") -> None:
        """Start with the head, or resume after the first bytes of what an interrupted run has written.

        Raises
        ------
        UsageError
            If these bytes are not what the run has written, or another run writes to the output.
        """
        with self._named_errors():
            if resume_at is None:
                self.stream = self._buffered(_create(self.part))
                self.append(self.head)
                return
            # No link is followed: in a folder that others may write to, it would lead where they like.
            left = self._buffered(os.open(self.part, os.O_RDWR | os.O_NOFOLLOW))
            lock(left, self.part)
            self.stream = left
            self._sum_up(resume_at)
            if (self.stream.tell(), self.digest) != (resume_at, digest):
                raise UsageError(
                    f"{self.part} is not what the interrupted run has written; leave out --resume to start over."
                )
            self.stream.truncate(resume_at)

    def _sum_up(self, size: int) -> None:
        with self.part.open("rb") as file:
            while data := file.read(min(2**20, size - file.tell())):
                self._sum.update(data)
            cast("io.BufferedWriter", self.stream).seek(file.tell())

    def _buffered(self, number: int) -> io.BufferedWriter:
        return io.BufferedWriter(_NamedFile(number, self.path))

    def append(self, data: bytes) -> None:
        """Write data at the end."""
        if self.stream:
            self.stream.write(data)
            self._sum.update(data)

    def sync(self) -> None:
        """Make sure that what was written survives a power cut, and is still there."""
        with self._named_errors():
            if self.stream:
                self.stream.flush()
                os.fsync(self.stream.fileno())
                self.part.stat()

    def tally(self, names: Callable[[BinaryIO], Iterator[str | None]]) -> Tally:
        """Add up the identifiers of the lines after the head in what was written, read back from the disk."""
        with self._named_errors():
            if self.stream:
                self.stream.flush()
            with self.part.open("rb") as file:
                return Tally.of(islice(names(file), bool(self.head), None))

    def finish(self) -> None:
        """Give the output its name and content."""
        if self.stream is None:  # an interrupted run had done so
            return
        is_empty = self.size == len(self.head)
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
        """Remove what was written; what another run writes stays."""
        if self.stream is None:
            return
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
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as left:
            lock(left, path)
            path.unlink()
    except OSError:  # there is none, or what no run of ours has left
        path.unlink(missing_ok=True)
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another run, in this moment
        raise _in_use(path) from None
    with os.fdopen(number, "rb", closefd=False) as file:
        lock(file, path)
    return number


def lock(file: BinaryIO | io.BufferedWriter, path: Path) -> None:
    """Take a file for this run; the system frees it also if the run is killed.

    Raises
    ------
    UsageError
        If another run has it.
    """
    try:
        import fcntl
    except ImportError:  # not on Windows
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _in_use(path) from None


def _in_use(path: Path) -> UsageError:
    return UsageError(f"Another run writes to {path.parent}: {path.name} is locked.")


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
    why = refusal(error, "check the folder's permissions and free space")
    return ReportFileError(f"{shown} cannot be written: {why}.")
