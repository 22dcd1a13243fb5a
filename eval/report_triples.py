"""Accuracy of the report score on triples of a reference and two candidates: `python -m eval.report_triples`."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeler.cli.evaluate import Script
from labeler.pipeline import Labeler
from labeler.records import Status
from labeler.scoring.report_score import report_score

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN = Path(__file__).parents[1] / "tests" / "cases" / "report_triples.tsv"


@dataclass(frozen=True, slots=True)
class Triple:
    """A reference with a better and a worse candidate, and what the worse one has wrong."""

    id: str
    kind: str
    reference: str
    better: str
    worse: str
    part: str = "development"


def read_triples(path: Path = OWN) -> list[Triple]:
    """Return the triples of a table with the columns id, kind, reference, better, worse and, if there is one, part."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Triple(**row) for row in csv.DictReader(file, delimiter="\t")]


def by_score(triples: Sequence[Triple], labeler: Labeler | None) -> list[float]:
    """Return how much higher the better candidate of each triple scores."""
    references = [triple.reference for triple in triples]
    better, worse = (
        report_score(references, side, labeler=labeler)
        for side in ([triple.better for triple in triples], [triple.worse for triple in triples])
    )
    return [one.value - other.value for one, other in zip(better, worse, strict=True)]


def by_labels(triples: Sequence[Triple], labeler: Labeler | None) -> list[float]:
    """Return how many more labels of the better candidate are those of the reference: what labels alone can tell."""
    chosen = labeler or Labeler(sections="all")

    def found(report: str) -> list[Status | None]:
        labels = chosen.label(report)
        return [None if labels[finding] is Status.ABSENT else labels[finding] for finding in labels]

    def agreement(one: str, other: str) -> int:
        return sum(a is b for a, b in zip(found(one), found(other), strict=True))

    return [
        float(agreement(triple.reference, triple.better) - agreement(triple.reference, triple.worse))
        for triple in triples
    ]


def accuracy(triples: Sequence[Triple], margins: Sequence[float]) -> dict[str, tuple[int, int]]:
    """Return per kind, and for all, how many triples are right, of how many; a tie is wrong."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for triple, margin in zip(triples, margins, strict=True):
        for kind in (triple.kind, "all"):
            right[kind] += margin > 0
            total[kind] += 1
    return {kind: (right[kind], total[kind]) for kind in total}


@click.command(cls=Script)
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=OWN)
@click.option("--label-set", help="Findings to compare.  [default: the widest]")
@click.option("--part", help="Rows with this in their column part.  [default: all]")
@click.option("--labels-only", is_flag=True, help="Compare labels alone, for the baseline.")
@click.option("-v", "--verbose", is_flag=True, help="List the triples that are wrong.")
def main(*, table: Path, label_set: str | None, part: str | None, labels_only: bool, verbose: bool) -> None:
    """Print how often the better candidate scores higher, per kind of error."""
    triples = [triple for triple in read_triples(table) if part in (None, triple.part)]
    margins = (by_labels if labels_only else by_score)(
        triples, Labeler(label_set, sections="all") if label_set else None
    )
    for kind, (right, total) in accuracy(triples, margins).items():
        click.echo(f"{kind:24}{right:5} of {total:4}  {right / total:7.1%}")
    if verbose:
        for triple, margin in zip(triples, margins, strict=True):
            if margin <= 0:
                click.echo(f"{triple.id} {triple.kind} {margin:+.3f}")


if __name__ == "__main__":
    main()
