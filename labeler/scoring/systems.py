"""Scores systems that generate reports, one or several side by side, against the same references."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from labeler.errors import UsageError
from labeler.records import Report
from labeler.scoring.bootstrap import difference_of, interval
from labeler.scoring.commands import efficacy_tables, made_with, refuse_options_of_reports
from labeler.scoring.conventions import convention_scores
from labeler.scoring.efficacy import COMPETITION, CONVENTIONS, Convention, score_pairs
from labeler.scoring.gold import chexpert_findings
from labeler.scoring.labels import Value, meet, some, table_of
from labeler.scoring.output import Results
from labeler.scoring.pair_files import read_labels, read_reports
from labeler.scoring.report_score import report_score, wide_labeler
from labeler.scoring.tables import Table, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from labeler.pipeline import Labeler
    from labeler.scoring.efficacy import Efficacy
    from labeler.scoring.labels import LabelTable
    from labeler.scoring.report_score import ReportScore

    Values = NDArray[np.float64]
    Figures = Mapping[str, Sequence[Callable[[Any], float]]]
    """Each figure with a function per system, from the numbers of the reports that are drawn to its value."""
    Samples = dict[str, list[Values]]

_BY_NAME = ("r2gen", "f1chexbert", "rgrg")


@dataclass(frozen=True, slots=True)
class SystemsRun:
    """The generated reports that are scored and their references; the fields are options of the command."""

    references: str
    candidates: tuple[str, ...]
    convention: str = "r2gen"
    uncertain: str | None = None
    blank: str | None = None
    id_column: str | None = None
    text_column: str | tuple[str, ...] | None = None
    resamples: int = 1000
    seed: int = 0
    workers: int = 1
    with_text: bool = False
    labeler: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class System:
    """One system with the scores of its reports.

    Parameters
    ----------
    name : str
    texts : tuple of str
        Its reports, in the order of the references.
    efficacy : Efficacy
    conventions : dict of str to float
        Figures by the names of the conventions' programs.
    scores : tuple of ReportScore
    bits : array of bool, shape (n_reports, n_findings)
        Whether it has a finding, by the convention.
    """

    name: str
    texts: tuple[str, ...]
    efficacy: Efficacy
    conventions: dict[str, float]
    scores: tuple[ReportScore, ...]
    bits: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The scores of all systems.

    Parameters
    ----------
    facts : mapping of str to str
        What the figures were made with and from.
    ids, references : tuple of str
        The studies and the texts of their references.
    systems : tuple of System
        In the order in which they were given; differences are to the first.
    tables : tuple of Table
    points : mapping of figure to list of (system, value, low, high)
        What the plot shows.
    with_text : bool
        Whether the page may show report text.
    """

    facts: Mapping[str, str]
    ids: tuple[str, ...]
    references: tuple[str, ...]
    systems: tuple[System, ...]
    tables: tuple[Table, ...]
    points: Mapping[str, list[tuple[str, float, float, float]]]
    with_text: bool

    @property
    def results(self) -> Results:
        """The figures and tables, without report text."""
        data = {
            system.name: {
                "report_score": _mean(system.scores) if system.scores else None,
                "conventions": system.conventions,
                "efficacy": system.efficacy.to_dict(),
                "scores": dict(zip(self.ids, (score.value for score in system.scores), strict=False)),
            }
            for system in self.systems
        }
        return Results("Generated reports", self.facts, {"systems": data}, self.tables)


def compare_systems(run: SystemsRun, say: Callable[[str], None]) -> Comparison:
    """Label references and candidates and score every system against the references.

    Parameters
    ----------
    run : SystemsRun
    say : callable
        Is told how many reports met.

    Raises
    ------
    UsageError
        If the reports of a system and the references don't meet, or two systems have one name.
    ReportFileError
        If a file cannot be read.
    """
    labels = read_labels(run.references, chexpert_findings(), id_column=run.id_column)
    if labels is not None:
        return _compare_labels(run, labels, say)
    read = partial(read_reports, id_column=run.id_column, text_column=run.text_column)
    references = read(run.references)
    candidates = {
        name: _met(references, read(path), name if len(run.candidates) > 1 else "")
        for name, path in _named(run.candidates)
    }
    say(f"{len(references)} references and candidates met.")
    labeler, reader = _labelers(run.labeler)
    table = _labels(labeler, list(references.values()), run)
    systems = [
        _system(
            name,
            table,
            _labels(labeler, texts, run),
            run,
            texts=tuple(texts),
            scores=tuple(report_score(list(references.values()), texts, labeler=reader, workers=run.workers)),
        )
        for name, texts in candidates.items()
    ]
    return _comparison(run, made_with(labeler), references, table, systems)


