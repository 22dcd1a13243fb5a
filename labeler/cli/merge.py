"""The command `labeler merge`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shards", nargs=-1, required=True, metavar="SHARD...")
@click.option("-o", "--output", required=True, help="File to write, with the same ending as the shards.")
def merge(shards: tuple[str, ...], output: str) -> None:
    """Join the tables that `label --shard` has written, if they hold each report once.

    Reads the manifests beside the tables. Refuses if a shard is missing or given twice, if the inputs changed between
    the jobs, or if an identifier is missing, duplicated or of another shard. What failed is joined in
    OUTPUT.errors.csv, and what has no usable text in OUTPUT.without-text.csv, if there is any.
    """
    from labeler.io.merge import merge as join

    labelled, failed = join(shards, output)
    click.echo(f"{labelled + failed} reports of {len(shards)} shards = {labelled} labelled + {failed} failed", err=True)
