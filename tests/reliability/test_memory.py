"""Tables that are small on disk and huge in memory: what is held is bounded by bytes, not by rows."""

import gzip
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

MEGABYTES = 700
"""More than a report of the largest size takes, with all that is imported; read by rows, the tables take gigabytes."""
READ = """
import sys
from pathlib import Path
from labeler.io.read import read_reports
from labeler.records import Report
counts = {True: 0, False: 0}
for item in read_reports(sys.argv[1:]):
    counts[isinstance(item, Report)] += 1
status = Path("/proc/self/status").read_text()  # getrusage counts what the process was before it began this program
print(counts[True], counts[False], int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def read(path):
    """Read a table in a process of its own; return the reports, the failures and the megabytes at most."""
    done = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


def shared_text(path):
    """Write a thousand rows of Parquet that share one text of 5 MB, in 3 kB."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1000), pa.array(["edema " * 833_333]))
    parquet.write_table(pa.table({"id": list(range(1000)), "text": texts}), path, compression="zstd")
    return 1000, 0


def large_texts(path):
    """Write 200 rows of Parquet with a text of 5 MB each, in 100 kB."""
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    schema = pa.schema([("id", pa.int64()), ("text", pa.string())])
    with parquet.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:
        for number in range(200):
            writer.write_table(pa.table({"id": [number], "text": [f"{number} " + "edema " * 833_333]}, schema=schema))
    return 200, 0


def endless_quote(path):
    """Write a cell of four million lines whose quote is never closed, in 4 kB."""
    path.write_bytes(gzip.compress(b'id,text\ns1,a\ns2,"' + b"\n" * 4_000_000 + b"\ns3,b\n"))
    return 2, 1


def bomb(path):
    """Write a cell that unpacks to 80 MB, in 80 kB."""
    path.write_bytes(gzip.compress(b'id,text\ns1,a\ns2,"' + b"edema, no effusion or consolidation\n" * 2_200_000))
    return 1, 1


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.parquet", shared_text),
        ("b.parquet", large_texts),
        ("c.csv.gz", endless_quote),
        ("d.csv.gz", bomb),
    ],
)
def test_memory_is_bounded_by_bytes(tmp_path, name, make):
    """Every row has its outcome, and none costs another's memory."""
    expected = make(tmp_path / name)
    *counts, megabytes = read(tmp_path / name)
    assert tuple(counts) == expected
    assert megabytes < MEGABYTES
