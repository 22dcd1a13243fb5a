"""The command says what is wrong with its options and files, and imports nothing heavy to say it."""

import subprocess
import sys

import pytest

from labeler.scoring.gold import chexpert_findings


@pytest.fixture
def gold(write_labels):
    """Write gold labels of three studies."""
    return write_labels("gold.csv", ["Edema", "Fracture"], ["1.", "0?", "u1"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Give --gold with --predictions or --reports, or --references with --candidates."),
        (["--candidates", "x.csv"], "Give --references and --candidates together, without --gold."),
        (["--gold", "GOLD"], "Give --predictions or --reports, one of them."),
        (
            ["--gold", "GOLD", "--predictions", "x.csv", "--reports", "y"],
            "Give --predictions or --reports, one of them.",
        ),
        (
            ["--gold", "GOLD", "--predictions", "GOLD", "--finding", "Edma"],
            "has no finding Edma. It has: Edema, Fracture.",
        ),
        (["--gold", "GOLD", "--reports", "nowhere"], "nowhere does not exist."),
    ],
)
def test_wrong_options_are_named(run, gold, options, message):
    """One line on standard error, exit code 2."""
    result = run("evaluate", *(str(gold) if option == "GOLD" else option for option in options), code=2)
    assert result.output.strip().endswith(message)


def test_tasks_and_findings_can_be_chosen(run, gold):
    """Only what is asked for is shown."""
    chosen = ("--task", "negation", "--finding", "Edema", "--resamples", 0)
    output = run("evaluate", "--gold", gold, "--predictions", gold, *chosen).output
    assert "Negation, 3 studies" in output
    assert "Presence" not in output
    assert "Fracture" not in output


def test_a_comparison_stands_beside(run, gold, write_labels):
    """The difference of two labelers is paired, on the studies that both have."""
    other = write_labels("other.csv", ["Edema", "Fracture"], ["0.", "0."], ids=[50000001, 50000002])
    output = run("evaluate", "--gold", gold, "--predictions", gold, "--compare", other, "--resamples", 20).output
    assert "other.csv: 2 studies in both; 1 only in the gold, 0 only in the predictions." in output
    assert "F1 of gold.csv and other.csv" in output


def test_missing_studies_can_count_as_blank(run, gold, write_labels):
    """Without a word on them they are an error that names them."""
    labels = write_labels("labels.csv", ["Edema", "Fracture"], ["1."], ids=[50000001])
    asked = ("evaluate", "--gold", gold, "--predictions", labels, "--resamples", 0)
    assert "has no row for 2 of 3 studies of gold.csv: 50000002, 50000003" in run(*asked, code=2).output
    assert "Mention, 3 studies" in run(*asked, "--missing", "blank").output
    assert "Mention, 1 studies" in run(*asked, "--missing", "skip").output


def test_reports_that_cannot_be_read_are_listed(run, gold, tmp_path):
    """A row with a comma too many is told, and then it is missing."""
    reports = tmp_path / "reports.csv"
    reports.write_text(
        "study_id,text\n50000001,Mild edema.\n50000002,No edema, none\n50000003,Clear.\n", encoding="utf-8"
    )
    result = run("evaluate", "--gold", gold, "--reports", reports, "--missing", "skip", "--resamples", 0)
    assert "Not read:" in result.output
    assert "row 2" in result.output or "row 1" in result.output
    assert "2 studies in both; 1 only in the gold" in result.output


def test_open_i_reports_are_labelled_by_findings_and_impression(run, row_of, write_csv, write_labels):
    """The protocol labels both sections where the default would take the impression alone."""
    reports = write_csv("reports.csv", ["uid", "findings", "impression"], [[7, "Mild edema.", "No pneumothorax."]])
    cells = {"Edema": "1", "Pneumothorax": "0"}
    names = chexpert_findings()
    gold = write_labels("gold.csv", names, ["".join(cells.get(name, ".") for name in names)], ids=[7])
    for protocol, recall in (("open-i", "1.000"), ("mimic-687", "0.500")):
        asked = ("evaluate", "--gold", gold, "--reports", reports, "--resamples", 0, "--finding", "Edema")
        output = run(*asked, "--finding", "Pneumothorax", "--protocol", protocol).output
        assert row_of(output, "Mention", "micro")[:3] == ["2", "1.000", recall]


def test_help_is_quick():
    """Neither the command line nor its help imports what takes long."""
    heavy = ("numpy", "pandas", "sklearn", "scipy", "spacy", "matplotlib", "jinja2")
    script = (
        "import sys; from click.testing import CliRunner; from labeler.cli.app import main;"
        "result = CliRunner().invoke(main, ['evaluate', '--help']); assert result.exit_code == 0;"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--with-text", "--workers", 2], "--workers, --with-text"),
        (["--text-column", "report"], "--text-column"),
        (["--sections", "all", "--label-set", "chexpert"], "--sections, --label-set"),
    ],
)
@pytest.mark.parametrize("kind", ["gold", "pairs"])
def test_options_of_reports_are_refused_with_labels(run, write_labels, kind, options, named):
    """Each would be ignored."""
    labels = write_labels("labels.csv", list(chexpert_findings()), ["1" * len(chexpert_findings())])
    given = ("--gold", "--predictions") if kind == "gold" else ("--references", "--candidates")
    result = run("evaluate", given[0], labels, given[1], labels, *options, code=2)
    assert sorted(named.split(", ")) == sorted(result.stderr.removeprefix("Error: ").partition(": ")[0].split(", "))
    assert "of no use with tables of labels" in result.stderr
