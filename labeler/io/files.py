"""Read reports that are files of their own, as text or Open-I's XML: one file, a folder, a zip of such a folder."""

from __future__ import annotations

import io
import lzma
import os
import re
import struct
import sys
import zipfile
import zlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labeler.io.decode import decode
from labeler.io.openi import openi_text
from labeler.io.source import (
    MAX_REPORT_BYTES,
    Failure,
    FailureKind,
    Place,
    UnreadableError,
    os_failure,
    require_open,
    too_large,
)
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


# files/p10/p10000032/s50414267.txt, the layout of MIMIC-CXR; its tables have the numbers without the letters.
_MIMIC = re.compile(r"(?:^|[/\\])p(\d+)[/\\]s(\d+)\.txt$", re.IGNORECASE)
_STANDARD_INPUT_ID = "stdin"
TEXT, XML = ".txt", ".xml"
"""Endings of the files that each hold one report."""
# What Python's reader raises for zips that are no whole ones, or compressed in a way that it does not know.
_ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, ValueError)


class Pending(NamedTuple):
    """A report that has been found and not been read.

    Parameters
    ----------
    place : Place
    read : callable
        Returns the report, or why it cannot be read.
    """

    place: Place
    read: Callable[[], Report | Failure]


Unread = Report | Failure | Pending
"""What a source has: what it has read, or what is to be read when it is asked for."""


class _Files(ABC):
    """A source of files that are found first, and read when they are asked for."""

    __slots__ = ()

    @abstractmethod
    def unread(self) -> Iterator[Unread]:
        """Yield what reads each report, and what cannot be read in its place; to be called before the next is found."""

    def places(self) -> Iterator[Place]:
        """Yield the place of every report without reading it."""
        return (item.place for item in self.unread() if isinstance(item, Pending))


@dataclass(frozen=True, slots=True)
class OneFile(_Files):
    """One file that holds one report, as text or as Open-I's XML; "-" is standard input."""

    path: str
    ending: str = TEXT

    def unread(self) -> Iterator[Unread]:
        """Yield the one report to be read."""
        here = Place("-", _STANDARD_INPUT_ID) if self.path == "-" else place(self.path)
        yield Pending(here, partial(_report, here, partial(_read_bytes, self.path), self.ending))


@dataclass(frozen=True, slots=True)
class Folder(_Files):
    """A folder whose .txt files, or .xml files if there is no .txt, at any depth, each hold one report."""

    path: str

    def unread(self) -> Iterator[Unread]:
        """Yield what reads each report in the order of `walk`, and what cannot be read in its place."""
        ending = self._ending()
        for found in walk(self.path, ending):
            yield from OneFile(found, ending).unread() if isinstance(found, str) else (found,)

    def _ending(self) -> str:
        holds = (any(isinstance(found, str) for found in walk(self.path, ending)) for ending in (TEXT, XML))
        return XML if not next(holds) and next(holds) else TEXT


