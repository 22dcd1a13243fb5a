"""Measures what must not grow or slow down: against an earlier checkout, in the number of cues, and of workers."""

from __future__ import annotations

import csv
import statistics
import time
from typing import TYPE_CHECKING

from labeler.pipeline import Labeler
from labeler.scoring.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from eval.speed import Run

_PAIRS = 5
_DENSE = ("no effusion, ", "possible effusion or ")
_SIZES = (1000, 3080, 20_000)


def against(run: Callable[..., Run], few: Path, many: Path, out: Path, before: Path | None) -> Table:
    """Measures this checkout and an earlier one in turn; the ratio is the median of those of the pairs."""
    parsed, closed = out / "parsed.txt", out / "closed.txt"
    parsed.write_text("IMPRESSION: Small left effusion. No edema, fibrosis distorts the upper lobes.")
    closed.write_text("IMPRESSION: Small left effusion. No edema. Opacity which may represent pneumonia.")
    commands = [
        ("first label, no parse needed, seconds", _PAIRS, "seconds", (closed,)),
        ("first label, one sentence parsed, seconds", _PAIRS, "seconds", (parsed,)),
        ("20,000 files, 1 worker, processor seconds", _PAIRS, "processor", (few, "--workers", 1)),
        ("all files, 2 workers, seconds", 1, "seconds", (many, "--workers", 2)),
    ]
    places = (None, before) if before else (None,)
    rows = []
    for name, pairs, figure, inputs in commands:
        command = ("-m", "labeler", "label", *inputs, "-o", out / "against.csv", "-q")
        taken = [[getattr(run(*command, checkout=place), figure) for place in places] for _ in range(pairs)]
        middle = [f"{statistics.median(of_one):.2f}" for of_one in zip(*taken, strict=True)]
        ratio = f"{statistics.median(pair[0] / pair[1] for pair in taken):.2f}" if before else "-"
        rows.append((name, middle[0], middle[1] if before else "-", ratio))
    title = f"Against {before.name if before else 'nothing'} (median of {_PAIRS} pairs, one pair for all files)"
    return Table(title, ("", "now", "then", "ratio"), tuple(rows), "")


def dense() -> Table:
    """Measures one sentence of n cues and of 2 n."""
    labeler = Labeler(sections="all", readers=("negex",))
    labeler.label("no edema")
    rows = []
    for part in _DENSE:
        count = 900 // len(part) // 2
        once, twice = (_of_sentence(labeler, part * times) for times in (count, 2 * count))
        rows.append((f"`{part.strip()}` {count} and {2 * count} times", f"{1e3 * once:.2f}", f"{twice / once:.2f}"))
    return Table(
        "One sentence full of cues", ("", "milliseconds of processor time", "for twice as many, times"), tuple(rows), ""
    )


def _of_sentence(labeler: Labeler, text: str) -> float:
    """Return the seconds that a new sentence takes; a number of blanks makes it new to the cache."""
    taken = []
    for times in range(1, 10):
        started = time.process_time()
        labeler.label(text + "x" * times)
        taken.append(time.process_time() - started)
    return min(taken)


def automatic(run: Callable[..., Run], texts: Sequence[str], out: Path) -> Table:
    """Measures `--workers auto` against one and two, on one CSV of some reports."""
    rows = []
    for size in _SIZES:
        table = out / f"{size}.csv"
        with table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["study_id", "text"])
            writer.writerows((number, texts[number % len(texts)]) for number in range(size))
        taken: dict[str, list[float]] = {workers: [] for workers in ("auto", "1", "2")}
        for _ in range(_PAIRS):
            for workers, seconds in taken.items():
                options = ("--workers", workers, "-o", out / "auto.csv", "-q")
                seconds.append(run("-m", "labeler", "label", table, *options).seconds)
        rows.append((f"{size:,}", *(f"{statistics.median(seconds):.1f}" for seconds in taken.values())))
    return Table(
        f"Reports in one CSV, seconds (median of {_PAIRS})",
        ("reports", "auto", "1 worker", "2 workers"),
        tuple(rows),
        "",
    )
