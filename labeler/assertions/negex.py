"""The second reader: NegEx, over our own cue lists and with a scope that knows lists."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from labeler.assertions.anatomy import AnatomyScope
from labeler.assertions.scope import CueMatch, Frame, Scope
from labeler.assertions.tokens import tokenized
from labeler.assertions.verdict import Target, Verdict, applies
from labeler.assertions.word_trie import WordTrie
from labeler.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labeler.assertions.tokens import Tokens
    from labeler.phrasebook.load import Phrasebook
    from labeler.phrasebook.schema import CueRule


class SurfaceAnswer(NamedTuple):
    """What the cues of a sentence say of one mention.

    Parameters
    ----------
    reaching : tuple of Verdict
        Those of the cues that reach it, the nearest first; of a tier the nearest on either side.
    beyond : tuple of Verdict
        Those of the cues on the right side of it, where none reaches it: the reader is in doubt.
    may_begin_clause : bool
        Whether a cue before it reaches it over a list, and it may begin a clause of its own.
    """

    reaching: tuple[Verdict, ...] = ()
    beyond: tuple[Verdict, ...] = ()
    may_begin_clause: bool = False


NO_CUES = SurfaceAnswer()
_MOST_IN_VAIN = 8
"""Cues on one side that are asked in vain whether they reach a mention; no sentence that anyone writes has as many."""


class NegexReader:
    """A reader that takes a status from cue phrases before and after a mention.

    What NegEx takes for a cue's scope ("all up to the next termination word") is replaced by
    `labeler.assertions.scope`: measured on reports, it carries a negation over "No effusion, stable cardiomegaly".

    Parameters
    ----------
    phrasebook : Phrasebook
    bounded : bool
        Whether lists and clauses bound what a cue reaches; otherwise nothing is reached and all is left to grammar.
    """

    name = "negex"

    def __init__(self, phrasebook: Phrasebook, *, bounded: bool = True) -> None:
        self._rules: dict[tuple[str, ...], list[CueRule]] = {}
        known: dict[str, tuple[str, ...]] = {}
        for rule in (rule for file in phrasebook.assertions for rule in file.cues):
            for text in rule.texts():
                self._rules.setdefault(_tokens(text, known), []).append(rule)
        self._scope, self._anatomy = Scope(phrasebook.scope), AnatomyScope(phrasebook.scope)
        self._asides = WordTrie(_tokens(text, known) for text in sorted(phrasebook.scope.words("asides")))
        self._finder = WordTrie(self._rules)
        self._is_bounded = bounded

    def read(self, tokens: Tokens, targets: tuple[Target, ...]) -> tuple[SurfaceAnswer, ...]:
        """Return, for each target, the verdicts of the cues that reach it, and what grammar is to be asked.

        Parameters
        ----------
        tokens : Tokens
            One sentence in lower case.
        targets : tuple of Target

        Returns
        -------
        tuple of SurfaceAnswer
            One per target, in their order.
        """
        tokens = self._without_asides(tokens)
        cues = self._cues(tokens.words)
        if not cues:
            return (NO_CUES,) * len(targets)
        spans = [tokens.at(target) for target in targets]
        frame = _frame(tokens.words, cues, targets, spans, self._scope.joins)
        facing: dict[tuple[str, str], tuple[_Side, _Side]] = {}
        answers = []
        for target, span in zip(targets, spans, strict=True):
            kind = target.role, target.finding
            if kind not in facing:
                facing[kind] = _facing(cues, target)
            answers.append(self._answer(tokens, frame, target, span, facing[kind]))
        return tuple(answers)

    def _without_asides(self, tokens: Tokens) -> Tokens:
        asides = self._asides.find(tokens.words)
        if not asides:
            return tokens
        left_out = {at for span in asides for at in range(*span)}
        kept = [at for at in range(len(tokens.words)) if at not in left_out]
        return tokens._replace(
            words=tuple([tokens.words[at] for at in kept]), starts=tuple([tokens.starts[at] for at in kept])
        )

    def _answer(
        self, tokens: Tokens, frame: Frame, target: Target, span: range, facing: tuple[_Side, _Side]
    ) -> SurfaceAnswer:
        before, after = facing
        first, last = bisect_right(before.ends, span.start), bisect_left(after.starts, span.stop)
        if not first and last == len(after.cues):
            return NO_CUES
        sides = (before.cues[:first][::-1], before.kinds), (after.cues[last:], after.kinds)
        reaching = [cue for near, kinds in sides for cue in self._reaching(frame, near, kinds, span)]
        if reaching:
            reaching.sort(key=lambda cue: (max(span.start - cue.end, cue.start - span.stop), cue.start, cue.rule.id))
            clause = target.role != "statement" and self._may_be_clause(tokens, span, reaching)
            return SurfaceAnswer(tuple([self._verdict(tokens, cue) for cue in reaching]), may_begin_clause=clause)
        asked = [cue for near, _ in sides for cue in near[:_MOST_IN_VAIN] if cue.rule.reach != "neighbour"]
        return SurfaceAnswer(beyond=tuple([self._verdict(tokens, cue) for cue in asked])) if asked else NO_CUES

    def _verdict(self, tokens: Tokens, cue: CueMatch) -> Verdict:
        rule = cue.rule
        return Verdict(rule.tier, rule.status, rule.id, self.name, *tokens.characters(cue.start, cue.end))

    def _may_be_clause(self, tokens: Tokens, span: range, reaching: list[CueMatch]) -> bool:
        return any(
            cue.end <= span.start and self._scope.may_begin_clause(tokens.words, range(cue.end, span.start), span.stop)
            for cue in reaching
        )

    def _reaching(self, frame: Frame, near: Sequence[CueMatch], kinds: int, span: range) -> Iterator[CueMatch]:
        """Yield the nearest cue of each kind that reaches a mention, from its nearest on one side.

        Of a tier the nearest decides. After many in vain none is asked further away: the work must not grow with the
        square of a sentence that is full of cues.
        """
        if not self._is_bounded:
            return
        found: set[tuple[str, bool]] = set()
        in_vain = 0
        for cue in near:
            kind = _kind(cue)
            if kind in found:
                continue
            scope = self._anatomy if cue.rule.role == "anatomy" else self._scope
            if scope.reaches(frame, cue, span.start, span.stop):
                found.add(kind)
                yield cue
            else:
                in_vain += 1
            if len(found) == kinds or in_vain == _MOST_IN_VAIN:
                return

    def _cues(self, words: tuple[str, ...]) -> list[CueMatch]:
        matches = [
            CueMatch(*span, rule)
            for span in sorted(self._finder.find(words), key=_longest_first)
            for rule in self._rules[words[slice(*span)]]
            if not rule.closes or self._scope.is_closed(words, span[1])
        ]
        # Cues said of anatomy and cues said of findings don't take words from each other.
        kept = {id(cue) for role in ("finding", "anatomy") for cue in _without_overlaps(matches, role)}
        return sorted((cue for cue in matches if id(cue) in kept), key=lambda cue: (cue.start, cue.rule.id))


class _Side(NamedTuple):
    """The cues that can face mentions of a finding from one side, the nearest to those behind all of them last."""

    cues: list[CueMatch]
    starts: list[int]
    ends: list[int]
    kinds: int


def _facing(cues: list[CueMatch], target: Target) -> tuple[_Side, _Side]:
    """Return the cues that can say something of a target from before it, and from behind it."""
    asked = [cue for cue in cues if applies(cue.rule.role, cue.rule.findings, target)]
    nearest = sorted(asked, key=attrgetter("end"), reverse=True)
    return _side(nearest[::-1], "before"), _side(asked, "after")


def _side(cues: list[CueMatch], side: str) -> _Side:
    of_side = [cue for cue in cues if cue.rule.side in (side, "both")]
    starts, ends = [cue.start for cue in of_side], [cue.end for cue in of_side]
    return _Side(of_side, starts, ends, len(set(map(_kind, of_side))))


def _kind(cue: CueMatch) -> tuple[str, bool]:
    return cue.rule.tier, cue.rule.reach == "neighbour"


def _tokens(text: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return a cue's tokens; none spans a blank, so that each word is cut once."""
    words = plain(text).split()
    for word in words:
        if word not in known:
            known[word] = tokenized(word).words
    return tuple([token for word in words for token in known[word]])


