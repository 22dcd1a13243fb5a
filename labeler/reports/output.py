"""Opens outputs: a file carries its final name only when it is whole, and is readable to its owner alone until then."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from labeler.errors import ReportFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer

_GZIP_LEVEL = 6


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
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with _replacing(Path(path)) as stream:
        if path.lower().endswith(".gz"):
            with gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=stream, mtime=0) as packed:
                yield cast("BinaryIO", packed)
        else:
            yield stream


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    target = path.resolve()  # a link stays a link, to the new content
    if not target.parent.is_dir():
        raise UsageError(f"The folder of {path} does not exist; make it first.")
    if target.is_dir():
        raise UsageError(f"{path} is a folder; name a file.")
    temporary = _make_temporary(target, str(path))
    try:
        with io.BufferedWriter(_NamingFile(temporary, str(path))) as stream:
            yield cast("BinaryIO", stream)
        _finish(temporary, target, str(path))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _make_temporary(target: Path, shown: str) -> Path:
    try:
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)  # mode 0600
    except OSError as error:
        raise _cannot_write(shown, error) from None
    os.close(number)
    return Path(name)


def _finish(temporary: Path, target: Path, shown: str) -> None:
    mask = os.umask(0o077)
    os.umask(mask)
    try:
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except OSError as error:
        raise _cannot_write(shown, error) from None


class _NamingFile(io.FileIO):
    """Is a file whose write errors name the output that the user asked for."""

    def __init__(self, temporary: Path, shown: str) -> None:
        super().__init__(temporary, "wb")
        self._shown = shown

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError as error:
            raise _cannot_write(self._shown, error) from None


def _cannot_write(shown: str, error: OSError) -> ReportFileError:
    return ReportFileError(
        f"{shown} cannot be written: {error.strerror}; check the folder's permissions and free space."
    )
