"""Scores the label set openi95 against people's indexing of the Open-I reports, with the errors by their cause.

Run it with python -m eval.categories DATA, or with --only codes for findings with their side; it writes figures only,
never report text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd

from labeler.cli.evaluate import Script
from labeler.errors import ReportFileError, UsageError
from labeler.io.output import open_output
from labeler.pipeline import Labeler
from labeler.records import Report, Status
from labeler.scoring.commands import made_with
from labeler.scoring.corpora import open_corpus
from labeler.scoring.labels import normal_id
from labeler.scoring.output import markdown
from labeler.scoring.tables import Table, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from labeler.records import StudyLabels

LABEL_SET = "openi95"
LEAST_SIDED = 30
"""Sides that a category is coded with at least if it counts among the findings with side."""
LEAST = 10
"""Cases that a category has at least if the macro average counts it."""
TO_REACH = {"micro": 0.88, "macro": 0.84}
PEERS = {"micro": 0.80, "macro": 0.74}
"""SARLE-Rules (Draelos 2021) on all 1,963 reports."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found of a category.

    Parameters
    ----------
    hits, missed, false : int
        Reports.
    """

    hits: int = 0
    missed: int = 0
    false: int = 0

    @property
    def cases(self) -> int:
        """Reports that are indexed with the category."""
        return self.hits + self.missed

    @property
    def f1(self) -> float | None:
        """None where there is neither a case nor a false one."""
        total = 2 * self.hits + self.missed + self.false
        return 2 * self.hits / total if total else None

    def __add__(self, other: Counts) -> Counts:
        """Return the counts of both together."""
        return Counts(self.hits + other.hits, self.missed + other.missed, self.false + other.false)


def score_categories(gold: pd.DataFrame, labels: Mapping[str, Mapping[str, Status | None]]) -> dict[str, Counts]:
    """Count, for each category, the reports in which its presence is found, missed or false.

    Parameters
    ----------
    gold : DataFrame, shape (n_reports, n_categories)
        0 and 1; the index names the reports.
    labels : mapping of report to mapping of category to Status or None
        For every report of `gold`.

    Returns
    -------
    dict of category to Counts

    Examples
    --------
    >>> gold = pd.DataFrame({"edema": [1, 0]}, index=["a", "b"])
    >>> score_categories(gold, {"a": {"edema": Status.UNCERTAIN}, "b": {"edema": Status.PRESENT}})
    {'edema': Counts(hits=0, missed=1, false=1)}
    """
    scores = {}
    for category in gold.columns:
        found = [labels[name][category] is Status.PRESENT for name in gold.index]
        pairs = Counter(zip(gold[category] == 1, found, strict=True))
        scores[category] = Counts(pairs[True, True], pairs[True, False], pairs[False, True])
    return scores


def micro(scores: Mapping[str, Counts]) -> Counts:
    """Return the counts of all categories together."""
    return sum(scores.values(), Counts())


def macro(scores: Mapping[str, Counts]) -> float | None:
    """Return the mean F1 of the categories with at least `LEAST` cases; None without any."""
    figures = [counts.f1 or 0.0 for counts in scores.values() if counts.cases >= LEAST]
    return sum(figures) / len(figures) if figures else None


def label_reports(path: Path, wanted: frozenset[str]) -> dict[str, StudyLabels]:
    """Label the reports of a table that are wanted, by their identifiers.

    Raises
    ------
    ReportFileError
        If a report cannot be read.
    """
    labels = {}
    labeler = Labeler(LABEL_SET)
    for study in labeler.label_many(_reports(path, wanted)):
        labels[study.study_id] = study
    return labels


def _reports(path: Path, wanted: frozenset[str]) -> Iterator[Report]:
    for item in open_corpus(path):
        if not isinstance(item, Report):
            raise ReportFileError(str(item))
        if item.id in wanted:
            yield item


def read_categories(path: Path) -> pd.DataFrame:
    """Read the indexing: a row a report, a column a category, 0 and 1.

    Raises
    ------
    UsageError
        If the file cannot be read or has no column uid.
    """
    try:
        gold = pd.read_csv(path, dtype={"uid": str}).set_index("uid")
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"{path} cannot be read as a table with a column uid: {error}; give the data's folder."
        ) from None
    return gold.rename(index=normal_id)


def category_tables(
    gold: pd.DataFrame, labels: Mapping[str, Mapping[str, Status | None]]
) -> tuple[Table, Table, Table]:
    """Return the averages, the errors by cause, and the figures of each category.

    Parameters
    ----------
    gold : DataFrame
        As in `score_categories`.
    labels : mapping of report to mapping of category to Status or None
    """
    scores = score_categories(gold, labels)
    whole, of = micro(scores), sum(counts.cases >= LEAST for counts in scores.values())
    averages = [
        ("micro", whole.f1, f"{len(scores)} categories, {whole.cases} cases"),
        ("macro", macro(scores), f"{of} categories with {LEAST} cases or more"),
    ]
    rows = [(name, number(f1), over, f"{TO_REACH[name]:g}", f"{PEERS[name]:.2f}") for name, f1, over in averages]
    each = sorted(scores.items(), key=lambda item: (-item[1].cases, item[0]))
    return (
        Table("F1 of presence", ("average", "ours", "over", "to reach", "SARLE-Rules, 1963 reports"), tuple(rows)),
        _causes(gold, labels),
        Table(
            "Categories",
            ("category", "cases", "found", "missed", "false", "F1"),
            tuple((name, str(c.cases), str(c.hits), str(c.missed), str(c.false), number(c.f1)) for name, c in each),
        ),
    )


def _causes(gold: pd.DataFrame, labels: Mapping[str, Mapping[str, Status | None]]) -> Table:
    reasons = {
        None: "missed: indexed, and nothing in the text is read as naming it",
        Status.UNCERTAIN: "missed: indexed, and read as hedged",
        Status.ABSENT: "missed: indexed, and read as denied",
    }
    counts: Counter[str] = Counter()
    for report, row in gold.iterrows():
        indexed = row[row == 1].index
        statuses = labels[str(report)]
        counts.update(reasons[statuses[name]] for name in indexed if statuses[name] is not Status.PRESENT)
        false = sum(statuses[name] is Status.PRESENT for name in gold.columns if name not in indexed)
        counts["false: in a report that is indexed with nothing" if indexed.empty else "false: beside other terms"] += (
            false
        )
    return Table(
        "Errors by cause", ("cause", "cells"), tuple((cause, str(n)) for cause, n in counts.most_common() if n)
    )


def sided_codes(data: Path) -> dict[str, frozenset[tuple[str, str]]]:
    """Return the categories with a side that each report is indexed with; both sides of what is bilateral.

    Parameters
    ----------
    data : Path
        Folder with mesh_dev.csv and categories95_mapping.csv. The lingula is on the left.
    """
    mapping = pd.read_csv(data / "categories95_mapping.csv")
    category = dict(zip(mapping["mesh"].str.lower(), mapping["category"], strict=True))
    codes = {}
    for report, terms in pd.read_csv(data / "mesh_dev.csv", dtype=str).itertuples(index=False):
        split = [(category.get(term.strip().strip('"').lower()), term.split("/")) for term in terms.split(";")]
        codes[normal_id(report)] = frozenset((of, side) for of, parts in split if of for side in _sides(parts))
    return codes


def _sides(words: Iterable[str]) -> set[str]:
    named = set(words)
    if "bilateral" in named:
        return {"left", "right"}
    return named & {"left", "right"} or ({"left"} if "lingula" in named else set())


def score_codes(
    codes: Mapping[str, frozenset[tuple[str, str]]], studies: Mapping[str, StudyLabels]
) -> dict[str, Counts]:
    """Count, for each category with `LEAST_SIDED` codes or more, the sides that are found, missed or false.

    Parameters
    ----------
    codes : mapping of report to frozenset of (category, side)
    studies : mapping of report to StudyLabels
        Only what is present counts.
    """
    cases = Counter(category for of in codes.values() for category, _ in of)
    scores = {category: Counts() for category, number_of in cases.items() if number_of >= LEAST_SIDED}
    for report, study in studies.items():
        found = {
            (one.observation, side)
            for one in study.findings
            if study[one.observation] is Status.PRESENT and one.status is not Status.ABSENT
            for side in _sides(one.side)
        }
        for category, side in found | codes[report]:
            if category in scores:
                is_found, is_coded = (category, side) in found, (category, side) in codes[report]
                scores[category] += Counts(is_found and is_coded, is_coded > is_found, is_found > is_coded)
    return scores


@click.command(cls=Script)
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", help="Folder for categories.md; without it the tables are only shown.")
@click.option("--only", type=click.Choice(["codes"]), help="Score findings with their side instead; only shown.")
def main(data: Path, output: str | None, only: str | None) -> None:
    """Score the 95 categories on the indexed Open-I reports in the folder DATA."""
    if only:
        codes = sided_codes(data / "openi")
        scores = score_codes(codes, label_reports(data / "openi" / "reports_dev.csv", frozenset(codes)))
        click.echo(f"Findings with side: F1 {number(micro(scores).f1)} over {len(scores)} categories")
        return
    gold = read_categories(data / "openi" / "categories95_dev.csv")
    labeler = Labeler(LABEL_SET)
    studies = label_reports(data / "openi" / "reports_dev.csv", frozenset(gold.index))
    labels = {
        name: {labeler.output_names.get(finding, finding): status for finding, status in study.items()}
        for name, study in studies.items()
    }
    tables = category_tables(gold, labels)
    for table in tables:
        click.echo(table.to_text())
    if output:
        path = Path(output) / "categories.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        facts = {**made_with(labeler), "command": "python -m eval.categories DATA", "gold": f"{len(gold)} reports"}
        with open_output(str(path)) as stream:
            stream.write(markdown("The 95 categories of Open-I's indexing (development data)", facts, tables).encode())
        click.echo(f"Written: {path}", err=True)


if __name__ == "__main__":
    main()
