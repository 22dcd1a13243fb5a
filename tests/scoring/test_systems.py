"""Systems side by side: inputs, paired differences, the page and what it must not do."""

import csv
import json

import pytest

from labeler.errors import LabelerError, ReportFileError, UsageError
from labeler.pages.results import write_results
from labeler.pages.systems import _pieces
from labeler.scoring.gold import chexpert_findings
from labeler.scoring.pair_files import read_reports
from labeler.scoring.systems import SystemsRun, compare_systems

REFERENCES = {
    "a": "Small left effusion. No pneumothorax. ETT ends 4 cm above the carina.",
    "b": "Lungs are clear. Heart size is normal.",
    "c": "Right upper lobe pneumonia, new. Mild cardiomegaly.",
}
WORSE = {
    "c": "Right lower lobe pneumonia. Severe cardiomegaly.",
    "a": "Small right effusion. No pneumothorax. <script>alert(1)</script>",
    "b": "Lungs are clear. Heart size is normal.",
}


@pytest.fixture
def files(tmp_path):
    """Return the paths of references, of a system that copies them, and of one with errors."""
    paths = []
    for name, texts in (("references", REFERENCES), ("copies", REFERENCES), ("worse", WORSE)):
        path = tmp_path / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("study_id", "report"), *texts.items()])
        paths.append(str(path))
    return paths


def compared(files, **options):
    """Return the comparison of both systems."""
    run = SystemsRun(files[0], (f"one={files[1]}", f"other={files[2]}"), resamples=50, **options)
    return compare_systems(run, lambda _: None)


def test_systems_are_compared_on_the_same_references(files):
    """Labels alone call two systems equal that the report score tells apart; the difference is paired."""
    comparison = compared(files)
    rows = {row[:2]: row[2:] for row in comparison.tables[0].rows}
    assert rows["report score", "one"][0] == "1.000"
    assert rows["report score", "other"][2].startswith("-0.")
    assert rows["micro F1 over 14", "one"][0] == "1.000"
    assert [system.name for system in comparison.systems] == ["one", "other"]
    assert compared(files).tables == comparison.tables


def test_what_is_written(files, tmp_path):
    """All figures are written; report text is on the page alone, and only if it is asked for."""
    comparison = compared(files)
    written = write_results(tmp_path / "out", comparison)
    assert {"results.json", "tables.md", "systems.csv", "systems.png", "index.html"} <= set(written)
    found = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert found["systems"]["one"]["report_score"] == 1
    for name in written:
        content = (tmp_path / "out" / name).read_bytes()
        assert b"carina" not in content
    write_results(tmp_path / "text", compared(files, with_text=True))
    page = (tmp_path / "text" / "index.html").read_text("utf-8")
    assert '<mark class="side">left<sup>' in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.index("Errors, the lowest scores first") < page.index("Conventions</h2>")


def test_pieces_are_the_whole_report(files):
    """Marks cut a report into pieces without losing any of it."""
    comparison = compared(files)
    for system in comparison.systems:
        for reference, text, score in zip(comparison.references, system.texts, system.scores, strict=True):
            for side, whole in enumerate((reference, text)):
                assert "".join(piece.text for piece in _pieces(whole, score.losses, side)) == whole


def test_names_of_systems(files):
    """A file without a name is its own name; two systems with one name are refused, and so is one without a file."""
    run = SystemsRun(files[0], (files[1],), resamples=0)
    assert compare_systems(run, lambda _: None).systems[0].name == "copies"
    for candidates, what in (
        ((files[1], files[1]), "two systems"),
        (("x=",), "is missing"),
        ((f"={files[1]}",), "is mi"),
    ):
        with pytest.raises(UsageError, match=what):
            compare_systems(SystemsRun(files[0], candidates), lambda _: None)


