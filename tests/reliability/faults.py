"""Faults during a run of `labeler label`, made to happen: disks, folders, signals, memory.

Each is provoked in a process of its own, with the fake labeler in the engine's place: the engine has no part in it. The
inputs are 60 reports and one file that cannot be read. Where a fault needs rights that are not available, such as the
right to mount, `unittest.SkipTest` says so.
"""

from __future__ import annotations

import contextlib
import csv
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import SkipTest

from case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

FAKE = Path(__file__).parents[1] / "cli" / "fake_labeler.py"
TABLE, EVIDENCE = "out/labels.csv", "out/evidence.jsonl"
IDENTIFIERS = [f"s{number:02}" for number in range(60)]
UNREADABLE = "bad"
PATIENCE = 60
"""Seconds until a process that does not come to its end, or to where it is to be, is a failure."""


def make_inputs(folder: Path, **odd: str) -> None:
    """Write the reports, in two folders, and make the folder for the outputs; `odd` are texts of some reports."""
    for number, name in enumerate(IDENTIFIERS):
        path = folder / "in" / ("first" if number < 40 else "second") / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(odd.get(name, f"XYZZY {number}. No edema, possible atelectasis."))
    (folder / "in" / f"{UNREADABLE}.txt").write_bytes(b"XYZZY\0")
    (folder / "out").mkdir(exist_ok=True)


def start(folder: Path, *options: str, limits: dict[int, int] | None = None) -> subprocess.Popen[str]:
    """Start to label, with limits on what the system gives."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # so in what a shell runs in the background, and its children
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, str(FAKE), "label", "in", "-o", TABLE, "--evidence", EVIDENCE, *options]
    process = subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for what, limit in (limits or {}).items():
        resource.prlimit(process.pid, what, (limit, limit))
    return process


def end(process: subprocess.Popen[str]) -> str:
    """Wait for the end of a process and say how it ended, and with which error."""
    _, told = process.communicate(timeout=PATIENCE)
    if "XYZZY" in told:
        raise AssertionError("report text on standard error")
    lines = [line.split(": ", 1)[1].rstrip(".") for line in told.splitlines() if line.startswith("Error: ")]
    code = process.returncode
    return "; ".join([f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}", *lines])


def worker_at_work(folder: Path) -> int:
    """Wait until a report that says "wait" is being labelled; return the process that does it."""
    limit = time.monotonic() + PATIENCE
    while not (folder / "waiting").exists():
        if time.monotonic() > limit:
            raise AssertionError("no report is being labelled")
        time.sleep(0.01)
    return int((folder / "waiting").read_text())


def let_go(folder: Path) -> None:
    """Lets the report that waits, and any that follow, be labelled."""
    (folder / "go").touch()


def outputs(folder: Path) -> dict[str, bytes]:
    """Read all that stands in the folder for the outputs."""
    return {path.name: path.read_bytes() for path in sorted((folder / "out").iterdir()) if path.is_file()}


@lru_cache
def undisturbed(odd: tuple[tuple[str, str], ...] = ()) -> dict[str, bytes]:
    """Return the outputs of a run without a fault."""
    with tempfile.TemporaryDirectory() as name:
        make_inputs(Path(name), **dict(odd))
        let_go(Path(name))
        if end(start(Path(name))) != "exit 1":
            raise AssertionError("a run without a fault does not end as it must")
        return outputs(Path(name))


def left(folder: Path) -> str:
    """Say what a fault has left: nothing that carries an output's name may be half."""
    names = set(outputs(folder))
    if not names:
        return "nothing left"
    named = names & set(undisturbed())
    return f"left: {', '.join(sorted(named))}" if named else "resumable state left"


def lost(folder: Path) -> int:
    """Count the reports that are neither in the table nor among the failures."""
    with (folder / TABLE).open(newline="") as table, (folder / f"{TABLE}.errors.csv").open(newline="") as failures:
        found = [row["study_id"] for row in csv.DictReader(table)] + [row["id"] for row in csv.DictReader(failures)]
    return len({*IDENTIFIERS, UNREADABLE} - set(found)) + abs(len(found) - len(set(found)))


def compared(folder: Path, odd: dict[str, str] | None = None) -> str:
    """Compare all outputs with those of a run without a fault."""
    same = outputs(folder) == undisturbed(tuple(sorted((odd or {}).items())))
    return f"{'same' if same else 'other'} bytes, rows lost {lost(folder)}"


def resumed(folder: Path, odd: dict[str, str] | None = None) -> str:
    """Goes on with an interrupted run and compares its outputs."""
    return f"resumed: {end(start(folder, '--resume'))}, {compared(folder, odd)}"


