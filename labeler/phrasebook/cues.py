"""Warns of cues that take each other's words: "interval resolution", said after a finding, and "resolution of"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from labeler.phrasebook.schema import AssertionFile
from labeler.phrasebook.yaml_files import line_of, read_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from labeler.phrasebook.schema import CueRule


_PREPOSITIONS = frozenset({"with", "in", "on", "of", "to", "for", "by", "from", "at"})
"""Two cues that share such a word alone don't meet in a sentence that anyone writes."""


@dataclass(frozen=True, slots=True)
class _Cue:
    words: tuple[str, ...]
    rule: CueRule
    path: Path
    at: int

    @property
    def where(self) -> str:
        return f"{self.path}:{line_of(self.path, ('cues', self.at, 'phrases'))}"


def cue_warnings(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield place and text of each warning about the cues of a profile.

    Where two cues overlap in a text, the longer stands, or the earlier of two that are as long. A cue that faces one
    way can so take the words of one that faces the other way, which then reaches nothing.

    Parameters
    ----------
    folder : Path
        The profile's rules/.
    """
    cues = [cue for path in sorted(folder.glob("*.yaml")) for cue in _cues(path)]
    whole = {cue.words for cue in cues}
    by_first: dict[str, list[_Cue]] = {}
    for cue in cues:
        by_first.setdefault(cue.words[0], []).append(cue)
    told: set[tuple[str, str]] = set()
    for winner in cues:
        for shared in range(1, len(winner.words)):
            for loser in by_first.get(winner.words[-shared], ()):
                pair = winner.rule.id, loser.rule.id
                if pair not in told and _takes(winner, loser, shared, whole):
                    told.add(pair)
                    yield loser.where, _warning(winner, loser, shared)


def _takes(winner: _Cue, loser: _Cue, shared: int, whole: set[tuple[str, ...]]) -> bool:
    """Tell whether a cue takes the first words of one that faces the other way, and no longer cue takes both."""
    joined = (*winner.words, *loser.words[shared:])
    return (
        len(loser.words) > shared
        and not winner.rule.closes  # it counts only where nothing follows
        and winner.words[-shared:] == loser.words[:shared]
        and {winner.rule.side, loser.rule.side} == {"before", "after"}
        and len(winner.words) >= len(loser.words)
        and not _PREPOSITIONS.issuperset(loser.words[:shared])
        and joined not in whole
    )


def _warning(winner: _Cue, loser: _Cue, shared: int) -> str:
    text = " ".join((*winner.words, *loser.words[shared:]))
    return (
        f"in {text!r} the cue {' '.join(winner.words)!r} of {winner.rule.id} (said {winner.rule.side} a finding) takes "
        f"the words of {' '.join(loser.words)!r} of {loser.rule.id} (said {loser.rule.side} it), which reaches "
        f"nothing; add {text!r} to {loser.rule.id}"
    )


def _cues(path: Path) -> Iterator[_Cue]:
    for at, rule in enumerate(read_model(path, AssertionFile).cues):
        for text in rule.texts():
            yield _Cue(tuple(text.lower().split()), rule, path, at)
