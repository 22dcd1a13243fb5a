"""`labeler explain`, `labeler sections`, `--version`, `--help` and the process itself."""

import subprocess
import sys

import pytest

from labeler.errors import PhraseFileError


@pytest.mark.usefixtures("fake")
def test_explain_shows_labels_mentions_cues_and_rules(run, tmp_path):
    """Each label has its rule; each mention stands in its sentence with status, cue, rule and phrase."""
    (tmp_path / "s1.txt").write_text("There is possible edema,\nno atelectasis.")
    assert run("explain", tmp_path / "s1.txt").output == (
        "Report s1\n"
        "Edema        uncertain  first\n"
        "Atelectasis  absent     first\n"
        "Not mentioned: No Finding\n"
        "\n"
        "impression: There is <possible> [edema], <no> [atelectasis].\n"
        '    "edema": Edema uncertain, cue "possible", rule rule-possible (fake), phrase phrase-edema\n'
        '    "atelectasis": Atelectasis absent, cue "no", rule rule-no (fake), phrase phrase-atelectasis\n'
    )


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_explain_is_coloured_on_a_terminal_unless_told_not_to(run, monkeypatch, no_colour, coloured):
    """A terminal gets colours, NO_COLOR takes them away."""
    monkeypatch.setattr("labeler.cli.pages.is_terminal", lambda _stream: True)
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", "xterm")
    assert ("\x1b[" in run("explain", "-", stdin="edema").output) is coloured


@pytest.mark.usefixtures("fake")
def test_explain_leaves_terminal_escapes_out(run):
    """Control characters of a report don't reach the terminal."""
    output = run("explain", "-", stdin="\x1b[2Jedema \u202eand \x9bm more").output
    assert "impression: [edema] and m more\n" in output
    assert not any(character in output for character in "\x1b\x9b\u202e")


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"edema\0", "is not text: holds NUL bytes; save it as UTF-8 text"),
        (None, "holds more than one report; explain takes one."),
    ],
)
def test_explain_takes_one_report_that_can_be_read(run, folder, content, message):
    """A report that cannot be read, or a folder of several, is an error."""
    if content is not None:
        (folder / "one.txt").write_bytes(content)
    result = run("explain", folder if content is None else folder / "one.txt")
    assert result.exit_code == 2
    assert message in result.stderr


def test_sections_writes_what_is_labelled(run, tmp_path):
    """Each report's sections stand in a row, with the text that the selection chooses."""
    (tmp_path / "s1.txt").write_text("INDICATION: Cough.\nFINDINGS: Small effusion, left.\nIMPRESSION: No edema.\n")
    (tmp_path / "s2.txt").touch()
    result = run("sections", tmp_path, "-o", tmp_path / "out.csv", "--sections", "findings+impression")
    assert result.exit_code == 0
    assert (tmp_path / "out.csv").read_text() == (
        "study_id,impression,findings,last_paragraph,comparison,labelled_text\n"
        's1,No edema.,"Small effusion, left.",,,"Small effusion, left.\n\nNo edema."\n'
        "s2,,,,,\n"
    )
    assert result.stderr.startswith("2 reports seen = 2 written + 0 failed, in ")
    assert result.stderr.endswith("without usable text: 1\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "out.txt"], "out.txt does not end in .csv or .csv.gz, and"),
        (["--sections", "findingsx"], "did you mean 'findings'?"),
    ],
)
def test_sections_tells_a_wrong_use_and_ends_with_2(run, folder, arguments, message):
    """Wrong use gives one message and exit code 2."""
    result = run("sections", folder, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.usefixtures("fake")
def test_version_names_model_and_phrases(run):
    """`--version` says what the labels of a run depend on."""
    result = run("--version")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == ["labeler", "model", "phrases"]
    assert result.output.endswith("model fake 1.0\nphrases abc123\n")


@pytest.mark.parametrize("arguments", [["--version"], ["label", "-"], ["explain", "-"]])
def test_a_phrase_file_error_is_one_message(run, monkeypatch, arguments):
    """An error of the labeler is printed as it is, without a traceback, and ends with 2."""

    def broken(*_arguments, **_options):
        raise PhraseFileError("edema.yaml:3: unknown key 'phrses'; did you mean 'phrases'?")

    monkeypatch.setattr("labeler.pipeline.Labeler", broken)
    result = run(*arguments, stdin="edema")
    assert result.exit_code == 2
    assert result.output == "Error: edema.yaml:3: unknown key 'phrses'; did you mean 'phrases'?\n"


def test_help_imports_nothing_heavy():
    """`labeler --help` is quick since spaCy, pandas and the like are not imported."""
    heavy = "{'spacy', 'pandas', 'numpy', 'pyarrow', 'pydantic', 'yaml', 'tqdm', 'multiprocessing'}"
    code = f"""
import sys
from labeler.cli.app import main
try:
    main(["--help"])
except SystemExit:
    print("imported:", sorted({heavy} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("imported: []\n")


@pytest.mark.parametrize("command", ["label", "explain", "sections"])
def test_every_command_has_help(run, command):
    """Each command says what its input is."""
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "INPUT is a folder" in result.output


def test_a_reader_that_closes_the_pipe_early_gives_no_message(folder):
    """`labeler sections FOLDER | head -1` says nothing when head has gone."""
    for number in range(2000):
        (folder / f"more-{number}.txt").write_text("IMPRESSION: No edema. " * 20)
    command = [sys.executable, "-m", "labeler", "sections", str(folder), "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith(b"study_id,")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1
