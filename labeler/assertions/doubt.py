"""Says which verdicts are in doubt: where the readings disagree, and where nothing has read a word of doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.assertions.decide import contradiction
from labeler.assertions.negex import NegexReader
from labeler.assertions.plain_negex import PlainNegex
from labeler.assertions.tokens import tokenized
from labeler.assertions.word_trie import WordTrie
from labeler.phrasebook.fields import expand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Doc

    from labeler.assertions.decide import Decider
    from labeler.assertions.dependency import DependencyReader
    from labeler.assertions.negex import SurfaceAnswer
    from labeler.assertions.tokens import Tokens
    from labeler.assertions.verdict import Target, Verdict
    from labeler.phrasebook.load import Phrasebook

_OPEN = frozenset({"absent", "uncertain", "none"})
"""What a cue says that a mention is not simply present."""


class DoubtReader:
    """A reader of what speaks against the verdicts of a sentence: the readings that did not decide, and unread words.

    Parameters
    ----------
    phrasebook : Phrasebook
    decider : Decider
    grammar : DependencyReader
    """

    def __init__(self, phrasebook: Phrasebook, decider: Decider, grammar: DependencyReader) -> None:
        self._decider, self._grammar = decider, grammar
        self._cues = NegexReader(phrasebook, bounded=False)
        self._plain = PlainNegex(phrasebook.negex)
        phrases = (phrase for group in phrasebook.doubts.groups for phrase in group.words)
        self._words = WordTrie(tokenized(text).words for phrase in phrases for text in expand(phrase))

    def read(
        self, doc: Doc, targets: tuple[Target, ...], surface: tuple[SurfaceAnswer, ...], verdicts: tuple[Verdict, ...]
    ) -> Iterator[str]:
        """Yield for each target why its verdict is in doubt, "" if it isn't.

        Parameters
        ----------
        doc : spacy.tokens.Doc
            One parsed sentence in lower case.
        targets : tuple of Target
        surface : tuple of SurfaceAnswer
            What the cues say of each.
        verdicts : tuple of Verdict
            What was decided of each.
        """
        tokens = tokenized(doc.text)
        asked = self._cues.read(tokens, targets)
        answers = self._grammar.read(doc, targets, [answer.beyond for answer in asked])
        plain = self._plain.read(tokens, targets)
        unread = self._unread(tokens, verdicts)
        for at, (target, verdict) in enumerate(zip(targets, verdicts, strict=True)):
            is_finding = target.role == "finding"
            by_grammar = self._decider.decide(target, asked[at], answers[at])
            if by_grammar.reader == "default" and _touch(tokens.text, verdict, target):
                by_grammar = verdict  # where the cue stands at its mention, there is nothing for grammar to say
            reasons = [contradiction(verdict, by_grammar, plain[at] if is_finding else None)]
            if is_finding and verdict.rule_id == "default.asserted":
                cues = {tokens.text[cue.start : cue.end] for cue in surface[at].beyond if cue.status in _OPEN}
                unused = ", ".join(f'"{words}"' for words in sorted({*cues, *unread}))
                reasons += [f"nothing has read {unused}"] if unused else []
            yield "; ".join(filter(None, reasons))

    def _unread(self, tokens: Tokens, verdicts: tuple[Verdict, ...]) -> set[str]:
        """Return the words of doubt or denial that are no part of a cue that decides in the sentence."""
        found = (tokens.characters(*span) for span in self._words.find(tokens.words))
        return {
            tokens.text[start:end]
            for start, end in found
            if not any(verdict.start < end and start < verdict.end for verdict in verdicts)
        }


def _touch(text: str, verdict: Verdict, target: Target) -> bool:
    """Tell whether but blanks stand between the cue of a verdict and the mention."""
    first, last = sorted([(verdict.start, verdict.end), (target.start, target.end)])
    return verdict.start < verdict.end and not text[first[1] : last[0]].strip()
