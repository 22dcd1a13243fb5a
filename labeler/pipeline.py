"""The labeler: the one place where the stages meet."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from itertools import islice, tee
from typing import TYPE_CHECKING

from labeler.assertions.decide import READERS, checked_readers
from labeler.assertions.model import find_model
from labeler.attributes.findings import combine
from labeler.attributes.report import ReportReader
from labeler.attributes.stage import AttributeStage
from labeler.errors import LimitError
from labeler.frames import LABELLED_AT_ONCE, Tables
from labeler.limits import SECONDS_PER_REPORT, checked_limit, limit_time
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.prefix import prefixed
from labeler.phrasebook.unions import columns_of
from labeler.reading import SentenceReader, assertions_of, unread_of
from labeler.recipe import Remade
from labeler.records import ATTRIBUTES, Assertion, Finding, Report, StudyLabels
from labeler.reports import as_reports
from labeler.sentence_cache import SentenceCache
from labeler.study.combine import Combiner
from labeler.text.sections import load_section_rules
from labeler.text.stage import TextStage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from labeler.attributes.stage import SentenceValues
    from labeler.reading import Reading
    from labeler.text.stage import LabelledText

CACHED_SENTENCES = 100_000
"""Sentences whose reading is kept; radiology sentences repeat. About 1 kB each."""


class Labeler(Remade, Tables):
    """A labeler of reports: one status per finding of a label set, with the evidence for each.

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
        Readers of the assertion stage: "dependency", "negex" or both; or "negspacy" alone, which is plain NegEx.
    policies : sequence of str, optional
        Policies of the label set: what words that don't decide are read as; those that it applies by itself without
        it, and "none" for none.
    profile : str
        Assertion rules: "default", or those of a published labeler, "chexpert" or "negbio".
    model : str or Path, optional
        Another spaCy model to parse with than the one that the rules were measured with: an installed package or a
        model's folder. Its files are not checked against recorded sums; outputs name it with its version and hash.
    time_limit : float
        Seconds that a report may take, or those that are labelled together; checked between sentences.
    doubts : bool
        Whether to say which assertions are in doubt: every sentence with a mention is then parsed. Labels are the same.
    beside : Path, optional
        The `source` of the first of several label sets, if this is a further one: its columns then have its name
        before theirs, as in "openi95: edema". See `labeler.joint.JointLabeler`.

    Raises
    ------
    UsageError
        If a name is not known, or the time limit is not above 0.
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
        time_limit: float = SECONDS_PER_REPORT,
        doubts: bool = False,
        beside: Path | None = None,
    ) -> None:
        readers = checked_readers(readers)
        self._time_limit = checked_limit(time_limit)
        book = load_phrasebook(label_set, phrases, profile)
        if beside is not None:
            book = prefixed(book, beside)
        self.findings = book.label_set.findings
        self.output_names = book.label_set.output_names
        self._columns = columns_of(book.label_set)
        self.phrase_hash = book.hash
        self.name = book.label_set.name
        self.selection = sections or book.label_set.sections
        self.source = book.source
        self.options = {
            "label_set": self.name,
            "sections": self.selection,
            "profile": profile,
            "policies": "+".join(book.label_set.default_policies if policies is None else policies) or "none",
            "aggregation": aggregation or book.profile.aggregation,
            "time_limit": f"{time_limit:g}",
        }
        self._model = find_model(model)
        self._text = TextStage(self.selection, load_section_rules(book.folder / "sections.yaml"))
        self.reader = SentenceReader(book, readers, self._model, doubts=doubts)
        self._combiner = Combiner(book, self.options["aggregation"], policies)
        self._readings = SentenceCache(self.reader.read, CACHED_SENTENCES)
        self._values = SentenceCache(self._read_values, CACHED_SENTENCES)
        self._new_attributes = partial(AttributeStage, book, findings=self._columns)
        self._recipe = {
            "label_set": label_set,
            "sections": sections,
            "phrases": phrases,
            "aggregation": aggregation,
            "readers": readers,
            "policies": None if policies is None else tuple(policies),
            "profile": profile,
            "model": model,
            "time_limit": time_limit,
            "doubts": doubts,
            "beside": beside,
        }

    def label(self, report: str | Report) -> StudyLabels:
        """Label one report.

        Parameters
        ----------
        report : str or Report
        """
        (labels,) = self.label_batch([report])
        return labels

    def label_batch(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Label reports together: what needs the parser is parsed at once, to the same effect.

        Parameters
        ----------
        reports : sequence of str or Report

        Raises
        ------
        TypeError
            If what is given is no sequence of texts or reports.
        LimitError
            If a report takes longer than the time limit, or a sentence of it more work than it may.
        """
        try:
            with limit_time(self._time_limit):
                return self._label_together(reports)
        except LimitError as error:
            if len(reports) == 1:
                (report,) = as_reports(reports)
                raise LimitError(error.reason, error.remedy, report.id) from None
        return [labels for report in reports for labels in self.label_batch([report])]

    def _label_together(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        return self.label_texts(self.read_texts(reports))

    def read_texts(self, reports: Iterable[str | Report]) -> list[LabelledText]:
        """Cut the labelled text of each report into sentences: what comes before any finding is looked for.

        Parameters
        ----------
        reports : iterable of str or Report
        """
        return [self._text.read(report) for report in as_reports(reports)]

    def label_texts(self, texts: Sequence[LabelledText]) -> list[StudyLabels]:
        """Label what `read_texts` gave, of this labeler or of another with the same `selection`.

        Parameters
        ----------
        texts : sequence of LabelledText
        """
        readings = self._readings.of(passage.words for text in texts for passage in text.passages)
        return [self._labels(text, readings) for text in texts]

    def share(self, other: Labeler) -> None:
        """Use the assertion stage of a labeler with the same rules, and its readings if it has the same findings.

        Parameters
        ----------
        other : Labeler
            With the same profile, readers, model and folder of phrase files.
        """
        if self.reader.share(other.reader):
            self._readings = other._readings

    def _labels(self, text: LabelledText, readings: Mapping[str, Reading]) -> StudyLabels:
        ids, characters = (text.report.id, text.report.subject_id), text.characters
        if self.reader.is_foreign(text, readings):
            blank, kept = self._combiner.combine((), labelled=False), text.report.text
            return StudyLabels(blank, (), *ids, characters, is_foreign=True, text=kept, read_findings=tuple)
        assertions = assertions_of(text, readings)
        unread = unread_of(text, readings)
        labels = self._combiner.combine(assertions, labelled=characters > 0, unread=bool(unread))
        findings = partial(self._findings, text, readings, assertions)
        return StudyLabels(labels, assertions, *ids, characters, unread, text=text.report.text, read_findings=findings)

    def _findings(
        self, text: LabelledText, readings: Mapping[str, Reading], assertions: tuple[Assertion, ...]
    ) -> tuple[Finding, ...]:
        """Return the findings that the assertions of a report are about, with their attributes."""
        refers = self._attributes.refers
        told = [passage for passage in text.passages if readings[passage.words].mentions or refers(passage.words)]
        values = self._values.of(passage.words for passage in told)
        reader = ReportReader(text.report.text, self._attributes.has)
        rest = iter(assertions)
        for passage in told:
            own = tuple(islice(rest, len(readings[passage.words].mentions)))
            reader.add(passage, own, values[passage.words])
        return combine(reader.mentions, self._columns)

    def _read_values(self, sentences: Sequence[str]) -> list[SentenceValues]:
        """Read the attributes of the mentions of sentences, each by nothing but its own text."""
        readings = self._readings.of(sentences)
        return [self._attributes.read(sentence, readings[sentence].mentions) for sentence in sentences]

    def _with_findings(self, report: str | Report, labels: StudyLabels) -> StudyLabels:
        """Return labels that came from another process with their text and the way to their findings."""
        text = report.text if isinstance(report, Report) else report
        return replace(labels, text=text, read_findings=lambda: self.label(report).findings)

    def label_many(
        self, reports: Iterable[str | Report], *, workers: int = 1, progress: bool = False
    ) -> Iterator[StudyLabels]:
        """Label reports lazily, some at once, in their order; any number of workers gives the same.

        Parameters
        ----------
        reports : iterable of str or Report
        workers : int
            Number of processes; see `labeler.parallel.label_in_processes`.
        progress : bool
            Whether a bar on standard error shows how far it is.

        Yields
        ------
        StudyLabels
            One per report.

        Raises
        ------
        TypeError
            If what is given is no iterable of texts or reports.
        """
        from labeler.parallel import in_batches, label_in_processes

        if progress:
            from tqdm import tqdm

            count = len(reports) if isinstance(reports, Sized) else None
            return iter(tqdm(self.label_many(reports, workers=workers), total=count, unit=" reports"))
        reports = as_reports(reports)
        if workers != 1:
            kept, sent = tee(reports)
            labelled = label_in_processes(self, sent, workers=workers)
            return map(self._with_findings, kept, labelled)
        return (labels for batch in in_batches(reports, LABELLED_AT_ONCE) for labels in self.label_batch(batch))

    @property
    def attribute_columns(self) -> tuple[tuple[str, str], ...]:
        """Each finding with each of the attributes that it can have, for a wide table."""
        has = self._attributes.has
        columns = sorted((column, finding) for finding, of in self._columns.items() for column in of)
        return tuple(dict.fromkeys((column, a) for column, finding in columns for a in ATTRIBUTES if has(finding, a)))

    @cached_property
    def _attributes(self) -> AttributeStage:
        """Made when findings are first asked for."""
        return self._new_attributes()


@lru_cache(maxsize=4)
def _labeler_of(sections: str | None) -> Labeler:
    return Labeler(sections=sections)


def label_report(text: str, *, sections: str | None = None) -> StudyLabels:
    """Label the text of one report with the CheXpert observations, as `Labeler().label(text)` does.

    Parameters
    ----------
    text : str
    sections : str, optional
        Which text is labelled: "mimic", the default, is the last impression, otherwise the findings, otherwise what
        serves as them; "all" is every section that makes assertions. As for `Labeler`.

    Examples
    --------
    >>> label_report("The heart is mildly enlarged. No edema.")["Cardiomegaly"]
    <Status.PRESENT: 'present'>
    """
    return _labeler_of(sections).label(text)
