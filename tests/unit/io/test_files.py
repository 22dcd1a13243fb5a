"""Reports that are files: one, a folder, a zip."""

import io
import os
import sys
import zipfile

import pytest

from labeler.io import files
from labeler.io.files import Folder, OneFile, Pending, Zip, place, walk
from labeler.io.source import Failure, FailureKind
from labeler.records import Report


def write(folder, *names, text="No edema."):
    """Write files of one text."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(source):
    """Read all that a source yields, each item before the next is asked for."""
    return [item.read() if isinstance(item, Pending) else item for item in source.unread()]


@pytest.mark.parametrize(
    ("path", "subject_id", "study_id"),
    [
        ("files/p10/p10000032/s50414267.txt", "10000032", "50414267"),
        ("p10000032/s50414267.TXT", "10000032", "50414267"),
        (r"files\p10\p10000032\s50414267.txt", "10000032", "50414267"),
        ("s50414267.txt", None, "s50414267"),
        ("p10000032/report.txt", None, "report"),
        ("2024/chest.v2.txt", None, "chest.v2"),
        ("xp10000032/s50414267.txt", None, "s50414267"),
    ],
)
def test_place_reads_identifiers_off_the_path(path, subject_id, study_id):
    """MIMIC-CXR's layout gives both identifiers without their letters; elsewhere the stem is the study's."""
    found = place(path)
    assert (found.subject_id, found.study_id) == (subject_id, study_id)


def test_place_knows_the_patient_inside_the_patients_folder(tmp_path, monkeypatch):
    """`labeler label .` gives the same identifiers as the whole path."""
    write(tmp_path, "p10000032/s50414267.txt")
    monkeypatch.chdir(tmp_path / "p10000032")
    assert list(read(Folder("."))) == [Report("50414267", "No edema.", "10000032")]


def test_place_makes_a_name_that_is_not_utf_8_writable():
    """An undecodable byte of a file name stands escaped in the identifier."""
    assert place(os.fsdecode(b"a\xe9.txt")).study_id == "a\\udce9"


def test_walk_is_sorted_and_lazy(tmp_path):
    """Entries come sorted by name, files among folders, and a folder is listed only when it is reached."""
    write(tmp_path, "b.txt", "a/2.txt", "a/10.txt", "c/d/e.TXT", "c.txt")
    found = walk(str(tmp_path))
    assert next(found) == f"{tmp_path}/a/10.txt"
    write(tmp_path, "c/d/f.txt")
    assert [path.removeprefix(f"{tmp_path}/") for path in found] == [
        "a/2.txt", "b.txt", "c/d/e.TXT", "c/d/f.txt", "c.txt",
    ]  # fmt: skip


def test_walk_passes_over_what_is_no_report(tmp_path):
    """Other endings, hidden files and Apple's zip leftovers are no reports."""
    write(tmp_path, "a.txt", "a.csv", ".b.txt", ".git/c.txt", "__MACOSX/d.txt", "txt")
    assert list(walk(str(tmp_path))) == [f"{tmp_path}/a.txt"]


def test_walk_follows_links_but_not_in_circles(tmp_path):
    """A linked folder is read; a link to a folder that it stands in is not."""
    write(tmp_path, "in/a.txt", "else/b.txt")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "else")
    (tmp_path / "else" / "back").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "self").symlink_to(".")
    assert list(walk(str(tmp_path / "in"))) == [f"{tmp_path}/in/a.txt", f"{tmp_path}/in/linked/b.txt"]


def test_walk_goes_deep(tmp_path):
    """A file far down is found."""
    deep = tmp_path.joinpath(*"d" * 200)
    deep.mkdir(parents=True)
    (deep / "a.txt").touch()
    assert list(walk(str(tmp_path))) == [str(deep / "a.txt")]


def test_a_broken_link_is_a_failure_and_nothing_else_is_lost(tmp_path):
    """A link to nowhere is listed; its neighbours are read."""
    write(tmp_path, "a.txt", "c.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone")
    first, failure, last = read(Folder(str(tmp_path)))
    assert (first.id, last.id) == ("a", "c")
    assert str(failure) == (f"{tmp_path}/b.txt: is a link to a file that does not exist; fix or remove the link")


def test_a_link_that_leads_back_to_itself_is_a_failure(tmp_path):
    """Neither a file nor a folder, it is listed; so is a link without an ending, which may have been a folder."""
    for name in ("b.txt", "c", "d.csv"):
        (tmp_path / name).symlink_to(name)
    (tmp_path / "e").symlink_to(tmp_path / "gone")
    write(tmp_path, "a.txt", "f.txt")
    first, *failures, last = read(Folder(str(tmp_path)))
    assert (first.id, last.id) == ("a", "f")
    assert [(failure.study_id, failure.reason) for failure in failures] == [
        ("b", "cannot be read: Too many levels of symbolic links"),
        ("c", "cannot be read: Too many levels of symbolic links"),
        ("e", "is a link to a file that does not exist"),
    ]


def test_a_pipe_is_a_failure(tmp_path):
    """What is no file would keep the run waiting; a link to a file of another name is no report."""
    os.mkfifo(tmp_path / "a.txt")
    write(tmp_path, "b.csv")
    (tmp_path / "c").symlink_to(tmp_path / "b.csv")
    (failure,) = read(Folder(str(tmp_path)))
    assert str(failure) == f"{tmp_path}/a.txt: is a pipe, a socket or a device; put a file in its place, or remove it"


