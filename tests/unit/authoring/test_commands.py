"""`labeler phrases list`, `init`, `try` and `schema`, and Finding Labels."""

import json

import pytest
from click.testing import CliRunner

from labeler.cli.app import main
from labeler.phrasebook.folder import label_sets
from labeler.phrasebook.load import load_phrasebook, phrases_folder

REPORTS = """\
study_id,text
1,Tracheostomy in place. No pneumothorax.
2,The tracheostomy has been removed.
3,Possible trach tube.
4,Clear lungs.
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in an empty folder with a table of reports."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports.csv").write_text(REPORTS)

    def run(*arguments):
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return run


def test_list_names_every_set_with_its_hash(run):
    """The hash is the one that outputs carry; policies stand below their set."""
    lines = run("phrases", "list").stdout.splitlines()
    for name in label_sets(phrases_folder()):
        assert any(line.split()[:2] == [name, load_phrasebook(name).hash] for line in lines)
    assert any("--policy stable-absent: " in line for line in lines)
    assert any("--policy alternatives-present, by itself: " in line for line in lines)


def test_set_that_init_writes_is_good_and_finds(run):
    """What init writes passes check and labels reports as it stands."""
    assert run("phrases", "init", "tracheostomy").stdout.splitlines() == [
        "tracheostomy/label_set.yaml",
        "tracheostomy/findings/tracheostomy.yaml",
    ]
    assert run("phrases", "check", "tracheostomy", "--strict").exit_code == 0
    labelled = run("label", "reports.csv", "--label-set", "./tracheostomy", "-o", "-", "-q").stdout.splitlines()
    assert labelled == ["study_id,Tracheostomy", "1,1.0", "2,0.0", "3,", "4,"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My Set", "'My Set' can't name a label set; use lower-case letters, digits, - and _"),
        ("there", "there is there already; choose another name or remove it"),
    ],
)
def test_init_refuses_what_can_be_no_set(run, tmp_path, name, message):
    """Nothing is overwritten."""
    (tmp_path / "there" / "findings").mkdir(parents=True)
    result = run("phrases", "init", name)
    assert result.exit_code == 2
    assert message in result.stderr


def test_init_says_where_it_cannot_write(run, tmp_path):
    """A file stands where a folder should."""
    (tmp_path / "file").write_text("")
    assert "file/new can't be written: " in run("phrases", "init", "new", "--into", "file").stderr


@pytest.mark.parametrize("phrases", [(), ("--phrases", "mine")], ids=["set", "folder"])
def test_fifteenth_finding_is_one_command(run, tmp_path, phrases):
    """What is needed is copied, the finding is found, and the check warns of nothing that the user has not written."""
    added = run("phrases", "add", "Tracheal Stent", "--to", "chexpert", *phrases)
    folder = "mine/chexpert" if phrases else "chexpert"
    assert added.stdout.splitlines() == [f"{folder}/findings/tracheal_stent.yaml", f"{folder}/label_set.yaml"]
    checked = run("phrases", "check", folder)
    assert (checked.exit_code, checked.output) == (0, "0 errors, 0 warnings\n")
    (tmp_path / "cxr.csv").write_text("study_id,text\n1,Tracheal stent in place.\n")
    use = (*phrases, "--label-set", "chexpert" if phrases else "./chexpert")
    header, row = run("label", "cxr.csv", *use, "--columns", "chexpert", "-o", "-", "-q").stdout.splitlines()
    assert header.split(",")[-2:] == ["Support Devices", "Tracheal Stent"]
    assert row.endswith(",1.0")


def test_finding_is_added_to_a_set_that_is_there(run, tmp_path):
    """A second one goes into the same copy, and an id that is taken is not given twice; lists in [ ] stay so."""
    for name in ("Tracheal Stent", "Wire"):
        assert run("phrases", "add", name, "--to", "chexpert").exit_code == 0
    path = tmp_path / "chexpert" / "findings" / "wire.yaml"
    path.write_text(path.read_text().replace('"wire{,s}"', '"wire{,s}"\n      - "{wire,filament} 7"'))
    checked = run("phrases", "check", "chexpert")
    assert checked.exit_code == 0
    assert {line.partition(":")[0] for line in checked.stdout.splitlines()} == {"chexpert/findings/wire.yaml"}
    run("phrases", "init", "own")
    (tmp_path / "own" / "label_set.yaml").write_text("name: own\nmeaning: x\nfindings: [Own]\n")
    assert run("phrases", "add", "Wire (old)", "--to", "./own").exit_code == 0
    assert "findings: [Own, Wire (old)]\n" in (tmp_path / "own" / "label_set.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "label_set", "message"),
    [
        ("pneumonia", "chexpert", "has the finding 'pneumonia' already"),
        ("Stent: new", "chexpert", "'Stent: new' can't name a finding"),
        ("Stent", "vindr", "the columns of vindr are findings of thorax; add the finding to thorax"),
        ("Stent", "chexprt", "did you mean 'chexpert'?"),
    ],
)
def test_finding_that_cannot_be_added_is_refused(run, tmp_path, name, label_set, message):
    """The message says why and what to do, and nothing is copied."""
    result = run("phrases", "add", name, "--to", label_set)
    assert result.exit_code == 2
    assert not (tmp_path / label_set).exists()
    assert message in result.stderr


def test_try_counts_phrases_shows_examples_and_what_never_fires(run):
    """Studies per finding, mentions per phrase with status and snippet, and phrases without a mention."""
    run("phrases", "init", "tracheostomy")
    out = run("phrases", "try", "tracheostomy", "reports.csv").stdout
    assert out == (
        "4 reports\n\nTracheostomy: 1 present, 1 absent (studies)\n  tracheostomy\n"
        "    'tracheostomy': 1 present, 1 absent\n"
        "        present: [Tracheostomy] in place.\n"
        "        absent: The [tracheostomy] has been removed.\n"
        "    never: tracheostomys\n"
    )
    assert "[" not in run("phrases", "try", "tracheostomy", "reports.csv", "--snippets", "0").stdout


def test_try_shows_what_another_version_changes(run, tmp_path):
    """Label by label, with the studies."""
    run("phrases", "init", "tracheostomy")
    run("phrases", "init", "tracheostomy", "--into", "new")
    path = tmp_path / "new" / "tracheostomy" / "findings" / "tracheostomy.yaml"
    path.write_text(path.read_text().replace('"tracheostomy{,s}"', '"tracheostomy{,s}"\n      - "trach tube{,s}"'))
    result = run("phrases", "try", "tracheostomy", "reports.csv", "--against", "new/tracheostomy")
    assert result.stdout == "Tracheostomy: blank -> uncertain: 1 (3)\n"
    assert "1 labels change" in result.stderr


def test_set_that_is_not_there_is_named(run):
    """A path without a label set is answered with what one is."""
    result = run("label", "reports.csv", "--label-set", "./nowhere", "-q")
    assert "./nowhere: no label set there; a label set is a folder with a label_set.yaml" in result.stderr


@pytest.mark.parametrize("kind", ["label-set", "finding", "rules", "order", "scope", "profile"])
def test_schema_is_json_schema(run, kind):
    """Each kind of file has a schema that forbids unknown keys."""
    schema = json.loads(run("phrases", "schema", kind).stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


def test_finding_labels_are_joined_as_in_chestxray14(run, tmp_path):
    """What is present is joined by |, what is uncertain is left out, and a study with that alone is blank."""
    (tmp_path / "cxr.csv").write_text(
        "study_id,text\n1,Small effusion. Emphysema. Possible pneumonia.\n2,Clear lungs.\n3,Possible pneumonia.\n"
    )
    options = ("--label-set", "chestxray14", "--sections", "all", "--columns", "chestxray14", "-o", "-", "-q")
    assert run("label", "cxr.csv", *options).stdout.splitlines() == [
        "study_id,Finding Labels",
        "1,Effusion|Emphysema",
        "2,No Finding",
        "3,",
    ]


def test_policy_is_chosen_by_name(run, tmp_path):
    """Several may be given; one that the set has not is answered with those that it has."""
    (tmp_path / "cxr.csv").write_text("study_id,text\n1,The mediastinum is stable. Pulmonary vascular congestion.\n")
    asked = ("--policy", "stable-absent", "--policy", "congestion-uncertain")
    line = run("label", "cxr.csv", *asked, "--columns", "mimic", "-o", "-", "-q").stdout.splitlines()[1]
    assert line == "1,,,,-1.0,0.0,,,,,,,,,"
    result = run("label", "cxr.csv", "--policy", "stable", "-q")
    assert "label set chexpert has no policy 'stable'; there are: stable-absent, stable-blank" in result.stderr


def test_output_name_heads_the_column(run, tmp_path):
    """A set may call a column otherwise than its finding."""
    run("phrases", "init", "tracheostomy")
    path = tmp_path / "tracheostomy" / "label_set.yaml"
    path.write_text(path.read_text() + "output_names: {Tracheostomy: trach}\n")
    lines = run("label", "reports.csv", "--label-set", "./tracheostomy", "-o", "-", "-q").stdout.splitlines()
    assert lines[0] == "study_id,trach"


def test_worked_example_of_the_documentation_is_good(run, tmp_path):
    """The finding file in docs/label-sets.md passes check in the set that init wrote, and reads its cases."""
    page = phrases_folder().parent / "docs" / "label-sets.md"
    if not page.is_file():
        pytest.skip("the documentation is not part of an installed package")
    run("phrases", "init", "tracheostomy")
    example = page.read_text().split("```yaml\n")[1].split("```")[0]
    (tmp_path / "tracheostomy" / "findings" / "tracheostomy.yaml").write_text(example)
    result = run("phrases", "check", "./tracheostomy")
    assert result.exit_code == 0, result.stdout
