"""The commands `evaluate` and `compare`. What takes long to import is imported when a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from labeler.cli.options import keep_inputs, text_column_option, together
from labeler.errors import LabelerError, UsageError

if TYPE_CHECKING:
    from labeler.scoring.output import Results
    from labeler.scoring.systems import Comparison


class Script(click.Command):
    """A command that is run by itself, as `python -m eval.benchmark`, and says what is wrong in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LabelerError as error:
            raise click.ClickException(str(error)) from None


_LABELER_OPTIONS = ("sections", "phrases", "label_set", "profile", "model", "aggregation")
_RESULTS = (".json", ".csv", ".md", ".tex", ".html", ".png")
_PAIR_OPTIONS = ("references", "candidates")
_PROTOCOL_HELP = """mimic-687: the manual test set of MIMIC-CXR-JPG, with the published figures of NegBio and CheXpert.
open-i: Open-I reports; averages without No Finding. generic: any table of study_id and findings."""


_gold_options = together(
    click.option("--gold", help="Table of gold labels: 1, 0, -1, blank; a cell ? is not scored."),
    click.option("--predictions", help="Table of labels to score, of any labeler."),
    click.option(
        "--reports", help="Reports to label and score: a MIMIC folder, its zip, a table, Open-I's XML folder."
    ),
    click.option("--compare", help="Table of another labeler's labels, for the paired difference."),
    click.option(
        "--protocol",
        type=click.Choice(["generic", "mimic-687", "open-i"]),
        default="generic",
        show_default=True,
        help=_PROTOCOL_HELP,
    ),
    click.option(
        "--task",
        "tasks",
        type=click.Choice(["mention", "negation", "uncertainty", "presence"]),
        multiple=True,
        help="Task to score; may be given more than once.  [default: all]",
    ),
    click.option("--finding", "findings", multiple=True, help="Finding to score; may be repeated.  [default: all]"),
    click.option(
        "--rows",
        type=click.Choice(["all", "mentioned"]),
        default="all",
        show_default=True,
        help="all: every study counts, blank is not the class, as the authors of MIMIC-CXR-JPG score. mentioned: "
        "only cells that gold and prediction both mention.",
    ),
    click.option(
        "--missing",
        type=click.Choice(["error", "blank", "skip"]),
        default="error",
        show_default=True,
        help="What a gold study without a prediction is.",
    ),
    click.option("--gold-id-column", help="Column of the gold table with the study's identifier."),
    click.option("--with-text", is_flag=True, help="Show report text on the HTML page, and there only."),
)
_pair_options = together(
    click.option(
        "--references",
        help="Reports of radiologists: CSV with or without a header, JSON Lines, .json, or .txt with a report a line.",
    ),
    click.option(
        "--candidates",
        multiple=True,
        metavar="[NAME=]FILE",
        help="Generated reports, one for each reference, by id or by line; may be repeated to compare systems.",
    ),
    click.option(
        "--convention",
        type=click.Choice(["r2gen", "f1chexbert"]),
        default="r2gen",
        show_default=True,
        help="r2gen: uncertain and blank are negative. f1chexbert: uncertain is positive.",
    ),
    click.option(
        "--uncertain", type=click.Choice(["negative", "positive", "ignore"]), help="Instead of the convention."
    ),
    click.option("--blank", type=click.Choice(["negative", "ignore"]), help="Instead of the convention."),
)
_common_options = together(
    click.option("--id-column", help="Column of a table with the study's identifier.  [default: the usual names]"),
    text_column_option("the usual names"),
    click.option("--sections", help="Text to label.  [default: mimic, for open-i findings+impression, for pairs all]"),
    click.option("--phrases", type=click.Path(exists=True, file_okay=False), help="Folder of phrases and rules."),
    click.option("--label-set", help="Observations to label.  [default: those of the gold]"),
    click.option("--profile", help="Assertion rules: default, or chexpert or negbio as published."),
    click.option("--model", help="Another spaCy model to parse with: an installed package, or a model's folder."),
    click.option("--aggregation", type=click.Choice(["documented", "chexpert-code", "negbio"])),
    click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Number of processes."),
    click.option(
        "--resamples",
        type=click.IntRange(min=0),
        default=1000,
        show_default=True,
        help="Bootstrap samples for the 95 % intervals; 0 for none.",
    ),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the bootstrap."),
    click.option(
        "-o",
        "--output",
        help="Folder for results.json, tables (.md, .csv, .tex), plots (.png, .svg) and an HTML page with all errors.",
    ),
)


