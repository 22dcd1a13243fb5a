"""kill -9 at random moments, then `--resume`: the outputs of an uninterrupted run, byte for byte.

Two moments by default; `LABELER_KILLS=20 LABELER_KILL_COPIES=400 pytest -m slow tests/cli/test_kill.py` tries twenty,
over four times as many reports. A moment is a share of what the run has to write, so that it falls into the run's work
on a busy machine too.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labeler.io.read import read_reports
from labeler.phrasebook.load import phrases_folder

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("LABELER_KILLS", "2"))
OUTPUTS = ("labels.csv.gz", "evidence.jsonl")
COPIES = int(os.environ.get("LABELER_KILL_COPIES", "100"))


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Make a few thousand reports that differ, as one table."""
    folder = tmp_path_factory.mktemp("in")
    examples = list(read_reports([Path(__file__).parents[2] / "examples" / "reports"]))
    words = ["left", "right", "upper", "lower", "apical", "basal", "small", "large", "faint", "dense", "new", "old"]
    rows = []
    for copy in range(COPIES):
        pick = random.Random(copy)  # noqa: S311 - no secret
        for report in examples:
            added = f"There is {' '.join(pick.sample(words, 6))} opacity which may represent atelectasis."
            rows.append(f'{report.id}-{copy},"{report.text.replace(chr(34), "")}\n{added}"\n')
    (folder / "reports.csv").write_text("study_id,text\n" + "".join(rows))
    shutil.copytree(phrases_folder(), folder / "phrases")  # those that come with the labeler may be being edited
    return folder / "reports.csv"


def start(reports, folder, *options):
    """Start a run with two workers."""
    folder.mkdir(exist_ok=True)
    outputs = "-o", folder / OUTPUTS[0], "--evidence", folder / OUTPUTS[1]
    command = [sys.executable, "-m", "labeler", "label", reports, *outputs, "--workers", "2", "-q", *options]
    command += ["--phrases", reports.parent / "phrases"]
    return subprocess.Popen([str(word) for word in command])


def written(folder):
    """Return the bytes of all files in a folder, which the run may be renaming or removing."""
    size = 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def wait_until_written(process, folder, size):
    """Wait until the run has written more than a number of bytes, or is over."""
    while process.poll() is None and written(folder) <= size:
        time.sleep(0.001)


@pytest.fixture(scope="module")
def whole(reports, tmp_path_factory):
    """Return the outputs of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    assert start(reports, folder).wait() == 0
    return [(folder / name).read_bytes() for name in OUTPUTS]


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_run_resumes_to_the_same_bytes(reports, whole, tmp_path, seed):
    """Wherever the kill falls, nothing is lost, duplicated or left behind."""
    pick = random.Random(seed)  # noqa: S311 - no secret
    process = start(reports, tmp_path / "out")
    wait_until_written(process, tmp_path / "out", pick.uniform(-0.1, 1.1) * sum(map(len, whole)))
    time.sleep(pick.uniform(0, 0.1))  # a moment between two writes as well as one just after a write
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert start(reports, tmp_path / "out", "--resume").wait() == 0
    assert [(tmp_path / "out" / name).read_bytes() for name in OUTPUTS] == whole
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(OUTPUTS)


def test_a_terminated_run_leaves_what_is_done(reports, whole, tmp_path):
    """SIGTERM in the middle of the work ends a run with its usual code, and it can be resumed."""
    process = start(reports, tmp_path / "out")
    wait_until_written(process, tmp_path / "out", sum(map(len, whole)) / 10)
    process.terminate()
    assert process.wait() == 128 + signal.SIGTERM
    assert start(reports, tmp_path / "out", "--resume").wait() == 0
    assert [(tmp_path / "out" / name).read_bytes() for name in OUTPUTS] == whole
