"""The assertion stage as a whole: the surface answers, grammar is asked where it is in doubt."""

import pytest

from labeler.assertions import stage as stage_module
from labeler.assertions.stage import AssertionStage


@pytest.fixture
def parsed(monkeypatch):
    """Return the list of sentences that are parsed from here on."""
    sentences, load = [], stage_module.load_model

    def recording(*given):
        model = load(*given)

        class Recorder:
            vocab = model.vocab

            def pipe(self, texts, **options):
                sentences.extend(texts)
                return model.pipe(texts, **options)

        return Recorder()

    monkeypatch.setattr(stage_module, "load_model", recording)
    return sentences


def statuses(stage, targets, markup, role="finding"):
    """Return the statuses that a stage gives the marked mentions."""
    return [verdict.status for verdict in stage.read(*targets(markup, role))]


def test_surface_that_is_sure_needs_no_parse(book, targets, parsed):
    """Where a cue reaches the mention, or none faces it, the parser is not asked."""
    stage = AssertionStage(book)
    assert statuses(stage, targets, "No <absent>effusion</absent>.") == ["absent"]
    assert statuses(stage, targets, "Small <present>effusion</present>.") == ["present"]
    assert parsed == []


def test_grammar_is_asked_where_the_surface_is_in_doubt(book, targets, parsed):
    """A cue that faces a mention and doesn't reach it leaves the answer to the grammar."""
    stage = AssertionStage(book)
    assert statuses(stage, targets, "No <absent>edema</absent> but <present>effusion</present>.") == [
        "absent",
        "present",
    ]
    assert parsed == ["no edema but effusion."]


def test_grammar_carries_a_cue_over_a_clause(book, targets):
    """A stop ends what the lists say, not what is said of the subject."""
    markup = "The <absent>effusion</absent> which was large is not seen."
    assert statuses(AssertionStage(book), targets, markup) == ["absent"]
    assert statuses(AssertionStage(book, ("negex",)), targets, markup) == ["present"]
    assert AssertionStage(book).read(*targets(markup))[0].reader == "dependency"


def test_one_reader_alone_answers_alone(book, targets):
    """Each reader can be left out, as the ablation does."""
    post = "<absent>Effusion</absent> is not seen."
    assert statuses(AssertionStage(book, ("negex",)), targets, post) == ["absent"]
    assert statuses(AssertionStage(book, ("dependency",)), targets, post) == ["absent"]
    listed = "No <absent>edema</absent>: <present>mass</present> stable."
    assert statuses(AssertionStage(book, ("negex",)), targets, listed) == ["absent", "absent"]
    assert statuses(AssertionStage(book, ("dependency",)), targets, listed) == ["absent", "present"]


def test_anatomy_of_which_nothing_is_said_is_none(book, targets):
    """Anatomy has no status of its own."""
    stage = AssertionStage(book)
    assert statuses(stage, targets, "<none>Heart</none> is normal.", "anatomy") == ["absent"]
    assert statuses(stage, targets, "<none>Heart</none> is seen.", "anatomy") == ["none"]


def test_sentence_without_targets_gives_nothing(book):
    """One verdict per target, so none for none."""
    assert AssertionStage(book).read("no effusion", ()) == ()
