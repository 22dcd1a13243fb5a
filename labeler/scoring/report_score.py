"""Scores a generated report against a radiologist's by the errors in its findings, each with the words it rests on.

Fourteen labels are blind to a wrong side, a wrong degree, and an effusion that is new instead of unchanged. Here the
findings of both reports are matched one to one with all that is said of them, and the score is 1 / (1 + points lost),
so that it falls with every error however long the report is, as radiologists rate (Yu 2023, ReXVal).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from labeler.errors import UsageError
from labeler.phrasebook.folder import label_sets
from labeler.phrasebook.load import phrases_folder
from labeler.process import without_collection
from labeler.records import Cue, Report, Status
from labeler.reports import as_reports
from labeler.scoring.extents import Extents
from labeler.scoring.items import Reading
from labeler.scoring.loose import compare_quantities, compare_words, quantities
from labeler.scoring.losses import Loss, total
from labeler.scoring.matching import match
from labeler.scoring.merging import merged
from labeler.scoring.weights import Weights, load_weights
from labeler.scoring.words import load_words
from labeler.text.legible import legible
from labeler.text.sections import choose_sections, load_section_rules, split_sections

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labeler.pipeline import Labeler
    from labeler.scoring.items import Item
    from labeler.scoring.words import Said
    from labeler.text.sections import SectionRules


_LABEL_SETS = ("thorax", "chexpert")
"""The label sets to read reports with, the wider one first."""


@dataclass(frozen=True, slots=True)
class ReportScore:
    """The score of one candidate with its reasons.

    Parameters
    ----------
    value : float
        1 / (1 + points lost): 1 for a candidate without an error, towards 0 with many.
    losses : tuple of Loss
        Every lost point with the words that it is lost by.
    matched : int
        Findings that both reports have, present or uncertain.
    normal : tuple of int
        Normal statements: how many both make, how many only the reference makes, how many only the candidate makes.

    Examples
    --------
    >>> score = report_score("Small left effusion.", "Small right effusion.")
    >>> round(score.value, 2), [(loss.kind, loss.said) for loss in score.losses]
    (0.66, [('side', ('left', 'right'))])
    """

    value: float
    losses: tuple[Loss, ...]
    matched: int
    normal: tuple[int, int, int]

    def __float__(self) -> float:
        return self.value

    def to_dict(self) -> dict[str, Any]:
        """Return everything as what JSON can hold."""
        return asdict(self)


@overload
def report_score(  # type: ignore[overload-overlap]  # a str is a sequence of str too
    references: str | Report,
    candidates: str | Report,
    *,
    labeler: Labeler | None = ...,
    weights: Weights | None = ...,
    workers: int = ...,
) -> ReportScore: ...
@overload
def report_score(
    references: Sequence[str | Report],
    candidates: Sequence[str | Report],
    *,
    labeler: Labeler | None = ...,
    weights: Weights | None = ...,
    workers: int = ...,
) -> list[ReportScore]: ...
def report_score(
    references: str | Report | Sequence[str | Report],
    candidates: str | Report | Sequence[str | Report],
    *,
    labeler: Labeler | None = None,
    weights: Weights | None = None,
    workers: int = 1,
) -> ReportScore | list[ReportScore]:
    """Score generated reports against the reports of radiologists.

    Parameters
    ----------
    references, candidates : str or Report, or sequence of them
        As many of one as of the other; a candidate belongs to the reference at its place.
    labeler : Labeler, optional
        By default over all sections that make assertions, with the widest label set that there is.
    weights : Weights, optional
        From `labeler.scoring.weights.load_weights`.
    workers : int
        Number of processes that label.

    Returns
    -------
    ReportScore or list of ReportScore
        One for a pair, a list for sequences.

    Raises
    ------
    TypeError
        If one of them is neither a report nor a sequence of reports, or labeler and weights are something else.
    UsageError
        If the two differ in length.

    Examples
    --------
    >>> scores = report_score(["No effusion.", "Left effusion."], ["Lungs are clear.", "No effusion."])
    >>> [round(score.value, 2) for score in scores]
    [1.0, 0.56]
    """
    single = isinstance(references, str | Report)
    if single != isinstance(candidates, str | Report):
        raise TypeError("One side is a single report and the other is not; give two reports, or two lists of them.")
    if labeler is not None and not hasattr(labeler, "label_many"):
        raise TypeError(f"labeler must be a Labeler, not {type(labeler).__name__}.")
    if weights is not None and not isinstance(weights, Weights):
        raise TypeError(f"weights must be what load_weights() returns, not {type(weights).__name__}.")
    pairs = [_reports(name, side) for name, side in (("references", references), ("candidates", candidates))]
    if len(pairs[0]) != len(pairs[1]):
        raise UsageError(
            f"{len(pairs[0])} references and {len(pairs[1])} candidates; give one candidate per reference."
        )
    chosen, weighed = labeler or _default_labeler(), weights or load_weights()
    words = load_words()
    with without_collection():
        read = [
            [
                Reading(text, labels, words.read(text))
                for text, labels in zip(map(_asserting, side), chosen.label_many(side, workers=workers), strict=True)
            ]
            for side in pairs
        ]
        scores = [score_readings(one, other, weighed) for one, other in zip(*read, strict=True)]
    return scores[0] if single else scores


def _reports(name: str, given: object) -> list[Report]:
    """Return the reports of one side; what is no report is named by its place and kind, never by what it holds."""
    if isinstance(given, str | Report):
        given = [given]
    if isinstance(given, bytes | Mapping | AbstractSet) or not isinstance(given, Iterable):
        kind = type(given).__name__
        raise TypeError(f"{name} must be a report, a str or a Report, or a sequence of reports, not {kind}.")
    reports = list(given)
    for at, report in enumerate(reports):
        if not isinstance(report.text if isinstance(report, Report) else report, str):
            kind = type(report).__name__
            raise TypeError(f"{name}[{at}] must be a str or a Report, not {kind}; give '' for a report without text.")
    return list(as_reports(reports))


def _asserting(report: Report) -> str:
    """Return the text of a report with blanks for sections that assert nothing, such as the history."""
    text = report.text
    if ":" not in text:
        return text
    rules, seen = _section_rules(), legible(text)
    extents = choose_sections(seen.text, split_sections(seen.text, rules), "all", "", rules)
    kept, position = [], 0
    for start, end in sorted((seen.original(start), seen.original(end)) for start, end, _ in extents):
        if start >= position:
            kept += [" " * (start - position), text[start:end]]
            position = end
    return "".join(kept) + " " * (len(text) - position)


@lru_cache(maxsize=1)
def _section_rules() -> SectionRules:
    return load_section_rules(phrases_folder() / "sections.yaml")


@lru_cache(maxsize=1)
def _default_labeler() -> Labeler:
    return wide_labeler(sections="all")


def wide_labeler(**options: Any) -> Labeler:
    """Return a labeler of the widest label set there is.

    Parameters
    ----------
    **options
        Of `labeler.Labeler`.
    """
    from labeler.pipeline import Labeler  # weights are read without a parser

    sets = label_sets(Path(options.get("phrases") or phrases_folder()))
    return Labeler(next(name for name in _LABEL_SETS if name in sets), **options)


def score_readings(reference: Reading, candidate: Reading, weights: Weights) -> ReportScore:
    """Score a generated report that is labelled against its reference.

    Parameters
    ----------
    reference, candidate : Reading
    weights : Weights
    """
    words = load_words()
    sides = reference, candidate
    ones, others = (merged(side.items(weights, words), weights) for side in sides)
    pairs, losses = match(ones, others, weights)
    sized = [(one, other) for one, other in pairs if one.sizes and other.sizes]
    numbers = [
        quantities(side.text, side.said, [pair[at].cue("size") for pair in sized]) for at, side in enumerate(sides)
    ]
    losses += compare_quantities(numbers[0], numbers[1], weights)
    taken = _taken(reference, ones), _taken(candidate, others)
    one_said, other_said = (words.compared(_asserted(side)) for side in sides)
    losses += compare_words(one_said, other_said, taken, weights)
    if reference.labels.assertions and not (candidate.labels.assertions or candidate.said or numbers[1]):
        first = reference.labels.assertions[0].mention
        cue = Cue(first.start, first.end, first.text)
        losses.append(Loss("silent", "", weights.faults["silent"].points, cue, None))
    losses = [loss for loss in losses if loss.points]
    both = sum(one.status is other.status is Status.ABSENT for one, other in pairs)
    denied = [sum(item.status is Status.ABSENT for item in side) for side in (ones, others)]
    return ReportScore(
        value=1 / (1 + total(losses)),
        losses=tuple(losses),
        matched=sum(Status.ABSENT not in (one.status, other.status) for one, other in pairs),
        normal=(both, denied[0] - both, denied[1] - both),
    )


def _taken(side: Reading, items: Sequence[Item]) -> set[Cue]:
    """Return the words that findings have taken."""
    own = {attribute.cue for finding in side.labels.findings for attribute in finding.attributes}
    return own | {cue for item in items for cue in item.cues.values()}


def _asserted(side: Reading) -> list[Said]:
    """Return the words of a report without those of sentences that only deny."""
    found: dict[tuple[int, int], bool] = {}
    for assertion in side.labels.assertions:
        extent = assertion.sentence.start, assertion.sentence.end
        found[extent] = found.get(extent, False) or assertion.status in (Status.PRESENT, Status.UNCERTAIN)
    denying = Extents(extent for extent, is_found in found.items() if not is_found)
    return [said for said in side.said if not denying.meet(said.words.start, said.words.start + 1)]
