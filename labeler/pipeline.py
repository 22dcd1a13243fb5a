"""The labeler: the one place where the stages meet."""

from __future__ import annotations

from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from labeler.assertions.decide import READERS
from labeler.assertions.model import find_model
from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target, Verdict, cue_of
from labeler.errors import UsageError
from labeler.mentions.find import MentionFinder, PhraseHit
from labeler.mentions.substrings import SubstringFinder
from labeler.phrasebook.load import load_phrasebook
from labeler.records import Assertion, Mention, Report, Section, Sentence, Status, StudyLabels
from labeler.sentence_cache import SentenceCache
from labeler.study.claims import Claim, ClaimCombiner
from labeler.study.combine import Combiner
from labeler.text.legible import legible, restored
from labeler.text.plain import plain
from labeler.text.sections import Extent, choose_sections, load_section_rules, selected_kinds, split_sections
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import NormalText, collapse, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

_LABELLED_AT_ONCE = 256
"""Reports that `label_many` labels together in one process, so that their doubtful sentences are parsed at once."""
CACHED_SENTENCES = 100_000
"""Sentences whose reading is kept; radiology sentences repeat. About 1 kB each."""

_STATUSES: dict[str, Status | None] = {**{status.value: status for status in Status}, "none": None}


class _Reading(NamedTuple):
    """Is what a sentence says: its mentions, each with its verdict, and what of them decides labels."""

    mentions: tuple[tuple[PhraseHit, Verdict], ...] = ()
    claims: frozenset[Claim] = frozenset()


_NO_MENTION = _Reading()


class _Line(NamedTuple):
    """Is a sentence, its text with the way back to the report's, and that text as the readers see it."""

    sentence: Sentence
    normal: NormalText
    words: str


class _Draft(NamedTuple):
    """Is a report of which the text that is labelled is chosen and cut into sentences, with offsets in what is seen."""

    report: Report
    seen: NormalText
    extents: tuple[Extent, ...]
    spans: list[tuple[int, int, Section]]

    @property
    def length(self) -> int:
        """The characters that are labelled."""
        return sum(end - start for start, end, _ in self.extents)


