"""`labeler phrases check` over attributes/: marks, values and groups that decide nothing."""

import shutil

import pytest
from click.testing import CliRunner

from labeler.authoring.attributes import parse_marks
from labeler.cli.app import main
from labeler.phrasebook.load import phrases_folder


@pytest.mark.parametrize("markup", ["Small effusion.", "Small [effusion].", "A [mass: side left] [", "[: side left]"])
def test_case_without_a_whole_mark_is_refused(markup):
    """Such a case would test nothing."""
    with pytest.raises(ValueError, match="mark each mention"):
        parse_marks(markup)


def test_mark_may_name_the_finding():
    """What a finding is decides which attributes it has."""
    text, (mark,) = parse_marks("Left [tube|Support Devices: side left, device chest tube].")
    assert (text[mark.start : mark.end], mark.finding) == ("tube", "Support Devices")
    assert mark.values == {"side left", "device chest tube"}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("kind: route", "kind: rout", "route.yaml:1: error: kind: give "),
        ("value: femoral", "valu: femoral", "unknown key"),
        ("Left subclavian [catheter", "Right subclavian [catheter", "expected of 'catheter': device central venous"),
        ('phrases: ["subclavian"]', 'phrases: ["axillary"]', "but it reads"),
    ],
)
def test_fault_is_told_with_its_place(tmp_path, before, after, said):
    """A misspelt key, a wrong case and a group that its cases don't need are errors."""
    folder = tmp_path / "phrases"
    keep = shutil.ignore_patterns("chestxray14", "mura", "profiles", "chexpert", "rules", "findings")
    shutil.copytree(phrases_folder(), folder, ignore=keep)
    (folder / "assertion" / "rules").mkdir()
    path = folder / "attributes" / "route.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    for other in (folder / "attributes").iterdir():
        if other.name not in {"route.yaml", "device.yaml", "side.yaml", "structure.yaml", "tip.yaml"}:
            other.unlink()
    result = CliRunner().invoke(main, ["phrases", "check", str(folder)])
    assert result.exit_code != 0
    assert said in result.stdout
