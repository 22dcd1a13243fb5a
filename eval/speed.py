"""Measures speed and memory: start, reading alone, labelling cold and warm, processes, Spark, and peers.

`python -m eval.speed REPORTS.csv --corpus FOLDER --before CHECKOUT` makes a collection in MIMIC-CXR's layout from the
findings and impressions of REPORTS.csv, measures, and writes eval/results/speed.md: figures only, never report text.
Linux only, as peak memory is read from /proc.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eval.speed_against import against, automatic, dense
from eval.speed_corpus import GROWTH_EXPONENT, Growth, make_corpus
from eval.speed_peers import REPETITIONS
from labeler.cli.evaluate import Script
from labeler.errors import LabelerError
from labeler.io.output import open_output
from labeler.phrasebook.load import load_phrasebook
from labeler.scoring.output import markdown
from labeler.scoring.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.phrasebook.load import Phrasebook

ORIGINAL = 8.2
"""Reports a second of the original CheXpert labeler on Open-I's impressions, one core, measured for this project."""
_FEW = 20_000
_PEER_REPORTS = 1000
_POLL = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Run:
    """A command that was run.

    Parameters
    ----------
    seconds : float
        From start to end of the process.
    processor : float
        Seconds of processor time, of all its processes together: what other work on the machine distorts least.
    parent, worker : float
        Peak resident memory in MB, of the process itself and of the largest of its children.
    """

    seconds: float
    processor: float
    parent: float
    worker: float


