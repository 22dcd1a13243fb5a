"""The commands `export` and `published`. What takes long to import is imported when a command runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from labeler.cli.messages import ending_on_signals
from labeler.cli.options import input_options, keep_inputs, memory_option, resume_option, workers_option
from labeler.errors import UsageError, shown_id
from labeler.limits import limit_memory
from labeler.terminal import printable

if TYPE_CHECKING:
    from labeler.pipeline import Labeler
    from labeler.scoring.export import Choice

_LISTED = 10
"""How many studies that did not meet are listed by name."""
_WAYS = ("zeros", "ones", "ignore", "keep")

_file = click.Path(path_type=Path)


@click.command()
@click.argument("labels", metavar="LABELS")
@click.option(
    "-o", "--output", default="-", help="File to write: .csv, .csv.gz or .parquet; - is CSV on standard output."
)
@click.option(
    "--uncertain",
    type=click.Choice([*_WAYS, "chexpert"]),
    default="keep",
    show_default=True,
    help="What -1 becomes: 0, 1, blank, or -1; chexpert is 1 for Atelectasis and Edema and 0 for the others.",
)
@click.option("--uncertain-of", "of_findings", multiple=True, metavar="FINDING=WAY", help="Otherwise for one finding.")
@click.option("--blank", type=click.Choice(["keep", "zero"]), default="keep", show_default=True)
@click.option("--presence", is_flag=True, help="1 where present, else 0; the same as --uncertain zeros --blank zero.")
@click.option("--finding", "findings", multiple=True, help="Finding to keep; may be repeated.  [default: all]")
@click.option("--group", help="Findings to keep, by a group of the label set, such as competition.")
@click.option("--label-set", default="chexpert", show_default=True, help="The label set that --group is of.")
@click.option("--split", type=_file, help="mimic-cxr-2.0.0-split.csv.gz, for one row per image.")
@click.option("--metadata", type=_file, help="mimic-cxr-2.0.0-metadata.csv.gz, for one row per image.")
@click.option("--id-column", help="Column of LABELS with the study's identifier.  [default: the usual names]")
@click.option("--unmatched", type=_file, help="File for the studies that have labels or images only.")
def export(labels: str, *, output: str, unmatched: Path | None, **options: Any) -> None:
    """Write LABELS as a table to train on."""
    from labeler.scoring.export import check_export, join_images, read_images, target_frame, write_export
    from labeler.scoring.gold import finding_names, read_predictions

    check_export(output)
    keep_inputs((labels,), output, unmatched)
    table = read_predictions(labels, id_column=options["id_column"])
    wanted = _wanted(options)
    if wanted:
        unknown = next((name for name in wanted if name not in table.findings), None)
        if unknown:
            raise UsageError(f"{labels} has no finding {unknown!r}. {finding_names(table.findings)}")
        table = table.columns(wanted)
    frame = target_frame(table, _choice(options))
    images = [read_images(path) for path in (options["split"], options["metadata"]) if path]
    if images:
        joined = join_images(frame, images)
        _tell("studies without an image", joined.without_image)
        _tell("studies without labels", joined.without_labels)
        if unmatched:
            _write_unmatched(unmatched, joined.without_image, joined.without_labels)
        frame = joined.frame
    write_export(frame, output)


def _wanted(options: dict[str, Any]) -> tuple[str, ...]:
    if options["group"] is None:
        return tuple(options["findings"])
    from labeler.phrasebook.load import load_phrasebook

    groups = load_phrasebook(options["label_set"]).label_set.groups
    if options["group"] not in groups:
        known = ", ".join(groups) or "none"
        raise UsageError(f"label set {options['label_set']} has no group {options['group']!r}; there are: {known}")
    return (*groups[options["group"]].findings, *options["findings"])


def _choice(options: dict[str, Any]) -> Choice:
    from labeler.scoring.export import Choice, chexpert_choice

    if options["presence"]:
        return Choice("zeros", blank_is_zero=True)
    base = chexpert_choice() if options["uncertain"] == "chexpert" else Choice(options["uncertain"])
    kept = options["group"] or options["findings"]
    of_findings = {name: way for name, way in base.of_findings.items() if not kept or name in _wanted(options)}
    for assignment in options["of_findings"]:
        name, _, way = assignment.rpartition("=")
        if not name or way not in _WAYS:
            raise UsageError(
                f"--uncertain-of {assignment!r} is not of the form FINDING=WAY; ways are: {', '.join(_WAYS)}"
            )
        of_findings[name] = way
    return Choice(base.uncertain, of_findings, options["blank"] == "zero")


def _tell(what: str, studies: tuple[str, ...]) -> None:
    if studies:
        more = f" and {len(studies) - _LISTED} more" if len(studies) > _LISTED else ""
        click.echo(printable(f"{len(studies)} {what}: {', '.join(map(shown_id, studies[:_LISTED]))}{more}"), err=True)


def _write_unmatched(path: Path, without_image: tuple[str, ...], without_labels: tuple[str, ...]) -> None:
    from labeler.io.output import open_output
    from labeler.io.write import csv_line

    with open_output(str(path)) as stream:
        stream.write(csv_line(("study_id", "lacks")))
        stream.writelines(csv_line((study, "image")) for study in without_image)
        stream.writelines(csv_line((study, "labels")) for study in without_labels)


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", type=_file, required=True, help="Folder to write to; made where it is not there.")
@click.option("--sections", help="Text to label.  [default: mimic]")
@input_options
@workers_option
@memory_option
@resume_option
def published(
    inputs: tuple[str, ...],
    *,
    output: Path,
    sections: str | None,
    workers: int | None,
    memory_limit: float,
    resume: bool,
    **options: Any,
) -> None:
    """Label a collection as the CheXpert labeler and NegBio would.

    Writes chexpert.csv.gz and negbio.csv.gz in the form of MIMIC-CXR-JPG, and disagreement.csv with the cells on
    which the two differ; shows their agreement per finding. What cannot be labelled is listed in errors.csv, if there
    is any.
    """
    from labeler.io.progress import Progress
    from labeler.io.published import write_published
    from labeler.io.read import open_inputs
    from labeler.io.tally import Seen
    from labeler.parallel import count_workers
    from labeler.pipeline import Labeler

    reading = open_inputs(inputs, **options)
    labelers = {name: Labeler(profile=name, sections=sections) for name in ("chexpert", "negbio")}
    _make_folder(output)
    seen = Seen(reading, reading.expected)
    made_with = {f"{name} {key}": value for name, of in labelers.items() for key, value in _facts(of).items()}
    with (
        ending_on_signals(),
        limit_memory(memory_limit),
        Progress(reading.expected, quiet=False, bar=True) as progress,
    ):
        cells = write_published(
            output,
            labelers,
            seen,
            progress,
            with_subjects=reading.has_subjects,
            made_with=made_with,
            workers=count_workers(workers, reading.expected),
            resume=resume,
        )
    progress.summarise(seen.count)
    click.echo(f"{cells} cells differ", err=True)
    if progress.done:
        _show_agreement([output / f"{name}.csv.gz" for name in labelers])
    if progress.failed:
        sys.exit(1)


def _facts(labeler: Labeler) -> dict[str, str]:
    from labeler.io.manifest import version_of

    return {
        "labeler": version_of("cxr-labeler"),
        "model": labeler.model,
        "phrases": labeler.phrase_hash,
        **labeler.options,
    }


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {path} cannot be made: {error.strerror}; name another.") from None


def _show_agreement(tables: list[Path]) -> None:
    from labeler.scoring.compare import compare_labels
    from labeler.scoring.gold import read_predictions

    click.echo(compare_labels(*(read_predictions(path) for path in tables)).summary().to_text())
