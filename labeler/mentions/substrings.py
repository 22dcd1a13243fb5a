"""Finds mentions as the CheXpert labeler does: inside words too, every phrase for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ahocorasick

from labeler.mentions.find import PhraseHit

if TYPE_CHECKING:
    from labeler.phrasebook.load import Phrasebook


class SubstringFinder:
    """Finds the phrases of a label set whose `matching` is "substrings".

    `_` in a phrase is a blank. A phrase inside a longer one counts as well ("heart" in "heart size"), and one that
    overlaps a phrase that is no mention doesn't, whichever is longer.

    Parameters
    ----------
    phrasebook : Phrasebook
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        entries: dict[str, list[tuple[str, str, str]]] = {}
        for file in phrasebook.findings:
            groups = [(group, group.role) for group in file.mentions] + [(group, "not") for group in file.not_mentions]
            for group, role in groups:
                for text in group.texts():
                    entries.setdefault(text.lower().replace("_", " "), []).append((file.finding, group.id, role))
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
        """
        hits = [
            PhraseHit(finding, last - length + 1, last + 1, phrase_id, role)
            for last, (length, meanings) in self._automaton.iter(text)
            for finding, phrase_id, role in meanings
        ]
        barred = [hit for hit in hits if hit.role == "not"]
        kept = {hit for hit in hits if hit.role != "not" and not any(_overlaps(hit, other) for other in barred)}
        return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end, hit.finding, hit.phrase_id)))


def _overlaps(hit: PhraseHit, other: PhraseHit) -> bool:
    return hit.finding == other.finding and hit.start < other.end and other.start < hit.end
