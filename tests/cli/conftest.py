"""Run the command line in process, with the fake labeler in the engine's place."""

import pytest
from click.testing import CliRunner
from fake_labeler import FakeLabeler

from labeler.cli.app import main


@pytest.fixture
def fake(monkeypatch):
    """Put the fake labeler in the engine's place."""
    monkeypatch.setattr("labeler.pipeline.Labeler", FakeLabeler)


@pytest.fixture
def run():
    """Run a command and return its result; an error that is no message is raised."""

    def run(*arguments, stdin=None):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, catch_exceptions=False)

    return run


@pytest.fixture
def folder(tmp_path):
    """Make a folder in MIMIC-CXR's layout with two patients."""
    reports = {
        "files/p10/p10000032/s50414267.txt": "No edema.",
        "files/p10/p10000032/s53189527.txt": "Possible atelectasis.",
        "files/p11/p11000011/s50000001.txt": "Edema, no atelectasis.",
    }
    for name, text in reports.items():
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "in"


@pytest.fixture
def reports(request, tmp_path):
    """Write the TEXTS of a module as a table of reports."""
    rows = [f'{name},"{text}"\n' for name, text in request.module.TEXTS.items()]
    (tmp_path / "in.csv").write_text("study_id,text\n" + "".join(rows))
    return tmp_path / "in.csv"


@pytest.fixture
def label_beside(run, reports, tmp_path):
    """Label the reports with a further output, which an option names, and return its path."""

    def label(option, name, *options):
        outputs = "-o", tmp_path / "labels.csv", option, tmp_path / name
        result = run("label", reports, *outputs, "--sections", "all", "-q", *options)
        assert result.exit_code == 0, result.output
        return tmp_path / name

    return label
