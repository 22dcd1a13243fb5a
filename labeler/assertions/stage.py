"""Stage 2 as a whole: what a sentence asserts of each mention in it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS, Decider
from labeler.assertions.dependency import NOTHING, DependencyReader
from labeler.assertions.model import find_model
from labeler.assertions.negex import NegexReader
from labeler.assertions.negspacy_cues import NegspacyCues
from labeler.assertions.parse import load_model, load_tokenizer
from labeler.assertions.swift import one_thread
from labeler.assertions.tokens import tokenized
from labeler.limits import check_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        "dependency", "negex" or both; "negspacy" in place of "negex" has negspacy find the cues, to the same effect.
    model : Model, optional
        The parser's; the default model without it.
    """

    def __init__(self, phrasebook: Phrasebook, readers: Sequence[str] = READERS, model: Model | None = None) -> None:
        self._phrasebook = phrasebook
        self._model = model or find_model()
        self._decider = Decider(phrasebook.order)
        self._negex = _negex(phrasebook, readers)
        rules = any(file.dependencies for file in phrasebook.assertions)
        self._asks_grammar = rules and "dependency" in readers

    @cached_property
    def _dependency(self) -> DependencyReader:
        """Made at the first sentence that is in doubt; few are, and the parser takes half a second to load."""
        return DependencyReader(self._phrasebook, load_model(self._model).vocab)

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
        surface = [self._read_surface(*sentence) for sentence in sentences]
        doubtful = [index for index, answers in enumerate(surface) if self._asks_grammar and self.is_doubtful(answers)]
        grammar = self._read_grammar([(*sentences[index], surface[index]) for index in doubtful])
        by_index = dict(zip(doubtful, grammar, strict=True))
        return [
            self._decide(targets, answers, by_index.get(index))
            for index, ((_, targets), answers) in enumerate(zip(sentences, surface, strict=True))
        ]

    @staticmethod
    def is_doubtful(answers: tuple[SurfaceAnswer, ...]) -> bool:
        """Tell whether grammar could change what the cues say; in few sentences it could."""
        return any(answer.beyond or answer.may_begin_clause for answer in answers)

    def _read_surface(self, text: str, targets: tuple[Target, ...]) -> tuple[SurfaceAnswer, ...]:
        check_time()
        return self._negex.read(tokenized(text), targets)

    def _read_grammar(
        self, sentences: Sequence[tuple[str, tuple[Target, ...], tuple[SurfaceAnswer, ...]]]
    ) -> Iterator[tuple[GrammarAnswer, ...]]:
        if not sentences:
            return
        pronouns = [
            (index, at, *self._dependency.with_pronoun(text, targets[at]))
            for index, (text, targets, answers) in enumerate(sentences)
            for at, answer in enumerate(answers)
            if answer.may_begin_clause and self._dependency.pronouns
        ]
        texts = [text for text, *_ in sentences] + [text for _, _, text, _ in pronouns]
        with one_thread():
            docs = list(load_model(self._model).pipe(texts, batch_size=_PARSED_AT_ONCE))
        begun = {
            (index, at): self._dependency.begins_clause(doc, pronoun)
            for (index, at, _, pronoun), doc in zip(pronouns, docs[len(sentences) :], strict=True)
        }
        for index, (doc, (_, targets, answers)) in enumerate(zip(docs, sentences, strict=False)):
            check_time()
            read = self._dependency.read(doc, targets, [answer.beyond for answer in answers])
            yield tuple(
                [
                    answer if answer.veto else answer._replace(veto=begun.get((index, at), ""))
                    for at, answer in enumerate(read)
                ]
            )

    def _decide(
        self, targets: tuple[Target, ...], surface: tuple[SurfaceAnswer, ...], grammar: tuple[GrammarAnswer, ...] | None
    ) -> tuple[Verdict, ...]:
        """Return the verdict that decides for each mention."""
        return tuple(
            [
                self._decider.decide(target, by_surface, by_grammar)
                for target, by_surface, by_grammar in zip(
                    targets, surface, grammar or (NOTHING,) * len(targets), strict=True
                )
            ]
        )


def _negex(phrasebook: Phrasebook, readers: Sequence[str]) -> NegexReader:
    """Make the reader of cues; without it among the readers grammar alone says what they reach."""
    bounded = "negex" in readers or "negspacy" in readers
    if "negspacy" in readers:
        return NegexReader(phrasebook, lambda phrases: NegspacyCues(phrases, load_tokenizer()), bounded=bounded)
    return NegexReader(phrasebook, bounded=bounded)
