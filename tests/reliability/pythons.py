"""Labels the same reports with several Pythons and compares the bytes.

    python tests/reliability/pythons.py REPORTS PYTHON...

Each PYTHON is an interpreter in whose environment the labeler is installed. Every run has another hash seed, locale and
time zone, and the last two workers. Prints a line per run, and ends with 1 where an output is not that of the first.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

OUTPUTS = ("labels.csv", "evidence.jsonl")
SETTINGS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "America/New_York"},
    {"PYTHONHASHSEED": "4294967295", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"},
)
_VERSIONS = """
import platform
from importlib.metadata import version
print(platform.python_version(), *map(version, ("spacy", "thinc", "numpy")), sep=" | ")
"""


def run(python: str, reports: str, number: int, *, workers: int) -> tuple[str, list[str]]:
    """Labels the reports with one Python; returns the versions it has and the sum of each output."""
    environment = {**os.environ, **SETTINGS[number % len(SETTINGS)]}
    with tempfile.TemporaryDirectory() as folder:
        out, evidence = (Path(folder) / name for name in OUTPUTS)
        options = ["--workers", str(workers), "--sections", "all", "-q", "-o", str(out), "--evidence", str(evidence)]
        # The package of the environment is used, and none that stands in this folder.
        command = [python, "-P", "-m", "labeler", "label", str(Path(reports).resolve()), *options]
        subprocess.run(command, env=environment, cwd=folder, check=True)
        sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (out, evidence)]
    shown = subprocess.run([python, "-P", "-c", _VERSIONS], capture_output=True, text=True, check=True)
    return shown.stdout.strip(), sums


def main(reports: str, *pythons: str) -> int:
    """Print a table of versions and sums, and say whether they differ."""
    print("Python | spaCy | thinc | numpy | workers |", " | ".join(OUTPUTS))  # noqa: T201 - a script
    runs = [*((python, 1) for python in pythons), (pythons[-1], 2)]
    seen = []
    for number, (python, workers) in enumerate(runs):
        versions, sums = run(python, reports, number, workers=workers)
        seen.append(sums)
        print(versions, workers, *(digest[:16] for digest in sums), sep=" | ", flush=True)  # noqa: T201
    return 0 if all(sums == seen[0] for sums in seen) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
