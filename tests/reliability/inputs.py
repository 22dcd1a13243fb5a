"""Input as archives bring it, each with what must come of it: the rows of the table of inputs in docs/reliability.md.

What is made for a case stands in a function of its own where a line does not say it. Sizes are multiplied by the
parameter of `cases`, so that the tests can ask the same of smaller ones.
"""

from __future__ import annotations

import csv
import ctypes
import gzip
import io
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import time
import tracemalloc
import zipfile
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from case import Case
from click.testing import CliRunner
from outcome import counts, label, mentions, shared_labeler, spellings

from labeler.cli import main
from labeler.reports.files import MAX_REPORT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAKE = Path(__file__).parents[1] / "cli" / "fake_labeler.py"
"""The command line with another engine, for what needs a process of its own."""
TEXT = "Small effusion, no edema."
READ = "Edema absent, Pleural Effusion present"
ONE = f"1 labelled ({READ}); exit 0"
TWO = f"2 labelled ({READ}); exit 0"
NOT_TEXT = "0 labelled, 1 failed (not-text); exit 1"
REFUSED = "refused with a message, exit 2"
LINEAR = "time and memory grow with the size"


def one_file(content: str | bytes, folder: Path) -> str:
    """Labels a report of this content."""
    (folder / "a.txt").write_bytes(content.encode() if isinstance(content, str) else content)
    return label(folder, str(folder / "a.txt"))


def as_typed(written: str, folder: Path) -> str:
    """Labels a sentence, and says how its mention stands in it."""
    outcome = one_file(written, folder)
    return f"{outcome}; mention {', '.join(map(ascii, spellings(folder)))}"


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


# Text


def encoding_cases() -> Iterator[Case]:
    """Yields what bytes can be."""
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
    """Yields empty reports and line ends of all kinds."""
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
    """Yields words that hold what a reader does not see, or sees as another character."""
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
    """Shows a report whose name and text hold what would move a terminal's cursor."""
    path = folder / "a\x1b[2J\x07b.txt"
    path.write_text("Edema\x1b[2J\x1b]0;title\x07 is\x9b1A seen \u202e.\n")
    with patch("labeler.pipeline.Labeler", shared_labeler):
        result = CliRunner().invoke(main, ["explain", str(path), "--sections", "all"], color=True)
    shown = result.output
    strange = sum(not line.isprintable() for line in shown.split("\n"))
    return f"{strange} lines that a terminal would obey; exit {result.exit_code}"


# Sizes


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
    """Compares what a text costs with what a longer one does, several times where the machine has other work."""
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
    """Returns a text of which the labeler has kept nothing: every part of it has a word that was never used."""
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
    """Yields what is larger than any report."""
    line = "no effusion or edema, large heart, "
    labelled = "1 labelled; exit 0"
    sized = partial(_scaled, scale)
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


def _scaled(scale: float, size: float) -> int:
    return max(20, round(size * scale))


# Folders