def test_reports_that_do_not_meet(files, tmp_path):
    """The system and the missing studies are named."""
    short = tmp_path / "short.jsonl"
    short.write_text('{"id": "a", "report": "Clear."}\n', "utf-8")
    with pytest.raises(UsageError, match="short: 3 references and 1 candidates; without a candidate: b, c"):
        compare_systems(SystemsRun(files[0], (files[1], str(short))), lambda _: None)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("r2gen.csv", '"Small effusion, left."\n"Clear lungs"\n', {"1": "Small effusion, left.", "2": "Clear lungs"}),
        ("ids.csv", 's1,"Small effusion."\ns2,"Clear lungs"\n', {"s1": "Small effusion.", "s2": "Clear lungs"}),
        ("header.csv", "id,report\n1,Clear lungs\n", {"1": "Clear lungs"}),
        ("lines.txt", "Clear lungs\n\nEdema\n", {"1": "Clear lungs", "2": "", "3": "Edema"}),
        ("list.json", '["Clear lungs", "Edema"]', {"1": "Clear lungs", "2": "Edema"}),
        ("by_id.json", '{"x": "Clear lungs"}', {"x": "Clear lungs"}),
        ("annotation.json", '{"train": [], "test": [{"id": "CXR1", "report": "Edema"}]}', {"CXR1": "Edema"}),
        ("objects.json", '[{"report": "Edema"}, {"report": "Clear lungs"}]', {"1": "Edema", "2": "Clear lungs"}),
        ("rows.jsonl", '{"id": 7, "report": "Edema"}\n', {"7": "Edema"}),
    ],
)
def test_inputs_as_people_have_them(tmp_path, name, content, expected):
    """R2Gen's CSV and annotation.json, lists, objects and lines are read as they are."""
    path = tmp_path / name
    path.write_text(content, "utf-8")
    assert read_reports(str(path)) == expected


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("no.json", "{", "is not JSON"),
        ("number.json", "3", "of no known form"),
        ("keys.json", '[{"words": "Edema"}]', "has no column text or report"),
        ("entries.json", '["Edema", 3]', "entry 2: is neither an object nor a text"),
    ],
)
def test_bad_inputs_are_told(tmp_path, name, content, what):
    """The message says what is wrong and what would be right."""
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(LabelerError, match=what):
        read_reports(str(tmp_path / name))
    with pytest.raises(UsageError, match="cannot be read"):
        read_reports(str(tmp_path / "none.txt"))


def test_tables_of_labels_without_identifiers(tmp_path):
    """Labels of the CheXpert labeler or CheXbert are scored by the conventions alone, row by row."""
    header = ["Report Impression", *chexpert_findings()]
    rows = {"references": ["a", *[""] * 13, "1.0"], "system": ["b", "1", "-1", "0", *["nan"] * 10, "1"]}
    for name, row in rows.items():
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, row])
    paths = [str(tmp_path / f"{name}.csv") for name in rows]
    comparison = compare_systems(SystemsRun(paths[0], (paths[1],), resamples=5), lambda _: None)
    assert comparison.systems[0].conventions["RECALL_MICRO"] == 1
    assert comparison.systems[0].conventions["PRECISION_MICRO"] == 0.5
    assert "index.html" in write_results(tmp_path / "out", comparison)
    (tmp_path / "reports.csv").write_text("id,report\n1,Edema\n", "utf-8")
    with pytest.raises(UsageError, match="has labels and"):
        compare_systems(SystemsRun(paths[0], (str(tmp_path / "reports.csv"),)), lambda _: None)
    (tmp_path / "bad.csv").write_text(",".join(header) + "\na" + ",x" * 14 + "\n", "utf-8")
    with pytest.raises(UsageError, match="row 1: a cell that is no label"):
        compare_systems(SystemsRun(str(tmp_path / "bad.csv"), (paths[1],)), lambda _: None)


def test_an_identifier_comes_once(tmp_path):
    """Two reports with one identifier are refused."""
    (tmp_path / "twice.csv").write_text('s1,"Small effusion."\ns1,"Clear lungs"\n', "utf-8")
    with pytest.raises(ReportFileError, match="two reports s1"):
        read_reports(str(tmp_path / "twice.csv"))


def test_options_that_do_not_apply_are_refused(run, files):
    """An option of gold labels is refused with generated reports, and the reverse."""
    pairs = ("evaluate", "--references", files[0], "--candidates", files[1])
    assert "--task: of no use with generated reports" in run(*pairs, "--task", "mention", code=2).output
    refused = run("evaluate", "--gold", files[0], "--predictions", files[1], "--convention", "r2gen", code=2)
    assert "--convention: of no use with gold labels" in refused.output


def test_a_report_may_be_longer_than_the_csv_module_likes(tmp_path):
    """A cell of more than 131,072 characters is read, with a header and without."""
    long = "Small left effusion. " * 7000
    for name, head in (("with.csv", "study_id,report\n"), ("without.csv", "")):
        (tmp_path / name).write_text(f'{head}s1,"{long}"\n')
        assert read_reports(str(tmp_path / name)) == {"s1": long}


@pytest.mark.parametrize("content", ['["{}"]', '{{"1": "{}"}}', '[{{"id": 1, "report": "{}"}}]'])
def test_half_of_a_character_in_json_is_named_and_not_shown(tmp_path, content):
    """It could not be written to the page."""
    path = tmp_path / "r.json"
    path.write_text(content.format("XYZZY \\ud800"))
    with pytest.raises(ReportFileError, match=r"r\.json entry 1: is not text: holds half of a surrogate pair") as error:
        read_reports(str(path))
    assert "XYZZY" not in str(error.value)
