"""`python -m eval.categories`: the figures of the 95 categories."""

import pandas as pd
import pytest
from click.testing import CliRunner

from eval.categories import (
    Counts,
    category_tables,
    macro,
    main,
    micro,
    read_categories,
    score_categories,
    score_codes,
    sided_codes,
)
from labeler.errors import UsageError
from labeler.phrasebook.load import load_phrasebook
from labeler.pipeline import Labeler
from labeler.records import Status

GOLD = pd.DataFrame({"edema": [1, 1, 0, 0], "mass": [0, 0, 0, 0]}, index=["1", "2", "3", "4"])
LABELS = {
    "1": {"edema": Status.PRESENT, "mass": None},
    "2": {"edema": Status.ABSENT, "mass": None},
    "3": {"edema": Status.PRESENT, "mass": Status.UNCERTAIN},
    "4": {"edema": None, "mass": None},
}


def test_only_presence_counts():
    """What is uncertain or denied is not present."""
    assert score_categories(GOLD, LABELS) == {"edema": Counts(1, 1, 1), "mass": Counts()}


def test_averages():
    """Micro pools the counts; macro is over categories with enough cases, of which there are none here."""
    scores = score_categories(GOLD, LABELS)
    assert (micro(scores).f1, macro(scores)) == (0.5, None)
    assert macro({"edema": Counts(10, 0, 0), "mass": Counts(5, 5, 0), "rare": Counts(1, 0, 0)}) == pytest.approx(5 / 6)


def test_errors_stand_by_their_cause():
    """A denied category is missed otherwise than one that is not named."""
    causes = dict(category_tables(GOLD, LABELS)[1].rows)
    assert causes == {
        "missed: indexed, and read as denied": "1",
        "false: in a report that is indexed with nothing": "1",
    }


def test_command_shows_figures_and_no_text(tmp_path):
    """The command reads the data's folder and writes a Markdown file where one is asked for."""
    folder = tmp_path / "openi"
    folder.mkdir()
    columns = load_phrasebook("openi95").label_set.findings
    gold = pd.DataFrame(0, index=pd.Index([1, 2], name="uid"), columns=columns)
    gold.loc[1, "hernia"] = 1
    gold.to_csv(folder / "categories95_dev.csv")
    reports = pd.DataFrame({"uid": [1, 2, 3], "findings": ["Hiatal hernia.", "Scoliosis.", "Edema."], "impression": ""})
    reports.to_csv(folder / "reports_dev.csv", index=False)
    result = CliRunner().invoke(main, [str(tmp_path), "-o", str(tmp_path / "out")], catch_exceptions=False)
    written = (tmp_path / "out" / "categories.md").read_text()
    assert "| hernia | 1 | 1 | 0 | 0 | 1.000 |" in written
    assert "0.667" in result.output
    assert "Hiatal" not in written + result.output


def test_missing_file_is_named(tmp_path):
    """The remedy is the data's folder."""
    with pytest.raises(UsageError, match=r"categories95_dev\.csv cannot be read"):
        read_categories(tmp_path / "categories95_dev.csv")


def test_codes_with_a_side_are_both_sides_of_what_is_bilateral(tmp_path):
    """A bilateral code is two sides, the lingula is on the left, and a code without a side is none."""
    (tmp_path / "categories95_mapping.csv").write_text(
        "mesh,category\nOpacity/lung/base/bilateral,opacity\nOpacity/lingula,opacity\nCicatrix/lung,scarring\n"
    )
    (tmp_path / "mesh_dev.csv").write_text("uid,mesh\n1,Opacity/lung/base/bilateral;Cicatrix/lung\n2,Opacity/lingula\n")
    codes = sided_codes(tmp_path)
    assert codes == {"1": {("opacity", "left"), ("opacity", "right")}, "2": {("opacity", "left")}}


def test_findings_with_side_are_scored_for_presence(monkeypatch):
    """A side that is coded and present is found; the other one is false."""
    monkeypatch.setattr("eval.categories.LEAST_SIDED", 1)
    studies = {"1": Labeler("openi95", sections="all").label("Bibasilar opacities.")}
    assert score_codes({"1": frozenset({("opacity", "left")})}, studies) == {"opacity": Counts(1, 0, 1)}