def _longest_first(span: tuple[int, int]) -> tuple[int, int]:
    return span[0] - span[1], span[0]


def _without_overlaps(cues: Iterable[CueMatch], role: str) -> list[CueMatch]:
    """Keep the cues for one role that overlap no longer one; cues of equal extent stand together."""
    kept: list[CueMatch] = []
    taken: dict[int, tuple[int, int]] = {}
    for cue in cues:
        extent = cue.start, cue.end
        inside = range(*extent)
        if cue.rule.role in (role, "any") and all(taken.get(at, extent) == extent for at in inside):
            kept.append(cue)
            taken |= dict.fromkeys(inside, extent)
    return kept


def _frame(
    words: tuple[str, ...],
    cues: list[CueMatch],
    targets: tuple[Target, ...],
    spans: list[range],
    joins: frozenset[str],
) -> Frame:
    pairs = [pair for pair in zip(targets, spans, strict=True) if pair[0].role != "statement"]
    mentions = frozenset(i for _, span in pairs for i in span)
    anatomy = frozenset(i for target, span in pairs if target.role == "anatomy" for i in span)
    # The "or" of a cue such as "or" still joins; the "with" of "consistent with" stops nothing.
    inside = {
        i for cue in cues for i in range(cue.start, cue.end) if cue.rule.reach != "neighbour" or words[i] not in joins
    }
    blocking: dict[int, list[CueMatch]] = {}
    for cue in cues:
        if cue.rule.reach != "neighbour":
            for i in range(cue.start, cue.end):
                blocking.setdefault(i, []).append(cue)
    return Frame(words, tuple(cues), mentions | inside, mentions, anatomy, blocking, sorted(blocking))