class Labeler:
    """Labels reports: one status per finding of a label set, with the evidence for each.

    A labeler holds compiled rules only and never changes; one serves any number of reports.

    Parameters
    ----------
    label_set : str, optional
        Name of a label set in the folder of phrase files; that of the profile without it, which is "chexpert" for the
        default profile.
    sections : str, optional
        Which text is labelled: "mimic" (as MIMIC-CXR-JPG chose it), "all", or kinds joined by "+", such as
        "findings+impression"; what the label set says without it.
    phrases : str or Path, optional
        Folder in the layout of `phrases/`; the package's own without it.
    aggregation : str, optional
        "documented", "chexpert-code" or "negbio"; see `labeler.study.policy`. That of the profile without it.
    readers : sequence of str
        Readers of the assertion stage: "dependency", "negex" or both.
    policies : sequence of str, optional
        Policies of the label set: what words that don't decide are read as; those that it applies by itself without
        it, and "none" for none.
    profile : str
        Assertion rules: "default", or those of a published labeler, "chexpert" or "negbio".
    model : str or Path, optional
        Another spaCy model to parse with than the one that the rules were measured with: an installed package or a
        model's folder. Its files are not checked against recorded sums; outputs name it with its version and hash.

    Raises
    ------
    UsageError
        If a name is not known.
    PhraseFileError
        If a phrase file is not as it must be.

    Examples
    --------
    >>> labels = Labeler().label("No pneumothorax. Small left pleural effusion, possibly with atelectasis.")
    >>> labels["Pneumothorax"], labels["Pleural Effusion"], labels["Atelectasis"]
    (<Status.ABSENT: 'absent'>, <Status.PRESENT: 'present'>, <Status.UNCERTAIN: 'uncertain'>)
    >>> labels.evidence("Pneumothorax").assertions[0].cue.text
    'No'
    """

    def __init__(
        self,
        label_set: str | None = None,
        *,
        sections: str | None = None,
        phrases: str | Path | None = None,
        aggregation: str | None = None,
        readers: Sequence[str] = READERS,
        policies: Sequence[str] | None = None,
        profile: str = "default",
        model: str | Path | None = None,
    ) -> None:
        book = load_phrasebook(label_set, phrases, profile)
        self.findings = book.label_set.findings
        self.output_names = book.label_set.output_names
        self.phrase_hash = book.hash
        self._model = find_model(model)
        self._selection = sections or book.label_set.sections
        self._section_rules = load_section_rules(book.folder / "sections.yaml")
        selected_kinds(self._selection, self._section_rules)  # an unknown kind is an error now, not at the first report
        self._book = book
        self._readers = tuple(readers)
        self._finder = MentionFinder(book) if book.label_set.matching == "words" else SubstringFinder(book)
        self._combiner = Combiner(book, aggregation or book.profile.aggregation, policies)
        self._claims = ClaimCombiner(self._combiner)
        self._readings = SentenceCache(self._read_all, CACHED_SENTENCES)
        self._recipe = {
            "label_set": label_set,
            "sections": sections,
            "phrases": phrases,
            "aggregation": aggregation,
            "readers": tuple(readers),
            "policies": None if policies is None else tuple(policies),
            "profile": profile,
            "model": model,
        }

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
        return _make_once, (tuple(sorted(self._recipe.items())), self.phrase_hash, self.model)

    def label(self, report: str | Report) -> StudyLabels:
        """Labels one report.

        Parameters
        ----------
        report : str or Report
        """
        (labels,) = self.label_batch([report])
        return labels

    def label_batch(self, reports: Sequence[str | Report], *, evidence: bool = True) -> list[StudyLabels]:
        """Labels reports that are at hand together: what needs the parser is parsed at once, to the same effect.

        Parameters
        ----------
        reports : sequence of str or Report
        evidence : bool
            False where the statuses are enough, which take half the time: the assertions may then be left out.
        """
        drafts = [self._draft(report if isinstance(report, Report) else Report("", report)) for report in reports]
        if evidence or self._combiner.asks_for_words:
            return self._label_with_evidence(drafts)
        return self._label_alone(drafts)

    def _draft(self, report: Report) -> _Draft:
        seen = legible(report.text)
        sections = split_sections(seen.text, self._section_rules)
        extents = choose_sections(seen.text, sections, self._selection, report.id, self._section_rules)
        spans = [(*span, section) for start, end, section in extents for span in split_sentences(seen.text, start, end)]
        return _Draft(report, seen, extents, spans)

    def _label_with_evidence(self, drafts: Sequence[_Draft]) -> list[StudyLabels]:
        lines = [[_line(draft.seen.text, *span) for span in draft.spans] for draft in drafts]
        readings = self._readings.of(line.words for of_draft in lines for line in of_draft)
        return [self._label(draft, of_draft, readings) for draft, of_draft in zip(drafts, lines, strict=True)]

    def _label(self, draft: _Draft, lines: list[_Line], readings: Mapping[str, _Reading]) -> StudyLabels:
        report, seen, extents, _ = draft
        assertions = tuple(
            assertion for line in lines for assertion in _assertions(seen.text, line, readings[line.words])
        )
        labels = self._combiner.combine(assertions, labelled=bool(extents))
        labels_seen = StudyLabels(labels, assertions, report.id, report.subject_id, draft.length)
        return restored(labels_seen, seen, report.text)

    def _label_alone(self, drafts: Sequence[_Draft]) -> list[StudyLabels]:
        """Labels without places: only what each sentence claims is put together."""
        words = [[plain(collapse(draft.seen.text[a:b])) for a, b, _ in draft.spans] for draft in drafts]
        readings = self._readings.of(sentence for of_draft in words for sentence in of_draft)
        return [
            self._labels_of(draft, [readings[sentence].claims for sentence in of_draft])
            for draft, of_draft in zip(drafts, words, strict=True)
        ]

    def _labels_of(self, draft: _Draft, claims: Sequence[frozenset[Claim]]) -> StudyLabels:
        labels = self._claims.combine(claims, labelled=bool(draft.extents))
        return StudyLabels(labels, (), draft.report.id, draft.report.subject_id, draft.length)

    def label_many(
        self, reports: Iterable[str | Report], *, workers: int = 1, evidence: bool = True
    ) -> Iterator[StudyLabels]:
        """Labels reports lazily, some at once, in their order; any number of workers gives the same.

        Parameters
        ----------
        reports : iterable of str or Report
        workers : int
            Number of processes; see `labeler.parallel.label_in_processes`.
        evidence : bool
            As for `label_batch`.

        Yields
        ------
        StudyLabels
            One per report.
        """
        from labeler.parallel import in_batches, label_in_processes

        if workers != 1:
            return label_in_processes(self, reports, workers=workers, evidence=evidence)
        return (
            labels
            for batch in in_batches(reports, _LABELLED_AT_ONCE)
            for labels in self.label_batch(batch, evidence=evidence)
        )

    def label_frame(
        self, frame: pd.DataFrame, *, text_column: str = "text", id_column: str | None = None, workers: int = 1
    ) -> pd.DataFrame:
        """Labels a table of reports.

        Parameters
        ----------
        frame : DataFrame
            One report a row.
        text_column, id_column : str
            Columns with the text and, where there is one, the study's identifier.
        workers : int

        Returns
        -------
        DataFrame, shape (n_reports, n_findings) plus the id column
            Index of `frame`; 1.0 present, 0.0 absent, -1.0 uncertain, NaN not mentioned.
        """
        from labeler.io.frame import label_frame

        label_many = partial(self.label_many, workers=workers, evidence=False)
        return label_frame(label_many, self.findings, frame, text_column=text_column, id_column=id_column)

    @cached_property
    def _stage(self) -> AssertionStage:
        """Made at the first sentence with a mention: a process that labels nothing itself needs no spaCy."""
        return AssertionStage(self._book, self._readers, self._model)

    def _read_all(self, sentences: Sequence[str]) -> list[_Reading]:
        """Reads sentences: their mentions and what each asserts of its own, by nothing but its own text."""
        found = [self._finder.find(sentence) for sentence in sentences]
        mentioning = [(sentence, _targets(hits)) for sentence, hits in zip(sentences, found, strict=True) if hits]
        verdicts = iter(self._stage.read_all(mentioning) if mentioning else ())
        return [self._reading(hits, next(verdicts)) if hits else _NO_MENTION for hits in found]

    def _reading(self, hits: tuple[PhraseHit, ...], verdicts: tuple[Verdict, ...]) -> _Reading:
        mentions = tuple(zip(hits, verdicts, strict=True))
        claims = [
            self._claims.claim(hit.finding, status, verdict.rule_id, hit.phrase_id)
            for hit, verdict in mentions
            if (status := _STATUSES[verdict.status])
        ]
        return _Reading(mentions, frozenset(claims))