@click.command()
@_gold_options
@_pair_options
@_common_options
def evaluate(*, output: str | None, **options: Any) -> None:
    """Score labels, or a labeler, against gold labels; or score generated reports.

    \b
    labeler evaluate --gold GOLD.csv --predictions LABELS.csv
    labeler evaluate --gold GOLD.csv --reports FOLDER --protocol mimic-687 -o results/
    labeler evaluate --references REFERENCES.csv --candidates OURS=GENERATED.csv --candidates THEIRS=OTHER.csv
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    labeler = {name: options.pop(name) for name in _LABELER_OPTIONS}
    pairs = any(options[name] for name in _PAIR_OPTIONS)
    if output is not None:
        from labeler.scoring.output import prepare_folder

        _keep_files(options, output)
        prepare_folder(output)
    scored = _compare_systems(options, labeler) if pairs else _score_gold(options, labeler)
    for table in scored.tables:
        click.echo(table.to_text())
    if output is not None:
        from labeler.pages.results import write_results

        _say(f"Written to {output}: {', '.join(write_results(output, scored))}.")


def _keep_files(options: dict[str, Any], output: str) -> None:
    """Refuse a folder that holds an input with the ending of a result, which could have its name."""
    names = [options[name] for name in ("gold", "predictions", "reports", "compare", "references") if options[name]]
    names += [candidate.rpartition("=")[2] for candidate in options["candidates"]]
    for path in map(Path, names):
        if path.suffix.lower() in _RESULTS and path.resolve().parent == Path(output).resolve():
            raise UsageError(
                f"{path} is an input and is in {output}, where results could replace it; name another folder."
            )


def _score_gold(options: dict[str, Any], labeler: dict[str, Any]) -> Results:
    from labeler.scoring.commands import GoldRun, score_gold

    if options["gold"] is None:
        raise UsageError("Give --gold with --predictions or --reports, or --references with --candidates.")
    return score_gold(GoldRun(**_only(options, GoldRun), labeler=labeler), _say)


def _compare_systems(options: dict[str, Any], labeler: dict[str, Any]) -> Comparison:
    from labeler.scoring.systems import SystemsRun, compare_systems

    if options["gold"] is not None or not all(options[name] for name in _PAIR_OPTIONS):
        raise UsageError("Give --references and --candidates together, without --gold.")
    return compare_systems(SystemsRun(**_only(options, SystemsRun), labeler=labeler), _say)


def _only(options: dict[str, Any], run: type[Any]) -> dict[str, Any]:
    """Return the options of a run; one that was given and does not belong to it is refused."""
    context = click.get_current_context()
    others = [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name in options.keys() - run.__dataclass_fields__.keys()
        and context.get_parameter_source(str(parameter.name)) is click.core.ParameterSource.COMMANDLINE
    ]
    if others:
        what = "generated reports" if "candidates" in run.__dataclass_fields__ else "gold labels"
        raise UsageError(f"{', '.join(others)}: of no use with {what}; leave out what does not apply.")
    return {name: value for name, value in options.items() if name in run.__dataclass_fields__}


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--id-column", help="Column with the study's identifier.  [default: the usual names]")
@click.option("--matrix", is_flag=True, help="Count every kind of disagreement too; a wide table.")
@click.option("-o", "--output", help="CSV file for one merged table, ? where the two differ; - is standard output.")
def compare(first: str, second: str, *, id_column: str | None, output: str | None, matrix: bool) -> None:
    """Compare two tables of labels, or two reviewers' corrections: agreement, Cohen's kappa, and how they differ most.

    The merged table can serve as gold: cells marked ? are not scored.
    """
    from labeler.io.output import require_csv, require_writable
    from labeler.scoring.compare import compare_labels, write_merged
    from labeler.scoring.gold import read_predictions

    keep_inputs((first, second), output)
    if output is not None:
        require_csv(output)
        require_writable(output)
    one = read_predictions(first, id_column=id_column)
    other = read_predictions(second, one.findings, id_column=id_column)
    agreed = compare_labels(one, other)
    for table in [agreed.summary(), *([agreed.matrix()] if matrix else [])]:
        click.echo(table.to_text(), err=output == "-")
    meeting = agreed.meeting
    _say(f"{meeting.met} studies in both; {len(meeting.missing)} only in A, {meeting.surplus} only in B.")
    if output is not None:
        differing = write_merged(output, agreed)
        _say(f"{differing} cells differ.")


def _say(line: str) -> None:
    from labeler.terminal import printable

    click.echo(printable(line), err=True)
