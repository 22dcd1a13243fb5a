"""Reports of every layout that a gold standard comes with are read, and hostile files are refused."""

import zipfile
from pathlib import Path

import pytest

from labeler.errors import ReportFileError, UsageError
from labeler.io.source import Failure
from labeler.records import Report
from labeler.scoring.corpora import open_corpus, read_openi_xml

EXAMPLES = Path(__file__).parents[2] / "examples" / "reports"

XML = """<?xml version="1.0" encoding="utf-8"?>
<eCitation>
 <uId id="CXR{number}"/>
 <MedlineCitation><Article><Abstract>
  <AbstractText Label="COMPARISON">None.</AbstractText>
  <AbstractText Label="INDICATION">Pneumonia?</AbstractText>
  <AbstractText Label="FINDINGS">{findings}</AbstractText>
  <AbstractText Label="IMPRESSION">{impression}</AbstractText>
 </Abstract></Article></MedlineCitation>
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


def test_openi_files_give_findings_and_impression(write_xml):
    """Only the two sections are read, numbers in order, entities of XML as text, an empty section not at all."""
    write_xml("10.xml", XML.format(number=10, findings="Clear lungs.", impression=""))
    folder = write_xml("2.xml", XML.format(number=2, findings="Heart &lt; 15 cm &amp; stable.", impression="No edema."))
    reports = list(open_corpus(folder))
    assert [report.id for report in reports] == ["2", "10"]
    assert reports[0].text == " FINDINGS: Heart < 15 cm & stable.\n\n IMPRESSION: No edema."
    assert reports[1].text == " FINDINGS: Clear lungs."


def test_a_document_type_is_refused(write_xml):
    """Entities that multiply, or that name files, need a document type; the official files have none."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    folder = write_xml(
        "1.xml", XML.format(number=1, findings="&b;", impression="").replace("<eCitation>", bomb + "<eCitation>")
    )
    with pytest.raises(ReportFileError, match=r"1\.xml: has a document type"):
        list(read_openi_xml(folder))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<eCitation><uId id='CXR1'>", r"1\.xml:1: is not complete XML"),
        ("<eCitation/>", r"1\.xml: has no uId"),
        ("Small effusion & edema.", r"1\.xml:1: is not complete XML"),
    ],
)
def test_a_file_that_is_not_open_i_is_named(write_xml, content, message):
    """The message has the file and the line and nothing of the text."""
    with pytest.raises(ReportFileError, match=message) as caught:
        list(read_openi_xml(write_xml("1.xml", content)))
    assert "edema" not in str(caught.value)


def test_a_folder_without_files_is_told(tmp_path):
    """A wrong folder is told at once."""
    with pytest.raises(UsageError, match=r"holds no \.xml file"):
        read_openi_xml(tmp_path)


def test_a_table_of_findings_and_impression_gives_the_same_text(write_csv, write_xml):
    """The two forms of Open-I are labelled alike."""
    folder = write_xml("7.xml", XML.format(number=7, findings="Clear lungs.", impression="No edema."))
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