def _targets(hits: tuple[PhraseHit, ...]) -> tuple[Target, ...]:
    return tuple([Target(hit.start, hit.end, hit.finding, hit.role) for hit in hits])


def _line(text: str, start: int, end: int, section: Section) -> _Line:
    normal = normalise(text, start, end)
    return _Line(Sentence(section, start, end), normal, plain(normal.text))


def _assertions(text: str, line: _Line, reading: _Reading) -> Iterator[Assertion]:
    for hit, verdict in reading.mentions:
        start, end = line.normal.span(hit.start, hit.end)
        yield Assertion(
            mention=Mention(hit.finding, start, end, text[start:end], hit.phrase_id),
            status=_STATUSES[verdict.status],
            rule_id=verdict.rule_id,
            reader=verdict.reader,
            cue=cue_of(verdict, line.normal, text),
            sentence=line.sentence,
        )


@lru_cache(maxsize=4)
def _make_once(recipe: tuple[tuple[str, Any], ...], phrase_hash: str, model: str) -> Labeler:
    """Makes the labeler of a recipe; its phrases and model must be those that the recipe was written with."""
    labeler = Labeler(**dict(recipe))
    for what, here, there in (("phrases", labeler.phrase_hash, phrase_hash), ("model", labeler.model, model)):
        if here != there:
            raise UsageError(
                f"This process has the {what} {here}, the one that sent the work has {there}; install the same version "
                f"everywhere, and change no {what} during a run."
            )
    return labeler


@lru_cache(maxsize=1)
def _default_labeler() -> Labeler:
    return Labeler(sections="all")


def label_report(text: str) -> StudyLabels:
    """Labels the text of one report with the CheXpert observations, all sections that make assertions included.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> label_report("The heart is mildly enlarged. No edema.")["Cardiomegaly"]
    <Status.PRESENT: 'present'>
    """
    return _default_labeler().label(text)