def run(*arguments: object, python: str = sys.executable, checkout: Path | None = None) -> Run:
    """Run Python with arguments and watches the memory of the process and of its children.

    Parameters
    ----------
    arguments : object
    python : str
    checkout : Path, optional
        Of the labeler that is run, where it is another than this one.

    Raises
    ------
    LabelerError
        Where the command fails.
    """
    command = [python, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)} if checkout else None
    started, used = time.perf_counter(), _used_by_children()
    peaks: dict[int, float] = {}
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stderr=told, stdout=subprocess.DEVNULL, cwd=checkout, env=environment)  # noqa: S603
        while process.poll() is None:
            for number in (process.pid, *_children(process.pid)):
                peaks[number] = max(peaks.get(number, 0.0), _peak(number))
            time.sleep(min(_POLL, (time.perf_counter() - started) / 100))  # a start is timed to a hundredth
        taken = time.perf_counter() - started
        if process.returncode:
            told.seek(0)
            raise LabelerError(f"{command[:4]} ended with {process.returncode}: {told.read().decode()[-500:]}")
    parent = peaks.pop(process.pid, 0.0)
    return Run(taken, _used_by_children() - used, parent, max(peaks.values(), default=0.0))


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children(parent: int) -> list[int]:
    try:
        return [int(number) for number in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    except OSError:
        return []


def _peak(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM")), 0.0)


_READ = "import sys, collections; from labeler.io.read import open_inputs as o; collections.deque(o(sys.argv[1:]), 0)"


def collection(few: Path, many: Path, growth: Sequence[Growth], out: Path) -> Table:
    """Measures folders of files: read alone, then labelled with one worker and with two."""
    rows = []
    for folder, count in ((few, _FEW), (many, growth[-1].reports)):
        floor = run("-c", _READ, folder)
        rows.append(_row(f"{count:,} files, read alone", count, floor, floor.seconds))
        for workers in (1, 2):
            labelled = run("-m", "labeler", "label", folder, "--workers", workers, "-o", out / "labels.csv", "-q")
            rows.append(_row(f"{count:,} files, {workers} worker{'s' * (workers > 1)}", count, labelled, floor.seconds))
    header = (
        "",
        "seconds",
        "processor seconds",
        "reports/s",
        "times reading",
        f"times {ORIGINAL} reports/s",
        "MB parent",
        "MB worker",
    )
    last = growth[-1]
    share = last.distinct / last.sentences**GROWTH_EXPONENT
    note = (
        f"{last.sentences:,} sentences, {last.distinct:,} of them distinct: {share:.2f} x sentences^{GROWTH_EXPONENT}."
    )
    return Table("Files in MIMIC-CXR's layout, caches cold", header, tuple(rows), note)


def _row(name: str, count: int, measured: Run, floor: float) -> tuple[str, ...]:
    speed = count / measured.seconds
    memory = f"{measured.parent:.0f}", f"{measured.worker:.0f}" if measured.worker else "-"
    return (
        name,
        f"{measured.seconds:.1f}",
        f"{measured.processor:.1f}",
        f"{speed:,.0f}",
        f"{measured.seconds / floor:.1f}",
        f"{speed / ORIGINAL:,.0f}",
        *memory,
    )


_OURS = """
import gc, json, sys, time
from labeler.pipeline import Labeler
texts = json.load(open(sys.argv[1]))["texts"]
times = []
for _ in range(int(sys.argv[2])):
    labeler = Labeler(sections="all")
    labeler.label("No edema, fibrosis distorts the upper lobes.")
    taken = []
    for _ in ("cold", "warm"):
        started = time.process_time()
        for labels in labeler.label_many(texts):
            if sys.argv[3] == "evidence":
                [assertion.cue for assertion in labels.assertions]
        taken.append(time.process_time() - started)
    times.append(taken)
print(json.dumps({"times": times, "gc": [gc.isenabled(), *gc.get_threshold()]}))
"""


def peers(reports: Sequence[str], folder: Path, medspacy: str | None) -> Table:
    """Measures the labeler and its peers on the same texts, with one phrase list, one core, models loaded."""
    data = folder / "peers.json"
    book = load_phrasebook()
    phrases = {file.finding: [text for group in file.mentions for text in group.texts()] for file in book.findings}
    data.write_text(json.dumps({"texts": list(reports), "phrases": phrases}))
    script = Path(__file__).with_name("speed_peers.py")
    measured = [
        (f"labeler, {name}, {state}", [taken[at] for taken in answer["times"]], answer["gc"])
        for name, told in (("labels alone", "labels"), ("evidence asked for", "evidence"))
        for answer in (_answer(sys.executable, "-c", _OURS, data, REPETITIONS, told),)
        for at, state in enumerate(("cold", "every sentence seen before"))
    ]
    asked = [
        ("negspacy, no model", sys.executable, "negspacy"),
        ("negspacy, parsing model", sys.executable, "negspacy-parser"),
    ]
    asked += [("medspaCy, ConText", medspacy, "medspacy")] if medspacy else []
    for name, python, peer in asked:
        answer = _answer(python, script, peer, data)
        measured.append((name, answer["times"], answer["gc"]))
    yardstick = statistics.median(next(times for name, times, _ in measured if name == "negspacy, no model"))
    rows = tuple(_peer_row(len(reports), yardstick, *of_peer) for of_peer in measured)
    texts = f"{sum(map(len, phrases.values())):,} phrases."
    note = f"{texts} The labeler by label_many, the peers by nlp.pipe; models loaded; a new labeler for each pass."
    title = f"{len(reports):,} reports, one core, processor time (median of {REPETITIONS})"
    header = ("", "reports/s", "first pass", "speed, negspacy without a model = 1", "garbage collector")
    return Table(title, header, rows, note)


def _peer_row(
    reports: int, yardstick: float, name: str, times: Sequence[float], gc: Sequence[object]
) -> tuple[str, ...]:
    middle = statistics.median(times)
    collects = ", ".join(map(str, gc[1:])) if gc[0] else "off"
    return name, f"{reports / middle:,.0f}", f"{reports / times[0]:,.0f}", f"{yardstick / middle:.2f}", collects


def _answer(python: str, *arguments: object) -> dict[str, Any]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "LOGURU_LEVEL": "ERROR"}
    done = subprocess.run([python, *map(str, arguments)], capture_output=True, check=False, env=environment)  # noqa: S603
    if done.returncode:
        raise LabelerError(f"{arguments[1]} failed: {done.stderr.decode()[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def spark(folders: Sequence[Path], out: Path, counts: Sequence[int]) -> Table:
    """Measures Spark on one and two cores against one and two workers of our own, on one Parquet file each.

    What all cost to start is in the seconds; the difference between two collections is without it.
    """
    tables = [out / f"{count}.parquet" for count in counts]
    for folder, table in zip(folders, tables, strict=True):
        run("-c", _TO_PARQUET, folder, table)
    rows = []
    for cores in (1, 2):
        ours = [run("-m", "labeler", "label", t, "--workers", cores, "-o", out / "spark.csv", "-q") for t in tables]
        options = (out / "spark", "--master", f"local[{cores}]", "--overwrite")
        theirs = [run("-m", "labeler", "spark-label", t, *options) for t in tables]
        seconds = [(own.seconds, other.seconds) for own, other in zip(ours, theirs, strict=True)]
        further = (after - before for before, after in zip(*seconds, strict=True))
        rows.append(_share(cores, "each further one", counts[1] - counts[0], *further))
    header = ("cores", "reports", "own workers, reports/s", "Spark local, reports/s", "Spark's share")
    return Table("Reports in one Parquet file, start of everything included", header, tuple(rows), "")


def _share(cores: int, name: str, count: int, ours: float, theirs: float) -> tuple[str, ...]:
    return str(cores), name, f"{count / ours:,.0f}", f"{count / theirs:,.0f}", f"{100 * ours / theirs:.0f} %"


_TO_PARQUET = """
import sys
import pyarrow as pa, pyarrow.parquet as pq
from labeler.io.read import open_inputs
rows = [(r.subject_id, r.id, r.text) for r in open_inputs([sys.argv[1]])]
pq.write_table(pa.table(list(zip(*rows)), names=["subject_id", "study_id", "text"]), sys.argv[2], row_group_size=10000)
"""


def _corpus(source: Path, folder: Path, count: int) -> tuple[Path, list[Growth]]:
    made = folder / str(count)
    points = made / "growth.json"
    if not points.exists():
        growth = make_corpus(source, made / "reports", count)
        points.write_text(json.dumps([[p.reports, p.sentences, p.distinct] for p in growth]))
    return made / "reports", [Growth(*point) for point in json.loads(points.read_text())]


def _texts(source: Path, *columns: str) -> list[str]:
    with source.open(newline="") as file:
        texts = [" ".join(row[column] for column in columns).strip() for row in csv.DictReader(file)]
    return [text for text in texts if text]


@click.command(cls=Script)
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPORTS.csv")
@click.option("--corpus", type=click.Path(path_type=Path), required=True, help="Folder for the collection; kept.")
@click.option("--count", type=click.IntRange(min=1000), default=227_835, show_default=True, help="Reports to make.")
@click.option("--spark-count", type=int, default=0, show_default=True, help="Reports for Spark; 0 leaves it out.")
@click.option("--before", type=click.Path(file_okay=False, path_type=Path), help="An earlier checkout, to compare.")
@click.option("--medspacy-python", help="Python of an environment with medspaCy, where it is to be compared.")
@click.option("-o", "--output", default="eval/results/speed.md", show_default=True)
def main(
    source: Path,
    *,
    corpus: Path,
    count: int,
    spark_count: int,
    before: Path | None,
    medspacy_python: str | None,
    output: str,
) -> None:
    """Measure the speed of the labeler on a collection made from REPORTS.csv."""
    corpus = corpus.resolve()
    few, _ = _corpus(source, corpus, _FEW)
    many, growth = _corpus(source, corpus, count)
    with tempfile.TemporaryDirectory(dir=corpus) as name:
        out = Path(name)
        full_texts = _texts(source, "findings", "impression")[:_PEER_REPORTS]
        tables = [
            against(run, few, many, out, before and before.resolve()),
            peers(full_texts, out, medspacy_python),
            dense(),
            automatic(run, _texts(source, "findings", "impression"), out),
            collection(few, many, growth, out),
        ]
        if spark_count:
            folders = few, _corpus(source, corpus, spark_count)[0]
            tables.append(spark(folders, out, (_FEW, spark_count)))
    with open_output(output) as stream:
        stream.write(_document(tables, load_phrasebook()).encode())


def _document(tables: Sequence[Table], book: Phrasebook) -> str:
    facts = {
        "made by": "`python -m eval.speed REPORTS.csv --corpus FOLDER --before CHECKOUT`",
        "cores": str(len(os.sched_getaffinity(0))),
        "load": f"{os.getloadavg()[2]:.1f} processes in the last quarter of an hour, those measured included; "
        "compare ratios, not seconds, where it is above the number of cores",
        "Python": platform.python_version(),
        "phrases": book.hash,
    }
    return markdown("Speed", facts, tables)


if __name__ == "__main__":
    main()
