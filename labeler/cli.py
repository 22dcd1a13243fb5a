"""The command line."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from labeler.errors import LabelerError, ReportFileError, UsageError
from labeler.eval.cli import compare, evaluate
from labeler.explain import Style, explain, plain, printable
from labeler.options import (
    INPUT_OPTIONS,
    INPUTS_HELP,
    input_options,
    labelling_options,
    quiet_option,
    run_options,
    section_options,
)
from labeler.phrasebook.commands import phrases
from labeler.privacy import forbid_core_dumps
from labeler.records import Report
from labeler.reports.commands import export, published
from labeler.spark_command import spark_label

# What takes long to import (spaCy, pandas, pyarrow, tqdm) is imported by the command that needs it.
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from labeler.explain import Line
    from labeler.pipeline import Labeler
    from labeler.reports.output import Output
    from labeler.reports.progress import Progress
    from labeler.reports.read import Reading, Shard
    from labeler.reports.run import Outputs
    from labeler.reports.write import Form, Layout

_COLOURS: dict[Style, dict[str, Any]] = {
    Style.PLAIN: {},
    Style.HEADING: {"bold": True},
    Style.FAINT: {"dim": True},
    Style.CUE: {"fg": "cyan"},
    Style.PRESENT: {"fg": "red", "bold": True},
    Style.ABSENT: {"fg": "green"},
    Style.UNCERTAIN: {"fg": "yellow", "bold": True},
    Style.NOT_ASSERTED: {"dim": True},
}
_CODE_OF_SIGNAL = 128
"""What shells add to a signal's number where it ends a program."""


class _FailureMessage(click.ClickException):
    """Prints "Error: ..." and ends with 2, as click does for a wrong option."""

    exit_code = 2


class _Commands(click.Group):
    """Is the one place where an error of the labeler becomes a message."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _told():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _told():
            return super().invoke(ctx)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except LabelerError as error:
        message = "\n".join(printable(line) for line in str(error).split("\n"))
        raise _FailureMessage(message) from None


def _show_version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's
    if not asked or ctx.resilient_parsing:
        return
    for name, value in _made_with(_new_labeler()).items():
        click.echo(f"{name} {value}")
    ctx.exit()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version, the language model and the hash of the phrases.",
)
def main() -> None:
    """Labels chest radiology reports: present, absent, uncertain or not mentioned, with the reason for each."""
    forbid_core_dumps()


@main.command(help=f"Label reports.\n\n{INPUTS_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    help="File to write: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet; - is CSV on standard output.  [default: a table "
    "to read where standard output is a terminal, CSV where it is not]",
)
@click.option("--evidence", help="File (.jsonl, .jsonl.gz) for every mention with what decided it; holds report text.")
@click.option(
    "--columns",
    type=click.Choice(["mimic", "chexpert", "chestxray14"]),
    default="mimic",
    show_default=True,
    help="mimic: identifiers and observations in alphabetical order. chexpert: the report and the observations in the "
    "order of the CheXpert labeler. chestxray14: what is present, joined by |.",
)
@input_options
@labelling_options
@run_options
@quiet_option
def label(inputs: tuple[str, ...], **options: Any) -> None:
    """Labels reports and ends with 1 where one could not be read."""
    from labeler.parallel import count_workers
    from labeler.reports.progress import Progress

    wanted = _Wanted(**{name: options.pop(name) for name in ("output", "evidence", "columns", "resume")})
    workers, quiet, shard = options.pop("workers"), options.pop("quiet"), options.pop("shard")
    _check_outputs(inputs, wanted.output, wanted.evidence)
    wanted.check()
    reading = _open_inputs(inputs, options, shard)
    labeler = _new_labeler(**_without_input_options(options))
    made_with = _made_with(labeler) | {
        name: "default" if value is None else str(value)
        for name, value in options.items()
        if name not in {"phrases", "model"}  # of which it has the hash, and the name
    }
    made_with["shard"] = str(shard)
    with (
        _ending_on_signals(),
        Progress(reading.expected, quiet=quiet, bar=not wanted.is_shown) as progress,
    ):
        _label(labeler, reading, wanted, made_with, progress, workers=count_workers(workers, reading.expected))
    _finish(progress)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Is what the options say of the outputs."""

    output: str | None
    evidence: str | None
    columns: Form
    resume: bool

    @property
    def is_shown(self) -> bool:
        return self.output is None and self.columns == "mimic" and _is_terminal(sys.stdout)

    @property
    def is_file(self) -> bool:
        return self.output not in {None, "-"}

    def check(self) -> None:
        if self.resume and not self.is_file:
            raise UsageError("--resume goes on with a file; name it with --output.")

    def outputs(self, layout: Layout, made_with: dict[str, str]) -> list[Output]:
        """Returns the outputs, the table first."""
        from labeler.reports.evidence import evidence_output
        from labeler.reports.output import Output
        from labeler.reports.write import CellLines, table_output

        table = Output("-", CellLines(layout)) if self.is_shown else table_output(self.output or "-", layout, made_with)
        return [table] if self.evidence is None else [table, evidence_output(self.evidence, made_with)]


