"""Tables and zips as archives bring them, or as they are made to do harm."""

from __future__ import annotations

import csv
import gzip
import io
import json
import struct
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any

from case import Case
from outcome import (
    ONE,
    READ,
    REFUSED,
    TEXT,
    TWO,
    label,
    one_table,
)
from sizes import scaled

from labeler.io.files import MAX_REPORT_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def csv_of(*rows: tuple[str, ...]) -> str:
    """Return a CSV table with a header."""
    stream = io.StringIO()
    csv.writer(stream).writerows([("study_id", "text"), *rows])
    return stream.getvalue()


def csv_cases(scale: float) -> Iterator[Case]:
    """Yield tables as they come."""
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
        "csv-semicolons": (
            "a CSV file with semicolons for commas",
            "study_id;text\n1;edema\n",
            "1 labelled (Edema present); exit 0",
        ),
        "csv-empty": ("an empty CSV file", "", "0 labelled, 1 failed (bad-row); exit 1"),
        "csv-header-only": ("a CSV file of a header only", head, "0 labelled; exit 0"),
        "csv-quoted-newlines": (
            "line ends and quotes inside a quoted cell",
            csv_of(("1", 'Small "effusion",\r\nno\redema.')),
            ONE,
        ),
        "csv-10-mb-cell": ("a cell of 10 MB", csv_of(("1", TEXT + " x" * scaled(scale, 5e6)), ("2", TEXT)), TWO),
        "csv-open-quote": ("a quote that is not closed, two rows before the end", f'{head}1,"edema\n2,"{TEXT}"\n', bad),
        "csv-quote-inside": (
            "a quote inside a quoted cell of three lines",
            f'{head}1,"a\nNormal, "no" edema\nb"\n2,"{TEXT}"\n',
            bad,
        ),
        "csv-open-lines": (
            "a text of three lines without quotes, each with as many commas as the header",
            f'{head}1,"{TEXT}"\n2,edema\nHeart normal, no edema\nStable, unchanged\n',
            bad.replace("1 failed", "3 failed"),
        ),
        "csv-joined": ("two CSV files joined with their headers", f"{head}{row}{head}", bad),
        "csv-case-alone": ("CSV columns that differ by case alone", "study_id,text,Text\n1,a,b\n", REFUSED),
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
    """Yield JSON Lines and Parquet files as they come."""
    line = json.dumps({"study_id": 1, "text": TEXT}) + "\n"
    bad = f"1 labelled ({READ}), 1 failed (bad-row); exit 1"
    rows = {
        "jsonl-cut": ("a JSON Lines file cut short", line + line[:30], bad),
        "jsonl-no-object": ("a JSON line that is no object", line + "[1]\n", bad),
        "jsonl-nested": ("100,000 brackets in a JSON line", line + "[" * 100_000 + "\n", bad),
        "jsonl-no-text": ("a JSON line without a text", line + '{"study_id": 2}\n', bad),
        "jsonl-no-text-first": ("a first JSON line without a text", '{"study_id": 2}\n' + line, bad),
        "jsonl-key-twice": ("a JSON line with a key twice", line + '{"study_id": 2, "text": "a", "text": "b"}\n', bad),
        "jsonl-rounded-id": (
            "a number for an identifier that a float does not hold",
            line + '{"study_id": 12345678901234567.0, "text": "edema"}\n',
            bad,
        ),
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
    yield Case("parquet-cut", "a Parquet file cut short", cut, partial(damaged_parquet, lambda data: data[:-9]))
    damaged = partial(damaged_parquet, lambda data: data[:4] + b"\xff" * 60 + data[64:])
    yield Case("parquet-damaged", "a Parquet file with damaged pages", cut, damaged)
    none = "0 labelled, 1 failed (bad-row); exit 1"
    yield Case("parquet-odd-id", "an identifier of Parquet that Python cannot hold", none, odd_identifier)
    one_bad = "1999 labelled, 1 failed (not-text); exit 1"
    yield Case("parquet-bad-bytes", "2,000 rows of Parquet, one with bytes that are not UTF-8", one_bad, bad_bytes)


def bad_bytes(folder: Path) -> str:
    """Label a Parquet file of many rows of which one is no text."""
    import pyarrow as pa

    texts = pa.array([b"no edema" if number != 72 else b"ed\xffema" for number in range(2000)])
    texts = pa.StringArray.from_buffers(2000, *texts.buffers()[1:])
    (folder / "a.parquet").write_bytes(parquet([str(number) for number in range(2000)], texts))
    return label(folder, str(folder / "a.parquet"), told=False)


def damaged_parquet(damage: Callable[[bytes], bytes], folder: Path) -> str:
    """Labels a damaged Parquet file."""
    return one_table("a.parquet", damage(parquet(["1"])), folder)


def odd_identifier(folder: Path) -> str:
    """Labels a Parquet file whose identifiers are durations, one of which is longer than any that Python knows."""
    import pyarrow as pa

    return one_table("a.parquet", parquet(pa.array([2**60], pa.duration("s"))), folder)


def parquet(study_ids: Any, texts: Any = None) -> bytes:
    """Return a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(pa.table({"study_id": study_ids, "text": [TEXT] if texts is None else texts}), stream)
    return stream.getvalue()


def zipped(members: dict[str, str | bytes], **options: int) -> bytes:
    """Return a zip of members."""
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
    """Return a zip with a member that unpacks to more than the limit, and another."""
    return zipped({"a.txt": TEXT, "b.txt": bytes(MAX_REPORT_BYTES + 1)}, compresslevel=1)


def lying_bomb() -> bytes:
    """Return a bomb that states a size of ten bytes."""
    data = bytearray(bomb())
    for signature, at_size in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.rindex(signature)
        data[start + at_size : start + at_size + 4] = struct.pack("<I", 10)
    return bytes(data)


def changed(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """Return a zip with bytes changed after its last signature of a kind."""
    at = data.rindex(signature) + offset
    return data[:at] + value + data[at + len(value) :]


def zip_cases() -> Iterator[Case]:
    """Yield zips as they come, or are made to do harm."""
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
