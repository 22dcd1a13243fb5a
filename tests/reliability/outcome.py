"""Labels what a case has made in a folder and says what came of it, in words."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from click.testing import CliRunner

from labeler.cli.app import main
from labeler.io.read import read_reports
from labeler.pipeline import Labeler
from labeler.records import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TEXT = "Small effusion, no edema."
READ = "Edema absent, Pleural Effusion present"
ONE = f"1 labelled ({READ}); exit 0"
TWO = f"2 labelled ({READ}); exit 0"
NOT_TEXT = "0 labelled, 1 failed (not-text); exit 1"
REFUSED = "refused with a message, exit 2"
_STATUSES = {"1.0": "present", "0.0": "absent", "-1.0": "uncertain"}
_IDENTIFIERS = {"study_id", "subject_id"}


def label(folder: Path, *inputs: str, stdin: bytes | None = None, told: bool = True) -> str:
    """Run `labeler label` on inputs in a folder and say what came of them.

    Parameters
    ----------
    folder : Path
        Where the outputs are written.
    inputs : str
        Inputs and options.
    stdin : bytes, optional
    told : bool
        Whether labels are named, and offsets compared with the text; else reports are counted only.
    """
    evidence = ["--evidence", str(folder / "out.jsonl")] if told else []
    table = folder / "out.csv"
    options = ["-o", str(table), *evidence, "--sections", "all", "--workers", "1", "--quiet"]
    with patch("labeler.pipeline.Labeler", shared_labeler):
        result = CliRunner().invoke(main, ["label", *inputs, *options], input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        return f"crash: {type(result.exception).__name__}"
    if result.exit_code > 1:
        return f"refused with a message, exit {result.exit_code}"
    offsets = _offsets_are_true(folder, [name for name in inputs if name[0] != "-"]) if told else True
    return f"{counts(folder, named=told)}{'' if offsets else ', false offsets'}; exit {result.exit_code}"


def counts(folder: Path, *, named: bool = False) -> str:
    """Says how many reports a run has labelled, perhaps with which labels, and how many failed, of which kind."""
    rows = _rows(folder / "out.csv")
    labels = sorted({f" ({_named(row)})" for row in rows if named and _named(row)})
    return ", ".join([f"{len(rows)} labelled{''.join(labels)}", *_failed(_rows(folder / "out.csv.errors.csv"))])


def one_file(content: str | bytes, folder: Path) -> str:
    """Labels a report of this content."""
    (folder / "a.txt").write_bytes(content.encode() if isinstance(content, str) else content)
    return label(folder, str(folder / "a.txt"))


def one_table(name: str, content: str | bytes, folder: Path, *options: str) -> str:
    """Labels a table of this content."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return label(folder, str(folder / name), *options)


def all_of(make: Callable[[Path], object], folder: Path) -> str:
    """Labels a folder after something was made in it."""
    source = folder / "in"
    source.mkdir()
    make(source)
    try:
        return label(folder, str(source))
    finally:
        shutil.rmtree(source)  # by descriptors, since some paths are too long for pytest to remove


def mentions(folder: Path) -> Counter[str]:
    """Count the mentions of each finding in the evidence of the last run."""
    return Counter(mention["observation"] for mention in _mentions(folder))


def spellings(folder: Path) -> list[str]:
    """Return the mentions of the last run as they stand in the text."""
    return [mention["text"] for mention in _mentions(folder)]


@cache
def shared_labeler(label_set: str | None = None, **options: object) -> Labeler:
    """Make one labeler for all cases; it never changes."""
    return Labeler(label_set, **options)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def _failed(rows: list[dict[str, str]]) -> Iterator[str]:
    if rows:
        kinds = Counter(row["kind"] for row in rows)
        named = (kind if count == len(rows) else f"{count} {kind}" for kind, count in sorted(kinds.items()))
        yield f"{len(rows)} failed ({', '.join(named)})"


def _named(row: dict[str, str]) -> str:
    names = [f"{name} {_STATUSES[value]}" for name, value in row.items() if name not in _IDENTIFIERS and value]
    return ", ".join(names)


def _mentions(folder: Path) -> Iterator[dict[str, str]]:
    with (folder / "out.jsonl").open(encoding="utf-8") as stream:
        for line in stream:
            yield from json.loads(line)["mentions"]


def _offsets_are_true(folder: Path, inputs: list[str]) -> bool:
    texts = {item.id: item.text for item in read_reports(inputs) if isinstance(item, Report)}
    with (folder / "out.jsonl").open(encoding="utf-8") as stream:
        records = [json.loads(line) for line in stream]
    return all(
        texts[record["study_id"]][span["start"] : span["end"]] == span["text"]
        for record in records
        for mention in record["mentions"]
        for span in (mention, mention["sentence"], mention["cue"])
        if span
    )
