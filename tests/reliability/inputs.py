"""Input as archives bring it, each with what must come of it: the rows of the table of inputs in docs/reliability.md.

What is made for a case stands in a function of its own where a line does not say it. Sizes are multiplied by the
parameter of `cases`, so that the tests can ask the same of smaller ones.
"""

from __future__ import annotations

import ctypes
import gzip
import os
import random
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from case import Case
from click.testing import CliRunner
from containers import csv_cases, jsonl_cases, zip_cases
from outcome import (
    NOT_TEXT,
    ONE,
    READ,
    REFUSED,
    TEXT,
    all_of,
    counts,
    label,
    one_file,
    shared_labeler,
    spellings,
)
from sizes import scaled, size_cases

from labeler.cli.app import main

if TYPE_CHECKING:
    from collections.abc import Iterator

FAKE = Path(__file__).parents[1] / "cli" / "fake_labeler.py"
"""The command line with another engine, for what needs a process of its own."""


def as_typed(written: str, folder: Path) -> str:
    """Labels a sentence, and says how its mention stands in it."""
    outcome = one_file(written, folder)
    return f"{outcome}; mention {', '.join(map(ascii, spellings(folder)))}"


def encoding_cases() -> Iterator[Case]:
    """Yield what bytes can be."""
    typed = "Temp. 37\u00b0. " + TEXT
    readable = {
        "utf-8": ("UTF-8", typed.encode()),
        "utf-8-bom": ("UTF-8 with a byte order mark", typed.encode("utf-8-sig")),
        "utf-16-le": ("UTF-16, little end first, with a byte order mark", b"\xff\xfe" + typed.encode("utf-16-le")),
        "utf-16-be": ("UTF-16, big end first, with a byte order mark", b"\xfe\xff" + typed.encode("utf-16-be")),
        "latin-1": ("Latin-1", typed.encode("latin-1")),
        "windows-1252": ("Windows-1252 with curly quotes and a dash", f"\u201c{typed}\u201d \u2013".encode("cp1252")),
        "dos-end-of-file": ("the end-of-file mark of DOS after the text", typed.encode("latin-1") + b"\x1a"),
    }
    for name, (what, data) in readable.items():
        yield Case(name, what, ONE, partial(one_file, data))
    unreadable = {
        "utf-16-unmarked": ("UTF-16 without a byte order mark", typed.encode("utf-16-le")),
        "utf-16-cut": ("UTF-16 cut in the middle of a character", typed.encode("utf-16")[:-1]),
        "utf-32": ("UTF-32", typed.encode("utf-32")),
        "false-bom": ("marked as UTF-8, which it is not", b"\xef\xbb\xbf" + typed.encode("latin-1")),
        "invalid-bytes": ("bytes that are neither UTF-8 nor Windows-1252", b"no edema \x81\x8d"),
        "nul": ("NUL between the words", b"no\0edema"),
        "picture": ("a picture named .txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        "packed-text": ("a gzip file named .txt", gzip.compress(TEXT.encode())),
        "random-bytes": ("random bytes", random.Random(7).randbytes(4096)),  # noqa: S311
    }
    for name, (what, data) in unreadable.items():
        yield Case(name, what, NOT_TEXT, partial(one_file, data))


def layout_cases() -> Iterator[Case]:
    """Yield empty reports and line ends of all kinds."""
    nothing = "1 labelled; exit 0"
    yield Case("empty", "an empty file", nothing, partial(one_file, ""))
    yield Case("white-space", "white space only", nothing, partial(one_file, " \r\n\t\f \xa0\u3000\n"))
    yield Case("only-invisible", "a byte order mark and nothing else", nothing, partial(one_file, "\ufeff\u200b"))
    lines = "FINDINGS:\nSmall effusion.\nIMPRESSION:\nNo edema,\nlungs clear."
    ends = {
        "crlf": ("CR LF", "\r\n"),
        "cr": ("CR alone", "\r"),
        "cr-cr-lf": ("CR CR LF, as a second conversion leaves it", "\r\r\n"),
        "form-feed": ("form feeds between the lines", "\n\f"),
        "form-feed-alone": ("form feeds as line ends", "\f"),
        "vertical-tab": ("vertical tabs as line ends", "\v"),
        "unicode-line-ends": ("Unicode's line separators", "\u2028"),
    }
    for name, (what, end) in ends.items():
        yield Case(name, f"line ends: {what}", ONE, partial(one_file, lines.replace("\n", end)))


def character_cases() -> Iterator[Case]:
    """Yield words that hold what a reader does not see, or sees as another character."""
    words = {
        "zero-width-space": ("a zero-width space inside a word", "pneumo\u200bthorax"),
        "zero-width-joiner": (
            "zero-width joiners and a byte order mark inside a word",
            "pneu\u200dmo\u200ctho\ufeffrax",
        ),
        "soft-hyphen": ("soft hyphens", "pneu\xadmo\xadtho\xadrax"),
        "bidi-marks": ("right-to-left marks and overrides", "\u202epneumo\u200fthorax\u202c"),
        "combining-accent": ("a combining accent", "pneumotho\u0301rax"),
        "accent": ("a letter with an accent", "pneumoth\xf3rax"),
        "full-width": ("letters of full width", "\uff30neumothora\uff58"),
        "control-inside": ("control characters inside a word", "pneumo\x08\x01thorax"),
        "colours": ("the colours of a terminal", "\x1b[1;31mpneumothorax\x1b[0m"),
    }
    for name, (what, word) in words.items():
        inner = word.strip("\u202e\u202c").removeprefix("\x1b[1;31m").removesuffix("\x1b[0m")
        expected = f"1 labelled (Pneumothorax present); exit 0; mention {inner!a}"
        yield Case(name, what, expected, partial(as_typed, f"Small {word}."))
    sentences = {
        "ligature": ("a ligature, as out of a PDF file", "No e\ufb00usion.", "Pleural Effusion absent", "e\ufb00usion"),
        "no-break-space": ("no-break spaces", "No airspace\xa0disease.", "Lung Opacity absent", "airspace\xa0disease"),
        "wide-space": ("an ideographic space", "No\u3000edema.", "Edema absent", "edema"),
        "typographic-quote": ("a curly apostrophe", "Can\u2019t exclude edema.", "Edema uncertain", "edema"),
        "typographic-dash": ("dashes for hyphens", "Re\u2010demonstrated edema \u2014 mild.", "Edema present", "edema"),
        "chinese": ("Chinese", "\u80ba\u6c34\u80bf\u3002No edema\u3002", "Edema absent", "edema"),
        "emoji": (
            "emoji, with joiners and skin tones",
            "No edema \U0001f468\U0001f3fd\u200d\u2695\ufe0f.",
            "Edema absent",
            "edema",
        ),
        "arabic": ("Arabic", "\u0644\u0627 \u064a\u0648\u062c\u062f. No edema.", "Edema absent", "edema"),
    }
    for name, (what, text, labels, word) in sentences.items():
        named = sorted([labels, "No Finding present"] if labels.endswith("absent") else [labels])
        expected = f"1 labelled ({', '.join(named)}); exit 0; mention {word!a}"
        yield Case(name, what, expected, partial(as_typed, text))


def on_a_terminal(folder: Path) -> str:
    """Show a report whose name and text hold what would move a terminal's cursor."""
    path = folder / "a\x1b[2J\x07b.txt"
    path.write_text("Edema\x1b[2J\x1b]0;title\x07 is\x9b1A seen \u202e.\n")
    with patch("labeler.pipeline.Labeler", shared_labeler):
        result = CliRunner().invoke(main, ["explain", str(path), "--sections", "all"], color=True)
    shown = result.output
    strange = sum(not line.isprintable() for line in shown.split("\n"))
    return f"{strange} lines that a terminal would obey; exit {result.exit_code}"


def write(folder: Path, *names: str) -> None:
    """Write reports, and the folders that they are in."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TEXT)


def links(folder: Path) -> None:
    """Make links that lead nowhere, to themselves, and to their own folder."""
    write(folder, "a.txt", "b/c.txt")
    for name, target in {"d.txt": "gone.txt", "e.txt": "e.txt", "f": "f", "b/up": ".."}.items():
        (folder / name).symlink_to(target)


def names(folder: Path) -> None:
    """Make files with names that are hard to write down."""
    write(folder, "two\nlines.txt", "tab\there.txt", 'quote"comma,.txt', "\u80ba.txt", "=1+1.txt", "\x1b[2J.txt")
    Path(os.fsdecode(os.fsencode(folder) + b"/latin-\xe9.txt")).write_text(TEXT)


def deep(folder: Path) -> None:
    """Make a report deeper than any path can name, and one beside."""
    write(folder, "z.txt")
    before = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(300):
            Path("level-of-a-deep-folder").mkdir()
            os.chdir("level-of-a-deep-folder")
        Path("a.txt").write_text(TEXT)
    finally:
        os.chdir(before)


def all_of_many(number: int, folder: Path) -> str:
    """Labels a folder of many reports and says whether each has its row."""
    (folder / "in").mkdir()
    for at in range(number):
        (folder / "in" / f"{at}.txt").write_text(TEXT)
    outcome = label(folder, str(folder / "in"), told=False)
    shutil.rmtree(folder / "in")
    return outcome.replace(f"{number} labelled", "all labelled")


def unlike_files(folder: Path) -> None:
    """Make what has the name of a report and is none, and what has not."""
    write(folder, "a.txt", "b.txt/c.txt", ".hidden.txt", "__MACOSX/d.txt", "e.html")
    os.mkfifo(folder / "f.txt")


def without_permission(folder: Path) -> str:
    """Labels a folder with a file and a folder that may not be read, without a superuser's right to read all."""
    source = folder / "in"
    write(source, "a.txt", "b.txt", "c/d.txt", "e.txt")
    (source / "b.txt").chmod(0)
    (source / "c").chmod(0)
    command = [sys.executable, str(FAKE), "label", "in", "-o", "out.csv", "--quiet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, preexec_fn=_give_up_rights)
    (source / "c").chmod(0o700)
    return f"{counts(folder)}; exit {done.returncode}"


def _give_up_rights() -> None:
    drop_from_bounding_set, read_all, search_all = 24, 1, 2
    for right in (read_all, search_all):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)


def folder_cases(scale: float) -> Iterator[Case]:
    """Yield folders as they come."""
    unreadable = f"2 labelled ({READ}), 3 failed (unreadable); exit 1"
    rows = {
        "links": ("links that lead nowhere, to themselves and up", unreadable, links),
        "names": (
            "names with newlines, tabs, quotes, escapes and bytes that are no text",
            f"7 labelled ({READ}); exit 0",
            names,
        ),
        "deep-nesting": (
            "folders deeper than a path can name",
            f"1 labelled ({READ}), 1 failed (unreadable); exit 1",
            deep,
        ),
        "unlike-files": (
            "a pipe and a folder named .txt, hidden files",
            f"2 labelled ({READ}), 1 failed (unreadable); exit 1",
            unlike_files,
        ),
        "same-name": ("two reports of one name in two folders", REFUSED, lambda at: write(at, "a/1.txt", "b/1.txt")),
        "no-report": ("a folder without a report", REFUSED, lambda at: write(at, "a.html")),
    }
    for name, (what, expected, make) in rows.items():
        yield Case(name, what, expected, partial(all_of, make))
    failed = "2 labelled, 2 failed (unreadable); exit 1"
    yield Case("permissions", "a file and a folder that may not be read", failed, without_permission)
    many = partial(all_of_many, scaled(scale, 1e5))
    yield Case("100000-entries", "a folder of 100,000 reports", "all labelled; exit 0", many)


def output_closed(folder: Path) -> str:
    """Close the pipe that labels are written to after the first line."""
    for number in range(300):
        (folder / f"{number}.txt").write_text(TEXT)
    command = [sys.executable, str(FAKE), "label", ".", "--quiet", "--workers", "1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    return f"{'a traceback' if b'Traceback' in told else 'no traceback'}; exit {process.returncode}"


def pipe_cases() -> Iterator[Case]:
    """Yield what comes by standard input, and outputs that nobody reads."""
    yield Case("output-closed", "the reader of the labels goes away", "no traceback; exit 1", output_closed)
    cut = b'{"study_id": 1, "text": "Small effusion, no edema."}\n{"study_id": 2, "te'
    yield Case(
        "input-closed",
        "a pipe of JSON Lines that is closed early",
        "1 labelled, 1 failed (bad-row); exit 1",
        lambda folder: label(folder, "-", "--input-format", "jsonl", stdin=cut, told=False),
    )
    yield Case("stdin-empty", "nothing on standard input", "1 labelled; exit 0", partial(_stdin, b""))
    yield Case("stdin-nul", "NUL on standard input", NOT_TEXT, partial(_stdin, b"no\0edema"))


def _stdin(data: bytes, folder: Path) -> str:
    return label(folder, "-", stdin=data, told=False)


def cases(scale: float = 1) -> tuple[Case, ...]:
    """Return all cases, with sizes of a share of what they say."""
    shown = "0 lines that a terminal would obey; exit 0"
    return (
        *encoding_cases(),
        *layout_cases(),
        *character_cases(),
        Case("terminal", "escapes that move a terminal's cursor, in a text and a name", shown, on_a_terminal),
        *size_cases(scale),
        *folder_cases(scale),
        *csv_cases(scale),
        *jsonl_cases(),
        *zip_cases(),
        *pipe_cases(),
    )


CASES = cases()
