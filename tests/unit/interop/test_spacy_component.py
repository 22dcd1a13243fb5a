"""The labeler as a component of spaCy pipelines."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc, DocBin, Span

from labeler import Labeler
from labeler.errors import LimitError, UsageError
from labeler.interop.spacy_component import CxrLabeler, register_extensions, remove_extensions

ROOT = Path(__file__).parents[3]
REPORTS = [*ROOT.glob("examples/reports/**/*.txt"), *ROOT.glob("tests/golden/reports/*.txt")]
TEXT = "FINDINGS: No pneumothorax. Small left effusion/edema, enlarged heart."


@pytest.fixture(scope="module")
def nlp():
    """Return a pipeline that reads all sections and attributes."""
    pipeline = spacy.blank("en")
    pipeline.add_pipe("cxr_labeler", config={"sections": "all", "attributes": True})
    return pipeline


@pytest.fixture(scope="module")
def labeler():
    """Return the labeler of that pipeline."""
    return Labeler(sections="all")


def said(doc):
    """Return what a document says of each mention."""
    return [
        (span.text, span.label_, span._.cxr_status, span._.cxr_rule, span._.cxr_offsets, span._.cxr_attributes)
        for span in doc.spans["cxr"]
    ]


def test_the_entry_point_is_the_factory():
    """`nlp.add_pipe` finds the component in an installed package."""
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["spacy_factories"]
    module, _, factory = entry["cxr_labeler"].partition(":")
    meta = Language.get_factory_meta("cxr_labeler")
    assert (meta.factory, meta.default_config["spans_key"]) == ("cxr_labeler", "cxr")
    assert isinstance(
        getattr(import_module(module), factory)(spacy.blank("en"), "x", **meta.default_config), CxrLabeler
    )


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_labels_and_mentions_are_those_of_the_labeler(nlp, labeler, path):
    """The component reads what `Labeler` reads, with every status, rule and cue at its place."""
    text = path.read_text("utf-8")
    labels = labeler.label(text)
    doc = nlp(text)
    assert doc._.cxr_labels == labels.to_dict()
    for span, assertion in zip(doc.spans["cxr"], labels.assertions, strict=True):
        start, end = span._.cxr_offsets
        assert text[start:end] == assertion.mention.text
        assert (span._.cxr_finding, span._.cxr_status, span._.cxr_rule) == (
            assertion.finding,
            assertion.status,
            assertion.rule_id,
        )
        assert assertion.cue is None if span._.cxr_cue is None else assertion.cue.text in span._.cxr_cue.text


def test_a_pipeline_keeps_its_tokenizer_and_sentences(labeler):
    """A mention inside a token is the whole token, which may hold two; labels, offsets and sentences don't change."""
    nlp = spacy.blank("en")
    nlp.tokenizer = Tokenizer(nlp.vocab, token_match=lambda _: True)  # splits at blanks alone
    nlp.add_pipe("sentencizer", config={"punct_chars": [","]})
    before = [sentence.text for sentence in nlp(TEXT).sents]
    nlp.add_pipe("cxr_labeler", config={"sections": "all"})
    doc = nlp(TEXT)
    assert [sentence.text for sentence in doc.sents] == before
    assert doc._.cxr_labels == labeler.label(TEXT).to_dict()
    spans = {span.label_: span for span in doc.spans["cxr"]}
    effusion, edema = spans["Pleural Effusion"], spans["Edema"]
    assert effusion.text == edema.text == "effusion/edema,"
    assert (effusion._.cxr_finding, edema._.cxr_finding) == ("Pleural Effusion", "Edema")
    assert TEXT[slice(*edema._.cxr_offsets)] == "edema"
    assert spans["Pneumothorax"]._.cxr_cue.text == "No"


def test_qualifiers_are_named_as_clinlp_names_them(nlp):
    """A status is a qualifier string; a mention that asserts nothing has none."""
    doc = nlp("No pneumothorax. Effusion. Possible pneumonia. Evaluate for edema.")
    assert {span.label_: span._.cxr_qualifiers for span in doc.spans["cxr"]} == {
        "Pneumothorax": {"Presence.Absent"},
        "Pleural Effusion": {"Presence.Present"},
        "Pneumonia": {"Presence.Uncertain"},
        "Edema": set(),
    }


def test_a_span_of_another_component_has_no_finding(nlp):
    """Extensions of spans that are not the labeler's are empty."""
    doc = nlp("Small effusion.")
    foreign = Span(doc, 0, 1, label="SIZE", span_id="ruler:7")
    assert (foreign._.cxr_finding, foreign._.cxr_cue, foreign._.cxr_qualifiers) == (None, None, set())


def test_many_documents_are_labelled_in_batches(nlp, monkeypatch):
    """`nlp.pipe` labels a batch at once, and gives what single calls give."""
    texts = [path.read_text("utf-8") for path in REPORTS]
    single = [said(nlp(text)) for text in texts]
    sizes = []
    label_batch = Labeler.label_batch
    monkeypatch.setattr(Labeler, "label_batch", lambda self, b: sizes.append(len(b)) or label_batch(self, b))
    assert [said(doc) for doc in nlp.pipe(texts, batch_size=5)] == single
    assert max(sizes) == 5


def test_a_document_that_fails_goes_to_the_error_handler(nlp, monkeypatch):
    """The others of its batch are labelled."""
    label_batch = Labeler.label_batch

    def failing(self, reports):
        if any("Fracture" in report for report in reports):
            raise LimitError("takes too long", "split it")
        return label_batch(self, reports)

    monkeypatch.setattr(Labeler, "label_batch", failing)
    failed = []
    nlp.get_pipe("cxr_labeler").set_error_handler(lambda *of: failed.append(of[2][0].text))
    docs = list(nlp.pipe(["No edema.", "Fracture.", "Effusion."]))
    nlp.get_pipe("cxr_labeler").set_error_handler(spacy.util.raise_error)
    assert (failed, [doc._.cxr_labels["Pleural Effusion"] for doc in docs]) == (["Fracture."], [None, "present"])


def test_documents_keep_their_labels_when_they_are_saved(nlp):
    """A document that was stored and read back has its spans, labels, cues and attributes."""
    doc = nlp(TEXT)
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(stored).get_docs(nlp.vocab)
    assert (said(again), again._.cxr_labels) == (said(doc), doc._.cxr_labels)


def test_a_saved_pipeline_labels_alike(nlp, tmp_path):
    """A folder holds the settings of the component; bytes are those of an equal one."""
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert said(again(TEXT)) == said(nlp(TEXT))
    assert said(again.from_bytes(nlp.to_bytes())(TEXT)) == said(nlp(TEXT))


def test_other_phrases_than_those_saved_are_refused(nlp):
    """Labels of a saved pipeline don't change in silence."""
    saved = nlp.get_pipe("cxr_labeler").to_bytes()
    other = CxrLabeler(Labeler(profile="negbio"))
    with pytest.raises(UsageError, match=r"saved with the phrases \w+, this labeler has \w+; install the version"):
        other.from_bytes(saved)


def test_extensions_are_registered_once_and_can_be_removed(nlp, labeler):
    """Another component of the same pipeline doesn't disturb them."""
    CxrLabeler(labeler)
    remove_extensions()
    assert not Span.has_extension("cxr_status")
    assert not Doc.has_extension("cxr_labels")
    register_extensions()
    register_extensions()
    doc = nlp("No edema.")
    assert doc.spans["cxr"][0]._.cxr_status == "absent"