def write(folder: Path, *names: str) -> None:
    """Writes reports, and the folders that they are in."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TEXT)


def links(folder: Path) -> None:
    """Makes links that lead nowhere, to themselves, and to their own folder."""
    write(folder, "a.txt", "b/c.txt")
    for name, target in {"d.txt": "gone.txt", "e.txt": "e.txt", "f": "f", "b/up": ".."}.items():
        (folder / name).symlink_to(target)


def names(folder: Path) -> None:
    """Makes files with names that are hard to write down."""
    write(folder, "two\nlines.txt", "tab\there.txt", 'quote"comma,.txt', "\u80ba.txt", "=1+1.txt", "\x1b[2J.txt")
    Path(os.fsdecode(os.fsencode(folder) + b"/latin-\xe9.txt")).write_text(TEXT)


def deep(folder: Path) -> None:
    """Makes a report deeper than any path can name, and one beside."""
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
    """Makes what has the name of a report and is none, and what has not."""
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
    """Yields folders as they come."""
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
    many = partial(all_of_many, _scaled(scale, 1e5))
    yield Case("100000-entries", "a folder of 100,000 reports", "all labelled; exit 0", many)


# Tables


def csv_of(*rows: tuple[str, ...]) -> str:
    """Returns a CSV table with a header."""
    stream = io.StringIO()
    csv.writer(stream).writerows([("study_id", "text"), *rows])
    return stream.getvalue()


def csv_cases(scale: float) -> Iterator[Case]:
    """Yields tables as they come."""
    head, row = "study_id,text\n", f'1,"{TEXT}"\n'
    cut = gzip.compress(f"{head}{row}".encode())
    bad = f"1 labelled ({READ}), 1 failed (bad-row); exit 1"
    rows = {
        "csv-ragged": (
            "a CSV row with a cell too many, one with one too few",
            f"{head}{row}2,a,b\n3\n",
            bad.replace("1 failed", "2 failed"),
        ),
        "csv-duplicate-ids": ("a CSV file with an identifier twice", head + row + row, TWO),
        "csv-no-id": ("a CSV row without an identifier", f"{head}{row},edema\n", bad),
        "csv-missing-column": ("a CSV file without a column of text", "study_id,age\n1,70\n", REFUSED),
        "csv-column-twice": ("a CSV file with two columns of text", "study_id,text,text\n1,a,b\n", REFUSED),
        "csv-semicolons": ("a CSV file with semicolons for commas", "study_id;text\n1;edema\n", REFUSED),
        "csv-empty": ("an empty CSV file", "", "0 labelled, 1 failed (bad-row); exit 1"),
        "csv-header-only": ("a CSV file of a header only", head, "0 labelled; exit 0"),
        "csv-quoted-newlines": (
            "line ends and quotes inside a quoted cell",
            csv_of(("1", 'Small "effusion",\r\nno\redema.')),
            ONE,
        ),
        "csv-10-mb-cell": ("a cell of 10 MB", csv_of(("1", TEXT + " x" * _scaled(scale, 5e6)), ("2", TEXT)), TWO),
        "csv-open-quote": ("a quote that is not closed, two rows before the end", f'{head}1,"edema\n2,"{TEXT}"\n', bad),
        "csv-quote-inside": (
            "a quote inside a quoted cell of three lines",
            f'{head}1,"a\nNormal, "no" edema\nb"\n2,"{TEXT}"\n',
            bad,
        ),
        "csv-cut": ("a CSV file cut inside a cell of two lines", f'{head}{row}2,"no\ned', bad),
        "csv-nul": ("NUL in a cell", f"{head}{row}2,no\0edema\n", bad.replace("bad-row", "not-text")),
        "csv-mixed": (
            "rows of UTF-8 and of Windows-1252",
            f'{head}1,"{TEXT} \xb0"\n'.encode() + f'2,"{TEXT} \xb0"\n'.encode("cp1252"),
            TWO,
        ),
        "csv-utf-16": ("a CSV file in UTF-16", f"{head}{row}".encode("utf-16"), ONE),
        "csv-utf-16-cut": (
            "a CSV file in UTF-16, cut inside a character",
            f"{head}{row}2".encode("utf-16")[:-1],
            f"1 labelled ({READ}), 1 failed (cut-short); exit 1",
        ),
    }
    for name, (what, content, expected) in rows.items():
        yield Case(name, what, expected, partial(one_table, "a.csv", content))
    packed = f"1 labelled ({READ}), 1 failed (cut-short); exit 1"
    # Cut in the checksum: all rows are there, and that the end is not is told.
    yield Case("csv-gz-cut", "a packed CSV file cut short", packed, partial(one_table, "a.csv.gz", cut[:-4]))
    garbage = "0 labelled, 1 failed (cut-short); exit 1"
    yield Case("csv-gz-false", "a CSV file named .csv.gz", garbage, partial(one_table, "a.csv.gz", head + row))


def jsonl_cases() -> Iterator[Case]:
    """Yields JSON Lines and Parquet files as they come."""
    line = json.dumps({"study_id": 1, "text": TEXT}) + "\n"
    bad = f"1 labelled ({READ}), 1 failed (bad-row); exit 1"
    rows = {
        "jsonl-cut": ("a JSON Lines file cut short", line + line[:30], bad),
        "jsonl-no-object": ("a JSON line that is no object", line + "[1]\n", bad),
        "jsonl-nested": ("100,000 brackets in a JSON line", line + "[" * 100_000 + "\n", bad),
        "jsonl-no-text": ("a JSON line without a text", line + '{"study_id": 2}\n', bad),
        "jsonl-digits": ("a number of 10,000 digits", line + f'{{"study_id": {"9" * 10_000}, "text": ""}}\n', bad),
        "jsonl-half-pair": (
            "half of a surrogate pair",
            line + '{"study_id": 2, "text": "\\ud800"}\n',
            bad.replace("bad-row", "not-text"),
        ),
    }
    for name, (what, content, expected) in rows.items():
        yield Case(name, what, expected, partial(one_table, "a.jsonl", content))
    cut = "0 labelled, 1 failed (cut-short); exit 1"
    yield Case("parquet-cut", "a Parquet file cut short", cut, partial(parquet, lambda data: data[:-9]))
    damaged = partial(parquet, lambda data: data[:4] + b"\xff" * 60 + data[64:])
    yield Case("parquet-damaged", "a Parquet file with damaged pages", cut, damaged)


def parquet(damage: Callable[[bytes], bytes], folder: Path) -> str:
    """Labels a damaged Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(pa.table({"study_id": ["1"], "text": [TEXT]}), stream)
    return one_table("a.parquet", damage(stream.getvalue()), folder)


