"""The page of errors escapes everything, holds text only where that was asked for, and filters in a browser."""

import base64
import hashlib
import re
from dataclasses import fields, replace
from html.parser import HTMLParser

import pytest

from labeler.pages.evaluation import evaluation_page
from labeler.scoring.labels import Value
from labeler.scoring.output import Results
from labeler.scoring.plots import Plot
from labeler.scoring.run import Evidence, LabelError
from labeler.scoring.tables import Table

PLANTED = "<script>document.title='planted'</script><img src=x onerror=\"document.title='planted'\">"
REPORTS = [
    ["s1", f"FINDINGS: No edema. {PLANTED}\n\nIMPRESSION: Pneumonia may be present."],
    ["s2", "Small left pleural effusion."],
    ["s3", "Stable heart & <b>lungs</b>."],
]
LABELS = ["11.", ".00", "..1"]


@pytest.fixture
def results(write_csv, write_labels, run, tmp_path):
    """Run the command on three reports with errors in each; gives the folder that it wrote."""

    def make(*options):
        pytest.importorskip("matplotlib")
        gold = write_labels("gold.csv", ["Edema", "Pneumonia", "Pleural Effusion"], LABELS, ids=["s1", "s2", "s3"])
        reports = write_csv("reports.csv", ["study_id", "text"], REPORTS)
        folder = tmp_path / "results"
        run("evaluate", "--gold", gold, "--reports", reports, "--resamples", 20, "-o", folder, *options)
        return folder

    return make


def test_planted_markup_is_escaped(results):
    """Report text is text on the page."""
    page = (results("--with-text") / "index.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;document.title" in page
    assert "<script>document.title" not in page
    assert "<img src=x" not in page
    assert "Stable heart &amp; &lt;b&gt;lungs" in page


class Page(HTMLParser):
    """Collects what a page has: its elements, and all their text and attributes."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.values = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value for _, value in attrs]

    def handle_data(self, data):
        """Note text."""
        self.values.append(data)


def of_words(word):
    """Return results whose every text is the word, numbered so that each can be told."""

    def named(record, **given):
        texts = {field.name: f"{word}{field.name}" for field in fields(record) if field.name not in given}
        return record(**texts, **given)

    evidence = named(Evidence, extent=(0, 1000), marks=((0, 1000, "cue"),))
    error = named(LabelError, gold=Value.PRESENT, predicted=Value.BLANK, kinds=(f"{word}kind",), evidence=(evidence,))
    table = named(Table, header=(f"{word}head", "F1"), rows=((f"{word}row", f"{word}cell"),))
    return Results(
        title=f"{word}title",
        facts={f"{word}fact": f"{word}value"},
        data={},
        tables=[table],
        errors=[error, replace(error, evidence=())],
        texts={error.study: f"{word}text"},
    )


@pytest.mark.parametrize(
    "planted", ["</script><script>x</script>", '"><img/src=x/onerror=x>', "'><b/c='", "<!--", "&lt;"]
)
def test_every_field_is_escaped(planted):
    """Whatever stands in any field, title, name, cell or attribute, the page has the same elements and all the text."""
    plots = {"F1": Plot(b"png", b"svg")}
    harmless, page = (Page(evaluation_page(of_words(word), plots)) for word in ("harmless-", planted))
    assert page.elements == harmless.elements
    words = [value.replace("harmless-", planted) for value in harmless.values]
    assert [value for value in page.values if "sha256" not in value] == [v for v in words if "sha256" not in v]
    shown = [value for value in harmless.values if "harmless" in value]
    names = {word.removeprefix("harmless-") for value in shown for word in re.findall(r"harmless-\w+", value)}
    fact = {"title", "fact", "value", "head", "row", "cell", "note", "kind", "text", "study", "finding"}
    assert names >= fact | {field.name for field in fields(Evidence)} - {"extent", "marks"}


def test_the_policy_allows_the_pages_own_script_and_style_only(results):
    """The hashes of the policy are those of the one script and the one style; nothing is loaded from elsewhere."""
    page = (results() / "index.html").read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#43;", "+")
    assert policy.startswith("default-src 'none'; img-src data:;")
    for name in ("script", "style"):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "http" not in page.replace("http-equiv", "")


def test_without_text_no_file_has_any(results):
    """No report text, no mention and no cue is written unless it was asked for."""
    folder = results()
    words = [word.encode() for word in ("planted", "lungs", "Small left", "may be")]
    assert not [path.name for path in folder.iterdir() for word in words if word in path.read_bytes()]


def test_with_text_the_page_alone_has_it(results):
    """Tables and JSON stay figures only."""
    folder = results("--with-text")
    assert [path.name for path in sorted(folder.iterdir()) if b"lungs" in path.read_bytes()] == ["index.html"]


def test_every_output_is_written(results):
    """JSON, Markdown, CSV and LaTeX by task, two plots, each as PNG and SVG, and the page."""
    names = {path.name for path in results().iterdir()}
    tables = {
        f"{name}.{ending}" for name in ("mention", "negation", "uncertainty", "presence") for ending in ("csv", "tex")
    }
    plots = {f"{name}.{ending}" for name in ("f1", "confusion-matrices") for ending in ("png", "svg")}
    assert tables | plots | {"results.json", "tables.md", "index.html"} <= names


def test_errors_say_what_they_count_as(results):
    """Each row has its finding and the tasks in which it is missed or false."""
    page = (results() / "index.html").read_text(encoding="utf-8")
    assert 'data-finding="Pneumonia" data-kinds="uncertainty false|presence missed"' in page
    assert 'data-finding="Pleural Effusion" data-kinds="mention missed|presence missed"' in page
    assert "rule " in page


def test_labels_from_a_file_have_a_page_without_evidence(write_labels, run, tmp_path):
    """Other labelers' files say nothing of their reasons."""
    pytest.importorskip("matplotlib")
    gold, labels = write_labels("gold.csv", ["Edema"], ["1"]), write_labels("labels.csv", ["Edema"], ["0"])
    run("evaluate", "--gold", gold, "--predictions", labels, "--resamples", 0, "-o", tmp_path / "out")
    assert "labels were read from a file" in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_made_is_named(write_labels, run):
    """A file is in the way of the folder."""
    pytest.importorskip("matplotlib")
    gold = write_labels("gold.csv", ["Edema"], ["1"])
    result = run("evaluate", "--gold", gold, "--predictions", gold, "--resamples", 0, "-o", gold, code=2)
    assert "gold.csv cannot be made" in result.output


def test_names_of_columns_are_escaped_in_every_table(run, tmp_path):
    """A column's name comes from a table of anybody's; neither Markdown, LaTeX nor CSV runs it."""
    evil = f"{PLANTED}|[x](javascript:y)\n\n=cmd\\input{{/etc/passwd}}"
    quoted = evil.replace('"', '""')
    for name, cell in (("gold.csv", "1"), ("labels.csv", "0")):
        (tmp_path / name).write_text(f'study_id,"{quoted}",Edema\ns1,{cell},1\n')
    folder = tmp_path / "results"
    run("evaluate", "--gold", tmp_path / "gold.csv", "--predictions", tmp_path / "labels.csv", "-o", folder)
    for path in folder.glob("*.md"):
        assert "<" not in path.read_text()
        assert "[x]" not in path.read_text().replace("\\[", "")
    for path in folder.glob("*.tex"):
        assert not set("<>|") & set(path.read_text())
        assert "\\input" not in path.read_text().replace("\\textbackslash{}input", "")
        assert "\n\n" not in path.read_text()
    assert "<script>document" not in (folder / "index.html").read_text()
