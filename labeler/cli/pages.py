"""The commands `explain` and `review`. What takes long to import is imported when a command runs."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from labeler.cli.explain import explain
from labeler.cli.options import (
    INPUT_OPTIONS,
    INPUTS_HELP,
    input_options,
    keep_inputs,
    labelling_options,
    new_labeler,
    together,
)
from labeler.errors import ReportFileError, UnknownFindingError, UsageError
from labeler.records import Report
from labeler.terminal import is_terminal, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labeler.authoring.sample import Study, Wanted
    from labeler.phrasebook.load import Phrasebook
    from labeler.pipeline import Labeler
    from labeler.records import StudyLabels
    from labeler.scoring.corrections import Disagreements
    from labeler.scoring.drawn import Drawn

_FAILED = f"{__name__}.failed"
_CHOICE = ("ids", "where", "sample", "seed")
_choice_options = together(
    click.option("--id", "ids", multiple=True, help="Report to show, by its identifier; may be repeated."),
    click.option(
        "--where",
        multiple=True,
        metavar="FINDING=STATUS",
        help='Only reports with a label, such as "Pneumonia=uncertain"; a status is present, absent, uncertain or '
        "blank. May be repeated; all must hold.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Of the random sample."),
)


@click.command("explain", help=f"Show for a report each label and mention, with what decided it.\n\n{INPUTS_HELP}")
@click.argument("source", metavar="INPUT")
@click.option("--html", help="File for a self-contained page of one report or many; it holds report text.")
@_choice_options
@click.option("--sample", type=click.IntRange(min=1), help="Show so many reports, drawn at random.")
@input_options
@labelling_options
def explain_reports(source: str, html: str | None, **options: Any) -> None:
    """Print the explanation, in colour on a terminal, or write it as a page."""
    chosen = {name: options.pop(name) for name in _CHOICE}
    reading = {name: options.pop(name) for name in INPUT_OPTIONS}
    if html is None and not (chosen["ids"] or chosen["where"] or chosen["sample"]):
        _print(
            [(report, new_labeler(**options, doubts=True).label(report)) for report in [_only_report(source, reading)]]
        )
        return
    keep_inputs((source,), html)
    if html is None:
        labeler = new_labeler(**options, doubts=True)
        _print(_choose(labeler, (source,), reading, _wanted(labeler, **chosen))[0])
        return
    from labeler.pages.explain import explain_page

    labeler, book = _labeler_and_book(options)
    studies, drawn = _choose(labeler, (source,), reading, _wanted(labeler, **chosen))
    _write(html, explain_page(studies, labeler, book, _facts(labeler, drawn)), len(studies))


@click.command(help=f"Write a page on which a person confirms or changes labels.\n\n{INPUTS_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", required=True, help="File for the self-contained page; it holds report text.")
@_choice_options
@click.option(
    "--sample", type=click.IntRange(min=1), default=50, show_default=True, help="So many reports, drawn at random."
)
@click.option(
    "--doubtful", is_flag=True, help="Those with the most doubts, unread words and uncertain labels, not at random."
)
@click.option(
    "--disagreements",
    nargs=2,
    metavar="A B",
    help="Only the labels on which two tables differ: of two labelers, or corrections of two reviewers.",
)
@click.option("--finding", "findings", multiple=True, help="Label to ask for; may be repeated.  [default: all]")
@input_options
@labelling_options
def review(inputs: tuple[str, ...], output: str, **options: Any) -> None:
    """Write the page; it saves corrections.csv, which `labeler evaluate --gold` reads.

    A random sample says how good the labels of the collection are. What is chosen otherwise finds faults quickly, but
    scores on it hold for those reports only.
    """
    from labeler.pages.review import review_page

    keep_inputs(inputs, output)
    disagreements, findings = options.pop("disagreements"), options.pop("findings")
    chosen = {name: options.pop(name) for name in (*_CHOICE, "doubtful")}
    reading = {name: options.pop(name) for name in INPUT_OPTIONS}
    labeler, book = _labeler_and_book(options)
    unknown = [name for name in findings if name not in labeler.findings]
    if unknown:
        raise UsageError(str(UnknownFindingError(unknown[0], labeler.findings)))
    differing = _disagreements(*disagreements) if disagreements else None
    if differing:
        chosen["ids"] = chosen["ids"] or differing.ids
    if chosen["ids"] and not _was_given("sample"):
        chosen["sample"] = None
    studies, drawn = _choose(labeler, inputs, reading, _wanted(labeler, **chosen))

    def asked(study: str, finding: str) -> Mapping[str, str] | None:
        if findings and finding not in findings:
            return None
        return differing.said(study, finding) if differing else {}

    if differing:
        studies = [study for study in studies if any(asked(study.report.id, name) is not None for name in study.labels)]
        drawn = replace(drawn, how="where two tables differ", reports=len(studies))
    if not studies:
        raise UsageError("The tables differ in no label that is asked for; check --finding and --label-set.")
    page = review_page(studies, labeler, book, drawn, facts=_facts(labeler, drawn), asked=asked)
    _write(output, page, len(studies))


def _disagreements(first: str, second: str) -> Disagreements:
    from labeler.scoring.corrections import Disagreements
    from labeler.scoring.gold import read_predictions

    one = read_predictions(first)
    return Disagreements(one, read_predictions(second, one.findings))


def _was_given(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _only_report(source: str, reading: dict[str, Any]) -> Report:
    from labeler.io.read import open_inputs

    reports = list(islice(open_inputs([source], **reading), 2))
    if len(reports) != 1:
        what = "more than one" if reports else "no"
        raise UsageError(f"{source} holds {what} report; explain takes one. Choose with --id, or give --html for many.")
    report = reports[0]
    if not isinstance(report, Report):
        raise ReportFileError(str(report))
    return report


def _print(studies: list[tuple[Report, StudyLabels]] | list[Study]) -> None:
    colour = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for number, (report, labels) in enumerate(studies):
        if number:
            click.echo()
        for line in explain(report, labels):
            click.echo(line, color=colour)


def _labeler_and_book(options: dict[str, Any]) -> tuple[Labeler, Phrasebook]:
    from labeler.phrasebook.load import load_phrasebook

    if isinstance(options["label_set"], tuple):
        raise UsageError("A page is for one label set; write one for each.")
    book = load_phrasebook(options["label_set"], options["phrases"], options["profile"])
    return new_labeler(**options, doubts=True), book


def _wanted(labeler: Labeler, *, where: tuple[str, ...], **chosen: Any) -> Wanted:
    from labeler.authoring.sample import Wanted, condition

    return Wanted(where=tuple(condition(text, labeler.findings) for text in where), **chosen)


def _choose(
    labeler: Labeler, inputs: tuple[str, ...], reading: dict[str, Any], wanted: Wanted
) -> tuple[list[Study], Drawn]:
    from labeler.authoring.sample import choose

    return choose(labeler, _readable(inputs, reading), wanted)


def _readable(inputs: tuple[str, ...], reading: dict[str, Any]) -> Iterator[Report]:
    """Yield the reports of inputs; say what cannot be read, and end with 1 when the page is written."""
    from labeler.io.read import open_inputs

    for item in open_inputs(inputs, **reading):
        if isinstance(item, Report):
            yield item
        else:
            click.echo(printable(str(item)), err=True)
            click.get_current_context().meta[_FAILED] = True


def _facts(labeler: Labeler, drawn: Drawn) -> dict[str, str]:
    from labeler.scoring.commands import made_with

    return {**made_with(labeler), **labeler.options, "reports": drawn.which()}


def _write(path: str, page: str, reports: int) -> None:
    from labeler.io.output import open_output

    with open_output(path) as stream:
        stream.write(page.encode())
    what = "1 report" if reports == 1 else f"{reports} reports"
    click.echo(printable(f"Written to {path}: {what}. The page holds report text."), err=True)
    if click.get_current_context().meta.get(_FAILED):
        sys.exit(1)