# Zips


def zipped(members: dict[str, str | bytes], **options: int) -> bytes:
    """Returns a zip of members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content, **options)
    return stream.getvalue()


def outside(folder: Path) -> str:
    """Labels a zip whose members' names lead out of it, and looks whether they did."""
    names = ["../../escaped.txt", "/absolute.txt", "C:\\drive.txt", "..\\windows.txt"]
    before = {path.name for path in folder.parent.iterdir()}
    outcome = one_table("a.zip", zipped(dict.fromkeys(names, TEXT)), folder)
    written = {path.name for path in folder.parent.iterdir()} - before
    written |= {path.name for path in folder.iterdir()} - {"a.zip", "out.csv", "out.jsonl"}
    return f"{outcome}; {len(written) or 'no'} file written beside"


def bomb() -> bytes:
    """Returns a zip with a member that unpacks to more than the limit, and another."""
    return zipped({"a.txt": TEXT, "b.txt": bytes(MAX_REPORT_BYTES + 1)}, compresslevel=1)


def lying_bomb() -> bytes:
    """Returns a bomb that states a size of ten bytes."""
    data = bytearray(bomb())
    for signature, at_size in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.rindex(signature)
        data[start + at_size : start + at_size + 4] = struct.pack("<I", 10)
    return bytes(data)


def changed(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Returns a zip with bytes changed after its last signature of a kind."""
    at = data.rindex(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def zip_cases() -> Iterator[Case]:
    """Yields zips as they come, or are made to do harm."""
    two = zipped({"a.txt": TEXT, "b.txt": TEXT})
    limit = MAX_REPORT_BYTES // 2**20

    def one_failed(kind: str) -> str:
        return f"1 labelled ({READ}), 1 failed ({kind}); exit 1"

    encrypted = changed(two, b"PK\x01\x02", 8, b"\x01")
    damaged = changed(two, b"PK\x03\x04", 30 + 5 + 3, b"\xff\xff")
    rows = {
        "zip-bomb": (f"a member that unpacks to more than {limit} MiB", bomb, one_failed("too-large")),
        "zip-lying-bomb": ("the same, stated as ten bytes", lying_bomb, one_failed("cut-short")),
        "zip-encrypted": ("an encrypted member", lambda: encrypted, one_failed("encrypted")),
        "zip-damaged": ("a damaged member", lambda: damaged, one_failed("cut-short")),
        "zip-cut": ("a zip cut short", lambda: two[:-30], "0 labelled, 1 failed (unreadable); exit 1"),
        "zip-unknown-packing": (
            "a member packed in a way that is not known",
            lambda: changed(changed(two, b"PK\x01\x02", 10, b"\x63"), b"PK\x03\x04", 8, b"\x63"),
            one_failed("cut-short"),
        ),
        "zip-in-zip": ("a zip in a zip, beside a report", lambda: zipped({"a.txt": TEXT, "b.zip": two}), ONE),
        "zip-same-name": ("two members of one name", lambda: _same_name(two), REFUSED),
        "zip-no-report": ("a zip without a report", lambda: zipped({"a.html": ""}), REFUSED),
    }
    outcome = f"4 labelled ({READ}); exit 0; no file written beside"
    yield Case("zip-traversal", "members named ../../a.txt, /a.txt and C:\\a.txt", outcome, outside)
    for name, (what, make, expected) in rows.items():
        yield Case(name, what, expected, lambda folder, make=make: one_table("a.zip", make(), folder))


def _same_name(two: bytes) -> bytes:
    return two.replace(b"b.txt", b"a.txt")


# Pipes


def output_closed(folder: Path) -> str:
    """Closes the pipe that labels are written to after the first line."""
    for number in range(300):
        (folder / f"{number}.txt").write_text(TEXT)
    command = [sys.executable, str(FAKE), "label", ".", "--quiet", "--workers", "1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    return f"{'a traceback' if b'Traceback' in told else 'no traceback'}; exit {process.returncode}"


def pipe_cases() -> Iterator[Case]:
    """Yields what comes by standard input, and outputs that nobody reads."""
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
    """Returns all cases, with sizes of a share of what they say."""
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