def no_folder(folder: Path) -> str:
    """Asks for an output in a folder that is not there."""
    make_inputs(folder)
    (folder / "out").rmdir()
    told = end(start(folder))
    return f"{told}; {'something' if (folder / 'out').exists() else 'nothing'} made"


def file_for_folder(folder: Path) -> str:
    """Asks for an output in a folder that is a file."""
    make_inputs(folder)
    (folder / "out").rmdir()
    (folder / "out").write_text("kept")
    return f"{end(start(folder))}; the file is {(folder / 'out').read_text()}"


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Mounts a file system in memory where the outputs are to be."""
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False, capture_output=True).returncode:
        raise SkipTest("needs the right to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def read_only(folder: Path) -> str:
    """Asks for an output in a folder that cannot be written to."""
    make_inputs(folder)
    with mounted(folder / "out", "ro"):
        return f"{end(start(folder))}; {left(folder)}"


def full_disk(folder: Path) -> str:
    """Fill the disk during the run, make room and resume."""
    make_inputs(folder)
    with mounted(folder / "out", "size=48k"):
        told = f"{end(start(folder))}; {left(folder)}"
        subprocess.run(["mount", "-o", "remount,size=1m", str(folder / "out")], check=True)
        return f"{told}; {resumed(folder)}"


def full_evidence(folder: Path) -> str:
    """Lets no file grow beyond what the evidence of half of the reports takes."""
    make_inputs(folder)
    limit = len(undisturbed()["evidence.jsonl"]) // 2
    told = end(start(folder, limits={resource.RLIMIT_FSIZE: limit}))
    return f"{told}; {left(folder)}; {resumed(folder)}"


def output_vanishes(folder: Path) -> str:
    """Remove the folder of the outputs during the run."""
    make_inputs(folder, s30="wait")
    process = start(folder)
    worker_at_work(folder)
    shutil.rmtree(folder / "out")
    let_go(folder)
    told = end(process)
    made = "something" if (folder / "out").exists() else "nothing"
    make_inputs(folder, s30="wait")
    return f"{told}; {made} made; run again: {end(start(folder))}, {compared(folder, {'s30': 'wait'})}"


def input_vanishes(folder: Path) -> str:
    """Remove the folder of the reports during the run."""
    make_inputs(folder, s30="wait")
    process = start(folder)
    worker_at_work(folder)
    shutil.rmtree(folder / "in")
    let_go(folder)
    told = end(process)
    with (folder / TABLE).open(newline="") as table, (folder / f"{TABLE}.errors.csv").open(newline="") as failures:
        labelled = [row["study_id"] for row in csv.DictReader(table)]
        kinds = [row["kind"] for row in csv.DictReader(failures) if row["id"] != UNREADABLE]
    return (
        f"{told}; {len(labelled)} labelled; failed: {', '.join(f'{kinds.count(k)} {k}' for k in dict.fromkeys(kinds))}"
    )


def parent_ends(folder: Path, by: signal.Signals) -> str:
    """Send a signal to the run, of two workers, and resume."""
    make_inputs(folder, s30="wait")
    process = start(folder, "--workers", "2")
    worker_at_work(folder)
    process.send_signal(by)
    let_go(folder)
    return f"{end(process)}; {left(folder)}; {resumed(folder, {'s30': 'wait'})}"


def worker_ends(folder: Path, by: signal.Signals) -> str:
    """Send a signal to a worker that has work."""
    make_inputs(folder, s30="wait")
    process = start(folder, "--workers", "2")
    worker = worker_at_work(folder)
    os.kill(worker, by)
    let_go(folder)
    return f"{end(process)}; {compared(folder, {'s30': 'wait'})}"


def one_fails(folder: Path, text: str, workers: str, *options: str) -> str:
    """Labels with one odd report and 4 GiB of addresses, and says what became of it and of the others."""
    make_inputs(folder, s30=text)
    told = end(start(folder, "--workers", workers, *options, limits={resource.RLIMIT_AS: 2**32}))
    with (folder / f"{TABLE}.errors.csv").open(newline="") as file:
        (kind,) = (f"{row['stage']}, {row['kind']}" for row in csv.DictReader(file) if row["id"] == "s30")
    rest = [line for line in undisturbed()["labels.csv"].splitlines() if not line.startswith(b"s30,")]
    others = "as ever" if outputs(folder)["labels.csv"].splitlines() == rest else "changed"
    return f"{told}; one failure ({kind}); the others {others}, rows lost {lost(folder)}"


def reader_leaves(folder: Path) -> str:
    """Close standard output after a line, as `| head -1` does, while evidence goes to a file."""
    make_inputs(folder, s30="wait")
    process = start(folder, "-o", "-", "-q")
    worker_at_work(folder)
    with contextlib.ExitStack() as stack:
        out, err = (stack.enter_context(stream) for stream in (process.stdout, process.stderr) if stream)
        if out.readline() != "study_id,Atelectasis,Edema,No Finding\n":
            raise AssertionError("standard output has no header")
        out.close()
        let_go(folder)
        told = [line for line in err if not line.startswith("Not read: ")]
    return f"exit {process.wait(PATIENCE)}; told: {''.join(told) or 'nothing'}; {left(folder)}"


def full_standard_output(folder: Path) -> str:
    """Send standard output to a device that is full."""
    make_inputs(folder)
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        command = [sys.executable, str(FAKE), "label", "in", "--evidence", EVIDENCE, "-q"]
        process = subprocess.Popen(command, cwd=folder, text=True, stdout=full, stderr=subprocess.PIPE)
    return f"{end(process)}; {left(folder)}"


NO_SPACE = "check the folder's permissions and free space"
SAME = "same bytes, rows lost 0"
RESUMED = f"resumable state left; resumed: exit 1, {SAME}"
CASES = (
    Case(
        "output-folder-missing",
        "the output's folder does not exist",
        f"exit 2; The folder of {TABLE} does not exist; make it first; nothing made",
        no_folder,
    ),
    Case(
        "output-folder-is-file",
        "a file stands where the output's folder should be",
        f"exit 2; The folder of {TABLE} does not exist; make it first; the file is kept",
        file_for_folder,
    ),
    Case(
        "output-folder-read-only",
        "the output's folder cannot be written to (a read-only mount, which holds for root too)",
        f"exit 2; {TABLE} cannot be written: Read-only file system; {NO_SPACE}; nothing left",
        read_only,
    ),
    Case(
        "disk-full",
        "the disk fills during the run (a tmpfs of 48 KiB); it gets room, then --resume",
        f"exit 2; {EVIDENCE} cannot be written: No space left on device; {NO_SPACE}; {RESUMED}",
        full_disk,
    ),
    Case(
        "evidence-full",
        "the evidence file can grow no further (a limit on the size of files); the limit goes, then --resume",
        f"exit 2; {EVIDENCE} cannot be written: File too large; {NO_SPACE}; {RESUMED}",
        full_evidence,
    ),
    Case(
        "output-folder-vanishes",
        "the output's folder is removed during the run; then the command again",
        f"exit 2; {TABLE} cannot be written: No such file or directory; {NO_SPACE}; nothing made; "
        f"run again: exit 1, {SAME}",
        output_vanishes,
    ),
    Case(
        "input-folder-vanishes",
        "the reports' folder is removed during the run",
        "exit 1; 32 labelled; failed: 9 unreadable, 1 vanished",
        input_vanishes,
    ),
    *(
        Case(
            f"run-{by.name.lower()}",
            f"{by.name} to the run, of two workers, in the midst of its work; then --resume",
            f"{ending}; {RESUMED}",
            partial(parent_ends, by=by),
        )
        for by, ending in (
            (signal.SIGKILL, "killed by SIGKILL"),
            (signal.SIGTERM, "exit 143"),
            (signal.SIGINT, "exit 130"),
        )
    ),
    *(
        Case(
            f"worker-{by.name.lower()}",
            f"{by.name} to a worker in the midst of its work",
            f"exit 1; {SAME}",
            partial(worker_ends, by=by),
        )
        for by in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
    ),
    *(
        Case(
            f"memory-{workers}",
            f"a report takes more memory than there is (a limit of 4 GiB), {told}",
            "exit 1; one failure (label, over-limit); the others as ever, rows lost 0",
            partial(one_fails, text="hungry", workers=workers),
        )
        for workers, told in (("1", "in the one process"), ("2", "in one of two workers"))
    ),
    Case(
        "memory-limit",
        "a report takes more than --memory-limit, in one of two workers",
        "exit 1; one failure (label, over-limit); the others as ever, rows lost 0",
        lambda folder: one_fails(folder, "greedy", "2", "--memory-limit", "1"),
    ),
    Case(
        "memory-killer",
        "the system kills a worker for want of memory, of one report and each time",
        "exit 1; one failure (label, worker-died); the others as ever, rows lost 0",
        partial(one_fails, text="deadly", workers="2"),
    ),
    Case(
        "reader-leaves",
        "standard output is closed early, as by `| head -1`",
        "exit 1; told: nothing; nothing left",
        reader_leaves,
    ),
    Case(
        "standard-output-full",
        "standard output cannot be written to (/dev/full)",
        f"exit 2; standard output cannot be written: No space left on device; {NO_SPACE}; nothing left",
        full_standard_output,
    ),
)
"""All faults, in the order of the table in docs/reliability.md."""
