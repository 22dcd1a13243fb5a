"""Finds cues with negspacy, which `WordTrie` stands for: the same answers, to compare and to fall back on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from spacy.language import Language

_KINDS = ("pseudo_negations", "preceding_negations", "following_negations", "termination")
_NOWHERE = ["\N{NULL}"]
"""What negspacy is given of each kind but one."""


class NegspacyCues:
    """negspacy's matcher over phrases of whole words, as the reader "negspacy" uses it.

    Parameters
    ----------
    phrases : iterable of sequence of str
        The words of each. All go in as one kind: the side is that of the rule.
    nlp : spacy.language.Language
        Gives the vocabulary.
    """

    def __init__(self, phrases: Iterable[Sequence[str]], nlp: Language) -> None:
        from negspacy.negation import Negex
        from spacy.tokens import Doc

        self._vocab = nlp.vocab
        self._negex = Negex(nlp, "negex", neg_termset=dict.fromkeys(_KINDS, _NOWHERE))
        self._negex.matcher.add("Preceding", [Doc(nlp.vocab, list(words)) for words in phrases])

    def find(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """Return where phrases stand, as half-open ranges of words, in the order of their starts and ends.

        Parameters
        ----------
        words : sequence of str
            A sentence in lower case.

        Examples
        --------
        >>> from labeler.assertions.parse import load_tokenizer
        >>> NegspacyCues([("no",), ("no", "change")], load_tokenizer()).find(("no", "change"))
        [(0, 1), (0, 2)]
        """
        from spacy.tokens import Doc

        found, _, _ = self._negex.process_negations(Doc(self._vocab, list(words)))
        return sorted({(start, end) for _, start, end in found})
