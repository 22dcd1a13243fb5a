"""The options that commands share."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from labeler.errors import UsageError
from labeler.limits import SECONDS_PER_REPORT
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from labeler.io.read import Shard
    from labeler.pipeline import Labeler
    from labeler.records import Report

    _WorkersBase = click.ParamType[int | None]
    _ShardBase = click.ParamType[Shard]
else:  # older click knows no parameter of the type
    _WorkersBase = _ShardBase = click.ParamType

INPUTS_HELP = """INPUT is a folder (its .txt files, at any depth, are the reports), a .txt file, a .zip of a folder, a
table (.csv, .csv.gz, .jsonl, .jsonl.gz, .parquet) or - for standard input."""


class _Workers(_WorkersBase):
    """A number of processes, None for auto."""

    name = "number|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | None:
        if value in ("auto", None):
            return None
        try:
            return click.IntRange(min=1).convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a number of processes; give 1 or more, or auto for one per core.", param, ctx)


class _ShardType(_ShardBase):
    """A part of the whole, such as 3/64."""

    name = "shard"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        from labeler.io.read import Shard

        try:
            return value if isinstance(value, Shard) else Shard.parse(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


def together(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Return one decorator for several options, shown in their order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        return functools.reduce(lambda decorated, option: option(decorated), reversed(options), command)

    return decorate


INPUT_OPTIONS = ("input_format", "id_column", "text_column")
"""The names of `input_options`."""
DEFAULT_INPUTS = {
    "input_format": "by the name's ending",
    "id_column": "study_id, uid or id",
    "text_column": "text, report or report_text",
}
"""What the manifest says of those that are not given."""
input_options = together(
    click.option(
        "--input-format",
        type=click.Choice(["text", "zip", "csv", "jsonl", "parquet", "chexpert"]),
        help="What the inputs are, if their names don't say; chexpert is one column of reports without a header.",
    ),
    click.option("--id-column", help="Column of a table with the study's identifier.  [default: study_id, uid or id]"),
    click.option("--text-column", help="Column of a table with the report.  [default: text, report or report_text]"),
)
_SECTIONS_HELP = (
    "Text to label: mimic (impression, otherwise findings, otherwise what serves as them), all, or names joined by +."
)
_phrases_option = click.option(
    "--phrases",
    type=click.Path(exists=True, file_okay=False),
    help="Folder of phrases and rules instead of those that come with the labeler.",
)
section_options = together(
    click.option("--sections", default="mimic", show_default=True, help=_SECTIONS_HELP), _phrases_option
)
labelling_options = together(
    click.option("--sections", help=f"{_SECTIONS_HELP}  [default: what the label set says, for chexpert mimic]"),
    _phrases_option,
    click.option(
        "--label-set",
        multiple=True,
        callback=lambda _context, _parameter, names: names if len(names) > 1 else next(iter(names), None),
        help="Observations to label: a name, or a folder. May be repeated; a further set's columns have its "
        "name before theirs, as in openi95: edema.  [default: chexpert]",
    ),
    click.option(
        "--profile",
        default="default",
        show_default=True,
        help="Assertion rules: default, or chexpert or negbio as published, with their phrases and aggregation.",
    ),
    click.option(
        "--model",
        help="Another spaCy model to parse with: an installed package, or a model's folder. A model is code: take none "
        "that you don't trust.  [default: en_core_web_sm 3.8.0, its files checked]",
    ),
    click.option(
        "--policy",
        "policies",
        multiple=True,
        callback=lambda _context, _parameter, names: names or None,
        help="What words that don't decide are read as; `labeler phrases list` names the policies of each label set. "
        "May be repeated; none leaves out those that a set applies by itself.",
    ),
    click.option(
        "--aggregation",
        type=click.Choice(["documented", "chexpert-code", "negbio"]),
        help="How the mentions of a study become its label.  [default: that of the profile]",
    ),
    click.option(
        "--time-limit",
        type=click.FloatRange(min=0, min_open=True),
        default=SECONDS_PER_REPORT,
        show_default=True,
        help="Seconds that a report may take; one that takes longer is a failure.",
    ),
)
workers_option = click.option(
    "--workers",
    type=_Workers(),
    default="1",
    show_default=True,
    help="Number of processes; auto takes one per core if there is work for them.",
)
resume_option = click.option(
    "--resume", is_flag=True, help="Resume an interrupted run to the same output, if there is one."
)
run_options = together(
    workers_option,
    resume_option,
    click.option(
        "--shard",
        type=_ShardType(),
        help="Label only the I-th of N parts, which the identifiers divide; `labeler merge` joins them. Writes "
        "OUTPUT.manifest.json too.",
        metavar="I/N",
    ),
)
quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="No progress and no summary; what could not be read is still listed."
)


def new_labeler(label_set: str | Sequence[str] | None = None, **options: Any) -> Labeler:
    """Return a labeler for one label set, or for several at once.

    Parameters
    ----------
    label_set : str or sequence of str, optional
        A name or folder, or several; the profile's without it.
    **options
        Others of `Labeler`.

    Examples
    --------
    >>> len(new_labeler(["vindr", "srr55"]).findings)
    83
    """
    if label_set is None or isinstance(label_set, str):
        from labeler.pipeline import Labeler

        return Labeler(label_set, **options)
    from labeler.joint import JointLabeler

    return JointLabeler(label_set, **options)


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a stream is a terminal; None, of a process without that stream, is none."""
    return stream is not None and stream.isatty()


def keep_inputs(inputs: Iterable[str], *outputs: str | Path | None) -> None:
    """Refuse an output that would replace an input."""
    named = [Path(output).resolve() for output in outputs if output not in {None, "-"}]
    for name in inputs:
        if name != "-" and Path(name).resolve() in named:
            raise UsageError(f"{name} is an input; an output would replace it.")


def readable_reports(inputs: Iterable[str], options: dict[str, Any]) -> Iterator[Report]:
    """Yield the reports of inputs, and say on standard error what cannot be read."""
    from labeler.io.read import open_inputs
    from labeler.records import Report

    for item in open_inputs(tuple(inputs), **options):
        if isinstance(item, Report):
            yield item
        else:
            click.echo(printable(str(item)), err=True)
