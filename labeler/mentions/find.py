"""Stage 1: finds mentions in a sentence with one pass of an Aho-Corasick automaton, flat in the number of phrases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ahocorasick

from labeler.mentions.hits import PhraseHit, keep_all_unbarred, keep_longest
from labeler.text.plain import plain

if TYPE_CHECKING:
    from labeler.phrasebook.load import Phrasebook


class MentionFinder:
    """A finder of the phrases of a label set in a sentence.

    A label set whose `matching` is "words" is matched by whole words, and of overlapping phrases of one finding the
    longest stands. With "substrings" phrases are found as the CheXpert labeler finds them: inside words too, every
    phrase for itself; `_` in a phrase is a blank.

    Parameters
    ----------
    phrasebook : Phrasebook

    Examples
    --------
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> finder = MentionFinder(load_phrasebook())
    >>> [hit.finding for hit in finder.find("no pneumothorax, no evidence of tuberculosis.")]
    ['Pneumothorax', 'Other Abnormality']
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self.findings = tuple(file.finding for file in phrasebook.findings)
        self._whole_words = phrasebook.label_set.matching == "words"
        self._keep = keep_longest if self._whole_words else keep_all_unbarred
        entries: dict[str, list[tuple[str, str, str]]] = {}
        for file in phrasebook.findings:
            groups = [(group, group.role) for group in file.mentions] + [(group, "not") for group in file.not_mentions]
            for group, role in groups:
                for text in group.texts():
                    entries.setdefault(self._form(text), []).append((file.finding, group.id, role))
        self._automaton = ahocorasick.Automaton()
        for text, meanings in entries.items():
            self._automaton.add_word(text, (len(text), tuple(meanings)))
        self._automaton.make_automaton()

    def _form(self, phrase: str) -> str:
        return plain(phrase) if self._whole_words else phrase.lower().replace("_", " ")

    def find(self, text: str) -> tuple[PhraseHit, ...]:
        """Return the mentions in a sentence, in the order of the text.

        Parameters
        ----------
        text : str
            Sentence in lower case with single blanks.

        Returns
        -------
        tuple of PhraseHit
            Without the "not" phrases, and without the mentions that they remove.
        """
        hits: list[PhraseHit] = []
        if not len(self._automaton):  # pyahocorasick can't search for nothing
            return ()
        for last, (length, meanings) in self._automaton.iter(text):
            start, end = last - length + 1, last + 1
            if self._whole_words and _is_inside_word(text, start, end):
                continue
            hits += [PhraseHit(finding, start, end, phrase_id, role) for finding, phrase_id, role in meanings]
        return tuple(hit for hit in self._keep(hits) if hit.role != "not")


def _is_inside_word(text: str, start: int, end: int) -> bool:
    return (start > 0 and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum())
