"""The command `labeler unread`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from labeler.cli.options import (
    INPUT_OPTIONS,
    INPUTS_HELP,
    input_options,
    keep_inputs,
    labelling_options,
    readable_reports,
)

_HEADER = ("words", "count", "studies", "nearest")


@click.command(help=f"List the words that no phrase or rule accounts for.\n\n{INPUTS_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", type=click.File("wb", lazy=True), default="-", help="CSV file to write.")
@click.option("--with-text", is_flag=True, help="Add two examples of each: report text.")
@click.option("--stub", type=click.Path(path_type=Path), help="Phrase file to write, to be filled in.")
@input_options
@labelling_options
def unread(inputs: tuple[str, ...], **options: Any) -> None:
    """List the words that no phrase or rule accounts for, those of most studies first."""
    from labeler.authoring.unread import unread_words, write_stub
    from labeler.io.write import csv_line
    from labeler.pipeline import Labeler

    keep_inputs(inputs, options["output"].name, options["stub"])
    output, with_text, stub = options.pop("output"), options.pop("with_text"), options.pop("stub")
    reading = {name: options.pop(name) for name in INPUT_OPTIONS}
    if isinstance(options["label_set"], tuple):
        raise click.UsageError("Give one label set: each has words of its own.")
    entries = unread_words(Labeler(**options), readable_reports(inputs, reading))
    examples = ("example", "other_example") if with_text else ()
    output.write(csv_line((*_HEADER, *examples)))
    for entry in entries:
        output.write(
            csv_line((entry.words, entry.times, entry.studies, entry.nearest, *entry.examples[: len(examples)]))
        )
    if stub is not None:
        write_stub(stub, entries)
