"""Reports that are larger than any, and what a longer text costs."""

from __future__ import annotations

import time
import tracemalloc
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING

from case import Case
from outcome import (
    READ,
    TEXT,
    all_of,
    label,
    mentions,
    shared_labeler,
)

from labeler.io.files import MAX_REPORT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINEAR = "time and memory grow with the size"


def large_file(unit: str, number: int, folder: Path) -> str:
    """Labels a report of one unit many times."""
    (folder / "a.txt").write_text(unit * number)
    return label(folder, str(folder / "a.txt"), told=False)


def many_mentions(number: int, folder: Path) -> str:
    """Labels a report of many mentions in one sentence, and counts those that were found."""
    (folder / "a.txt").write_text("effusion, " * number)
    outcome = label(folder, str(folder / "a.txt"))
    found = mentions(folder)["Pleural Effusion"]
    return f"{outcome}; {'every' if found == number else found} mention found"


def too_large_file(folder: Path) -> str:
    """Labels a folder with a file above the limit, of which no block is on the disk."""

    def make(source: Path) -> None:
        (source / "a.txt").write_text(TEXT)
        with (source / "b.txt").open("wb") as file:
            file.truncate(MAX_REPORT_BYTES + 1)

    return all_of(make, folder)


UNITS = {
    "one-line": ("words in a single line", "mild edema of the bases, no effusion, "),
    "one-word": ("letters in a single word", "x"),
    "one-word-lines": ("lines of one word", "effusion\n"),
    "mentions": ("mentions", "small effusion, "),
    "colons": ("colons", "Heart: "),
    "invisible": ("invisible characters", "e\u200bf\u200bfusion "),
    "blank-lines": ("blank lines", " \n"),
    "carriage-returns": ("carriage returns", "\r"),
    "escapes": ("beginnings of terminal escapes", "\x1b[1"),
}
FACTOR = 8
"""How many times the length of the shorter text the longer one has."""
TOLERANCE = 2
"""By how much a character may seem to cost more in the longer text; it is `FACTOR` where work grows with the square."""
LEAST = 0.005
"""Seconds of processor time that the shorter text takes at least, so that it can be measured."""
LONGEST = 32_000
"""Characters of the shorter text at most."""
TRIES = 5
_numbers = count()


def growth(unit: str, _folder: Path) -> str:
    """Compare what a text costs with what a longer one does, several times where the machine has other work."""
    size = 500
    while _seconds(unit, size) < LEAST and size < LONGEST:
        size *= 2
    for _ in range(TRIES):
        times = _seconds(unit, FACTOR * size) / max(LEAST / 2, _seconds(unit, size))
        if times <= TOLERANCE * FACTOR:
            break
    else:
        return f"{FACTOR} times the size took {times:.0f} times the time"
    times = _peak(unit, FACTOR * size) / _peak(unit, size)
    return LINEAR if times <= TOLERANCE * FACTOR else f"{FACTOR} times the size took {times:.0f} times the memory"


def _new(unit: str, size: int) -> str:
    """Return a text of which the labeler has kept nothing: every part of it has a word that was never used."""
    parts = (unit * 20 + "".join(chr(97 + int(digit)) for digit in str(next(_numbers))) + " " for _ in count())
    return "".join(islice(parts, size // (20 * len(unit)) + 1))


def _seconds(unit: str, size: int) -> float:
    labeler, text = shared_labeler(sections="all"), _new(unit, size)
    start = time.process_time()
    labeler.label(text)
    return time.process_time() - start


def _peak(unit: str, size: int) -> int:
    labeler, text = shared_labeler(sections="all"), _new(unit, size)
    tracemalloc.start()
    try:
        labeler.label(text)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def size_cases(scale: float) -> Iterator[Case]:
    """Yield what is larger than any report."""
    line = "no effusion or edema, large heart, "
    labelled = "1 labelled; exit 0"
    sized = partial(scaled, scale)
    yield Case("one-line-50-mb", "a single line of 50 MB", labelled, partial(large_file, line, sized(50e6 / len(line))))
    yield Case("one-word-50-mb", "a single word of 50 MB", labelled, partial(large_file, "x", sized(50e6)))
    yield Case("million-lines", "a million lines of one word", labelled, partial(large_file, "effusion\n", sized(1e6)))
    yield Case(
        "100000-mentions",
        "a report of 100,000 mentions in one sentence",
        "1 labelled (Pleural Effusion present); exit 0; every mention found",
        partial(many_mentions, sized(1e5)),
    )
    limit = MAX_REPORT_BYTES // 2**20
    expected = f"1 labelled ({READ}), 1 failed (too-large); exit 1"
    yield Case("too-large", f"a file of more than {limit} MiB beside another", expected, too_large_file)
    for name, (what, unit) in UNITS.items():
        yield Case(f"growth-{name}", f"{FACTOR} times as many {what}", LINEAR, partial(growth, unit))


def scaled(scale: float, size: float) -> int:
    """Return a share of a size, and some at least."""
    return max(20, round(size * scale))
