"""The command line."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from labeler.cli.completion import completion, man
from labeler.cli.evaluate import compare, evaluate
from labeler.cli.export import export, published
from labeler.cli.merge import merge
from labeler.cli.messages import EXIT_CODES, Commands, ending_on_signals
from labeler.cli.options import (
    DEFAULT_INPUTS,
    INPUT_OPTIONS,
    INPUTS_HELP,
    hospital_options,
    input_options,
    keep_inputs,
    labelling_options,
    new_labeler,
    quiet_option,
    run_options,
    section_options,
)
from labeler.cli.pages import explain_reports, review
from labeler.cli.phrases import phrases
from labeler.cli.spark import spark_label
from labeler.cli.unread import unread
from labeler.cli.wanted import Wanted
from labeler.errors import ConservationError, UsageError
from labeler.limits import limit_memory
from labeler.process import collect_rarely, forbid_core_dumps, leave_out_downloads
from labeler.terminal import printable

# What takes long to import (spaCy, pandas, pyarrow, tqdm) is imported by the command that needs it.
if TYPE_CHECKING:
    from collections.abc import Iterable

    from labeler.io.manifest import Manifest
    from labeler.io.outputs import Output, Outputs
    from labeler.io.progress import Progress
    from labeler.io.read import Reading, Shard
    from labeler.io.source import Failure
    from labeler.io.tally import Seen
    from labeler.io.write import Layout
    from labeler.pipeline import Labeler

_FAILURES_HELP = """What cannot be labelled is listed in OUTPUT.errors.csv, if there is any: identifier, stage, kind,
place, reason and remedy, never text. Reports without usable text, whose rows are blank, are listed in
OUTPUT.without-text.csv."""


def _show_version(ctx: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's
    if not asked or ctx.resilient_parsing:
        return
    for name, value in _made_with(new_labeler()).items():
        click.echo(f"{name} {value}")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version, the language model and the hash of the phrases.",
)
def main() -> None:
    """Label chest radiology reports: present, absent, uncertain or not mentioned, with the reason for each."""
    forbid_core_dumps()
    leave_out_downloads()
    collect_rarely()


@main.command(help=f"Label reports.\n\n{INPUTS_HELP}\n\n{_FAILURES_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    help="File to write: .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet; - is CSV on standard output.  [default: a table "
    "to read if standard output is a terminal, CSV if not]",
)
@click.option("--evidence", help="File (.jsonl, .jsonl.gz) for every mention with what decided it; holds report text.")
@click.option(
    "--findings",
    help="File (.csv, .jsonl, .parquet, also .gz) with a row per finding: status, side, location, severity, change, "
    "size, device; holds report text.",
)
@click.option(
    "--doubts",
    help="File (.csv) of the sentences in which a status is in doubt, with the reason, most frequent first; holds "
    "report text. Every sentence with a mention is then parsed.",
)
@hospital_options
@click.option("--attributes", is_flag=True, help="Add columns such as `Pleural Effusion side` to the table.")
@click.option(
    "--columns",
    type=click.Choice(["mimic", "chexpert", "chestxray14"]),
    default="mimic",
    show_default=True,
    help="mimic: identifiers and observations in alphabetical order. chexpert: the report and the observations in the "
    "order of the CheXpert labeler. chestxray14: what is present, joined by |.",
)
@click.option(
    "--manifest",
    is_flag=True,
    help="Write OUTPUT.manifest.json too: versions, model, phrases, options, counts, and the SHA-256 sums of the "
    "outputs and of the list of identifiers.",
)
@input_options
@labelling_options
@run_options
@quiet_option
def label(inputs: tuple[str, ...], **options: Any) -> None:
    """Label reports, and exit with 1 if one could not be read or labelled."""
    from labeler.io.progress import Progress
    from labeler.io.tally import Seen
    from labeler.parallel import count_workers

    wanted = Wanted(**{field.name: options.pop(field.name) for field in fields(Wanted)})
    workers, quiet, shard = options.pop("workers"), options.pop("quiet"), options.pop("shard")
    memory = options.pop("memory_limit")
    wanted.check()
    if isinstance(options["label_set"], tuple) and (wanted.attributes or any(wanted.detailed.values())):
        raise UsageError("--findings, --fhir, --omop and --attributes are for one label set; run each by itself.")
    _check_outputs(inputs, wanted.output, wanted.evidence, wanted.doubts, *wanted.detailed.values(), *wanted.beside)
    reading = _open_inputs(inputs, options, shard)
    labeler = new_labeler(**_without_input_options(options), doubts=wanted.doubts is not None)
    chosen = {
        **labeler.options,
        **{name: _listed(options[name]) or DEFAULT_INPUTS[name] for name in INPUT_OPTIONS},
        "shard": str(reading.shard),
    }
    seen = Seen(reading, reading.expected)
    with (
        ending_on_signals(),
        limit_memory(memory),
        Progress(reading.expected, quiet=quiet, bar=not wanted.is_shown) as progress,
    ):
        run = _Run(labeler, wanted, chosen, progress, seen, reading)
        run.label(workers=count_workers(workers, reading.expected, inputs))
    _finish(progress, seen, wanted)


@dataclass(frozen=True, slots=True)
class _Run:
    """A run of `labeler label`."""

    labeler: Labeler
    wanted: Wanted
    chosen: dict[str, str]
    progress: Progress
    seen: Seen
    reading: Reading

    def label(self, *, workers: int) -> None:
        """Label what is read."""
        from labeler.io.run import label_inputs
        from labeler.io.whole import has_whole_ids
        from labeler.io.write import Layout

        with_subjects = self.seen.first_has_subject() or self.reading.has_subjects
        described = self.labeler.attribute_columns if self.wanted.attributes else ()
        names = self.labeler.output_names
        form, whole = self.wanted.columns, has_whole_ids(self.reading)
        layout = Layout(self.labeler.findings, form, with_subjects, names, described, whole)
        asked = self.wanted.outputs(layout, self.labeler, _made_with(self.labeler))
        forms = [output.lines for output in asked]
        outputs: Outputs | None = None
        try:
            with self._open(asked, layout) as outputs:
                label_inputs(self.seen, self.labeler, forms, outputs, self.progress, workers=workers)
        except (UsageError, ConservationError):
            raise
        except BaseException:
            if outputs and outputs.can_resume:
                self.progress.interrupted()
            raise

    def _open(self, asked: list[Output], layout: Layout) -> Outputs:
        from labeler.cli.show import open_shown
        from labeler.io.outputs import Outputs

        shown = open_shown(layout, click.echo) if self.wanted.is_shown else None
        made_with = {
            **_made_with(self.labeler),
            **self.chosen,
            "columns": ",".join(layout.header),
            "evidence": str(self.wanted.evidence is not None),
            "doubts": str(self.wanted.doubts is not None),
            **{option.strip("-"): str(path is not None) for option, path in self.wanted.detailed.items()},
            "with_text": str(self.wanted.with_text),
        }
        manifest = self._manifest() if self.wanted.manifest or self.reading.shard.of > 1 else None
        return Outputs(asked, made_with, resume=self.wanted.resume, manifest=manifest, shown=shown)

    def _manifest(self) -> Manifest:
        from labeler.io.manifest import Manifest

        about = {
            "model": {"name": self.labeler.model, "sha256": self.labeler.model_hash},
            "phrases": {"hash": self.labeler.phrase_hash, "findings": self.labeler.findings},
            "options": {**self.chosen, "columns": self.wanted.columns},
        }
        return Manifest(about, self.seen, self.reading)


@main.command(help=f"Write the sections of each report and the text that is labelled.\n\n{INPUTS_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", default="-", help="File to write: .csv or .csv.gz; - is standard output.")
@input_options
@section_options
@quiet_option
def sections(inputs: tuple[str, ...], *, output: str, quiet: bool, **options: Any) -> None:
    """Write a row of sections per report and exit with 1 if one could not be read."""
    from labeler.io.identifiers import Tally, name_of, require_same
    from labeler.io.progress import Progress
    from labeler.io.run import set_failures_aside
    from labeler.io.sections import open_sections
    from labeler.io.tally import Seen

    _check_outputs(inputs, output)
    reading = _open_inputs(inputs, options)
    seen, written, failed = Seen(reading, reading.expected), Tally(), Tally()
    with (
        ending_on_signals(),
        Progress(reading.expected, quiet=quiet, bar=True, verb="written") as progress,
        open_sections(output, **_without_input_options(options)) as write,
    ):

        def fail(failure: Failure) -> None:
            failed.add(name_of(failure))
            progress.failure(failure)

        for report in set_failures_aside(seen, fail):
            progress.reports(without_text=not write(report))
            written.add(report.id)
        require_same(output, seen=seen.tally, labelled=written, failed=failed)
    _finish(progress, seen)


main.add_command(explain_reports)
main.add_command(review)
main.add_command(evaluate)
main.add_command(compare)
main.add_command(phrases)
main.add_command(export)
main.add_command(published)
main.add_command(merge)
main.add_command(unread)
main.add_command(spark_label)
main.add_command(completion)
main.add_command(man)


def _finish(progress: Progress, seen: Seen, wanted: Wanted | None = None) -> None:
    progress.summarise(seen.count)
    listed = wanted.beside if wanted else []
    if progress.without_text and listed and not progress.quiet:
        click.echo(f"Those without usable text are listed in {printable(listed[1])}", err=True)
    if progress.failed:
        if listed:
            click.echo(f"What failed is listed in {printable(listed[0])}", err=True)
        sys.exit(1)


def _open_inputs(inputs: Iterable[str], options: dict[str, Any], shard: Shard | None = None) -> Reading:
    from labeler.io.read import open_inputs

    return open_inputs(inputs, **{name: options[name] for name in INPUT_OPTIONS}, shard=shard)


def _without_input_options(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in INPUT_OPTIONS}


def _listed(value: str | tuple[str, ...] | None) -> str | None:
    return ", ".join(value) if isinstance(value, tuple) else value


def _made_with(labeler: Labeler) -> dict[str, str]:
    return {"labeler": _version(), "model": labeler.model, "phrases": labeler.phrase_hash}


def _version() -> str:
    from labeler.io.manifest import version_of

    return version_of("cxr-labeler")


def _check_outputs(inputs: tuple[str, ...], *outputs: str | None) -> None:
    named = [Path(output).resolve() for output in outputs if output not in {None, "-"}]
    if len(set(named)) < len(named):
        raise UsageError("Two of the outputs name the same file; give each its own.")
    keep_inputs(inputs, *outputs)
