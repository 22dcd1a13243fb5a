"""Tables to train on, and the labels of the published labelers side by side."""

import gzip

import pytest
from click.testing import CliRunner

from labeler.cli.app import main

LABELS = """\
subject_id,study_id,Cardiomegaly,Edema,Consolidation,Atelectasis,Pleural Effusion,Fracture
10,50000001,-1.0,-1.0,1.0,-1.0,,0.0
10,50000002,1.0,,0.0,,-1.0,1.0
11,50000003,,1.0,,0.0,1.0,
"""
SPLIT = """\
dicom_id,study_id,subject_id,split
a1,50000001,10,train
a2,50000001,10,train
b1,50000002,10,validate
z9,50000099,19,test
"""
METADATA = """\
dicom_id,subject_id,study_id,ViewPosition,Rows
a1,10,50000001,PA,2544
a2,10,50000001,LATERAL,3056
b1,10,50000002,AP,2544
z9,19,50000099,AP,2544
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in a folder with a table of labels and the tables of images."""
    monkeypatch.chdir(tmp_path)
    for name, content in {"labels.csv": LABELS, "split.csv": SPLIT, "metadata.csv": METADATA}.items():
        (tmp_path / name).write_text(content)

    def run(*arguments):
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return run


@pytest.mark.parametrize(
    ("options", "first", "second"),
    [
        ((), "10,50000001,-1.0,-1.0,1.0,-1.0,,0.0", "10,50000002,1.0,,0.0,,-1.0,1.0"),
        (("--uncertain", "zeros"), "10,50000001,0.0,0.0,1.0,0.0,,0.0", "10,50000002,1.0,,0.0,,0.0,1.0"),
        (("--uncertain", "ones"), "10,50000001,1.0,1.0,1.0,1.0,,0.0", "10,50000002,1.0,,0.0,,1.0,1.0"),
        (("--uncertain", "ignore"), "10,50000001,,,1.0,,,0.0", "10,50000002,1.0,,0.0,,,1.0"),
        (("--uncertain", "chexpert"), "10,50000001,0.0,1.0,1.0,1.0,,0.0", "10,50000002,1.0,,0.0,,0.0,1.0"),
        (
            ("--uncertain", "zeros", "--blank", "zero"),
            "10,50000001,0.0,0.0,1.0,0.0,0.0,0.0",
            "10,50000002,1.0,0.0,0.0,0.0,0.0,1.0",
        ),
        (("--presence",), "10,50000001,0.0,0.0,1.0,0.0,0.0,0.0", "10,50000002,1.0,0.0,0.0,0.0,0.0,1.0"),
        (
            ("--uncertain", "zeros", "--uncertain-of", "Edema=ignore"),
            "10,50000001,0.0,,1.0,0.0,,0.0",
            "10,50000002,1.0,,0.0,,0.0,1.0",
        ),
        (
            ("--group", "competition", "--uncertain", "chexpert"),
            "10,50000001,0.0,1.0,1.0,1.0,",
            "10,50000002,1.0,,0.0,,0.0",
        ),
        (("--finding", "Fracture"), "10,50000001,0.0", "10,50000002,1.0"),
        (("--finding", "Fracture", "--uncertain", "chexpert"), "10,50000001,0.0", "10,50000002,1.0"),
    ],
)
def test_uncertain_and_blank_become_what_is_chosen(run, options, first, second):
    """Zeros, ones, ignored or kept, for all findings or one, and by the CheXpert paper's choice."""
    lines = run("export", "labels.csv", *options).stdout.splitlines()
    assert lines[1:3] == [first, second]


def test_five_observations_of_the_competition(run):
    """The group is that of the label set, in its order."""
    head = run("export", "labels.csv", "--group", "competition").stdout.splitlines()[0]
    assert head == "subject_id,study_id,Cardiomegaly,Edema,Consolidation,Atelectasis,Pleural Effusion"


