"""Provokes every case of this folder at full size and writes what came of it into docs/reliability.md.

    python tests/reliability/report.py [TABLE...]

TABLE is a module of this folder that offers CASES, such as `inputs`; all without one. Ends with 1 where an outcome is
not the expected one.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import SkipTest

if TYPE_CHECKING:
    from types import ModuleType

    from case import Case

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reliability.md"
AS_EXPECTED = "as expected"
NOT_TRIED = "not tried: "
LIMITS = {
    "labeler.io.source.MAX_REPORT_BYTES": "A report of more bytes is one failed row, `too-large`: a file, a cell, "
    "a line, and what a member of a zip unpacks to, whatever size the zip states.",
    "labeler.text.sentences.LONGEST_SENTENCE": "A sentence of more characters is cut between two words, and each piece "
    "is read by itself.",
    "labeler.limits.SECONDS_PER_REPORT": "A report that takes more seconds is one failed row, `over-limit`; "
    "`--time-limit` says otherwise.",
    "labeler.limits.GIBIBYTES_PER_PROCESS": "A report with which a process takes more GiB is one failed row, "
    "`over-limit`; `--memory-limit` says otherwise. Linux holds it.",
    "labeler.assertions.matcher.MATCHES_PER_SENTENCE": "A report with a sentence on which all dependency rules "
    "together try more words is one failed row, `over-limit`.",
    "labeler.phrasebook.patterns.MAX_TRANSITIVE": "A pattern with more operators that lead to any number of words is "
    "refused.",
    "labeler.pipeline.CACHED_SENTENCES": "Of more sentences those are forgotten that were not met for the longest.",
    "labeler.phrasebook.yaml_files.MAX_BYTES": "A phrase file of more bytes is refused.",
    "labeler.phrasebook.yaml_files.MAX_TEXTS": "A file whose phrases stand for more texts is refused.",
    "labeler.phrasebook.fields.MAX_TEXT": "A phrase or cue of more characters is refused.",
    "labeler.phrasebook.folder.MAX_FOLDER_BYTES": "A folder of more bytes of YAML together is refused.",
}
_HEAD = ("| case | what happens | what must come of it | what came of it |", "|---|---|---|---|")
_REPORTS = re.compile(r"(\d+) (?:labelled|failed)")
_LOST = re.compile(r"rows lost (\d+)")


@cache
def modules() -> dict[str, ModuleType]:
    """Return the modules of this folder that offer cases, by name."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.py"))}
    return {name: import_module(name) for name, text in texts.items() if re.search(r"^CASES\b", text, re.MULTILINE)}


def limits() -> str:
    """Return the table of limits, with their values in the code."""
    rows = [f"| `{name}` | {_value(name):,} | {what} |" for name, what in LIMITS.items()]
    return "\n".join(["| limit | value | what is beyond it |", "|---|---|---|", *rows])


def counts(page: str) -> str:
    """Return the table of counts, from the other tables of the page: one that differs is counted as it came out."""
    lines, sums = [], [0, 0, 0, 0]
    for name in modules():
        outcomes = [row[3] for row in rows_of(page, name) if not row[3].startswith(NOT_TRIED)]
        lost_rows = sum(map(int, re.findall(r"Rows lost: (\d+)", _table(page, name)[1])))
        leaks = sum("report text is shown" in outcome for outcome in outcomes)
        numbers = [len(outcomes), outcomes.count(AS_EXPECTED), lost_rows, leaks]
        sums = [before + number for before, number in zip(sums, numbers, strict=True)]
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(map(str, numbers))} |")
    head = ["| cases | tried | as expected | rows lost | leaks |", "|---|---|---|---|---|"]
    return "\n".join([*head, *lines, f"| all | {' | '.join(map(str, sums))} |"])


def _value(name: str) -> int:
    module, _, constant = name.rpartition(".")
    value: int = getattr(import_module(module), constant)
    return value


def rows_of(page: str, name: str) -> list[list[str]]:
    """Return the cells of the rows of a table of the page."""
    lines = _table(page, name)[1].strip().splitlines()
    rows = [line for line in lines if line.startswith("| ")][1:]
    return [[_plain(cell) for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def observed(case: Case) -> str:
    """Provokes a case in an empty folder and return what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return case.provoke(Path(folder))
        except SkipTest as reason:
            return f"{NOT_TRIED}{reason}"


def lost(case: Case, outcome: str) -> int:
    """Count the reports that are neither labelled nor among the failures, as far as an outcome speaks of reports."""
    if outcome.startswith(NOT_TRIED):
        return 0
    missing = sum(map(int, _REPORTS.findall(case.expected))) - sum(map(int, _REPORTS.findall(outcome)))
    return max(0, missing) + sum(map(int, _LOST.findall(outcome)))


def table(cases: tuple[Case, ...]) -> tuple[str, bool]:
    """Provokes cases and return their table with its counts, and whether all came as expected."""
    rows, counts = [], {AS_EXPECTED: 0, NOT_TRIED: 0, "": 0}
    rows_lost = 0
    for case in cases:
        started = time.perf_counter()
        outcome = observed(case)
        rows_lost += lost(case, outcome)
        told = AS_EXPECTED if outcome == case.expected else outcome
        counts[next(kind for kind in counts if told.startswith(kind))] += 1
        rows.append(f"| {' | '.join(map(_cell, (case.id, case.what, case.expected, told)))} |")
        sys.stderr.write(f"{case.id}: {told} ({time.perf_counter() - started:.1f} s)\n")
    tried = len(cases) - counts[NOT_TRIED]
    told = (
        f"Tried: {tried}. As expected: {counts[AS_EXPECTED]}. Not tried: {counts[NOT_TRIED]}. Rows lost: {rows_lost}."
    )
    return "\n".join([told, "", *_HEAD, *rows]), not counts[""] and not rows_lost


def main(names: list[str]) -> bool:
    """Write the tables into the page, and say whether all came as expected."""
    write("limits", limits())
    right = True
    for name in names or modules():
        text, as_expected = table(modules()[name].CASES)
        write(name, text)
        right = right and as_expected
    write("counts", counts(PAGE.read_text(encoding="utf-8")))
    return right


def write(name: str, text: str) -> None:
    """Write a table into the page."""
    before, _, after = _table(PAGE.read_text(encoding="utf-8"), name)
    PAGE.write_text(f"{before}\n{text}\n{after}", encoding="utf-8")


def _table(page: str, name: str) -> tuple[str, str, str]:
    """Return what stands before, in and after a table of the page."""
    start, end = f"<!-- table: {name} -->", "<!-- end -->"
    before, found, rest = page.partition(start)
    inside, ended, after = rest.partition(end)
    if not (found and ended):
        raise SystemExit(f"{PAGE} has no place for the cases of {name}; write {start} and {end} there.")
    return before + start, inside, end + after


def _cell(text: str) -> str:
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _plain(cell: str) -> str:
    return cell.strip().replace("&lt;", "<").replace("\\|", "|").replace("\\\\", "\\").replace("&amp;", "&")


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
