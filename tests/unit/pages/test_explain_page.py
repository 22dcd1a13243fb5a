"""What a page has of a report: all of its text, its reasons, and nothing that a browser would run."""

import json
import re

import pytest
from click.testing import CliRunner

from labeler.cli.app import main

TEXT = "INDICATION: Edema?\nFINDINGS: No edema </script><script>x</script>. Small left effusion. Zorbulous."
OTHER = "IMPRESSION: Pneumonia may be present."


@pytest.fixture
def explained(tmp_path):
    """Write the page of two reports and return its source."""

    def make(*options, code=0):
        reports = tmp_path / "reports.jsonl"
        reports.write_text(
            "".join(
                json.dumps({"id": name, "text": text}) + "\n" for name, text in zip("ab", (TEXT, OTHER), strict=True)
            )
        )
        page = tmp_path / "page.html"
        result = CliRunner().invoke(main, ["explain", str(reports), "--html", str(page), *options])
        assert result.exit_code == code, result.output
        return page.read_text(encoding="utf-8") if code == 0 else result.output

    return make


def data_of(page):
    """Return the data of a page."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1])


def test_the_page_has_the_whole_text_and_nothing_of_it_is_markup(explained):
    """The text is data without a `<`, and its pieces are the whole text."""
    page = explained()
    assert page.count("</script>") == 2
    first, second = data_of(page)["reports"]
    assert "".join(piece[0] for piece in first["pieces"]) == TEXT
    assert "".join(piece[0] for piece in second["pieces"]) == OTHER


def test_labels_have_rule_meaning_sentence_and_attributes(explained):
    """What decided each mention is there in words."""
    data = data_of(explained("--id", "a"))
    (report,) = data["reports"]
    label = next(label for label in report["labels"] if label["finding"] == "Pleural Effusion")
    assert (label["status"], label["attributes"]) == ("present", ["side: left · severity: mild"])
    edema = next(one for one in report["mentions"] if one["finding"] == "Edema")
    assert (edema["status"], edema["cue"], edema["section"]) == ("absent", "No", "findings")
    sentence = "".join(piece[0] for piece in report["pieces"] if piece[2] == edema["sentence"])
    assert sentence.startswith("No edema")
    assert "before the finding" in data["meanings"][edema["rule"]]
    assert report["unread"] == ["Zorbulous"]


def test_only_the_first_section_is_dimmed_when_it_is_not_labelled(explained):
    """What was not labelled can be told, headings too."""
    (report, _) = data_of(explained())["reports"]
    dimmed = "".join(piece[0] for piece in report["pieces"] if "dim" in piece[1])
    assert "INDICATION: Edema?" in dimmed
    assert "FINDINGS" not in dimmed


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--where", "pneumonia=uncertain"), ["b"]),
        (("--where", "Pneumonia=blank"), ["a"]),
        (("--sample", "1", "--seed", "0"), None),
    ],
)
def test_reports_are_chosen(explained, options, ids):
    """By their labels or by lot."""
    shown = [report["id"] for report in data_of(explained(*options))["reports"]]
    assert shown == ids if ids else len(shown) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--where", "Pneumonia"), "is not of the form FINDING=STATUS"),
        (("--where", "Hernia=present"), "no finding 'Hernia'; there are:"),
        (("--where", "Edema=present"), "There is no report with Edema=present: 2 were read."),
        (("--id", "c"), "No report has the identifier c"),
        (("--label-set", "chexpert", "--label-set", "vindr"), "A page is for one label set"),
    ],
)
def test_a_choice_that_does_not_fit_is_an_error(explained, options, said):
    """The message says what would."""
    assert said in explained(*options, code=2)


def test_the_terminal_shows_chosen_reports(tmp_path):
    """Without --html, what is chosen is printed."""
    path = tmp_path / "reports.csv"
    path.write_text(f"study_id,text\na,No edema.\nb,{OTHER}\n")
    shown = CliRunner().invoke(main, ["explain", str(path), "--id", "b"]).output
    assert "Report b" in shown
    assert "Report a" not in shown
    refused = CliRunner().invoke(main, ["explain", str(path)])
    assert "more than one report; explain takes one. Choose with --id" in refused.output
