"""`labeler label --manifest`, with the fake labeler."""

import hashlib
import json
import platform
from importlib.metadata import version

import pytest

pytestmark = pytest.mark.usefixtures("fake")


@pytest.fixture
def label(run, folder, tmp_path):
    """Label the folder, to which a report is added that cannot be read, into another one; return the result."""
    (folder / "broken.txt").write_bytes(b"\0")
    (folder / "empty.txt").write_bytes(b"")

    def label(name, *options):
        (tmp_path / name).mkdir(exist_ok=True)
        return run("label", folder, "-o", tmp_path / name / "out.csv", "--manifest", *options)

    return label


def digest(data):
    """Return a SHA-256 sum."""
    return hashlib.sha256(data).hexdigest()


def test_the_manifest_says_how_the_labels_were_made(label, tmp_path):
    """Model, phrases, options, versions, counts, and the sums of the list of inputs and of each output."""
    assert label("a", "--evidence", tmp_path / "a" / "out.jsonl", "--sections", "all").exit_code == 1
    manifest = json.loads((tmp_path / "a" / "out.csv.manifest.json").read_bytes())
    table, errors, evidence, without = (
        (tmp_path / "a" / name).read_bytes()
        for name in ("out.csv", "out.csv.errors.csv", "out.jsonl", "out.csv.without-text.csv")
    )
    assert manifest == {
        "counts": {"seen": 5, "labelled": 4, "failed": 1, "without_usable_text": 1},
        "inputs": {
            "listing_sha256": digest(b"broken\nempty\n10000032,50414267\n10000032,53189527\n11000011,50000001\n")
        },
        "model": {"name": "fake 1.0", "sha256": "def456"},
        "phrases": {"findings": ["No Finding", "Edema", "Atelectasis"], "hash": "abc123"},
        "options": {
            "columns": "mimic",
            "id_column": "study_id, uid, id or study",
            "input_format": "by the name's ending",
            "label_set": "chexpert",
            "sections": "all",
            "shard": "1/1",
            "text_column": "text, report, report_text, report_impression, or findings and impression",
        },
        "outputs": [
            {"name": "out.csv", "bytes": len(table), "sha256": digest(table)},
            {"name": "out.jsonl", "bytes": len(evidence), "sha256": digest(evidence)},
            {"name": "out.csv.without-text.csv", "bytes": len(without), "sha256": digest(without)},
            {"name": "out.csv.errors.csv", "bytes": len(errors), "sha256": digest(errors)},
        ],
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("cxr-labeler", "spacy", "negspacy")},
        },
    }


def test_equal_runs_have_equal_manifests(label, tmp_path):
    """No time, no path and no number of workers is in it."""
    label("a")
    label("b", "--workers", 2)
    first, second = ((tmp_path / name / "out.csv.manifest.json").read_bytes() for name in "ab")
    assert first == second
    assert str(tmp_path).encode() not in first


def interrupt(*_, **__):
    """End a run in the midst of its work."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["io.progress.Progress.reports", "io.manifest.Manifest.write"])
def test_an_interrupted_run_has_the_manifest_of_an_uninterrupted_one(label, tmp_path, monkeypatch, moment):
    """Also where it is interrupted when the outputs have their names."""
    label("a")
    with monkeypatch.context() as patch:
        patch.setattr(f"labeler.{moment}", interrupt)
        assert label("b").exit_code == 130
    assert not (tmp_path / "b" / "out.csv.manifest.json").exists()
    label("b", "--resume")
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        "out.csv",
        "out.csv.errors.csv",
        "out.csv.manifest.json",
        "out.csv.without-text.csv",
    ]
    first, second = ((tmp_path / name / "out.csv.manifest.json").read_bytes() for name in "ab")
    assert first == second


def test_no_manifest_of_an_earlier_run_is_left(run, label, folder, tmp_path):
    """What is beside a table is of the same run."""
    label("a")
    run("label", folder, "-o", tmp_path / "a" / "out.csv")
    assert not (tmp_path / "a" / "out.csv.manifest.json").exists()


def test_a_manifest_needs_a_file(run, folder):
    """Standard output has no file beside it."""
    result = run("label", folder, "--manifest")
    assert result.exit_code == 2
    assert "--manifest needs a file; name it with --output." in result.stderr
