"""Reports and rules that would take more work than a report may, and signals while they are at it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import pairwise
from pathlib import Path

from case import Case
from outcome import READ, TEXT, one_table
from phrase_files import RULES, files

from labeler.phrasebook.load import phrases_folder

ANY_WORD = {"DEP": {"NOT_IN": ["none"]}}
NAMES = ("cue", "one", "two", "three", "four", "finding")
SECONDS = 1.0
"""Processor time within which a signal ends a run; other work of the machine does not count."""
WORDS = ("no", "small", "effusion", "edema", "may", "represent", "pneumonia", "or", "mass", "at", "base", "stable")


def rule(operator: str, *, is_chain: bool) -> dict[str, object]:
    """Return a rule of six nodes that almost any word fits: each on the one before, or all on the first."""
    pattern: list[dict[str, object]] = [{"RIGHT_ID": "cue", "RIGHT_ATTRS": ANY_WORD}]
    for before, name in pairwise(NAMES):
        left = before if is_chain else "cue"
        pattern.append({"LEFT_ID": left, "REL_OP": operator, "RIGHT_ID": name, "RIGHT_ATTRS": ANY_WORD})
    named = {"id": "wide", "meaning": "x", "effect": "vetoes", "side": "before", "cases": ["x"]}
    return named | {"pattern": pattern}


def chain(folder: Path) -> str:
    """Load a folder of phrases with a rule of chained transitive operators."""
    broken = json.dumps({"meaning": "x", "dependencies": [rule(".*", is_chain=True)]})
    told = files(folder, changed={RULES: broken})
    return told.partition(" (value")[0]


def star(folder: Path) -> str:
    """Label a report of two clauses of many words with a rule that they fit in very many ways, beside another."""
    phrases = folder / "phrases"
    shutil.copytree(phrases_folder(), phrases)
    wide = {"meaning": "x", "dependencies": [rule(">", is_chain=False)]}
    (phrases / "assertion" / "rules" / "wide.yaml").write_text(json.dumps(wide))
    long = f"No effusion, {'old ' * 60}edema."
    return one_table("r.csv", f'id,text\ns1,"{TEXT}"\ns2,"{long}"\n', folder, f"--phrases={phrases}")


def long_text(characters: int) -> str:
    """Return a text whose every sentence is long, and none like another."""
    picked = random.Random(1).choices(WORDS, k=characters // 5)  # noqa: S311 - no secret
    return " ".join(picked)


def too_slow(folder: Path) -> str:
    """Label a report that takes longer than the time limit, beside another."""
    content = f'id,text\ns1,"{TEXT}"\ns2,"{long_text(1_000_000)}"\n'
    return one_table("r.csv", content, folder, "--time-limit=2")


def terminated(workers: int, folder: Path) -> str:
    """Send SIGTERM while long reports are labelled, and tell whether the run ends soon."""
    rows = (f's{number},"{long_text(300_000)}"\n' for number in range(8))
    (folder / "r.csv").write_text("id,text\n" + "".join(rows))
    command = [sys.executable, "-m", "labeler", "label", "r.csv", "-o", "out.csv", "-q", "--workers", str(workers)]
    process = subprocess.Popen([*command], cwd=folder, stderr=subprocess.DEVNULL)
    while process.poll() is None and not (folder / ".out.csv.journal").exists():
        time.sleep(0.01)
    time.sleep(3)
    before = sum(map(_processor_time, [process.pid, *_workers(process.pid)]))
    process.send_signal(signal.SIGTERM)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    is_soon = used.ru_utime + used.ru_stime - before < SECONDS
    return f"exit {process.returncode}{' within a second' if is_soon else ' late'}"


def _workers(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _processor_time(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


CASES = (
    Case(
        "pattern-chain",
        "a rule of six nodes chained by .*",
        f"{RULES}:1: dependencies: more than 2 operators that lead to any number of words; use > and <",
        chain,
    ),
    Case(
        "pattern-star",
        "a rule that a sentence fits in more than 100,000 ways, beside another report",
        f"1 labelled ({READ}), 1 failed (over-limit); exit 1",
        star,
    ),
    Case(
        "time-limit",
        "a report that takes longer than --time-limit, beside another",
        f"1 labelled ({READ}), 1 failed (over-limit); exit 1",
        too_slow,
    ),
    Case("sigterm-1", "SIGTERM while a long report is labelled", "exit 143 within a second", partial(terminated, 1)),
    Case("sigterm-2", "SIGTERM while two workers do so", "exit 143 within a second", partial(terminated, 2)),
)