def test_images_are_joined_and_what_does_not_meet_is_told(run, tmp_path):
    """One row per image with view and split; studies on one side only are counted, listed and written."""
    options = ("--split", "split.csv", "--metadata", "metadata.csv", "--presence", "--finding", "Cardiomegaly")
    result = run("export", "labels.csv", *options, "--unmatched", "unmatched.csv", "-o", "images.csv.gz")
    assert gzip.decompress((tmp_path / "images.csv.gz").read_bytes()).decode().splitlines() == [
        "dicom_id,subject_id,study_id,ViewPosition,split,Cardiomegaly",
        "a1,10,50000001,PA,train,0.0",
        "a2,10,50000001,LATERAL,train,0.0",
        "b1,10,50000002,AP,validate,1.0",
    ]
    assert "1 studies without an image: 50000003" in result.stderr
    assert "1 studies without labels: 50000099" in result.stderr
    assert (tmp_path / "unmatched.csv").read_text() == "study_id,lacks\n50000003,image\n50000099,labels\n"


def test_studies_are_met_with_and_without_the_letter(run, tmp_path):
    """Labels from file names such as s50000001.txt meet images of study 50000001."""
    (tmp_path / "named.csv").write_text("study_id,Edema\ns50000001,1.0\n")
    lines = run("export", "named.csv", "--split", "split.csv").stdout.splitlines()
    assert lines[1] == "a1,10,50000001,train,1.0"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--finding", "Oedema"), "has no finding 'Oedema'. It has: "),
        (("--uncertain-of", "Oedema=ones"), "has no finding 'Oedema'. It has: "),
        (("--uncertain-of", "Edema=maybe"), "is not of the form FINDING=WAY; ways are: zeros, ones, ignore, keep"),
        (("--group", "six"), "label set chexpert has no group 'six'; there are: competition"),
        (("--split", "labels.csv"), "labels.csv has no column 'dicom_id'; a table of images names image and study"),
        (("--split", "nowhere.csv"), "nowhere.csv does not exist or is no file; give a table of images"),
        (("--split", "twice.csv"), "twice.csv has image a1 twice; each image needs a row of its own"),
        (("--split", "broken.csv.gz"), "broken.csv.gz cannot be read as CSV; check that it is whole"),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(run, tmp_path, arguments, message):
    """The message names what is wrong and what would do."""
    (tmp_path / "twice.csv").write_text("dicom_id,study_id\na1,1\na1,2\n")
    (tmp_path / "broken.csv.gz").write_bytes(b"not packed")
    result = run("export", "labels.csv", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", " ")


def test_the_ending_of_the_name_decides_the_format(run, tmp_path):
    """Nothing is CSV under the name of something else; with images, each has its own patient."""
    pq = pytest.importorskip("pyarrow.parquet")
    run("export", "labels.csv", "-o", "targets.parquet")
    written = pq.read_table(tmp_path / "targets.parquet")
    assert written.column_names[:3] == ["subject_id", "study_id", "Cardiomegaly"]
    assert written.column("Edema").to_pylist() == [-1.0, None, 1.0]
    for command in (["export", "labels.csv"], ["compare", "labels.csv", "labels.csv"]):
        result = run(*command, "-o", "x.xlsx")
        assert (result.exit_code, (tmp_path / "x.xlsx").exists()) == (2, False)
        assert "x.xlsx does not end in .csv or .csv.gz, and CSV is what would be written" in result.stderr


def test_subjects_are_kept(run, tmp_path):
    """A merged table has them as well, if either of the two does."""
    (tmp_path / "other.csv").write_text(LABELS.replace("subject_id,", "").replace("\n10,", "\n").replace("\n11,", "\n"))
    for one, two in (("labels.csv", "other.csv"), ("other.csv", "labels.csv")):
        merged = run("compare", one, two, "-o", "-").stdout.splitlines()
        assert [line.split(",")[:2] for line in merged] == [
            ["subject_id", "study_id"],
            ["10", "50000001"],
            ["10", "50000002"],
            ["11", "50000003"],
        ]


def test_table_without_a_finding_is_refused(run, tmp_path):
    """An empty result would look like one."""
    (tmp_path / "ids.csv").write_text("subject_id,study_id\n10,50000001\n")
    message = "ids.csv has no column of a finding. It has: subject_id, study_id."
    for command in (
        ("export", "ids.csv"),
        ("compare", "ids.csv", "labels.csv"),
        ("evaluate", "--gold", "ids.csv", "--predictions", "labels.csv"),
    ):
        result = run(*command)
        assert result.exit_code == 2
        assert message in result.stderr


def test_published_resumes_and_takes_workers(run, tmp_path):
    """The files are the same as those of one process, and a finished run leaves nothing to resume."""
    (tmp_path / "files").mkdir()
    for number in range(6):
        (tmp_path / "files" / f"s{number}.txt").write_text(" IMPRESSION:  Atelectasis or pneumonia.\n")
    for folder, options in (("one", ()), ("two", ("--workers", "2")), ("three", ("--resume",))):
        assert run("published", "files", "-o", folder, *options).exit_code == 0
    for name in ("chexpert.csv.gz", "negbio.csv.gz", "disagreement.csv"):
        assert len({(tmp_path / folder / name).read_bytes() for folder in ("one", "two", "three")}) == 1
    assert not list((tmp_path / "two").glob(".*"))


def test_published_labels_stand_side_by_side(run, tmp_path):
    """Both files have the form of MIMIC-CXR-JPG, and the cells on which they differ are written and counted."""
    folder = tmp_path / "files" / "p10" / "p10000001"
    folder.mkdir(parents=True)
    (folder / "s50000001.txt").write_text(" IMPRESSION:  Atelectasis or pneumonia.\n")
    (folder / "s50000002.txt").write_text(" IMPRESSION:  No pneumothorax.\n")
    result = run("published", "files", "-o", "out")
    chexpert = gzip.decompress((tmp_path / "out" / "chexpert.csv.gz").read_bytes()).decode().splitlines()
    assert chexpert[0].startswith("subject_id,study_id,Atelectasis,Cardiomegaly,Consolidation,")
    assert chexpert[1] == "10000001,50000001,-1.0,,,,,,,,,,,-1.0,,"
    differing = (tmp_path / "out" / "disagreement.csv").read_text().splitlines()
    assert differing == [
        "study_id,finding,chexpert,negbio",
        "50000001,Pneumonia,-1.0,1.0",
        "50000001,Atelectasis,-1.0,1.0",
    ]
    assert result.stderr.startswith("2 reports seen = 2 labelled + 0 failed, in ")
    assert result.stderr.endswith("2 cells differ\n")
    assert "Cohen's kappa" in result.stdout


def test_published_tells_what_it_cannot_label(run, tmp_path, monkeypatch):
    """What cannot be read or labelled is told and listed without its text; the others are labelled."""
    from labeler.pipeline import Labeler

    whole = Labeler.label_batch

    def label_batch(self, reports, **options):
        if reports[0].id == "s2":
            raise ValueError(reports[0].text)
        return whole(self, reports, **options)

    monkeypatch.setattr(Labeler, "label_batch", label_batch)
    (tmp_path / "files").mkdir()
    for number in (1, 2, 3):
        (tmp_path / "files" / f"s{number}.txt").write_text(" IMPRESSION:  No XYZZY, no pneumothorax.\n")
    (tmp_path / "files" / "s4.txt").write_bytes(b"XYZZY\0")
    result = run("published", "files", "-o", "out")
    assert result.exit_code == 1
    assert "Not labelled: study s2: ValueError at labeler.io.published:" in result.stderr
    assert "Not read: files/s4.txt: is not text: holds NUL bytes;" in result.stderr
    assert "4 reports seen = 2 labelled + 2 failed, in " in result.stderr
    assert "XYZZY" not in result.output
    chexpert = gzip.decompress((tmp_path / "out" / "chexpert.csv.gz").read_bytes()).decode().splitlines()
    assert [line.split(",")[0] for line in chexpert[1:]] == ["s1", "s3"]
    errors = (tmp_path / "out" / "errors.csv").read_text()
    assert [line.split(",")[:4] for line in errors.splitlines()] == [
        ["id", "stage", "kind", "where"],
        ["s2", "label", "engine-error", ""],
        ["s4", "read", "not-text", "files/s4.txt"],
    ]
    assert "XYZZY" not in errors
    (tmp_path / "files" / "s4.txt").unlink()
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run("published", "files", "-o", "out").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "chexpert.csv.gz",
        "disagreement.csv",
        "negbio.csv.gz",
    ]
