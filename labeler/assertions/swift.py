"""Makes the default model parse faster, to the same parses: the vectors of words are kept.

Matrices are multiplied by blis, as thinc does by itself. numpy's OpenBLAS takes two thirds of the time, but its numbers
depend on what is parsed together, in the last bits.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from spacy.language import Language
    from spacy.tokens import Doc

_KEPT_WORDS = 20_000
"""Words whose vectors are kept, half a kilobyte each; all go when there are more."""


def hasten(nlp: Language) -> None:
    """Have a model keep the vectors of words.

    Parameters
    ----------
    nlp : spacy.language.Language
        Its component "tok2vec" must have two layers, the first with vectors of words by themselves, as spaCy's small
        models do.
    """
    component: Any = nlp.get_pipe("tok2vec")
    layers = component.model.layers
    layers[0] = _keeping(layers[0])


def one_thread() -> AbstractContextManager[object]:
    """Have matrices multiplied in one thread for a while; a program that uses several has them back afterwards."""
    limit: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return limit


@lru_cache(maxsize=1)
def _libraries() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _keeping(embed: Any) -> Any:
    """Return a layer that computes the vector of a word once."""
    import numpy as np
    from spacy.attrs import NORM, ORTH, SPACY
    from thinc.api import Model

    kept: dict[tuple[int, ...], Any] = {}

    width = embed.get_dim("nO")

    def forward(_: Any, docs: Sequence[Doc], is_train: bool) -> tuple[list[Any], Any]:  # noqa: FBT001, ARG001 - thinc's
        words = [[tuple(word) for word in doc.to_array([ORTH, NORM, SPACY]).tolist()] for doc in docs]
        if len(kept) > _KEPT_WORDS:
            kept.clear()
        new = [at for at, of_doc in enumerate(words) if not all(word in kept for word in of_doc)]
        vectors, _ = embed([docs[at] for at in new], is_train=False) if new else ((), None)
        for at, of_doc in zip(new, vectors, strict=True):
            kept.update(zip(words[at], of_doc.copy(), strict=True))
        return [np.array([kept[word] for word in of_doc], "float32").reshape(-1, width) for of_doc in words], None

    return Model("kept-vectors", forward, dims={"nO": width})
