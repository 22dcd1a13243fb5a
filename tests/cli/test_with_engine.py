"""The command line with the labeler itself."""

import csv
import shutil

import pytest

from labeler.phrasebook.load import phrases_folder

MIMIC_HEADER = (
    "subject_id,study_id,Atelectasis,Cardiomegaly,Consolidation,Edema,Enlarged Cardiomediastinum,Fracture,Lung Lesion,"
    "Lung Opacity,No Finding,Pleural Effusion,Pleural Other,Pneumonia,Pneumothorax,Support Devices\n"
)
CHEXPERT_HEADER = (
    "Reports,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Lesion,Lung Opacity,Edema,Consolidation,Pneumonia,"
    "Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices\n"
)


def test_label_has_the_columns_of_mimic_cxr_jpg(run, folder):
    """The table is that of mimic-cxr-2.0.0-chexpert.csv.gz."""
    assert run("label", folder, "-q").output == (
        MIMIC_HEADER + "10000032,50414267,,,,0.0,,,,,1.0,,,,,\n10000032,53189527,-1.0,,,,,,,,,,,,,\n"
        "11000011,50000001,0.0,,,1.0,,,,,,,,,,\n"
    )


def test_label_has_the_columns_of_the_chexpert_labeler(run, tmp_path):
    """The original's input gives the original's output."""
    (tmp_path / "in.csv").write_text('No edema.\n"Pneumothorax, left."\n')
    result = run("label", tmp_path / "in.csv", "--input-format", "chexpert", "--columns", "chexpert", "-q")
    assert result.output == (
        CHEXPERT_HEADER + 'No edema.,1.0,,,,,0.0,,,,,,,,\n"Pneumothorax, left.",,,,,,,,,,1.0,,,,\n'
    )


@pytest.mark.parametrize("text", ["", " \n\t\n", "INDICATION: Edema?\n"])
def test_a_report_without_usable_text_is_blank_in_all_observations(run, tmp_path, text):
    """An empty report has a row in which No Finding is blank too, and is counted."""
    (tmp_path / "empty.txt").write_text(text)
    result = run("label", tmp_path / "empty.txt")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1] == "empty" + "," * 14
    assert "without usable text: 1\n" in result.stderr


def test_one_worker_and_two_give_the_same_bytes(run, tmp_path):
    """Labels and evidence of a folder don't depend on the number of workers."""
    for number in range(70):
        (tmp_path / f"r{number}.txt").write_text(f"No edema. Effusion of {number} mm. Possible pneumonia.")
    for workers in (1, 2):
        run("label", tmp_path, "-o", tmp_path / f"{workers}.csv", "--evidence", tmp_path / f"{workers}.jsonl",
            "--workers", workers)  # fmt: skip
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()
    assert len((tmp_path / "2.csv").read_text().splitlines()) == 71


def test_a_report_alone_gives_what_the_folder_gives(run, folder):
    """A report's row does not depend on the others."""
    alone = run("label", folder / "files/p11/p11000011/s50000001.txt", "-q").output
    assert alone.splitlines()[1] == run("label", folder, "-q").output.splitlines()[3]


@pytest.mark.parametrize(
    ("line", "said"),
    [("- no\n", "give keys and values"), ("phrasses: [a]\n", "phrasses"), ("id: twice\nid: twice\n", "id")],
)
def test_a_broken_phrase_file_is_one_message_with_its_place(run, folder, tmp_path, line, said):
    """A phrase file that is not as it must be ends the run with 2 and names file and line."""
    shutil.copytree(phrases_folder(), tmp_path / "phrases")
    broken = next((tmp_path / "phrases" / "chexpert" / "findings").glob("edema*"))
    broken.write_text(line)
    result = run("label", folder, "--phrases", tmp_path / "phrases")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert f"{broken.name}:" in result.stderr
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments", [["--sections", "findingsx"], ["--label-set", "chexprt"], ["--aggregation", "majority"]]
)
def test_an_unknown_name_ends_with_2(run, folder, arguments):
    """A section, label set or aggregation that does not exist is a usage error."""
    result = run("label", folder, *arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert result.stdout == ""


def test_a_report_in_another_language_is_listed_as_such(run, tmp_path):
    """It's a failure by name, with its remedy, and not a line of blanks."""
    reports, out = tmp_path / "reports.csv", tmp_path / "labels.csv"
    reports.write_text("study_id,text\n1,No edema.\n2,Kein Pleuraerguss. Die Lunge ist frei.\n", "utf-8")
    result = run("label", reports, "-o", out, "--sections", "all", "--id-column", "study_id")
    assert result.exit_code == 1
    with out.with_name("labels.csv.errors.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["kind"], row["stage"]) == ("2", "language", "label")
    assert "Pleuraerguss" not in result.output + "".join(row.values())