def _label(
    labeler: Labeler, reading: Reading, wanted: _Wanted, made_with: dict[str, str], progress: Progress, *, workers: int
) -> None:
    from labeler.reports.run import label_inputs, peek_subject
    from labeler.reports.write import Layout

    has_subject, read = peek_subject(reading)
    layout = Layout(labeler.findings, wanted.columns, has_subject or reading.has_subjects, labeler.output_names)
    outputs = wanted.outputs(layout, _made_with(labeler))
    made_with = {**made_with, "columns": ",".join(layout.header), "evidence": str(wanted.evidence is not None)}
    forms = [output.lines for output in outputs]
    with _open_outputs(outputs, wanted, layout, made_with) as saved:
        try:
            label_inputs(read, labeler, forms, saved, progress, workers=workers)
        except UsageError:
            raise
        except BaseException:
            if wanted.is_file and saved.done.items:
                progress.interrupted()
            raise


def _open_outputs(
    outputs: list[Output], wanted: _Wanted, layout: Layout, made_with: dict[str, str]
) -> AbstractContextManager[Outputs]:
    from labeler.reports.resume import ResumableOutputs
    from labeler.reports.run import open_streams
    from labeler.reports.show import open_shown_lines

    if wanted.is_file:
        return ResumableOutputs(outputs, made_with, resume=wanted.resume)
    return open_streams(outputs, partial(open_shown_lines, layout, click.echo) if wanted.is_shown else None)


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Ends with the usual codes on Ctrl-C and on kill, the outputs left in order."""

    def end(*_: object) -> None:
        raise SystemExit(_CODE_OF_SIGNAL + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end) if threading.current_thread() is threading.main_thread() else None
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(_CODE_OF_SIGNAL + signal.SIGINT) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


@main.command("explain", help=f"Show for one report each label and mention, with what decided it.\n\n{INPUTS_HELP}")
@click.argument("source", metavar="INPUT")
@input_options
@labelling_options
def explain_one(source: str, **options: Any) -> None:
    """Prints the explanation, in colour on a terminal."""
    reports = list(islice(_open_inputs([source], options), 2))
    if len(reports) != 1:
        raise UsageError(f"{source} holds {'more than one' if reports else 'no'} report; explain takes one.")
    report = reports[0]
    if not isinstance(report, Report):
        raise ReportFileError(str(report))
    colour = _has_colour()
    for line in explain(report, _new_labeler(**_without_input_options(options)).label(report)):
        click.echo(_coloured(line) if colour else plain(line), color=colour)


@main.command(help=f"Write the sections of each report and the text that is labelled.\n\n{INPUTS_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", default="-", help="File to write: .csv or .csv.gz; - is standard output.")
@input_options
@section_options
@quiet_option
def sections(inputs: tuple[str, ...], *, output: str, quiet: bool, **options: Any) -> None:
    """Writes a row of sections per report and ends with 1 where one could not be read."""
    from labeler.reports.progress import Progress
    from labeler.reports.run import set_failures_aside
    from labeler.reports.sections import open_sections

    _check_outputs(inputs, output)
    reading = _open_inputs(inputs, options)
    with (
        Progress(reading.expected, quiet=quiet, bar=True) as progress,
        open_sections(output, **_without_input_options(options)) as write,
    ):
        for report in set_failures_aside(reading, progress.failure):
            progress.reports(without_text=not write(report))
    _finish(progress)


main.add_command(evaluate)
main.add_command(compare)
main.add_command(phrases)
main.add_command(export)
main.add_command(published)
main.add_command(spark_label)


def _finish(progress: Progress) -> None:
    progress.summarise()
    if progress.failures:
        sys.exit(1)


def _open_inputs(inputs: Iterable[str], options: dict[str, Any], shard: Shard | None = None) -> Reading:
    from labeler.reports.read import open_inputs

    return open_inputs(inputs, **{name: options[name] for name in INPUT_OPTIONS}, shard=shard)


def _without_input_options(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in INPUT_OPTIONS}


def _new_labeler(label_set: str | None = None, **options: Any) -> Labeler:
    from labeler.pipeline import Labeler

    return Labeler(label_set, **options)


def _made_with(labeler: Labeler) -> dict[str, str]:
    return {"labeler": _version(), "model": labeler.model, "phrases": labeler.phrase_hash}


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("cxr-labeler")
    except PackageNotFoundError:
        return "of a checkout that is not installed"


def _check_outputs(inputs: tuple[str, ...], *outputs: str | None) -> None:
    named = [Path(output).resolve() for output in outputs if output not in {None, "-"}]
    if len(set(named)) < len(named):
        raise UsageError("--output and --evidence name the same file; give them two.")
    for name in inputs:
        if name != "-" and Path(name).resolve() in named:
            raise UsageError(f"{name} is an input; an output would replace it.")


def _is_terminal(stream: TextIO) -> bool:
    return stream.isatty()


def _has_colour() -> bool:
    return _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _coloured(line: Line) -> str:
    return "".join(click.style(segment.text, **_COLOURS[segment.style]) for segment in line)
