"""What the commands do, apart from the command line: reads, scores, and gives the results to show and to write."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError
from labeler.scoring.corpora import open_corpus
from labeler.scoring.evaluation import Scoring, compare_scores, evaluate, is_presence_only
from labeler.scoring.gold import PROTOCOLS, finding_names, read_gold, read_predictions
from labeler.scoring.labels import meet
from labeler.scoring.metrics import TASKS
from labeler.scoring.output import Results
from labeler.scoring.run import label_corpus, list_errors
from labeler.scoring.tables import Table, agreement_table, comparison_table, number, score_tables, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from labeler.pipeline import Labeler
    from labeler.scoring.efficacy import Convention, Efficacy
    from labeler.scoring.evaluation import ComparedScore, Figure
    from labeler.scoring.gold import Protocol
    from labeler.scoring.labels import LabelTable
    from labeler.scoring.run import Labelled


@dataclass(frozen=True, slots=True)
class GoldRun:
    """What is scored against a gold standard; the fields are the options of `labeler evaluate`."""

    gold: str
    predictions: str | None = None
    reports: str | None = None
    compare: str | None = None
    protocol: str = "generic"
    tasks: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    rows: str = "all"
    missing: str = "error"
    id_column: str | None = None
    gold_id_column: str | None = None
    text_column: str | tuple[str, ...] | None = None
    resamples: int = 1000
    seed: int = 0
    with_text: bool = False
    workers: int = 1
    labeler: dict[str, Any] = field(default_factory=dict)


def made_with(labeler: Labeler | None = None) -> dict[str, str]:
    """Return the version, the date, and the model and the hash of the phrases of a labeler.

    Parameters
    ----------
    labeler : Labeler, optional
        None where labels were read from a file.
    """
    try:
        own = version("cxr-labeler")
    except PackageNotFoundError:  # a checkout that is not installed
        own = "not installed"
    facts = {"labeler": own}
    if labeler is not None:
        facts |= {"model": labeler.model, "phrases": labeler.phrase_hash}
    return {**facts, "date": datetime.now(UTC).date().isoformat()}


def score_gold(run: GoldRun, say: Callable[[str], None]) -> Results:
    """Score predictions, or a labeler on reports, against a gold standard.

    Parameters
    ----------
    run : GoldRun
        What is scored.
    say : callable
        Is told how many studies both have, and which reports could not be read.

    Raises
    ------
    UsageError
        If neither or both of predictions and reports are given, or files don't fit each other.
    ReportFileError
        If a file cannot be read.
    """
    if (run.predictions is None) == (run.reports is None):
        raise UsageError("Give --predictions or --reports, one of them.")
    if run.predictions is not None:
        refuse_options_of_reports(run)
    protocol = PROTOCOLS.get(run.protocol) or PROTOCOLS["generic"]
    gold = _read_gold(run, protocol, say)
    predicted, labelled, facts = _predictions(run, protocol, gold, say)
    if gold.reviewed:
        facts["reviewed"] = gold.reviewed
        say(f"Reviewed: {gold.reviewed}.")
    gold, predicted, meeting = meet(gold, predicted, missing=run.missing)
    say(f"{meeting}.")
    apart = tuple(finding for finding in protocol.apart if finding in gold.findings)
    scoring = Scoring(run.tasks or tuple(TASKS), run.rows, apart, protocol.least, run.resamples, run.seed)
    if is_presence_only(gold):
        if set(run.tasks) - {"presence"}:
            raise UsageError(f"{gold.source} says only what is present; of the tasks, only presence can be scored.")
        scoring = replace(scoring, tasks=("presence",))
    evaluation = evaluate(gold, predicted, scoring)
    table = f"{protocol.name}-classes" if is_presence_only(gold) else protocol.name
    compared, versus = _compare(run, gold, predicted, scoring, say)
    return Results(
        title=f"{predicted.source} against {gold.source}",
        facts={**facts, "gold": gold.source, "predictions": predicted.source, "studies": str(meeting)},
        data={"evaluation": evaluation.to_dict(), "compared": [asdict(row) for row in compared]},
        tables=[*score_tables(evaluation, table), agreement_table(evaluation, table), *versus],
        evaluation=evaluation,
        compared=compared,
        names=(predicted.source, Path(run.compare).name if run.compare else ""),
        errors=list_errors(gold, predicted, labelled),
        texts=labelled.texts if labelled else {},
    )


def refuse_options_of_reports(run: Any) -> None:
    """Refuse the options that say how reports are labelled, in a run that scores labels.

    Parameters
    ----------
    run : GoldRun or SystemsRun

    Raises
    ------
    UsageError
        If one is given; the message names all.
    """
    of_reports = {"text_column", "with_text", "workers"}
    given = [each.name for each in fields(run) if each.name in of_reports and getattr(run, each.name) != each.default]
    given += [name for name, value in run.labeler.items() if value is not None]
    if given:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageError(f"{named}: of no use with tables of labels; leave out what does not apply.")


def _read_gold(run: GoldRun, protocol: Protocol, say: Callable[[str], None]) -> LabelTable:
    gold = read_gold(run.gold, protocol=run.protocol, id_column=run.gold_id_column)
    if protocol.studies is not None and len(gold) != protocol.studies:
        say(f"Note: {gold.source} has {len(gold)} studies; the published figures are on {protocol.studies}.")
    unknown = [finding for finding in run.findings if finding not in gold.findings]
    if unknown:
        raise UsageError(f"{gold.source} has no finding {', '.join(unknown)}. {finding_names(gold.findings)}")
    return gold.columns([finding for finding in gold.findings if finding in run.findings]) if run.findings else gold


def _predictions(
    run: GoldRun, protocol: Protocol, gold: LabelTable, say: Callable[[str], None]
) -> tuple[LabelTable, Labelled | None, dict[str, str]]:
    if run.predictions is not None:
        predicted = read_predictions(run.predictions, gold.findings, id_column=run.id_column)
        return predicted, None, made_with()
    corpus = open_corpus(str(run.reports), id_column=run.id_column, text_column=run.text_column)
    labeler = new_labeler(gold, corpus.sections or protocol.sections, run.labeler)
    labelled = label_corpus(
        labeler,
        corpus,
        gold,
        lambda failure: say(f"Not read: {failure}"),
        with_text=run.with_text,
        workers=run.workers,
    )
    return labelled.table, labelled, made_with(labeler)


def new_labeler(gold: LabelTable, sections: str, options: dict[str, Any]) -> Labeler:
    """Return a labeler for a gold standard.

    Parameters
    ----------
    gold : LabelTable
        Whose findings decide the label set where `options` don't.
    sections : str
        The text to label where `options` don't say.
    options : dict
        Of `labeler.pipeline.Labeler`; None stands for what is not given.
    """
    from labeler.pipeline import Labeler

    label_set = "chestxray14" if is_presence_only(gold) else "chexpert"
    given = {name: value for name, value in options.items() if value is not None}
    return Labeler(**{"label_set": label_set, "sections": sections, **given})


def _compare(
    run: GoldRun, gold: LabelTable, predicted: LabelTable, scoring: Scoring, say: Callable[[str], None]
) -> tuple[tuple[ComparedScore, ...], list[Table]]:
    if run.compare is None:
        return (), []
    other = read_predictions(run.compare, gold.findings, id_column=run.id_column)
    gold, other, meeting = meet(gold, other, missing="skip" if run.missing == "error" else run.missing)
    say(f"{other.source}: {meeting}.")
    rows = compare_scores(gold, predicted.take(gold.ids), other, scoring)
    return rows, [comparison_table(rows, (predicted.source, other.source))]


def efficacy_tables(efficacy: Efficacy) -> list[Table]:
    """Return the averages and the rows per observation.

    Parameters
    ----------
    efficacy : Efficacy
        From `clinical_efficacy`.
    """
    averages = tuple(
        (f"{row.name} over {row.observations}", *_cells((row.precision, row.recall, row.f1)))
        for row in efficacy.averages
    )
    rows = tuple(
        (row.finding, str(row.gold), str(row.predicted), *_cells((row.precision, row.recall, row.f1)))
        for row in efficacy.scores
    )
    note = f"Convention {_said(efficacy.convention)}. In averages an undefined figure counts as 0."
    figures = ("P", "R", "F1", "95 % interval of F1")
    return [
        Table(f"Clinical efficacy, {efficacy.reports} reports", ("Average", *figures), averages, note),
        Table(
            "Observations", ("Finding", "references", "candidates", *figures), rows, "A dash is an undefined figure."
        ),
    ]


def _cells(figures: Sequence[Figure]) -> Iterable[str]:
    return (*(number(figure.value) for figure in figures), spread(figures[-1]))


def _said(convention: Convention) -> str:
    return f"{convention.name} (uncertain {convention.uncertain}, blank {convention.blank})"
