"""What people who are new to the program get wrong, and what they are told."""

import json

import pytest
from click.testing import CliRunner

from labeler.cli.app import main


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Run a command in an empty folder that must be used otherwise, and return what is told."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
        assert result.exit_code == 2, result.output
        return " ".join(result.stderr.split())

    return run


def test_number_of_workers_may_be_auto(told):
    """Whoever does not know how many is told that the program does."""
    for command in (["label"], ["published"]):
        message = told(*command, ".", "-o", "x.csv", "--workers", "many")
        assert "'many' is not a number of processes; give 1 or more, or auto for one per core." in message


@pytest.mark.parametrize(("name", "what"), [("nope", "does not exist"), ("file.txt", "is no folder")])
def test_label_set_to_check_must_be_a_folder(told, tmp_path, name, what):
    """Permissions are not what is wrong, and there are sets to name."""
    (tmp_path / "file.txt").touch()
    message = told("phrases", "check", name)
    assert f"{name} {what}; give the folder of a label set. Those of the labeler are: chestxray14, " in message
    assert "permissions" not in message


def test_label_set_in_the_folder_here_is_suggested(told, tmp_path):
    """A bare name is that of a set of the labeler; a path says that it is a folder."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "label_set.yaml").touch()
    (tmp_path / "in.txt").touch()
    assert told("label", "in.txt", "--label-set", "mine").endswith("; for the folder here give ./mine")
    assert told("label", "in.txt", "--label-set", "chexprt").endswith("; did you mean 'chexpert'?")


@pytest.mark.usefixtures("fake")
def test_reports_without_usable_text_are_listed(run, folder, tmp_path):
    """A count names nobody; the list goes when there is none any more."""
    (folder / "empty.txt").write_text(" ")
    listed = tmp_path / "labels.csv.without-text.csv"
    result = run("label", folder, "-o", tmp_path / "labels.csv")
    assert listed.read_text() == "subject_id,study_id\n,empty\n"
    assert f"without usable text: 1\nThose without usable text are listed in {listed}\n" in result.stderr
    (folder / "empty.txt").unlink()
    run("label", folder, "-o", tmp_path / "labels.csv")
    assert not listed.exists()


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize("command", ["label", "published"])
def test_report_of_another_language_is_a_failure(run, tmp_path, command):
    """Whatever command labels it; the others are labelled."""
    (tmp_path / "in").mkdir()
    for name, text in (("s1", "No edema."), ("s2", "Hier ist kein Ödem.")):
        (tmp_path / "in" / f"{name}.txt").write_text(text)
    result = run(command, tmp_path / "in", "-o", tmp_path / ("out.csv" if command == "label" else "out"))
    assert result.exit_code == 1
    assert "Not labelled: study s2: is mostly not in English; translate it" in result.stderr
    assert "2 reports seen = 1 labelled + 1 failed" in result.stderr


@pytest.mark.usefixtures("fake")
def test_list_of_reports_without_text_is_no_input(told, tmp_path):
    """What would be written beside the output is looked at before it is replaced."""
    other = tmp_path / "labels.csv.without-text.csv"
    other.write_text("study_id,text\ns1,No edema.\n")
    assert "is an input; an output would replace it" in told("label", other, "-o", "labels.csv")


def test_manifest_says_what_was_used(run, tmp_path):
    """An option that is not given has a value all the same."""
    (tmp_path / "s1.txt").write_text("No edema.")
    run("label", tmp_path / "s1.txt", "-o", tmp_path / "out.csv", "--manifest", "--profile", "negbio")
    options = json.loads((tmp_path / "out.csv.manifest.json").read_text())["options"]
    assert options == {
        "aggregation": "negbio",
        "columns": "mimic",
        "id_column": "study_id, uid, id or study",
        "input_format": "by the name's ending",
        "label_set": options["label_set"],
        "policies": options["policies"],
        "profile": "negbio",
        "sections": "mimic",
        "shard": "1/1",
        "text_column": "text, report, report_text, report_impression, or findings and impression",
        "time_limit": "300",
    }
    assert "default" not in options.values()


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["evaluate", "--gold", "labels.csv", "--predictions", "labels.csv", "-o"], "results"),
        (["compare", "labels.csv", "labels.csv", "-o"], "merged.csv"),
        (["export", "labels.csv", "-o"], "targets.csv"),
    ],
)
def test_folder_that_cannot_be_written_to_is_found_before_the_work(told, tmp_path, monkeypatch, command, name):
    """Nothing is read, let alone scored."""

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("labeler.io.output.tempfile.TemporaryFile", refuse)
    monkeypatch.setattr("labeler.scoring.gold._read_frame", None)
    assert "cannot be written: Permission denied; check the folder's permissions" in told(*command, tmp_path / name)


@pytest.mark.usefixtures("fake")
def test_text_column_may_be_given_twice(run, tmp_path, caplog):
    """The columns are sections of one report, and the manifest says which they were."""
    (tmp_path / "a.csv").write_text("id;Note;findings\ns1;x;No edema.\n")
    asked = "--text-column", "findings", "--text-column", "note"
    run("sections", tmp_path / "a.csv", *asked, "-o", tmp_path / "out.csv", "--sections", "all")
    assert caplog.messages == [f"{tmp_path / 'a.csv'}: the cells are separated by semicolons"]
    assert (tmp_path / "out.csv").read_text().splitlines()[-3:] == ['s1,,No edema.,,,"No edema.', "", 'x"']
    run("label", tmp_path / "a.csv", *asked, "-o", tmp_path / "labels.csv", "--manifest")
    assert json.loads((tmp_path / "labels.csv.manifest.json").read_text())["options"]["text_column"] == "findings, note"
