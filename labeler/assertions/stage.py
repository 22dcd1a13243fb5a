"""Stage 2 as a whole: what a sentence asserts of each mention in it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from labeler.assertions.decide import BASELINE, READERS, Decider
from labeler.assertions.dependency import NOTHING, DependencyReader
from labeler.assertions.doubt import DoubtReader
from labeler.assertions.model import find_model
from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model
from labeler.assertions.plain_negex import PlainNegex
from labeler.assertions.swift import one_thread
from labeler.assertions.tokens import tokenized
from labeler.limits import check_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.tokens import Doc

    from labeler.assertions.dependency import GrammarAnswer
    from labeler.assertions.model import Model
    from labeler.assertions.negex import SurfaceAnswer
    from labeler.assertions.verdict import Target, Verdict
    from labeler.phrasebook.load import Phrasebook


_PARSED_AT_ONCE = 64


class AssertionStage:
    """The stage that decides of each mention in a sentence whether it is asserted, denied or left open.

    Parameters
    ----------
    phrasebook : Phrasebook
    readers : sequence of str
        "dependency", "negex" or both, or "negspacy" alone.
    model : Model, optional
        The parser's; the default model without it.
    doubts : bool
        Whether to say which verdicts are in doubt; every sentence is then parsed.
    """

    def __init__(
        self,
        phrasebook: Phrasebook,
        readers: Sequence[str] = READERS,
        model: Model | None = None,
        *,
        doubts: bool = False,
    ) -> None:
        self._phrasebook = phrasebook
        self._model = model or find_model()
        self._decider = Decider(phrasebook.order)
        self._plain = PlainNegex(phrasebook.negex) if BASELINE in readers else None
        self._doubts = doubts
        self._negex = NegexReader(phrasebook, bounded="negex" in readers)
        rules = any(file.dependencies for file in phrasebook.assertions)
        self._asks_grammar = rules and "dependency" in readers

    @cached_property
    def _dependency(self) -> DependencyReader:
        """Made at the first sentence that is in doubt; few are, and the parser takes half a second to load."""
        return DependencyReader(self._phrasebook, load_model(self._model).vocab)

    @cached_property
    def _doubt(self) -> DoubtReader:
        return DoubtReader(self._phrasebook, self._decider, self._dependency)

    def read(self, text: str, targets: tuple[Target, ...]) -> tuple[Verdict, ...]:
        """Return the verdict for each mention.

        Parameters
        ----------
        text : str
            One sentence, as `labeler.assertions.parse.plain` gives it.
        targets : tuple of Target
            With offsets into `text`.
        """
        (verdicts,) = self.read_all([(text, targets)])
        return verdicts

    def read_all(self, sentences: Sequence[tuple[str, tuple[Target, ...]]]) -> list[tuple[Verdict, ...]]:
        """Return what `read` does for each sentence; those in doubt are parsed together, in a third of the time."""
        if self._plain is not None:
            return [self._plain.read(tokenized(text), targets) for text, targets in sentences]
        surface = [self._read_surface(*sentence) for sentence in sentences]
        asks = [self._doubts or (self._asks_grammar and self.is_doubtful(answers)) for answers in surface]
        docs = self._parsed([text for (text, _), is_asked in zip(sentences, asks, strict=True) if is_asked])
        begun = self._begun(sentences, surface)
        return [
            self._decide(
                targets,
                answers,
                next(docs) if asks[index] else None,
                [begun.get((index, at), "") for at in range(len(targets))],
            )
            for index, ((_, targets), answers) in enumerate(zip(sentences, surface, strict=True))
        ]

    @staticmethod
    def is_doubtful(answers: tuple[SurfaceAnswer, ...]) -> bool:
        """Tell whether grammar could change what the cues say; in few sentences it could."""
        return any(answer.beyond or answer.may_begin_clause for answer in answers)

    def _read_surface(self, text: str, targets: tuple[Target, ...]) -> tuple[SurfaceAnswer, ...]:
        check_time()
        return self._negex.read(tokenized(text), targets)

    def _parsed(self, texts: Sequence[str]) -> Iterator[Doc]:
        if not texts:
            return
        with one_thread():
            docs = list(load_model(self._model).pipe(texts, batch_size=_PARSED_AT_ONCE))
        for doc in docs:
            check_time()
            yield doc

    def _begun(
        self, sentences: Sequence[tuple[str, tuple[Target, ...]]], surface: Sequence[tuple[SurfaceAnswer, ...]]
    ) -> dict[tuple[int, int], str]:
        """Return the vetoes, by sentence and mention, that a pronoun in the place of a mention brings to light."""
        if not self._asks_grammar:
            return {}
        places = [
            (index, at)
            for index, answers in enumerate(surface)
            for at, answer in enumerate(answers)
            if answer.may_begin_clause and self._dependency.pronouns
        ]
        asked = [self._dependency.with_pronoun(sentences[index][0], sentences[index][1][at]) for index, at in places]
        docs = self._parsed([text for text, _ in asked])
        begun = [self._dependency.begins_clause(doc, pronoun) for doc, (_, pronoun) in zip(docs, asked, strict=True)]
        return {place: veto for place, veto in zip(places, begun, strict=True) if veto}

    def _decide(
        self, targets: tuple[Target, ...], surface: tuple[SurfaceAnswer, ...], doc: Doc | None, begun: Sequence[str]
    ) -> tuple[Verdict, ...]:
        """Return the verdict that decides for each mention."""
        grammar: Sequence[GrammarAnswer] = (NOTHING,) * len(targets)
        if doc is not None and self._asks_grammar:
            read = self._dependency.read(doc, targets, [answer.beyond for answer in surface])
            grammar = [answer._replace(veto=answer.veto or veto) for answer, veto in zip(read, begun, strict=True)]
        verdicts = tuple([self._decider.decide(*each) for each in zip(targets, surface, grammar, strict=True)])
        if doc is None or not self._doubts:
            return verdicts
        doubts = self._doubt.read(doc, targets, surface, verdicts)
        return tuple([replace(verdict, doubt=doubt) for verdict, doubt in zip(verdicts, doubts, strict=True)])
