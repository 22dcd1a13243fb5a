"""How a labeler was made: what other processes make its equal of, and what it is called."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError

if TYPE_CHECKING:
    from labeler.assertions.model import Model


class Remade:
    """A base of labelers, which are pickled as the options that they were made with.

    Attributes
    ----------
    findings : tuple of str
        The label set's findings, in its order.
    options : dict of str to str
        What it was made with; of what was not given, the value that is used.
    phrase_hash : str
        Of the phrase files.
    """

    findings: tuple[str, ...]
    options: dict[str, str]
    phrase_hash: str
    _model: Model
    _recipe: dict[str, Any]

    def __repr__(self) -> str:
        chosen = self.options
        size = f"{chosen['label_set']}, {len(self.findings)} findings"
        rules = "" if chosen["profile"] == "default" else f", profile {chosen['profile']}"
        own = f" of {self._recipe['phrases']}" if self._recipe.get("phrases") else ""
        return f"<{type(self).__name__}: {size}, sections {chosen['sections']}{rules}, phrases {self.phrase_hash}{own}>"

    @property
    def model(self) -> str:
        """The name and version of the model that sentences are parsed with, where it is not the default with a hash."""
        return self._model.name

    @property
    def model_hash(self) -> str:
        """SHA-256 of the sums of the model's files, as `sha256sum` writes them, in the order of their names."""
        return self._model.hash

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles how it was made, so that another process makes its equal, once for all that are pickled alike."""
        return _make_once, (type(self), tuple(sorted(self._recipe.items())), self.phrase_hash, self.model)


@lru_cache(maxsize=4)
def _make_once(kind: type[Remade], recipe: tuple[tuple[str, Any], ...], phrase_hash: str, model: str) -> Remade:
    """Make the labeler of a recipe; its phrases and model must be those that the recipe was written with."""
    labeler = kind(**dict(recipe))
    for what, here, there in (("phrases", labeler.phrase_hash, phrase_hash), ("model", labeler.model, model)):
        if here != there:
            raise UsageError(
                f"This process has the {what} {here}, the one that sent the work has {there}; install the same version "
                f"everywhere, and change no {what} during a run."
            )
    return labeler
