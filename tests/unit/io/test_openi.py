"""Open-I's XML files are read, in a folder or a zip, and hostile ones are failures."""

import shutil

import pytest

from labeler.errors import UsageError
from labeler.io.read import open_inputs, read_reports
from labeler.records import Report

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
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
FILES = {
    "10.xml": XML.format(number=10, findings="Clear lungs.", impression=""),
    "2.xml": XML.format(number=2, findings="Heart &lt; 15 cm &amp; stable.", impression="No edema."),
}
REPORTS = [
    Report("10", " FINDINGS: Clear lungs."),
    Report("2", " FINDINGS: Heart < 15 cm & stable.\n\n IMPRESSION: No edema."),
]


@pytest.fixture
def folder(tmp_path):
    """Write Open-I's files."""
    path = tmp_path / "ecgen-radiology"
    path.mkdir()
    for name, content in FILES.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


def test_a_folder_and_its_zip_give_findings_and_impression(folder, tmp_path):
    """Only the two sections are read, entities of XML as text, an empty section not at all."""
    assert list(read_reports([folder])) == REPORTS
    packed = shutil.make_archive(str(tmp_path / "openi"), "zip", folder)
    assert list(read_reports([packed])) == REPORTS
    assert list(read_reports([folder / "2.xml"])) == REPORTS[1:]
    assert open_inputs([folder]).expected == open_inputs([packed]).expected == 2


def test_text_files_come_before_xml_files(folder):
    """What lies beside reports in text is none; a folder without either is an error."""
    (folder / "7.txt").write_text("No edema.")
    assert list(read_reports([folder])) == [Report("7", "No edema.")]
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(UsageError, match=r"holds no \.txt or \.xml file"):
        open_inputs([folder])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (FILES["10.xml"].replace("<eCitation>", BOMB + "<eCitation>").replace("Clear", "&b;"), "has a document type"),
        ("<eCitation><uId id='CXR1'>", "is not complete XML, in line 1"),
        ("Small effusion & edema.", "is not complete XML, in line 1"),
        ("<eCitation/>", "has no AbstractText"),
        ('<?xml version="1.0" encoding="x"?><a/>', "is XML in an unknown encoding"),
    ],
)
def test_a_file_that_is_not_open_i_is_a_failure(folder, content, reason):
    """Entities that multiply, or that name files, need a document type; no message has a word of the text."""
    (folder / "1.xml").write_text(content)
    failure, *others = read_reports([folder])
    assert failure.study_id == "1"
    assert failure.reason.startswith(reason)
    assert "edema" not in str(failure)
    assert others == REPORTS
