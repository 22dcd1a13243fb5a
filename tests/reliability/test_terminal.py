"""Names and texts come from others: whatever they hold, a terminal that shows them does nothing but show them."""

import re

import pytest
from click.testing import CliRunner

from labeler.cli.app import main

EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m\x08\x7f\u202e\u2066\u200b\x0c\x85\u2028"
ACTS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def shown(*arguments):
    """Return what a command shows on a terminal, where nothing is taken out on the way."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], color=True).output


def put(path, text):
    """Write a file."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_explain_shows_text_and_name_alone(tmp_path):
    """Controls, escapes and direction marks in a report, and in its name, are left out; the colours are our own."""
    output = shown(
        "explain", put(tmp_path / f"a{EVIL}b.txt", f"IMPRESSION: Small {EVIL}effusion{EVIL}, {EVIL}no edema.{EVIL}")
    )
    assert "effusion" in output
    assert not ACTS.search(output)


@pytest.mark.parametrize(
    "arguments",
    [
        ("label", "{evil}.txt"),
        ("label", "{evil}.pdf"),
        ("label", "{bad}", "-q"),
        ("label", "{table}", "--text-column", "{evil}"),
        ("label", "{table}", "--id-column", "{evil}"),
        ("label", "{good}", "-o", "{evil}.pdf"),
        ("label", "{good}", "-o", "{evil}/labels.csv"),
        ("label", "{good}", "--sections", "{evil}"),
        ("label", "{good}", "--label-set", "{evil}"),
        ("label", "{good}", "--profile", "{evil}"),
        ("label", "{good}", "--policy", "{evil}"),
        ("label", "{good}", "--model", "{evil}"),
        ("label", "{good}", "--phrases", "{evil}"),
        ("label", "{good}", "--shard", "{evil}"),
        ("label", "{good}", "--workers", "{evil}"),
        ("label", "{good}", "--{evil}"),
        ("label", "{good}", "--columns", "{evil}"),
        ("{evil}",),
        ("explain", "{bad}"),
        ("sections", "{bad}"),
        ("published", "{bad}", "-o", "{good}"),
        ("compare", "{table}", "{evil}.csv"),
        ("evaluate", "--gold", "{table}", "--predictions", "{table}"),
        ("export", "{table}", "--finding", "{evil}"),
        ("phrases", "check", "{evil}"),
        ("phrases", "init", "{evil}"),
        ("phrases", "try", "{evil}"),
        ("phrases", "try", "mura", "{bad}"),
        ("phrases", "try", "chexpert", "{report}", "--against", "chestxray14"),
        ("spark-label", "{table}", "{evil}", "--label-set", "{evil}"),
    ],
    ids=" ".join,
)
def test_no_message_moves_the_cursor(tmp_path, arguments):
    """What is wrong is told with the name that is wrong, which does nothing."""
    names = {
        "evil": f"a{EVIL}b",
        "good": put(tmp_path / "good.txt", "No edema."),
        "report": put(tmp_path / f"r{EVIL}t.txt", "Lung mass."),
        "bad": put(tmp_path / f"b{EVIL}d.txt", "No edema.\0"),
        "table": put(tmp_path / f"c{EVIL}d.csv", "study_id,a\x1b[2J\x9b\n1,2\x1b[2J\x9b\n"),
    }
    output = shown(*(argument.format(**names) for argument in arguments))
    assert output
    assert ACTS.findall(output) == []
