"""Standard streams that are closed or full, and what else a system refuses: messages never decide a run."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

FAKE = Path(__file__).parents[1] / "cli" / "fake_labeler.py"
NAME = "x" * 250


@pytest.fixture
def folder(tmp_path):
    """Make a folder of reports, one of which cannot be read."""
    (tmp_path / "in").mkdir()
    for number in range(9):
        (tmp_path / "in" / f"s{number}.txt").write_text("XYZZY. No edema.")
    (tmp_path / "in" / "bad.txt").write_bytes(b"\0")
    return tmp_path


def run(folder, redirections, *arguments):
    """Run a command of the fake labeler in a shell, and return its exit code and what it said."""
    command = f'"$@" {redirections}'
    started = [sys.executable, str(FAKE), *arguments]
    done = subprocess.run(["sh", "-c", command, "sh", *started], cwd=folder, capture_output=True, check=False)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("redirections", ["2>&-", "2>/dev/full", "<&- >&- 2>&-", ">&-"])
def test_messages_that_cannot_be_written_decide_nothing(folder, redirections):
    """The outputs and the exit code are those of any other run, and no message is in a file."""
    assert run(folder, redirections, "label", "in", "-o", "out.csv")[0] == 1
    lines = (folder / "out.csv").read_text().splitlines()
    assert (len(lines), lines[0]) == (10, "study_id,Atelectasis,Edema,No Finding")
    assert len((folder / "out.csv.errors.csv").read_text().splitlines()) == 2
    (folder / "in" / "bad.txt").unlink()
    assert run(folder, redirections, "label", "in", "-o", "out.csv")[0] == 0
    assert run(folder, redirections, "label", "nowhere", "-o", "out.csv")[0] == 2


@pytest.mark.parametrize(
    ("redirections", "arguments", "said"),
    [
        (">&-", ["label", "in"], "Standard output is closed; give a file instead."),
        (">/dev/full", ["label", "in"], "standard output cannot be written: No space left on device"),
        ("<&-", ["label", "-", "-o", "out.csv"], "Standard input is closed; give a file instead."),
        ("<&-", ["label", "-", "--input-format", "csv"], "Standard input is closed; give a file instead."),
        ("", ["label", "in", "-o", f"{NAME}.csv"], "File name too long; choose a shorter name."),
        ("", ["sections", "in", "-o", f"{NAME}.csv"], "File name too long; choose a shorter name."),
        ("", ["label", f"{NAME}{NAME}.csv"], "File name too long; choose a shorter name."),
    ],
)
def test_what_the_system_refuses_has_a_reason(folder, redirections, arguments, said):
    """It is no fault of the labeler."""
    code, message = run(folder, redirections, *arguments)
    assert code == 2
    assert message.startswith("Error: ")
    assert said in message


def test_a_working_directory_that_is_gone_is_named(folder):
    """Nothing but its name is left of it."""
    (folder / "gone").mkdir()
    command = ["sh", "-c", 'rmdir ../gone; "$@"', "sh", sys.executable, str(FAKE), "label", "../in", "-o", "out.csv"]
    done = subprocess.run(command, cwd=folder / "gone", capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "Error: The working directory does not exist any more; change to another one.\n"


def test_a_limit_of_open_files_is_named(folder):
    """Workers need a few."""
    command = [sys.executable, str(FAKE), "label", "in", "-o", "out.csv", "--workers", "2"]
    limited = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12))  # noqa: E731
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, preexec_fn=limited)
    assert done.returncode == 2
    assert "raise the limit of open files (ulimit -n)" in done.stderr


@pytest.mark.parametrize("option", ["-o", "--evidence"])
def test_a_pipe_or_a_device_is_never_replaced(folder, option):
    """It is refused before anything is labelled, and stays what it is."""
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "null.jsonl").symlink_to("/dev/null")
    for name in ("pipe.jsonl", "null.jsonl"):
        other = ["-o", "out.csv"] if option == "--evidence" else []
        code, message = run(folder, "", "label", "in", option, name, *other)
        assert code == 2
        assert f"{name} is a pipe or a device" in message
        assert not (folder / name).is_file()
    assert Path("/dev/null").is_char_device()
    assert sorted(path.name for path in folder.iterdir()) == ["in", "null.jsonl", "pipe.jsonl"]
