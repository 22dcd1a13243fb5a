"""The tokenizer that stands for the model's until a sentence needs a parse."""

import subprocess
import sys

import spacy

from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model, load_tokenizer
from labeler.phrasebook.load import load_phrasebook


def test_the_tokenizer_alone_is_that_of_the_model():
    """Every rule of the tokenizer and every attribute that the readers ask for are the same with and without model."""
    blank, model = load_tokenizer(), load_model()
    settings = ("rules", "faster_heuristics")
    patterns = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
    for name in settings:
        assert getattr(blank.tokenizer, name) == getattr(model.tokenizer, name)
    for name in patterns:
        ours, theirs = getattr(blank.tokenizer, name), getattr(model.tokenizer, name)
        assert (ours and ours.__self__) == (theirs and theirs.__self__)
    lower = spacy.attrs.LOWER
    assert blank.vocab.lex_attr_getters[lower] is model.vocab.lex_attr_getters[lower]
    assert not any(name in ("senter", "sentencizer", "merge_noun_chunks") for name in model.pipe_names)


def test_cues_tokenized_by_words_are_cues_tokenized_whole():
    """The keys of every cue are what the tokenizer makes of its text as a whole."""
    book, nlp = load_phrasebook(), load_tokenizer()
    texts = (text for file in book.assertions for rule in file.cues for text in rule.texts())
    whole = {" ".join(token.lower_ for token in nlp.make_doc(text.lower())) for text in texts}
    assert set(map(" ".join, NegexReader(book)._rules)) == whole  # noqa: SLF001 - no other way shows what was built


def test_spacy_is_imported_where_a_sentence_is_parsed():
    """What needs no parse is labelled without it, in half the time."""
    program = (
        "import sys; from labeler import label_report; "
        "label_report('1. No focal consolidation, effusion or pneumothorax. Heart size is normal.'); "
        "assert not {'spacy', 'thinc', 'negspacy', 'pandas'} & sys.modules.keys(); "
        "label_report('No edema, fibrosis distorts the upper lobes.'); assert 'spacy' in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.stderr == ""


def test_labelling_loads_nothing_that_talks_to_the_network():
    """In our own processes the command line of spaCy, which downloads models, stays away until it is called."""
    program = (
        "import sys; from labeler.process import leave_out_downloads; leave_out_downloads(); "
        "from labeler import label_report; label_report('No edema, fibrosis distorts the upper lobes.'); import spacy; "
        "assert not {'spacy.cli', 'requests', 'httpx', 'urllib3', 'ssl'} & sys.modules.keys(); "
        "told = spacy.info(silent=True); from spacy.cli.info import info; assert info(silent=True) == told; "
        "print(told['spacy_version'])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == (spacy.__version__, "")
