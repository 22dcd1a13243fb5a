"""Tables of labels are read by name, and what is wrong in one is named."""

import gzip
import json

import numpy as np
import pytest

from labeler.errors import ReportFileError, UsageError
from labeler.scoring.gold import CHESTXRAY14, chexpert_findings, read_gold, read_predictions
from labeler.scoring.labels import LabelTable, Value, meet

MIMIC = tuple(sorted(["Airspace Opacity", *(name for name in chexpert_findings() if name != "Lung Opacity")]))


def test_airspace_opacity_is_lung_opacity_whatever_the_order(write_labels):
    """The manual test set is read by the names of its columns, which are given here from last to first."""
    columns = MIMIC[::-1]
    row = ["."] * 14
    row[columns.index("Airspace Opacity")] = "u"
    row[columns.index("Edema")] = "0"
    gold = read_gold(write_labels("gold.csv", columns, ["".join(row)]), protocol="mimic-687")
    assert gold.findings == chexpert_findings()
    assert gold.codes[0, gold.findings.index("Lung Opacity")] == Value.UNCERTAIN
    assert gold.codes[0, gold.findings.index("Edema")] == Value.ABSENT
    assert (gold.codes == Value.BLANK).sum() == 12


def test_a_missing_column_is_named_with_those_that_are_there(write_labels):
    """The protocol of the manual test set wants all 14 observations."""
    path = write_labels("gold.csv", MIMIC[1:], ["." * 13])
    with pytest.raises(UsageError, match=r"has no column Lung Opacity; .*It has: study_id, Atelectasis"):
        read_gold(path, protocol="mimic-687")


def test_an_unknown_value_is_named_with_study_and_column(write_csv):
    """A 2 is no label."""
    path = write_csv("gold.csv", ["study_id", "Edema"], [[7, "1"], [8, "2"]])
    with pytest.raises(ReportFileError, match=r"gold.csv, study 8: Edema is '2'; known are 1, 0, -1, blank"):
        read_gold(path)


def test_an_unknown_value_is_shown_in_part_only(write_csv):
    """A column that holds text by mistake does not end up in a message."""
    path = write_csv("gold.csv", ["study_id", "notes"], [[7, "The heart is mildly enlarged and the lungs are clear."]])
    with pytest.raises(ReportFileError) as caught:
        read_gold(path)
    assert "lungs" not in str(caught.value)


def test_an_unknown_protocol_is_named():
    """A wrong protocol is told before a file is read."""
    with pytest.raises(UsageError, match="no protocol 'mimic'; there are: generic, mimic-687, open-i"):
        read_gold("none.csv", protocol="mimic")


def test_two_rows_of_one_study_are_named(write_labels):
    """Each study has one row; "s12", "CXR12" and "12.0" are one study."""
    with pytest.raises(UsageError, match=r"gold.csv has two rows for: 12;"):
        read_gold(write_labels("gold.csv", ["Edema"], ["1", "0"], ids=["s12", "12.0"]))


@pytest.mark.parametrize("name", ["labels.txt", "absent.csv"])
def test_a_file_that_is_no_table_is_named(tmp_path, name):
    """The ending decides how a table is read."""
    (tmp_path / "labels.txt").write_text("study_id,Edema\n1,1\n", encoding="utf-8")
    with pytest.raises(UsageError, match=name):
        read_predictions(tmp_path / name)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00study", b'study_id,Edema\n1,"1\n', b""])
def test_a_damaged_table_is_named_without_its_content(tmp_path, content):
    """What pandas says of a row could quote it."""
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(ReportFileError, match=r"labels.csv cannot be read as a table"):
        read_predictions(path)


def test_chestxray14_zero_is_not_absent(write_labels):
    """The classes tell present from not present only."""
    gold = read_gold(write_labels("gold.csv", [*CHESTXRAY14, "normal"], ["0" * 13 + "1" + "0"]), protocol="open-i")
    assert gold.findings == CHESTXRAY14
    assert gold.codes.tolist() == [[Value.BLANK] * 13 + [Value.PRESENT]]


def test_chestxray14_names_of_effusion_meet(write_labels):
    """CheXpert's Pleural Effusion is read for the class Effusion."""
    path = write_labels("labels.csv", ["Pleural Effusion", "Edema"], ["1."])
    assert read_predictions(path, ["Effusion"]).codes.tolist() == [[Value.PRESENT]]


def test_joined_finding_labels_are_spread(write_csv):
    """ChestX-ray14's own table joins the classes by a bar."""
    header = ["Image Index", "Finding Labels"]
    path = write_csv("Data_Entry_2017.csv", header, [["a.png", "Effusion|Mass"], ["b.png", "No Finding"]])
    table = read_predictions(path, ["Mass", "Nodule", "No Finding"])
    assert table.ids == ("a.png", "b.png")
    assert table.codes.tolist() == [[Value.PRESENT, 0, 0], [0, 0, Value.PRESENT]]


