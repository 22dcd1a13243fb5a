"""The tokenizer that stands for the model's until a sentence needs a parse."""

import spacy

from labeler.assertions.parse import load_model, load_tokenizer


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
