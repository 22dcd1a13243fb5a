"""Sentences that readers wrote and labelled without seeing a rule; those that are read wrongly today are open."""

import csv
from pathlib import Path

import pytest

from labeler import Labeler

FILE = Path(__file__).with_name("blind_sentences.tsv")
VALUES = {"present": "1", "absent": "0", "uncertain": "-1"}
FORMS = "f"
"""How the identifiers of texts begin whose "No Finding" was labelled too."""


def sentences():
    """Read the file; an open sentence must fail, so that one that is read rightly is unmarked."""
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            marks = [pytest.mark.xfail(reason="open", strict=True)] if row["open"] else []
            yield pytest.param(row, id=row["id"], marks=marks)


@pytest.fixture(scope="module")
def labeler():
    """Make a labeler of all sections."""
    return Labeler(sections="all")


@pytest.mark.parametrize("row", list(sentences()))
def test_sentence_is_read_as_its_reader_labelled_it(labeler, row):
    """Every observation that is not blank, and no other; a line break is written as two characters."""
    wanted = dict(pair.split("=") for pair in row["labels"].split(";")) if row["labels"] else {}
    labels = labeler.label(row["text"].replace("\\n", "\n")).to_dict()
    found = {finding: VALUES[status] for finding, status in labels.items() if status}
    if row["id"][:1] != FORMS or row["id"].startswith("fm"):
        found.pop("No Finding", None)
    assert found == wanted