def test_a_question_mark_is_not_scored(write_labels):
    """A cell ? is neither blank nor a value."""
    assert read_gold(write_labels("gold.csv", ["Edema"], ["?"])).codes.tolist() == [[-1]]


def test_packed_csv_and_json_lines_are_read_alike(tmp_path):
    """A label file of MIMIC-CXR-JPG is packed; numbers with gaps are floats in JSON."""
    with gzip.open(tmp_path / "labels.csv.gz", "wt", encoding="utf-8") as file:
        file.write("subject_id,study_id,Edema,Fracture\n1,50000001,-1.0,\n1,50000002,,1.0\n")
    rows = [{"study_id": "50000001", "Edema": -1.0, "Fracture": None}, {"study_id": "50000002", "Fracture": 1.0}]
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    packed, lines = (read_predictions(tmp_path / name) for name in ("labels.csv.gz", "labels.jsonl"))
    assert packed.findings == lines.findings == ("Edema", "Fracture")
    assert packed.ids == lines.ids == ("50000001", "50000002")
    assert packed.codes.tolist() == lines.codes.tolist() == [[Value.UNCERTAIN, 0], [0, Value.PRESENT]]


def test_parquet_is_read(tmp_path):
    """A table that the labeler wrote as Parquet is read back."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    frame = pandas.DataFrame({"study_id": ["1"], "Edema": [0.0], "Fracture": [None]})
    frame.to_parquet(tmp_path / "labels.parquet")
    assert read_predictions(tmp_path / "labels.parquet").codes.tolist() == [[Value.ABSENT, Value.BLANK]]


def test_rows_without_identifiers_are_numbered(write_csv):
    """The CheXpert labeler writes the report and no identifier."""
    table = read_predictions(write_csv("labeled.csv", ["Reports", "Edema"], [["No edema.", "0.0"], ["Clear.", ""]]))
    assert table.ids == ("1", "2")
    assert table.findings == ("Edema",)


def test_an_id_column_can_be_named(write_csv):
    """Any column can hold the identifier; a wrong name is told."""
    path = write_csv("labels.csv", ["accession", "Edema"], [["A-7", "1"]])
    assert read_predictions(path, id_column="accession").ids == ("A-7",)
    with pytest.raises(UsageError, match=r"has no column 'acession'\. It has: accession, Edema"):
        read_predictions(path, id_column="acession")
    with pytest.raises(UsageError, match="name it with --id-column"):
        read_predictions(path)


def test_tables_that_share_no_study_are_told():
    """The first identifiers of both stand in the message."""
    one, other = (LabelTable(ids, ("Edema",), np.zeros((2, 1), np.int8), "x.csv") for ids in (("1", "2"), ("8", "9")))
    with pytest.raises(UsageError, match="share no study: 1, 2 against 8, 9"):
        meet(one, other)


def test_missing_studies_are_blank_or_skipped_as_asked(table):
    """A study without a prediction is an error unless one says what it is."""
    gold = table(["1", "0", "1"], ["Edema"])
    predicted = LabelTable(("3", "1", "7"), ("Edema",), np.array([[1], [3], [3]], np.int8), "labels.csv")
    with pytest.raises(UsageError, match=r"labels.csv has no row for 1 of 3 studies of a.csv: 2"):
        meet(gold, predicted)
    blank, skipped = (meet(gold, predicted, missing=missing)[1] for missing in ("blank", "skip"))
    assert blank.codes.tolist() == [[Value.PRESENT], [Value.BLANK], [Value.ABSENT]]
    assert skipped.ids == ("1", "3")


def test_a_cell_with_text_is_not_quoted(write_csv):
    """Where a column of reports is taken for a finding, the message says how long the text is, and no word of it."""
    path = write_csv("gold.csv", ["study_id", "Edema"], [["8", "No edema is seen."]])
    with pytest.raises(ReportFileError, match=r"study 8: Edema is a text of 17 characters; known are 1, 0") as raised:
        read_gold(path)
    assert "seen" not in str(raised.value)


def test_a_table_without_a_header_is_not_quoted(write_csv):
    """The first line is a report; the message counts its columns."""
    path = write_csv("gold.csv", ["s1", "No edema is seen."], [["s2", "No effusion."]])
    with pytest.raises(
        UsageError, match=r"It has: 2 names not shown, as they could be text; check that the first line is a header\."
    ):
        read_gold(path)
