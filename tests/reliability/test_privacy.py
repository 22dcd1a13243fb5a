"""A marker stands all over every text and every error is provoked: nothing that was written may hold it."""

import gzip
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import traceback
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner
from faulty_labeler import FaultyLabeler
from pyarrow import parquet

from labeler.cli.app import main
from labeler.io.columns import Columns
from labeler.spark import _LabelRows

MARK = "zqxj"
TEXT = f"{MARK} no edema {MARK}\n\nIMPRESSION: {MARK}, pneumonia {MARK} may {MARK}\n{MARK}"
TEXT += " The heart is normal in size and the lungs are clear. There is no pleural effusion on either side."
FORMS = [MARK.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]


class Place:
    """The place where a command runs: a folder for the inputs, and one for all that is written."""

    def __init__(self, folder):
        self.inputs, self.written = folder / "in", folder / "written"
        for name in ("in", "written/out", "written/tmp", "written/here"):
            (folder / name).mkdir(parents=True)
        self.out = self.written / "out"
        self.said = []
        self.codes = []

    def put(self, name, content):
        """Write an input."""
        path = self.inputs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *arguments, code):
        """Run a command, keep all that it says, and check how it ends."""
        done = CliRunner().invoke(main, list(map(str, arguments)))
        error = done.exception
        trace = "" if error is None else "".join(traceback.format_exception(error))
        self.said += [done.stdout, done.stderr, trace if not isinstance(error, SystemExit) else ""]
        self.codes.append(done.exit_code)
        assert done.exit_code == code, done.output + trace
        return done.output

    def leaks(self):
        """Names what of all that was written holds text."""
        return [name for name, data in self.written_and_said().items() if any(form in data.lower() for form in FORMS)]

    def written_and_said(self):
        """Return the content of every file, and everything that was said."""
        files = {
            str(path.relative_to(self.written)): _unpacked(path) for path in self.written.rglob("*") if path.is_file()
        }
        said = {f"output {number}": text.encode() for number, text in enumerate(self.said)}
        return files | said


def _unpacked(path):
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        return data + gzip.decompress(data)
    return data + repr(parquet.read_table(path).to_pylist()).encode() if data.startswith(b"PAR1") else data