def _labelers(options: Mapping[str, Any]) -> tuple[Labeler, Labeler]:
    """Return the labeler of the conventions, by default of 14 observations, and that of the report score."""
    from labeler.pipeline import Labeler

    given = {"sections": "all", **{name: value for name, value in options.items() if value is not None}}
    labeler = Labeler(**given)
    return labeler, labeler if given.keys() & {"label_set", "profile"} else wide_labeler(**given)


def _compare_labels(run: SystemsRun, references: LabelTable, say: Callable[[str], None]) -> Comparison:
    """Score tables of labels, of which the conventions alone can be computed."""
    refuse_options_of_reports(run)
    systems = []
    for name, path in _named(run.candidates):
        labels = read_labels(path, references.findings, id_column=run.id_column)
        if labels is None:
            raise UsageError(
                f"{run.references} has labels and {path} has not; give labels of both, or reports of both."
            )
        _, labels, _ = meet(references, labels)
        systems.append(_system(name, references, labels, run))
    say(f"{len(references)} references and candidates met.")
    return _comparison(run, made_with(), dict.fromkeys(references.ids, ""), references, systems)


def _system(
    name: str,
    references: LabelTable,
    labels: LabelTable,
    run: SystemsRun,
    *,
    texts: tuple[str, ...] = (),
    scores: tuple[ReportScore, ...] = (),
) -> System:
    convention = _convention(run)
    return System(
        name,
        texts,
        score_pairs(references, labels, convention=convention, resamples=run.resamples, seed=run.seed),
        {key: value for one in _BY_NAME for key, value in convention_scores(one, references, labels).items()},
        scores,
        _positive(labels, convention),
    )


def _comparison(
    run: SystemsRun, made: Mapping[str, str], references: Mapping[str, str], table: LabelTable, systems: list[System]
) -> Comparison:
    convention = _convention(run)
    facts = {
        **made,
        "references": Path(run.references).name,
        "candidates": ", ".join(system.name for system in systems),
        "reports": str(len(references)),
        "convention": f"{convention.name} (uncertain {convention.uncertain}, blank {convention.blank})",
    }
    figures = dict(_figures(_positive(table, convention), table.findings, systems))
    samples = _samples(figures, len(references), run) if run.resamples else None
    tables = [_systems_table(figures, samples, systems), _conventions_table(systems)]
    tables += [_losses_table(systems)] if systems[0].scores else []
    details = efficacy_tables(systems[0].efficacy) if len(systems) == 1 else []
    return Comparison(
        facts,
        tuple(references),
        tuple(references.values()),
        tuple(systems),
        (*details, *tables),
        _points(figures, samples, systems),
        run.with_text,
    )


