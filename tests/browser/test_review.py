"""The review page in a real browser: keys, undo, what is kept, what is saved, and how fast it answers."""

import csv
import json
import statistics

import pytest
from browser_steps import PLANTED, press, write

pytestmark = pytest.mark.slow

REPORTS = {
    "s50000001": f"FINDINGS: No edema. {PLANTED}\n\nIMPRESSION: Pneumonia may be present.",
    f"=x{PLANTED}": "Small left pleural effusion. No pneumothorax.",
    "s50000003": "Zorbulous heart </script><b>of the size</b>. Mild cardiomegaly.",
}
LABELS = 14


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """Give three reports with planted scripts."""
    return write(tmp_path_factory.mktemp("reports") / "reports.jsonl", REPORTS)


@pytest.fixture(scope="module")
def path(reports, command):
    """Give the page of three reports, drawn at random."""
    page = reports.with_name("review.html")
    command("review", reports, "-o", page, "--sections", "all")
    return page


def saved(page, tmp_path):
    """Press s and return the rows of the file."""
    with page.expect_download() as download:
        press(page, "s")
    assert download.value.suggested_filename == "corrections.csv"
    target = tmp_path / "corrections.csv"
    download.value.save_as(target)
    with target.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def show(page, study):
    """Show a report by its identifier."""
    page.select_option("#reports", label=study)


def test_keys_decide_and_the_file_says_what_was_decided(path, visit, tmp_path):
    """Each key gives its value to the label that it stands at; the file has no word of the report."""
    page = visit(path)
    show(page, "s50000001")
    findings = [label.split("\n")[0] for label in page.locator(".label h3").all_inner_texts()]
    press(page, "1", "0", "u", "b", "?", "Enter", "ArrowUp", "n")
    page.keyboard.type('-2,"so";=x')
    press(page, "Enter")
    rows = saved(page, tmp_path)
    assert [row["corrected"] for row in rows] == ["1", "0", "-1", "", "?", ""]
    assert all(finding.split()[1] in row["observation"] for finding, row in zip(findings, rows, strict=False))
    assert {row["study_id"] for row in rows} == {"s50000001"}
    assert rows[0]["observation"] == "Pneumonia"
    assert rows[0]["given"] == "-1"
    assert rows[0]["drawn"] == f"how=random; reports=3; of=3; where=; seed=0; labels={3 * LABELS}"
    assert [row["note"] for row in rows if row["note"]] == ["'-2,\"so\";'=x"]
    assert "present" not in (tmp_path / "corrections.csv").read_text()


def test_undo_takes_back_the_last_step_and_what_was_before_holds(path, visit):
    """A label decided twice has its first value again; confirming the rest of a report is one step."""
    page = visit(path)
    count = page.locator("#count")
    press(page, "1", "ArrowUp", "0", "a")
    assert count.inner_text().startswith(f"{LABELS} of {3 * LABELS} labels decided")
    assert page.locator("#place").inner_text() == "2 of 3"
    press(page, "z")
    assert count.inner_text().startswith("1 of")
    assert page.locator("#place").inner_text() == "1 of 3"
    press(page, "z")
    assert page.locator('.label.decided [aria-pressed="true"]').first.get_attribute("data-value") == "present"
    press(page, "z", "z")
    assert count.inner_text().startswith("0 of")
    assert page.locator("#told").inner_text() == "There is nothing to undo."


def test_a_reload_keeps_the_work_and_its_undo(path, visit):
    """What was decided is there again, on the page of the same sample."""
    page = visit(path)
    press(page, "a", "1")
    page.reload()
    assert page.locator("#count").inner_text().startswith(f"{LABELS + 1} of")
    press(page, "z", "z")
    assert page.locator("#count").inner_text().startswith("0 of")


def test_kept_work_that_cannot_be_read_is_reported(path, visit):
    """Whoever reviews is warned, and goes on."""
    page = visit(path)
    page.evaluate("localStorage.setItem(`${data.key}.0`, '{')")
    page.reload()
    assert page.locator("#told").inner_text().startswith("The work kept in this browser cannot be read")


