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
    memory_option,
    quiet_option,
    viewed,
)
from labeler.limits import limit_memory

_HEADER = ("words", "count", "studies", "nearest")


@click.command(help=f"List the words that no phrase or rule accounts for.\n\n{INPUTS_HELP}")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--output", default="-", help="File to write: .csv or .csv.gz; - is standard output.")
@click.option("--with-text", is_flag=True, help="Add two examples of each: report text.")
@click.option("--stub", type=click.Path(path_type=Path), help="Phrase file (.yaml) to write, to be filled in.")
@input_options
@labelling_options
@memory_option
@quiet_option
def unread(
    inputs: tuple[str, ...],
    *,
    output: str,
    with_text: bool,
    stub: Path | None,
    memory_limit: float,
    quiet: bool,
    **options: Any,
) -> None:
    """List the words that no phrase or rule accounts for, those of most studies first."""
    from labeler.authoring.unread import require_new, unread_words, write_stub
    from labeler.io.output import open_output, require_csv, require_writable
    from labeler.io.write import csv_line
    from labeler.pipeline import Labeler

    require_csv(output)
    keep_inputs(inputs, output, stub)
    require_writable(output)
    if stub is not None:
        require_new(stub)
    reading = {name: options.pop(name) for name in INPUT_OPTIONS}
    if isinstance(options["label_set"], tuple):
        raise click.UsageError("Give one label set: each has words of its own.")
    labeler = Labeler(**options)
    with limit_memory(memory_limit), viewed(inputs, reading, labeler, quiet=quiet) as studies:
        entries = unread_words(labeler, studies)
        examples = ("example", "other_example") if with_text else ()
        with open_output(output) as stream:
            stream.write(csv_line((*_HEADER, *examples)))
            for entry in entries:
                shown = entry.examples[: len(examples)]
                stream.write(csv_line((entry.words, entry.times, entry.studies, entry.nearest, *shown)))
        if stub is not None:
            write_stub(stub, entries)
