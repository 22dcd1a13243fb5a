"""Two tables of labels are compared where neither is the truth."""

import csv
import io

import pytest

from labeler.scoring.compare import compare_labels, write_merged
from labeler.scoring.gold import read_gold


def test_agreement_and_kinds_are_counted(table):
    """Of four studies two agree; the kinds of disagreement have the first labeler first."""
    agreed = compare_labels(table(["1", "0", "u", "1"], ["Edema"]), table(["1", "0", "1", "."], ["Edema"], "b.csv"))
    summary, kinds = agreed.summary(), agreed.matrix()
    # by chance: 2/4 * 2/4 present, 1/4 * 1/4 absent = 5/16; kappa = (8/16 - 5/16) / (11/16)
    assert summary.rows[0] == ("Edema", "4", "2", "0.500", f"{3 / 11:.3f}", "uncertain / present 1")
    assert summary.rows[-1][0] == "all"
    counts = dict(zip(kinds.header[1:], kinds.rows[0][1:], strict=True))
    assert {name: count for name, count in counts.items() if count != "0"} == {
        "uncertain / present": "1",
        "present / blank": "1",
    }


def test_the_summary_fits_a_terminal_and_the_matrix_is_shown_on_demand(run, write_labels):
    """With the longest name of CheXpert's and every cell different, no line is longer than 100 columns."""
    findings = ["Enlarged Cardiomediastinum", "Pleural Effusion"]
    one, other = write_labels("a.csv", findings, ["uu"] * 5000), write_labels("b.csv", findings, ["11"] * 5000)
    shown = run("compare", one, other).output
    assert max(map(len, shown.splitlines())) <= 100
    assert "uncertain / present 5000" in shown
    assert "absent / blank" not in shown
    assert "absent / blank" in run("compare", one, other, "--matrix").output


def test_the_merged_table_serves_as_gold(table, tmp_path):
    """Cells on which the two differ are marked, and are not scored."""
    path = tmp_path / "merged.csv"
    agreed = compare_labels(table(["1.", "0u"], ["Edema", "Fracture"]), table(["10", "0u"], ["Edema", "Fracture"]))
    assert write_merged(str(path), agreed) == 1
    assert path.read_text() == "study_id,Edema,Fracture\n1,1.0,?\n2,0.0,-1.0\n"
    assert read_gold(path).codes.tolist() == [[3, -1], [1, 2]]


def test_the_command_compares_on_shared_studies(run, write_labels, tmp_path):
    """Studies that one file lacks are counted and left out."""
    one = write_labels("a.csv", ["Edema"], ["1", "0", "1"], ids=[1, 2, 3])
    other = write_labels("b.csv", ["Edema"], ["0", "1", "0"], ids=[2, 3, 9])
    result = run("compare", one, other, "-o", tmp_path / "merged.csv")
    assert "2 studies in both; 1 only in A, 1 only in B." in result.output
    assert "1 cells differ." not in result.output
    assert "0 cells differ." in result.output


def test_the_merged_table_goes_to_standard_output_alone(run, write_labels):
    """Tables to read go to standard error then."""
    one, other = write_labels("a.csv", ["Edema"], ["1"]), write_labels("b.csv", ["Edema"], ["0"])
    result = run("compare", one, other, "-o", "-")
    assert list(csv.reader(io.StringIO(result.stdout))) == [["study_id", "Edema"], ["50000001", "?"]]


@pytest.mark.parametrize("findings", [["Fracture"], ["Edema ", "Edemas"]])
def test_files_of_other_findings_are_told(run, write_labels, findings):
    """The second file must have the findings of the first."""
    one, other = write_labels("a.csv", ["Edema"], ["1"]), write_labels("b.csv", findings, ["1" * len(findings)])
    assert "has no column Edema" in run("compare", one, other, code=2).output


def test_a_name_does_nothing_to_the_terminal(write_labels, run):
    """Escapes in the names of findings and files are left out."""
    table = write_labels("a\x1b[2J.csv", ["Ede\x1b[31mma"], ["1"])
    shown = run("compare", table, table).output
    assert "Edema" in shown
    assert "\x1b" not in shown
