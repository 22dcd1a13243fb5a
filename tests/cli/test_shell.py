"""What a shell asks of the program: completion and a manual page; and what a name in an explanation stands for."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from labeler.cli.app import main


def completed(*words):
    """Return what bash is told for the last word."""
    program = "import sys; from labeler.cli.app import main; main(prog_name='labeler')"
    asked = {
        "_LABELER_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["labeler", *words]),
        "COMP_CWORD": str(len(words)),
    }
    told = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | asked, capture_output=True, text=True, check=True
    ).stdout
    return told.splitlines()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["pub"], ["plain,published"]),
        (["label", "rep"], ["file,rep"]),
        (["label", "x.csv", "--label-set", "vin"], ["plain,vindr"]),
        (["label", "x.csv", "--label-set", "./my"], ["dir,./my"]),
        (["label", "x.csv", "--sections", "findings+impr"], ["plain,findings+impression"]),
        (["label", "x.csv", "--profile", "neg"], ["plain,negbio"]),
        (["label", "x.csv", "--columns", "mi"], ["plain,mimic"]),
        (["phrases", "show", "hedge.modal-"], ["plain,hedge.modal-post"]),
        (["phrases", "add", "Stent", "--to", "chexpert-"], ["plain,chexpert-original"]),
    ],
    ids=" ".join,
)
def test_shell_completes(words, answer):
    """Files, names of label sets, sections joined by +, and rules are completed."""
    assert completed(*words) == answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_of_a_shell_asks_by_the_variable(shell):
    """The script that is written calls the program as it answers."""
    result = CliRunner().invoke(main, ["completion", shell])
    assert f"_LABELER_COMPLETE={shell}_complete" in result.stdout


def test_manual_page_has_every_command():
    """Its source is what `man` reads, and a line that begins with a point is none of its commands."""
    page = CliRunner().invoke(main, ["man"]).stdout
    assert page.startswith(".TH LABELER 1\n")
    for name in ("LABEL", "EXPLAIN", "PHRASES ADD", "COMPLETION"):
        assert f"\n.SH LABELER {name}\n" in page
    assert "\\-\\-label\\-set" in page


def test_rule_is_shown_as_it_is_written():
    """File and line, and the rule alone."""
    shown = CliRunner().invoke(main, ["phrases", "show", "hedge.modal-post"]).stdout.splitlines()
    assert "assertion/rules/hedge.yaml:" in shown[0]
    assert shown[1].strip() == "- id: hedge.modal-post"
    assert sum("- id: " in line for line in shown) == 1
    assert any(line.strip() == "cases:" for line in shown)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cardiomegaly.heart", "chexpert/findings/cardiomegaly.yaml:"),
        ("pleural effusion", "finding: Pleural Effusion"),
        ("stable-absent", "becomes: absent"),
        ("documented.present", "documented.present: how the mentions of a study become its label"),
        ("hedge.model", "did you mean 'hedge.modal'?"),
        ("xyzzy", "`labeler explain` shows the rule and the phrase"),
    ],
)
def test_whatever_an_explanation_names_can_be_looked_up(name, said):
    """Groups, findings and policies too; a misspelt name is answered with the right one."""
    assert said in CliRunner().invoke(main, ["phrases", "show", name]).output
