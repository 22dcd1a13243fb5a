"""The parser: a spaCy pipeline for English, only the parts in use, its files checked before they are loaded."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from labeler.assertions.model import UNUSED, Model, find_model
from labeler.assertions.swift import hasten
from labeler.errors import UsageError

if TYPE_CHECKING:
    from spacy.language import Language

_NEEDED = ("tagger", "parser")


@lru_cache(maxsize=1)
def load_tokenizer() -> Language:
    """Load the model's tokenizer alone, which is spaCy's own for English, in a tenth of the time of the model."""
    import spacy

    return spacy.blank("en")


@lru_cache(maxsize=2)
def load_model(model: Model | None = None) -> Language:
    """Load a parser once per process. Code that comes with a model is not run.

    Parameters
    ----------
    model : Model, optional
        From `find_model`; the default model without it.

    Raises
    ------
    UsageError
        If the model is not installed, is not for English, or has no parser.
    ModelFileError
        If the default model's files are not the recorded ones.
    """
    from spacy.util import load_model_from_path

    model = model or find_model()
    model.check()
    try:
        nlp = load_model_from_path(model.folder, exclude=list(UNUSED))
    except (OSError, ValueError, KeyError, ImportError) as error:
        reason = str(error).strip().split("\n", 1)[0]  # of a model, and no report has been read
        raise UsageError(f"{model.folder} cannot be loaded as a spaCy model: {reason}; check --model") from None
    missing = [name for name in _NEEDED if name not in nlp.pipe_names]
    if nlp.lang != "en" or missing:
        lacks = f"has no {' and no '.join(missing)}" if missing else f"is for the language {nlp.lang!r}"
        raise UsageError(f"The model {model.title} {lacks}; give --model one for English with tagger and parser")
    if model.is_default:
        hasten(nlp)
    return nlp
