"""Pages in a real browser: the explanation's keys, marks and print, the filters of errors, narrow windows."""

import pytest
from browser_steps import PLANTED, press, write

pytestmark = pytest.mark.slow

REPORTS = {
    "a": "INDICATION: Cough.\nFINDINGS: Heart size is normal. No edema.\nIMPRESSION: Small left effusion, which may "
    "represent zorbulous pneumonia.",
    "b": f"IMPRESSION: No pneumothorax. {PLANTED}" + "x" * 300,
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory, command):
    """Give a folder with each kind of page."""
    folder, inputs = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("inputs")
    reports = write(inputs / "reports.jsonl", REPORTS)
    command("explain", reports, "--html", folder / "explain.html", "--sections", "impression")
    command("review", reports, "-o", folder / "review.html", "--sections", "impression")
    labels = inputs / "labels.csv"
    labels.write_text("study_id,Edema,Pneumonia,Pleural Effusion\na,1,0,\nb,1,,1\n")
    pytest.importorskip("matplotlib")
    command("evaluate", "--gold", labels, "--reports", reports, "--resamples", 20, "--with-text", "-o", folder)
    (folder / "index.html").rename(folder / "evaluation.html")
    candidates = write(inputs / "candidates.jsonl", {**REPORTS, "b": "Large right effusion."})
    command("evaluate", "--references", reports, "--candidates", candidates, "--with-text", "-o", folder)
    (folder / "index.html").rename(folder / "systems.html")
    return folder


@pytest.mark.parametrize("width", [1280, 420])
@pytest.mark.parametrize("name", ["explain", "review", "evaluation", "systems"])
def test_a_page_is_no_wider_than_its_window(pages, visit, name, width):
    """Nothing is cut off or scrolls sideways but a wide table in its own frame."""
    page = visit(pages / f"{name}.html", width)
    if name in {"explain", "review"}:
        press(page, "ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_marks_say_status_cue_and_what_was_not_read(pages, visit):
    """Every mention is marked in place, its cue too; text that was not labelled is dimmed."""
    page = visit(pages / "explain.html")
    assert page.locator(".report mark.present").all_inner_texts() == ["effusion"]
    assert page.locator(".report mark.uncertain").all_inner_texts() == ["pneumonia"]
    assert "may represent" in page.locator(".report .cue").all_inner_texts()
    assert page.locator(".report .unread").inner_text() == "zorbulous"
    assert page.locator(".report .heading:not(.dim)").inner_text().strip() == "IMPRESSION:"
    assert "Heart size is normal" in " ".join(page.locator(".report .dim").all_inner_texts())
    sign = "getComputedStyle(document.querySelector('.report mark.uncertain'), '::before').content"
    assert page.evaluate(sign) == '"?"'


def test_a_label_marks_its_sentence_and_keys_walk_the_mentions(pages, visit):
    """Focus on a label lights its sentence, focus on a mention its labels; m goes on from mention to mention."""
    page = visit(pages / "explain.html")
    page.locator(".label", has_text="Pleural Effusion").first.focus()
    assert "Small left " in page.locator(".report .lit").all_inner_texts()
    press(page, "m", "m")
    assert page.evaluate("document.activeElement.textContent") == "pneumonia"
    assert "Pneumonia" in page.locator(".label.lit h3").all_inner_texts()[0]
    press(page, "ArrowRight")
    assert page.locator("#place").inner_text() == "2 of 2"
    assert page.url.endswith("#report=2")


def test_paper_has_every_report(pages, visit):
    """Printing shows all reports, and the page is as before when it is done."""
    page = visit(pages / "explain.html")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("article.study").count() == len(REPORTS)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("article.study").count() == 1


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("", lambda _finding, _kinds, _text: True),
        ("#finding=Edema", lambda finding, _kinds, _text: finding == "Edema"),
        ("#task=mention&kind=missed", lambda _finding, kinds, _text: "mention missed" in kinds.split("|")),
        ("#search=ZORB", lambda _finding, _kinds, text: "zorb" in text.lower()),
    ],
)
def test_a_link_sets_the_filters_of_errors(pages, visit, link, kept):
    """The rows that fit are shown, and counted; the planted script has not run."""
    page = visit(pages / "evaluation.html", fragment=link)
    rows = page.locator("#errors tbody tr").evaluate_all(
        "rows => rows.map(row => [row.hidden, row.dataset.finding, row.dataset.kinds, row.textContent])"
    )
    shown = [row for row in rows if not row[0]]
    assert shown == [[False, *row] for _, *row in rows if kept(*row)]
    assert page.locator("#count").inner_text() == f"{len(shown)} of {len(rows)}"
    assert 0 < len(shown) <= len(rows)
    assert page.title() == "the labeler against labels.csv"


def test_the_words_of_an_error_are_marked_in_its_report(pages, visit):
    """The mention has its status, the cue its line, and their sentence is lit."""
    page = visit(pages / "evaluation.html", fragment="#finding=Pneumonia")
    row = page.locator("#errors tr:not([hidden])", has_text="Pneumonia").last
    row.locator("summary").click()
    assert row.locator(".report .uncertain").inner_text() == "pneumonia"
    assert row.locator(".report .cue").inner_text() == "may represent"
