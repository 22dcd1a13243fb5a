"""Labels a large folder in one run, and shows that memory stays flat and that no report is lost.

    python -m eval.speed REPORTS.csv --corpus FOLDER --count 1000000   # makes FOLDER/1000000/reports first
    python tests/reliability/load.py FOLDER/1000000/reports [WORKERS]

Prints the memory of the process and of its largest worker when each tenth of the rows is written, then the counts. Ends
with 1 where a report has no row of its own. Linux only, as memory is read from /proc.
"""

import contextlib
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TENTHS = 10
_POLL = 0.5  # seconds


def main():
    """Labels the folder and prints what came of it."""
    folder, workers = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "2"
    with tempfile.TemporaryDirectory() as made:
        output = Path(made) / "labels.csv"
        command = [sys.executable, "-m", "labeler", "label", folder, "-o", output]
        command += ["--sections", "mimic", "--workers", workers]
        samples, messages, status = watch(command, output.parent)
        rows, distinct = count(output)
    files = sum(name.endswith(".txt") for _, _, names in os.walk(folder) for name in names)
    print("| rows written | MB parent | MB largest worker |\n|---|---|---|")  # noqa: T201 - a script
    for tenth in range(1, TENTHS + 1):
        size, *memory = next(sample for sample in samples if sample[0] >= samples[-1][0] * tenth / TENTHS)
        print(f"| {rows * size // samples[-1][0]:,} | {memory[0]:.0f} | {memory[1]:.0f} |")  # noqa: T201 - a script
    print(f"\nfiles: {files:,}; rows: {rows:,}; studies among them: {distinct:,}; exit code {status}")  # noqa: T201
    print(messages, end="")  # noqa: T201 - a script
    sys.exit(status or int(not files == rows == distinct))


def watch(command, folder):
    """Run a command; return size of its output and memory in MB of itself and its largest child over time."""
    samples = []
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, stderr=messages)
        while process.poll() is None:
            size = largest(folder)
            if size:
                samples.append((size, resident(process.pid), max(map(resident, children(process.pid)))))
            time.sleep(_POLL)
        messages.seek(0)
        return samples, messages.read().decode(), process.returncode


def largest(folder):
    """Return the bytes of a folder's largest file, 0 for none: during a run, that is what will be its output."""
    sizes = [0]
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # renamed meanwhile
            sizes.append(path.stat().st_size)
    return max(sizes)


def children(parent):
    """Return the processes that a process has started, 0 for none."""
    return [int(number) for number in read(f"/proc/{parent}/task/{parent}/children").split()] or [0]


def resident(process):
    """Return the memory that a process holds, in MB; 0 where it is no more."""
    lines = read(f"/proc/{process}/status").splitlines()
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS")), 0.0)


def read(path):
    """Return a file of /proc, empty where its process is no more."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def count(output):
    """Return the rows of a table, and how many different studies they are of."""
    with output.open(newline="") as file:
        studies = [hash((row["subject_id"], row["study_id"])) for row in csv.DictReader(file)]
    return len(studies), len(set(studies))


if __name__ == "__main__":
    main()
