"""What the tests of scoring share: small tables of labels, and the data for measuring where it is at hand."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from labeler.cli.app import main
from labeler.scoring.labels import LabelTable, Value

DATA = Path(__file__).parents[2].parent / "shared" / "data"
CODES = {".": Value.BLANK, "0": Value.ABSENT, "u": Value.UNCERTAIN, "1": Value.PRESENT, "?": -1}
CELLS = {".": "", "0": "0.0", "u": "-1.0", "1": "1.0", "?": "?"}


@pytest.fixture
def table():
    """Make a table from a string per study, one character per finding: . blank, 0, u, 1, ? not scored."""

    def make(rows, findings, source="a.csv"):
        codes = np.array([[CODES[cell] for cell in row] for row in rows], np.int8).reshape(len(rows), len(findings))
        return LabelTable(tuple(str(at) for at in range(1, len(rows) + 1)), tuple(findings), codes, source)

    return make


@pytest.fixture
def write_csv(tmp_path):
    """Write a CSV file and return its path."""

    def write(name, header, rows):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        return path

    return write


@pytest.fixture
def write_labels(write_csv):
    """Write a table of labels from a string per study and return its path."""

    def write(name, findings, rows, ids=None, id_column="study_id"):
        ids = ids or [50000000 + at for at in range(1, len(rows) + 1)]
        cells = [[study, *(CELLS[cell] for cell in row)] for study, row in zip(ids, rows, strict=True)]
        return write_csv(name, [id_column, *findings], cells)

    return write


@pytest.fixture
def run():
    """Run the command line and return its result."""

    def invoke(*arguments, code=0):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def data():
    """Give the folder of the development data, and skip the test where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the data for measuring is not at ../shared/data")
    return DATA


@pytest.fixture
def row_of():
    """Find the cells of a row below a table's title on the terminal."""

    def find(output, title, finding):
        lines = output[output.index(title) :].splitlines()
        line = next(line for line in lines if line.startswith(finding))
        return line.removeprefix(finding).split()

    return find
