"""Reports of every layout that a gold standard comes with are read."""

import zipfile
from pathlib import Path

import pytest

from labeler.io.source import Failure
from labeler.records import Report
from labeler.scoring.corpora import open_corpus

EXAMPLES = Path(__file__).parents[2] / "examples" / "reports"

XML = """<?xml version="1.0" encoding="utf-8"?>
<eCitation>
 <AbstractText Label="FINDINGS">{findings}</AbstractText>
 <AbstractText Label="IMPRESSION">{impression}</AbstractText>
</eCitation>
"""


@pytest.fixture
def write_xml(tmp_path):
    """Write an Open-I file into the folder ecgen-radiology and return the folder."""

    def write(name, content):
        folder = tmp_path / "ecgen-radiology"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
        return folder

    return write


def test_a_table_of_findings_and_impression_gives_the_same_text(write_csv, write_xml):
    """The two forms of Open-I are labelled alike."""
    folder = write_xml("7.xml", XML.format(findings="Clear lungs.", impression="No edema."))
    table = write_csv("reports.csv", ["uid", "findings", "impression"], [[7, "Clear lungs.", "No edema."]])
    assert list(open_corpus(table)) == list(open_corpus(folder))


def test_the_sectioned_table_gives_the_text_that_its_authors_label(write_csv):
    """Impression, else findings, else last paragraph, else comparison; then no selection may follow."""
    header = ["study", "impression", "findings", "last_paragraph", "comparison"]
    rows = [
        ["s50000001", "No edema.", "Clear lungs.", "", "None."],
        ["s50000002", "", "Clear lungs.", "", ""],
        ["s50000003", "", "", "Tube removed.", "None."],
        ["s50000004", "", "", "", "Compared with May."],
        ["s50000005", "", "", "", ""],
    ]
    corpus = open_corpus(write_csv("mimic_cxr_sectioned.csv", header, rows))
    assert corpus.sections == "all"
    texts = {report.id: report.text.removeprefix(" IMPRESSION: ") for report in corpus}
    assert list(texts) == [f"5000000{number}" for number in range(1, 6)]
    assert list(texts.values()) == ["No edema.", "Clear lungs.", "Tube removed.", "Compared with May.", ""]


def test_a_mimic_folder_and_its_zip_are_read_alike(tmp_path):
    """The readers of the label command read them."""
    with zipfile.ZipFile(tmp_path / "reports.zip", "w") as archive:
        for path in sorted(EXAMPLES.rglob("*.txt")):
            archive.write(path, path.relative_to(EXAMPLES))
    folder, packed = (list(open_corpus(path)) for path in (EXAMPLES, tmp_path / "reports.zip"))
    assert folder == packed
    assert folder[0].id == "50000001"


def test_a_row_that_cannot_be_read_is_told_once(tmp_path):
    """A table that is read once per column gives each failure once."""
    path = tmp_path / "reports.csv"
    path.write_text("uid,findings,impression\n1,Clear.,\n2,Clear,lungs,now\n3,,No edema.\n", encoding="utf-8")
    items = list(open_corpus(path))
    assert [type(item) for item in items] == [Report, Failure, Report]