def test_what_has_no_size_is_read_up_to_the_limit(monkeypatch):
    """A device that never ends is one failure, and standard input too."""
    monkeypatch.setattr(files, "MAX_REPORT_BYTES", 8)
    (failure,) = read(OneFile("/dev/zero"))
    assert failure.kind is FailureKind.TOO_LARGE
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"no effusion")))
    (failure,) = read(OneFile("-"))
    assert failure.kind is FailureKind.TOO_LARGE


def test_what_the_system_refuses_is_a_failure(tmp_path, monkeypatch):
    """A folder or a file that may not be read is listed with the system's reason."""
    write(tmp_path, "a.txt", "locked/b.txt")

    def refuse(path, *_arguments, **_options):
        raise PermissionError(13, "Permission denied", path)

    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: refuse(path) if path.endswith("locked") else scandir(path))
    monkeypatch.setattr(files, "_read_bytes", refuse)
    assert [str(failure) for failure in read(Folder(str(tmp_path)))] == [
        f"{tmp_path}/a.txt: cannot be read: Permission denied; check the path and its permissions",
        f"{tmp_path}/locked: cannot be read: Permission denied; check the path and its permissions",
    ]


def test_a_file_above_the_limit_is_a_failure(tmp_path, monkeypatch):
    """What is larger than any report is not read."""
    monkeypatch.setattr(files, "MAX_REPORT_BYTES", 8)
    write(tmp_path, "a.txt")
    (failure,) = read(OneFile(str(tmp_path / "a.txt")))
    assert failure.kind is FailureKind.TOO_LARGE


def make_zip(path, **members):
    """Write a zip of texts."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def test_a_zip_gives_what_its_folder_gives(tmp_path):
    """The reports of a zip come in the folder's order, with the folder's identifiers."""
    names = ["files/p10/p10000032/s50414267.txt", "c.txt", "a/2.txt", "a/10.txt", "__MACOSX/x.txt", "a/index.html"]
    write(tmp_path / "in", *names)
    make_zip(tmp_path / "in.zip", **dict.fromkeys(names, "No edema."))
    assert list(read(Zip(str(tmp_path / "in.zip")))) == list(read(Folder(str(tmp_path / "in"))))
    assert [found.study_id for found in Zip(str(tmp_path / "in.zip")).places()] == ["10", "2", "c", "50414267"]


def test_a_zip_with_paths_outside_writes_nothing(tmp_path):
    """Members are read in memory, so that their names reach no file."""
    make_zip(tmp_path / "in.zip", **{"../../escaped.txt": "No edema.", "/absolute.txt": "Edema."})
    assert [report.id for report in read(Zip(str(tmp_path / "in.zip")))] == ["absolute", "escaped"]
    assert os.listdir(tmp_path) == ["in.zip"]  # noqa: PTH208


def test_a_zip_lists_members_that_cannot_be_read(tmp_path, monkeypatch):
    """A member that is encrypted, damaged or too large is listed by its path; the others are read."""
    path = tmp_path / "in.zip"
    make_zip(path, **{"a.txt": "No edema.", "b.txt": "Edema XYZZY.", "c.txt": "x" * 99, "d.txt": "Effusion."})
    data = path.read_bytes().replace(b"Edema XYZZY.", b"Edema XYZZZ.")  # the checksum no longer fits
    at = data.index(b"PK\x01\x02")
    data = data[: at + 8] + b"\x01" + data[at + 9 :]  # the first member's entry says "encrypted"
    path.write_bytes(data)
    monkeypatch.setattr(files, "MAX_REPORT_BYTES", 50)
    encrypted, damaged, large, report = read(Zip(str(path)))
    assert [failure.where for failure in (encrypted, damaged, large)] == [f"{path}/{name}.txt" for name in "abc"]
    kinds = [failure.kind for failure in (encrypted, damaged, large)]
    assert kinds == [FailureKind.ENCRYPTED, FailureKind.CUT_SHORT, FailureKind.TOO_LARGE]
    assert report == Report("d", "Effusion.")


def test_a_bomb_is_refused_by_what_it_unpacks_to(tmp_path, monkeypatch):
    """A member is not unpacked where the zip says that it is too large, and else up to the limit."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "x" * 2**20)
    monkeypatch.setattr(files, "MAX_REPORT_BYTES", 2**16)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    (failure,) = read(Zip(str(path)))
    assert failure.kind is FailureKind.TOO_LARGE


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_zip_never_raises(tmp_path, method):
    """Whatever bytes are wrong in a zip, the members are reports or failures, and the ids are those of its places."""
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.txt", "No edema. " * 9)
        archive.writestr("p10000032/s50414267.txt", "No effusion. " * 9)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for value in (1, 99, 255):
            path.write_bytes(whole[:at] + bytes([value]) + whole[at + 1 :])
            assert len(read(Zip(str(path)))) >= len(list(Zip(str(path)).places()))


def test_a_zip_cut_short_is_one_failure(tmp_path):
    """A zip without its end has no members to list."""
    path = tmp_path / "in.zip"
    make_zip(path, **{"a.txt": "No edema."})
    path.write_bytes(path.read_bytes()[:-30])
    assert list(Zip(str(path)).places()) == []
    remedy = "fetch or make it again"
    assert list(read(Zip(str(path)))) == [Failure(str(path), FailureKind.UNREADABLE, "is no whole zip file", remedy)]