@dataclass(frozen=True, slots=True)
class Zip(_Files):
    """A zip of such a folder; nothing is extracted to disk, so that member names can do no harm."""

    path: str

    def unread(self) -> Iterator[Unread]:
        """Yield what reads each report in the order that `walk` gives the same folder; the zip is open only so long."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                members, ending = _members(archive)
                for member in members:
                    here = place("/".join(_parts(member.filename)), f"{self.path}/{member.filename}")
                    yield Pending(here, partial(_report, here, partial(_read_member, archive, member), ending))
        except OSError as error:
            yield os_failure(error, self.path)
        except _ZIP_FAULTS:
            yield Failure(self.path, FailureKind.UNREADABLE, "is no whole zip file", "fetch or make it again")


def read_content(path: str, content: bytes) -> Report | Failure:
    """Return the report of a file of which another program has read the content, or why it is none."""
    return _report(place(path), lambda: _within_limit(content))


def _report(here: Place, read: Callable[[], bytes], ending: str = TEXT) -> Report | Failure:
    try:
        return Report(here.study_id, openi_text(read()) if ending == XML else decode(read()), here.subject_id)
    except UnreadableError as error:
        return error.at(here.where, here.study_id)
    except OSError as error:
        return os_failure(error, here.where, here.study_id)


def place(path: str, where: str | None = None) -> Place:
    """Return the identifiers that a file's path gives.

    Parameters
    ----------
    path : str
        Of a file, or of a zip's member.
    where : str, optional
        What messages call it, `path` by default.

    Examples
    --------
    >>> place("files/p10/p10000032/s50414267.txt")
    Place(where='files/p10/p10000032/s50414267.txt', study_id='50414267', subject_id='10000032')
    >>> place("archive/chest-17.txt").study_id
    'chest-17'
    """
    where = where or path
    # A path may start inside the patient's folder; its name is then known to the file system only.
    mimic = _MIMIC.search(path) or (_MIMIC.search(str(Path(path).absolute())) if where == path else None)
    if mimic:
        return Place(where, mimic[2], mimic[1])
    return Place(where, Path(path).stem.encode("utf-8", "backslashreplace").decode())


def walk(folder: str, ending: str = TEXT) -> Iterator[str | Failure]:
    """Yield the paths of a folder's files of an ending at any depth, lazily, each folder's entries sorted by name.

    Links are followed, but not into a folder that contains them. Hidden files and the `__MACOSX` folder of Apple's
    zips are no reports. What the operating system refuses to list is a failure.
    """
    levels = [(_identity(folder), _entries(folder))]
    while levels:
        entry = next(levels[-1][1], None)
        if entry is None:
            levels.pop()
        elif isinstance(entry, Failure):
            yield entry
        elif _is_folder(entry):
            identity = _identity(entry.path)
            if identity not in [above for above, _ in levels]:
                levels.append((identity, _entries(entry.path)))
        elif _ends(entry.name, ending) or (entry.is_symlink() and not Path(entry.name).suffix):
            yield from _file(entry, ending)


def _entries(folder: str) -> Iterator[os.DirEntry[str] | Failure]:
    try:
        with os.scandir(folder) as entries:
            shown = sorted((entry for entry in entries if not _is_hidden(entry.name)), key=lambda entry: entry.name)
    except OSError as error:
        yield os_failure(error, folder)
    else:
        yield from shown


def _identity(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)  # noqa: PTH116 - a quarter of a million folders
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself, or to where the user may not look
        return False


def _file(entry: os.DirEntry[str], ending: str) -> Iterator[str | Failure]:
    failure = None if _is_file(entry) else _no_file(entry)
    # A link to a file of another name is no report; one that leads nowhere may have been.
    if _ends(entry.name, ending):
        yield failure or entry.path
    elif failure and not os.path.exists(entry.path):  # noqa: PTH110 - an entry has its path as text
        yield failure


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()  # asks the system about links alone
    except OSError:
        return False


def _no_file(entry: os.DirEntry[str]) -> Failure:
    study_id = place(entry.path).study_id
    try:
        entry.stat()
    except FileNotFoundError:
        reason, remedy = "is a link to a file that does not exist", "fix or remove the link"
    except OSError as error:
        return os_failure(error, entry.path, study_id)
    else:
        reason, remedy = "is a pipe, a socket or a device", "put a file in its place, or remove it"
    return Failure(entry.path, FailureKind.UNREADABLE, reason, remedy, study_id)


def _ends(name: str, ending: str) -> bool:
    return name.lower().endswith(ending)


def _is_hidden(name: str) -> bool:
    return name == "__MACOSX" or (name.startswith(".") and name not in {".", ".."})


def _read_bytes(path: str) -> bytes:
    if path == "-":
        return _within_limit(require_open(sys.stdin, "standard input").buffer.read(MAX_REPORT_BYTES + 1))
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a quarter of a million files
        size = os.fstat(file.fileno()).st_size
        if size > MAX_REPORT_BYTES:
            raise too_large()
        if size:
            return file.read()
        with io.BufferedReader(file) as stream:  # empty, or of no size that is known, as a device
            return _within_limit(stream.read(MAX_REPORT_BYTES + 1))


def _within_limit(data: bytes) -> bytes:
    if len(data) > MAX_REPORT_BYTES:
        raise too_large()
    return data


def _members(archive: zipfile.ZipFile) -> tuple[list[zipfile.ZipInfo], str]:
    """Return the members that are reports, and their ending."""
    shown = [member for member in archive.infolist() if not any(map(_is_hidden, _parts(member.filename)))]
    found = {ending: [member for member in shown if _ends(member.filename, ending)] for ending in (TEXT, XML)}
    ending = XML if found[XML] and not found[TEXT] else TEXT
    return sorted(found[ending], key=lambda member: _parts(member.filename)), ending


def _parts(name: str) -> list[str]:
    """Return the parts of a member's name, which some programs write with backslashes; ".." is passed over."""
    return [part for part in re.split(r"[/\\]", name) if part != ".."]


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & 1:
        raise UnreadableError(FailureKind.ENCRYPTED, "is encrypted", "unpack the zip with its password first")
    if member.file_size > MAX_REPORT_BYTES:
        raise too_large()
    try:
        with archive.open(member) as file:
            return _within_limit(file.read(MAX_REPORT_BYTES + 1))  # the size that the zip states may be a lie
    except (OSError, *_ZIP_FAULTS):
        reason, remedy = "is damaged inside the zip, or compressed in an unknown way", "make the zip again"
        raise UnreadableError(FailureKind.CUT_SHORT, reason, remedy) from None
