"""Opens outputs: a file carries its final name only when it is whole, and is readable to its owner alone until then."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from labeler.errors import ReportFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import ReadableBuffer

    from labeler.io.rows import LineFormat

    Finish = Callable[[BinaryIO, BinaryIO], None]

_GZIP_LEVEL = 6
_COPIED = 2**20
"""Bytes copied at once."""


@dataclass(frozen=True, slots=True)
class Output:
    """Says how an output is written.

    Parameters
    ----------
    path : str
        "-" is standard output.
    lines : LineFormat
        How a study is written while the run goes on.
    finish : callable, optional
        Writes the file from its lines where these are not yet the file: packs them, or makes Parquet of them.
    """

    path: str
    lines: LineFormat
    finish: Finish | None = None


def pack(lines: BinaryIO, stream: BinaryIO) -> None:
    """Packs lines with no time in the header: equal content gives equal bytes."""
    with _gzip(stream) as packed:
        shutil.copyfileobj(lines, packed, _COPIED)


def _gzip(stream: BinaryIO) -> gzip.GzipFile:
    return gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=stream, mtime=0)


@contextlib.contextmanager
def open_output(path: str) -> Iterator[BinaryIO]:
    """Opens standard output ("-") or a file that takes its name when the block ends well, and else is removed.

    A name that ends in .gz is packed, with no time in its header: equal content gives equal bytes.

    Raises
    ------
    UsageError
        Where the file's folder does not exist.
    ReportFileError
        Where the file cannot be written.
    """
    if path == "-":
        with standard_output():
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    with _replacing(path) as stream:
        if path.lower().endswith(".gz"):
            with _gzip(stream) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield stream


@contextlib.contextmanager
def standard_output() -> Iterator[None]:
    """Names standard output where writing to it fails; a reader that has gone is no error to tell."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what waits to be written cannot be
        raise cannot_write("standard output", error) from None


@contextlib.contextmanager
def _replacing(path: str) -> Iterator[BinaryIO]:
    target = target_of(Path(path))
    temporary = _make_temporary(target, path)
    try:
        with io.BufferedWriter(_NamingFile(temporary, path)) as stream:
            yield cast("BinaryIO", stream)
        _take_name(temporary, target, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def target_of(path: Path) -> Path:
    """Returns the file that an output's path stands for: a link stays a link, to the new content.

    Raises
    ------
    UsageError
        Where its folder does not exist, or it is a folder.
    """
    target = path.resolve()
    if not target.parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; make it first.")
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file.")
    return target


class GrowingFile:
    """Is an output that grows over a run which may be interrupted and go on.

    Its lines stand in a hidden file beside it, `.NAME.part`, until the run is done; then that file becomes the output,
    or the output is made from it.

    Parameters
    ----------
    path : str
    head : bytes
        What stands before the first line.
    finish : callable, optional
        See `Output`.

    Raises
    ------
    UsageError
        Where the output's folder does not exist, or it is a folder.
    """

    def __init__(self, path: str, head: bytes = b"", finish: Finish | None = None) -> None:
        self.path = path
        self.target = target_of(Path(path))
        self.part = self.target.with_name(f".{self.target.name}.part")
        self._head = head
        self._finish = finish
        self._file: io.FileIO | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to write to."""
        return self._file is not None

    @property
    def size(self) -> int:
        """The bytes written."""
        return self._file.tell() if self._file else 0

    def begin(self) -> None:
        """Begins anew, with what stands before the first line."""
        with self._named_errors():
            self._file = io.FileIO(_create(self.part), "r+b")
        self.append(self._head)

    def go_on(self, size: int) -> None:
        """Goes on after the first `size` bytes of what an interrupted run has written.

        Raises
        ------
        UsageError
            Where there is less.
        """
        with self._named_errors():
            # No link is followed: in a folder that others may write to, it would lead where they like.
            self._file = io.FileIO(os.open(self.part, os.O_RDWR | os.O_NOFOLLOW), "r+b")
            if self._file.seek(0, os.SEEK_END) < size:
                raise UsageError(f"{self.part} is cut short; leave out --resume to begin anew.")
            self._file.truncate(size)
            self._file.seek(size)

    def append(self, data: bytes) -> None:
        """Writes data at the end."""
        rest = memoryview(data)
        with self._named_errors():
            while rest and self._file:
                rest = rest[self._file.write(rest) :]

    def sync(self) -> None:
        """Sees to it that what was written survives a power cut, and is still there."""
        with self._named_errors():
            if self._file:
                os.fsync(self._file.fileno())
                self.part.stat()

    def blocks(self) -> Iterator[bytes]:
        """Yields what was written, read back from the disk."""
        with self._named_errors(), self.part.open("rb") as file:
            yield from iter(lambda: file.read(_COPIED), b"")

    def finish(self) -> None:
        """Gives the output its name and content."""
        if not self.is_open:  # an interrupted run had done so
            return
        self.close()
        if self._finish is None:
            _take_name(self.part, self.target, self.path)
            return
        whole = self.target.with_name(f".{self.target.name}.whole")
        with self._named_errors():
            try:
                with (
                    self.part.open("rb") as lines,
                    io.BufferedWriter(_NamingFile(_create(whole), self.path)) as file,
                ):
                    self._finish(lines, cast("BinaryIO", file))
                _take_name(whole, self.target, self.path)
            except BaseException:
                whole.unlink(missing_ok=True)
                raise
            self.part.unlink()

    def is_finished(self) -> bool:
        """Says whether the output has its name, and its lines are no more."""
        return not self.part.exists() and self.target.exists()

    def close(self) -> None:
        """Leaves what was written for a run that goes on."""
        if self._file:
            self._file.close()

    def remove(self) -> None:
        """Removes what was written."""
        self.close()
        self.part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise cannot_write(self.path, error) from None


def _create(path: Path) -> int:
    """Creates a file for its owner alone, in the place of what an interrupted run has left."""
    path.unlink(missing_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)


def _make_temporary(target: Path, shown: str) -> Path:
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)  # mode 0600
    except OSError as error:
        raise cannot_write(shown, error) from None
    os.close(number)
    return Path(name)


def _take_name(temporary: Path, target: Path, shown: str) -> None:
    mask = os.umask(0o077)
    os.umask(mask)
    try:
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except OSError as error:
        raise cannot_write(shown, error) from None


class _NamingFile(io.FileIO):
    """Is a file whose write errors name the output that the user asked for."""

    def __init__(self, temporary: Path | int, shown: str) -> None:
        super().__init__(temporary, "wb")
        self._shown = shown

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise cannot_write(self._shown, error) from None


def cannot_write(shown: str, error: OSError) -> ReportFileError:
    """Returns the error for an output that the operating system refuses."""
    return ReportFileError(
        f"{shown} cannot be written: {error.strerror}; check the folder's permissions and free space."
    )