def _named(candidates: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the file of each system; without NAME= the name of the file is the system's."""
    seen: set[str] = set()
    for candidate in candidates:
        name, equals, path = candidate.partition("=")
        if not equals:
            name, path = Path(candidate).name.partition(".")[0], candidate
        if not name or not path or name in seen:
            what = "two systems have this name" if name in seen else "a name or a file is missing"
            raise UsageError(f"--candidates {candidate}: {what}; give NAME=FILE, each name once.")
        seen.add(name)
        yield name, path


def _met(references: Mapping[str, str], candidates: Mapping[str, str], system: str) -> list[str]:
    missing = [name for name in references if name not in candidates]
    if missing or len(references) != len(candidates):
        raise UsageError(
            (f"{system}: " if system else "")
            + f"{len(references)} references and {len(candidates)} candidates"
            + (f"; without a candidate: {some(missing)}" if missing else "")
            + ". Each reference needs one candidate, by its id or, in plain lines, by its place."
        )
    if not references:
        raise UsageError("There are no references; give at least one.")
    return [candidates[name] for name in references]


def _labels(labeler: Any, texts: Sequence[str], run: SystemsRun) -> LabelTable:
    reports = [Report(str(place), text) for place, text in enumerate(texts, 1)]
    return table_of(labeler.label_many(reports, workers=run.workers), labeler.findings, "reports")


def _convention(run: SystemsRun) -> Convention:
    convention = CONVENTIONS[run.convention]
    if run.uncertain or run.blank:
        return Convention("as given", run.uncertain or convention.uncertain, run.blank or convention.blank)
    return convention


def _mean(scores: Sequence[ReportScore]) -> float:
    return sum(score.value for score in scores) / len(scores)


def _positive(table: LabelTable, convention: Convention) -> NDArray[np.bool_]:
    values = [Value.PRESENT, *([Value.UNCERTAIN] if convention.uncertain == "positive" else [])]
    return np.isin(table.codes, values)


def _figures(
    truth: NDArray[np.bool_], findings: Sequence[str], systems: Sequence[System]
) -> Iterator[tuple[str, list[Callable[[Any], float]]]]:
    five = [findings.index(finding) for finding in COMPETITION if finding in findings]
    values = [np.array([score.value for score in system.scores]) for system in systems]
    if systems[0].scores:
        yield "report score", [partial(_drawn_mean, by_report) for by_report in values]
    for label, columns in ((str(len(findings)), list(range(len(findings)))), (str(len(five)), five)):
        if columns:
            counts = [_counts(truth[:, columns], system.bits[:, columns]) for system in systems]
            yield f"micro F1 over {label}", [partial(_drawn_f1, by_report) for by_report in counts]
    counts = [_counts(truth, system.bits) for system in systems]
    examples = [np.array([_f1(row) for row in rows]) for rows in counts]
    yield "example-based F1", [partial(_drawn_mean, by_report) for by_report in examples]


def _drawn_mean(by_report: Values, at: Any) -> float:
    return float(by_report[at].mean())


def _drawn_f1(by_report: NDArray[np.int64], at: Any) -> float:
    return _f1(by_report[at].sum(axis=0))


def _counts(truth: NDArray[np.bool_], answer: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.stack([(truth & answer).sum(axis=1), (truth != answer).sum(axis=1)], axis=1)


def _f1(counts: NDArray[np.int64]) -> float:
    hits, errors = (int(count) for count in counts)
    return 2 * hits / (2 * hits + errors) if hits or errors else 0.0


def _samples(figures: Figures, reports: int, run: SystemsRun) -> Samples:
    """Return the bootstrap samples of each figure of each system; all are of the same draws of references."""
    random = np.random.default_rng(run.seed)
    samples: dict[str, list[list[float]]] = {name: [[] for _ in by_system] for name, by_system in figures.items()}
    for _ in range(run.resamples):
        drawn = random.integers(reports, size=reports)
        for name, by_system in figures.items():
            for at, figure in enumerate(by_system):
                samples[name][at].append(figure(drawn))
    return {name: [np.array(values) for values in by_system] for name, by_system in samples.items()}


def _systems_table(
    figures: Mapping[str, list[Callable[[Any], float]]],
    samples: dict[str, list[Values]] | None,
    systems: Sequence[System],
) -> Table:
    rows = []
    for name, by_system in figures.items():
        values = [figure(slice(None)) for figure in by_system]
        for at, system in enumerate(systems):
            ends, versus = "-", "-"
            if samples is not None:
                ends = _ends(*interval(samples[name][at]))
                if at:
                    found = difference_of(values[at], values[0], samples[name][at], samples[name][0])
                    versus = f"{found.difference:+.3f} ({found.low:+.3f} to {found.high:+.3f}), p {found.p:.3f}"
            rows.append((name, system.name, number(values[at]), ends, versus))
    note = "Intervals of 95 % and differences are by bootstrap; every system is scored on the same draws of references."
    header = ("Figure", "system", "value", "95 % interval", f"against {systems[0].name}")
    return Table(f"Systems, {len(systems[0].bits)} reports", header, tuple(rows), note)


def _ends(low: float, high: float) -> str:
    return f"{number(float(low))} to {number(float(high))}"


def _conventions_table(systems: Sequence[System]) -> Table:
    rows = tuple((key, *(number(system.conventions[key]) for system in systems)) for key in systems[0].conventions)
    note = "By the names of the programs that the figures come from; the labels are this labeler's."
    return Table("Conventions", ("Figure", *(system.name for system in systems)), rows, note)


def _losses_table(systems: Sequence[System]) -> Table:
    lost: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(systems))
    counted: Counter[tuple[str, int]] = Counter()
    for at, system in enumerate(systems):
        for loss in (loss for score in system.scores for loss in score.losses):
            lost[loss.kind][at] += loss.points / len(system.scores)
            counted[loss.kind, at] += 1
    rows = tuple(
        (kind, *(f"{counted[kind, at]} ({points:.3f})" for at, points in enumerate(by_system)))
        for kind, by_system in sorted(lost.items(), key=lambda item: -max(item[1]))
    )
    note = "Errors of each kind and, in brackets, the points that they cost a report on average."
    return Table("Errors by kind", ("Kind", *(system.name for system in systems)), rows, note)


def _points(
    figures: Mapping[str, list[Callable[[Any], float]]],
    samples: dict[str, list[Values]] | None,
    systems: Sequence[System],
) -> dict[str, list[tuple[str, float, float, float]]]:
    points: dict[str, list[tuple[str, float, float, float]]] = {}
    for name, by_system in figures.items():
        for at, (figure, system) in enumerate(zip(by_system, systems, strict=True)):
            value = figure(slice(None))
            low, high = (value, value) if samples is None else interval(samples[name][at])
            points.setdefault(name, []).append((system.name, value, float(low), float(high)))
    return points