@pytest.fixture
def place(tmp_path, monkeypatch, caplog, record_property):
    """Give a place whose logs, temporary folder and working folder are watched too."""
    place = Place(tmp_path)
    monkeypatch.setenv("TMPDIR", str(place.written / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(place.written / "here")
    caplog.set_level(logging.DEBUG)
    yield place
    place.said += [record.getMessage() + (record.exc_text or "") for record in caplog.records]
    leaks = place.leaks()
    record_property("commands", len(place.codes))
    record_property("failed", sum(map(bool, place.codes)))
    record_property("searched", len(place.written_and_said()))
    record_property("found", len(leaks))
    assert leaks == []


@pytest.fixture
def faulty(monkeypatch):
    """Put the labeler that fails in the engine's place."""
    monkeypatch.setattr("labeler.pipeline.Labeler", FaultyLabeler)


def rows(*cells):
    """Return CSV."""
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in cells)


def zipped(path, *, damaged=False, encrypted=False):
    """Write a zip of one report, whole or not."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("s1.txt", TEXT)
    data = bytearray(path.read_bytes())
    if damaged:
        data[40] ^= 255
    if encrypted:
        data[data.index(b"PK\x01\x02") + 8] |= 1
        data[6] |= 1
    path.write_bytes(data)


def table(path, **columns):
    """Write Parquet."""
    parquet.write_table(pa.table(columns), path)


GOOD = rows(["study_id", "text"], ["s1", TEXT])
UNREADABLE = {
    "nul.txt": TEXT + "\0",
    "neither.txt": TEXT.encode() + bytes(range(128, 256)) * 9,
    "control.txt": TEXT.encode() + b"\x01\xff",
    "utf16.txt": TEXT.encode("utf-16") + b"\x00",
    "large.txt": TEXT * 50,
    "ragged.csv": rows(["study_id", "text"], ["s1", TEXT, TEXT], ["s2"]) + f"s3,{MARK},{MARK}\n",
    "quotes.csv": f'study_id,text\ns1,"{TEXT}" {MARK}\ns2,"{TEXT}',
    "large.csv": rows(["study_id", "text"], ["s1", TEXT * 50]),
    "bytes.csv": GOOD.encode() + b's2,"' + MARK.encode() + b'\x81\x01"\n',
    "no-id.csv": rows(["study_id", "text"], ["", TEXT]),
    "broken.jsonl": f'{{"id": "s1", "text": "{MARK}"}}\n{{"id": "s2", "text": "{MARK}\n["{MARK}"]\n"{MARK}"\n',
    "without.jsonl": f'{{"id": "s1", "text": "{MARK}"}}\n{{"id": "s2", "txt": "{MARK}"}}\n',
    "other.jsonl": json.dumps({"id": "s1", "text": [MARK]}) + "\n" + json.dumps({"id": "s2", "text": MARK + "\ud800"}),
    "ids.jsonl": json.dumps({"id": [MARK], "text": MARK}) + "\n" + json.dumps({"id": None, "text": MARK}),
    "cut.csv.gz": gzip.compress(GOOD.encode() * 9)[:-20],
    "cut.jsonl.gz": gzip.compress(json.dumps({"id": "s1", "text": TEXT}).encode() * 9)[:-20],
    "plain.csv.gz": GOOD,
    "text.zip": TEXT,
    "text.parquet": TEXT,
    "no-header.csv": rows(["s1", TEXT], ["s2", TEXT, TEXT]),
    "text.xml": f"<a><b>{MARK}<c>",
    "cut.json": f'[{{"id": "s1", "text": "{MARK}',
    "mixed.json": json.dumps([{"id": "s1", "text": MARK}, [MARK], {"id": "s2", "text": [MARK]}]),
}
WRONG_USE = {
    "no-header.csv": rows([TEXT], [TEXT]),
    "no-header-2.csv": rows(["first", TEXT], ["second", TEXT]),
    "no-header-3.csv": rows(["1", "report", TEXT], ["2", "report", TEXT]),
    "keys.jsonl": json.dumps({f"{MARK} {MARK}": "s1"}),
    "keys-2.jsonl": json.dumps({"id": "s1", f"{MARK} {MARK}": "x"}),
}


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("command", ["label", "sections", "explain"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_not_quoted(place, monkeypatch, command, name):
    """Whatever is wrong with a file or a row, the message and the file of errors say so without its words."""
    for module in ("cells", "csv_records", "files"):
        monkeypatch.setattr(f"labeler.io.{module}.MAX_REPORT_BYTES", 1000)
    path = place.put(name, UNREADABLE[name])
    if command == "explain":
        place.run(command, path, code=2)
    elif command == "label":
        place.run(command, path, "-o", place.out / "labels.csv", code=1)
        assert (place.out / "labels.csv.errors.csv").exists()
    else:  # what can be read is written, as it was asked for
        place.run(command, path, "-o", place.inputs / "sections.csv", code=1)


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("name", WRONG_USE)
def test_a_first_line_that_is_a_report_is_not_quoted(place, name):
    """Where columns are missing, the message lists none that may be text."""
    path = place.put(name, WRONG_USE[name])
    assert "not shown" in place.run("label", path, "-o", place.out / "labels.csv", code=2)
    place.run("label", path, "--text-column", "reporT", code=2)
    place.run("label", path, "--text-column", f"{MARK[:-1]} {MARK[:-1]}", code=2)  # near to a key
    place.run("published", path, "-o", place.out / "published", code=2)
    for command in ("sections", "explain"):
        place.run(command, path, code=2)
    place.run("phrases", "try", "chexpert", path, code=2)
    for command in ("export", "compare"):
        place.run(command, *[path] * (1 + (command == "compare")), code=2)


@pytest.mark.usefixtures("faulty")
def test_a_wrong_format_quotes_nothing(place):
    """A report that is read as a table, and a table that is read as another, are told by their place alone."""
    report, reports = place.put("s1.txt", TEXT), place.put("reports.csv", GOOD)
    for kind, codes in {"csv": (2, 0), "jsonl": (1, 1), "parquet": (1, 1), "zip": (1, 1), "chexpert": (1, 1)}.items():
        for path, code in zip((report, reports), codes, strict=True):
            place.run("label", path, "--input-format", kind, "-o", place.out / f"{kind}.csv", code=code)


@pytest.mark.usefixtures("faulty")
def test_zip_and_parquet_that_are_damaged_are_not_quoted(place):
    """What is inside stays inside."""
    zipped(place.inputs / "damaged.zip", damaged=True)
    zipped(place.inputs / "encrypted.zip", encrypted=True)
    table(place.inputs / "lists.parquet", id=["s1"], text=[[TEXT]])
    table(place.inputs / "whole.parquet", id=["s1", "s2"], text=[TEXT, TEXT])
    data = (place.inputs / "whole.parquet").read_bytes()
    place.put("cut.parquet", data[:-9])
    place.put("spoiled.parquet", data[:8] + bytes(40) + data[48:])
    for name in ("damaged.zip", "encrypted.zip", "lists.parquet", "cut.parquet", "spoiled.parquet"):
        place.run("label", place.inputs / name, "-o", place.out / f"{name}.csv", code=1)


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("fault", ["error", "memory"])
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_engine_is_not_quoted(place, fault, workers):
    """Its message, and those of the errors that it came of, quote the report; what is told is its type and place."""
    reports = place.put("reports.csv", rows(["study_id", "text"], ["s1", TEXT], ["s2", f"{TEXT} faulty.{fault}"]))
    output = "-o", place.out / "labels.csv", "--manifest"
    said = {"error": "Error at ", "memory": "study s2: takes more memory than there is"}[fault]
    assert said in place.run("label", reports, *output, "--workers", workers, code=1)
    assert "s2" in (place.out / "labels.csv.errors.csv").read_text()


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("workers", [1, 2])
def test_text_that_was_named_as_the_identifier_is_not_said(place, workers):
    """The file of failures must name the report; the terminal is told how long its name is."""
    reports = place.put("reports.csv", rows(["study_id", "text"], ["s1", f"{TEXT} faulty.error 1"]))
    output = place.inputs / "labels.csv"  # which holds identifiers
    told = place.run("label", reports, "--id-column", "text", "-o", output, "--workers", workers, code=1)
    assert "(a text of " in told


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize("command", ["explain", "published", "evaluate"])
def test_an_error_that_nobody_expected_is_not_quoted(place, command):
    """Other commands tell no more than its type and place."""
    reports = place.put("reports.csv", rows(["study_id", "text"], ["s1", f"{TEXT} faulty.error"]))
    arguments = {
        "explain": [reports],
        "published": [reports, "-o", place.out / "published"],
        "evaluate": ["--gold", place.put("gold.csv", "study_id,Edema\ns1,1\n"), "--reports", reports],
    }
    code = 1 if command == "published" else 3  # which continues with the other reports
    assert "Error at " in place.run(command, *arguments[command], code=code)


def test_spark_is_told_no_message(place):
    """Neither the column of errors nor what a Python worker raises, which Spark logs, quotes a report."""
    arrow = pytest.importorskip("pyarrow")
    batch = arrow.RecordBatch.from_pydict({"study_id": ["s1"], "text": [f"{TEXT} faulty.error"], "error": [None]})
    columns = Columns("study_id", ("text",))
    (labelled,) = _LabelRows(FaultyLabeler(), ("study_id",), columns)(iter([batch]))
    labelled.to_pandas().to_csv(place.out / "labels.csv")
    with pytest.raises(Exception, match="Error") as raised:
        list(_LabelRows(FaultyLabeler(), (MARK,), columns)(iter([batch])))  # which no table has
    place.said.append("".join(traceback.format_exception(raised.value)))


@pytest.mark.usefixtures("faulty")
def test_an_interrupted_run_leaves_no_text(place, monkeypatch):
    """The journal and the lines that are done have identifiers and labels."""
    monkeypatch.setattr("labeler.io.outputs._SECONDS", 0)
    lines = [[f"s{number}", TEXT] for number in range(400)]
    reports = place.put("reports.csv", rows(["study_id", "text"], *lines, ["s400", f"{TEXT} faulty.interrupt"]))
    place.run("label", reports, "-o", place.out / "labels.csv", code=130)
    assert {path.name for path in place.out.iterdir()} >= {".labels.csv.journal", ".labels.csv.part"}


def test_tables_of_labels_that_hold_text_are_not_quoted(place):
    """`evaluate`, `compare` and `export` are given tables of reports, or text in the cells of labels."""
    good = place.put("good.csv", "study_id,Edema\ns1,1\n")
    images = place.put("images.csv", rows(["dicom_id", "study_id"], ["d1", "s1"], ["d1", "s1"]))
    bad = {
        "cell.csv": rows(["study_id", "Edema"], ["s1", TEXT]),
        "token.csv": rows(["study_id", "Edema"], ["s1", MARK]),
        "reports.csv": GOOD,
        "no-header.csv": rows([TEXT, "1"], [TEXT, "0"]),
        "ragged.csv": rows(["study_id", "Edema"], ["s1", "1", TEXT], ["s1", "1", TEXT, TEXT]),
        "open.csv": f'study_id,Edema\ns1,"{TEXT}',
        "bytes.csv": b"study_id,Edema\ns1," + MARK.encode() + b"\xff\n",
        "cells.jsonl": json.dumps({"study_id": "s1", "Edema": TEXT}),
        "broken.jsonl": f'{{"study_id": "{MARK}',
        "text.parquet": TEXT,
    }
    for name, content in bad.items():
        path = place.put(name, content)
        if name != "reports.csv":  # a table without a finding is no error there
            place.run("compare", path, good, code=2)
            place.run("export", path, code=2)
        place.run("compare", good, path, code=2)
        place.run("evaluate", "--gold", path, "--predictions", good, code=2)
        place.run("evaluate", "--gold", good, "--predictions", path, code=2)
    place.run("export", good, "--split", images, code=2)
    place.run(
        "export", good, "--split", place.put("i.csv", rows(["dicom_id", "study_id"], [TEXT, "1"], [TEXT, "1"])), code=2
    )
    texts = place.put("texts.csv", rows(["study_id", TEXT, "Edema"], [TEXT, "1", "1"], [TEXT, "", "0"]))
    wrong = place.put("wrong.csv", rows(["study_id", "Edema", TEXT], [TEXT, "1", "no"]))
    for path in (texts, wrong):
        place.run("compare", path, good, code=2)
        place.run("compare", good, path, code=2)
        place.run("export", path, "--finding", "Fracture", code=2)
        place.run("evaluate", "--gold", path, "--predictions", good, "--finding", "Fracture", code=2)
    place.run("export", good, "--metadata", place.put("text.csv", TEXT), code=2)


@pytest.mark.usefixtures("faulty")
def test_pairs_of_reports_that_do_not_meet_are_not_quoted(place):
    """Generated reports are named by number or identifier."""
    one, two = place.put("one.txt", f"{MARK}\n{MARK}\n"), place.put("two.txt", f"{MARK}\n")
    twice = place.put("twice.csv", rows(["id", "text"], ["s1", TEXT], ["s1", TEXT]))
    place.run("evaluate", "--references", one, "--candidates", two, code=2)
    place.run("evaluate", "--references", twice, "--candidates", twice, code=2)
    place.run("evaluate", "--references", place.put("nul.txt", MARK + "\0"), "--candidates", two, code=2)


def test_the_engine_writes_no_text_unless_asked(place):
    """Nothing that parses and labels logs what it reads."""
    reports = place.put("reports.csv", rows(["study_id", "text"], ["s1", TEXT], ["s2", f"{MARK} possible edema."]))
    place.run("label", reports, "-o", place.out / "labels.csv", "--manifest", code=0)
    place.run("label", reports, code=0)


@pytest.mark.usefixtures("faulty")
def test_what_is_written_of_good_reports_has_no_text(place):
    """Labels in every format, manifest, published and merged labels, figures and their page."""
    reports = place.put("reports.csv", rows(["study_id", "text"], ["s1", TEXT], ["s2", TEXT]))
    for ending in ("csv", "csv.gz", "jsonl", "parquet"):
        place.run("label", reports, "-o", place.out / f"labels.{ending}", "--manifest", code=0)
    labels, published = place.out / "labels.csv", place.out / "published"
    gold = place.put("gold.csv", "study_id,Edema\ns1,1\ns2,0\n")
    place.run("published", reports, "-o", published, code=0)
    place.run("compare", labels, gold, "-o", place.out / "merged.csv", code=0)
    place.run("export", gold, "-o", place.out / "targets.csv", code=0)
    place.run("evaluate", "--gold", gold, "--reports", reports, "--resamples", 0, "-o", place.out / "results", code=0)


def test_a_crash_and_a_full_disk_leave_no_text(place):
    """A worker that crashes dumps frames and no core, and what a disk that is full has kept is removed or has none."""
    deadly = place.put("deadly.csv", rows(["study_id", "text"], ["s1", TEXT], ["s2", f"{TEXT} faulty.crash"]))
    many = place.put("many.csv", rows(["study_id", "text"], *([f"s{number}", TEXT] for number in range(2000))))
    crashed = _start(place, [deadly, "-o", place.out / "a.csv", "--workers", 2])
    full = _start(place, [many, "-o", place.out / "b.csv"], setup=_fill)
    assert (crashed.returncode, full.returncode) == (1, 2)
    assert "Fatal Python error: Aborted" in crashed.stderr
    assert "a core would be left" not in crashed.stdout
    assert "b.csv cannot be written" in full.stderr


RUN = """
import logging
logging.basicConfig(level=logging.DEBUG)
import labeler.pipeline, faulty_labeler
labeler.pipeline.Labeler = faulty_labeler.FaultyLabeler
from labeler.cli.app import main
if __name__ == "__main__":
    main(prog_name="labeler")
"""


def _start(place, arguments, setup=None):
    """Run `label` in a process of its own, with every trace that Python can leave asked for."""
    script = place.put("run.py", RUN)
    asked = {"PYTHONFAULTHANDLER": "1", "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, str(script), "label", *map(str, arguments)]
    done = subprocess.run(
        command, env={**os.environ, **asked}, capture_output=True, text=True, check=False, preexec_fn=setup or _allow
    )
    place.said += [done.stdout, done.stderr]
    place.codes.append(done.returncode)
    return done


def _allow():
    """Lets cores be dumped, as far as may be."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def _fill():
    """Stands for a full disk: no file may grow beyond 8 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))


@pytest.mark.parametrize("mask", [0o022, 0o077])
@pytest.mark.parametrize("name", ["labels.csv", "labels.csv.gz", "labels.parquet"])
def test_what_is_not_finished_is_its_owners_alone(tmp_path, monkeypatch, mask, name):
    """Files stand in the output's folder with mode 0600 until they are whole; then the umask decides."""
    seen = {}

    def look():
        seen.update({path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_file()})

    class Looking(FaultyLabeler):
        def label(self, report):
            look()
            return super().label(report)

    take_name = "labeler.io.output._take_name"
    monkeypatch.setattr("labeler.pipeline.Labeler", Looking)
    monkeypatch.setattr(take_name, _before(look, take_name))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "s1.txt").write_text(TEXT)
    before = os.umask(mask)
    try:
        arguments = [tmp_path / "in", "-o", tmp_path / name, "--evidence", tmp_path / "evidence.jsonl"]
        done = CliRunner().invoke(main, ["label", *map(str, arguments)])
    finally:
        os.umask(before)
    assert done.exit_code == 0, done.output
    hidden = {path for path in seen if path.startswith(".")}
    assert hidden >= {f".{name}.part", f".{name}.journal", ".evidence.jsonl.part"}
    assert f".{name}.whole" in hidden or name.endswith("csv")
    assert {seen[path] for path in hidden} == {0o600}
    left = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir() if path.is_file()}
    assert left == {name: 0o666 & ~mask, "evidence.jsonl": 0o666 & ~mask}


def _before(look, name):
    module, function = name.rsplit(".", 1)
    original = getattr(sys.modules[module], function)

    def looking(*arguments):
        look()
        return original(*arguments)

    return looking


def test_the_search_finds_what_is_hidden(tmp_path):
    """Plain, packed, in Parquet and in hidden files: what the tests above look for would be seen."""
    place = Place(tmp_path)
    (place.out / ".hidden").write_text(TEXT.upper())
    (place.out / "packed.gz").write_bytes(gzip.compress(TEXT.encode()))
    (place.out / "wide").write_bytes(TEXT.encode("utf-16"))
    table(place.out / "some.parquet", text=[TEXT] * 50)
    place.said.append(f"KeyError: {TEXT!r}")
    assert sorted(place.leaks()) == ["out/.hidden", "out/packed.gz", "out/some.parquet", "out/wide", "output 0"]