def test_a_note_that_is_being_written_is_kept_too(path, visit):
    """It needs no Enter before the page is closed."""
    page = visit(path)
    press(page, "1", "ArrowUp", "n", "x")
    page.reload()
    assert [value for note in page.locator(".choices input").all() if (value := note.input_value())] == ["x"]


def test_two_tabs_with_the_page_share_their_work(path, visit):
    """A tab that was left reads what was decided in another before it goes on."""
    one = visit(path)
    other = one.context.new_page()
    other.goto(path.as_uri())
    press(one, "1", "1")
    other.wait_for_function("isStale")
    with other.expect_event("load"):
        other.evaluate("dispatchEvent(new Event('focus'))")
    press(other, "0")
    one.reload()
    assert one.locator("#count").inner_text().startswith("3 of")


def test_planted_scripts_do_nothing(path, visit):
    """Text, identifiers and names are shown as they are; the fixture fails on any request or dialog."""
    page = visit(path)
    for study, text in REPORTS.items():
        show(page, study)
        assert page.locator(".report").inner_text() == text
        assert page.locator(".labels h2").inner_text() == study
    assert page.title() == "Review of labels"
    assert page.locator("#view img, #view script, #view .report b").count() == 0


def test_a_key_answers_in_a_tenth_of_a_second_among_2000_reports(command, visit, tmp_path, record_property):
    """With every label of 2,000 reports decided, a decision and a change of report are laid out in 100 ms."""
    text = "Heart size is normal. No edema. Small left effusion. Opacity may represent pneumonia. Line {} is in place. "
    reports = write(tmp_path / "reports.jsonl", {f"s{at}": text.format(at) * 2 for at in range(50000000, 50002000)})
    path = tmp_path / "review.html"
    command("review", reports, "-o", path, "--sample", 2000)
    page = visit(path)
    page.evaluate("""() => {
        const all = data.reports.map((study, at) => [at, study.labels.map((label, one) => [one, label.status])]);
        all.forEach((step, at) => localStorage.setItem(`${data.key}.${at}`, JSON.stringify(step)));
    }""")
    page.reload()
    times = page.evaluate("""async () => {
        const times = {};
        for (const key of Array(5).fill(["1", "0", "u", "z", "ArrowRight", "?", "ArrowDown", "m"]).flat()) {
            const start = performance.now();
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            document.body.getBoundingClientRect();
            (times[key] ||= []).push(performance.now() - start);
            await new Promise(requestAnimationFrame);
        }
        return times;
    }""")
    slowest = max(map(statistics.median, times.values()))
    assert page.locator("#count").inner_text().startswith(f"{2000 * LABELS} of")
    record_property("slowest key, ms", slowest)
    assert slowest < 100


def test_the_loop_from_labels_to_scores(reports, path, command, visit, tmp_path):
    """Corrections are gold for `labeler evaluate`; those of two readers are compared and reviewed where they differ."""
    labels = tmp_path / "labels.csv"
    command("label", reports, "-o", labels, "--sections", "all", "-q")
    files = []
    for number, first in enumerate(("0", "1")):
        page = visit(path)
        press(page, first, "a", "a", "a")
        assert page.locator("#told").inner_text() == "That was the last report: save the corrections."
        folder = tmp_path / str(number)
        folder.mkdir()
        saved(page, folder)
        files.append((folder / "corrections.csv").rename(tmp_path / f"reader{number}.csv"))
    scored = command("evaluate", "--gold", files[0], "--predictions", labels, "--resamples", 20)
    assert "Reviewed: random sample of 3 of 3 reports (seed 0): scores and intervals hold for" in scored.output
    assert "only" not in scored.output.split("Reviewed")[1].split("\n")[0]
    assert "1" in command("compare", *files).output
    second = tmp_path / "second.html"
    command("review", reports, "-o", second, "--disagreements", *files, "--sections", "all")
    page = visit(second)
    assert page.locator(".choices").count() == 1
    assert sorted(page.locator(".others").inner_text().split(" · ")) == ["reader0.csv: absent", "reader1.csv: present"]
    assert "where two tables differ" in json.loads(page.locator("#data").text_content())["drawn"]
