"""Stage 1: finds mentions in a sentence with one pass of an Aho-Corasick automaton, flat in the number of phrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ahocorasick

from labeler.mentions.overlaps import keep_longest
from labeler.text.plain import plain

if TYPE_CHECKING:
    from labeler.phrasebook.load import Phrasebook


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """Is a phrase found in a sentence, with offsets into the normal text of the sentence.

    Parameters
    ----------
    finding : str
    start, end : int
    phrase_id : str
    role : str
        "finding", "anatomy", or "not" for a phrase that says what is no mention.
    """

    finding: str
    start: int
    end: int
    phrase_id: str
    role: str


class MentionFinder:
    """Finds the phrases of a label set in a sentence.

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
        entries: dict[str, list[tuple[str, str, str]]] = {}
        for file in phrasebook.findings:
            groups = [(group, group.role) for group in file.mentions] + [(group, "not") for group in file.not_mentions]
            for group, role in groups:
                for text in group.texts():
                    entries.setdefault(plain(text), []).append((file.finding, group.id, role))
        self._automaton = ahocorasick.Automaton()
        for text, meanings in entries.items():
            self._automaton.add_word(text, (len(text), tuple(meanings)))
        self._automaton.make_automaton()

    def find(self, text: str) -> tuple[PhraseHit, ...]:
        """Returns the mentions in a sentence, in the order of the text.

        Parameters
        ----------
        text : str
            Sentence in lower case with single blanks.

        Returns
        -------
        tuple of PhraseHit
            Where phrases of one finding overlap, the longest stands; a longer or equal "not" phrase removes it.
        """
        hits: list[PhraseHit] = []
        if not len(self._automaton):  # pyahocorasick can't search for nothing
            return ()
        for last, (length, meanings) in self._automaton.iter(text):
            start, end = last - length + 1, last + 1
            if (start and text[start - 1].isalnum()) or (end < len(text) and text[end].isalnum()):
                continue
            hits += [PhraseHit(finding, start, end, phrase_id, role) for finding, phrase_id, role in meanings]
        return tuple(hit for hit in keep_longest(hits) if hit.role != "not")
