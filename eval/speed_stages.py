"""Measures where the time goes, stage by stage, with every shortcut and with none.

`python -m eval.speed_stages REPORTS.csv` prints microseconds of processor time a report: "full" reads every
sentence anew and parses every one that has a mention, by itself; "quick" is what the labeler does.
"""

from __future__ import annotations

import csv
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from labeler.assertions.dependency import DependencyReader
from labeler.assertions.negex import NegexReader
from labeler.assertions.parse import load_model
from labeler.assertions.tokens import tokenized
from labeler.assertions.verdict import Target
from labeler.cli.evaluate import Script
from labeler.io.write import CsvLines, Layout
from labeler.mentions.find import MentionFinder
from labeler.phrasebook.load import load_phrasebook
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.study.combine import Combiner
from labeler.text.plain import plain
from labeler.text.sections import choose_sections, load_section_rules, split_sections
from labeler.text.sentences import split_sentences
from labeler.text.whitespace import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from labeler.phrasebook.load import Phrasebook

Value = TypeVar("Value")
_SELECTION = "findings+impression"


class Clock:
    """Adds up the processor time of each stage.

    Parameters
    ----------
    reports : int
        Over which the time is divided.
    """

    def __init__(self, reports: int) -> None:
        self.reports = reports
        self.micros: dict[str, float] = {}

    def time(self, stage: str, work: Callable[[], Value]) -> Value:
        """Do a stage's work and return what it gives."""
        started = time.process_time()
        value = work()
        self.micros[stage] = 1e6 * (time.process_time() - started) / self.reports
        return value


class Measured:
    """Runs the stages one after the other over all reports.

    Parameters
    ----------
    book : Phrasebook
    reports : list of Report
    """

    def __init__(self, book: Phrasebook, reports: list[Report]) -> None:
        self.reports = reports
        self.book = book
        self.rules = load_section_rules(book.folder / "sections.yaml")
        self.finder = MentionFinder(book)
        self.model = load_model()
        self.negex = NegexReader(book)
        self.dependency = DependencyReader(book, self.model.vocab)

    def extents(self) -> list[tuple[Report, int, int]]:
        """Split the reports and chooses what is labelled."""
        return [
            (report, start, end)
            for report in self.reports
            for start, end, _ in choose_sections(
                report.text, split_sections(report.text, self.rules), _SELECTION, report.id, self.rules
            )
        ]

    def sentences(self, extents: list[tuple[Report, int, int]]) -> list[str]:
        """Cuts it into sentences, as the readers see them."""
        return [
            plain(collapse(report.text[begin:stop]))
            for report, start, end in extents
            for begin, stop in split_sentences(report.text, start, end)
        ]

    def mentioning(self, sentences: list[str]) -> list[tuple[str, tuple[Target, ...]]]:
        """Find the mentions; returns the sentences that have any."""
        found = ((sentence, self.finder.find(sentence)) for sentence in sentences)
        return [
            (sentence, tuple(Target(hit.start, hit.end, hit.finding, hit.role) for hit in hits))
            for sentence, hits in found
            if hits
        ]

    def doubtful(self, asked: list[tuple[str, tuple[Target, ...]]]) -> list[tuple[str, tuple[Target, ...]]]:
        """Read the surface; returns the sentences that need a parse."""
        answers = [(sentence, targets, self.negex.read(tokenized(sentence), targets)) for sentence, targets in asked]
        anchors = self.dependency.anchors
        return [(text, targets) for text, targets, answer in answers if None in answer and anchors & set(text.split())]


def measure(book: Phrasebook, reports: list[Report]) -> tuple[Clock, Clock]:
    """Return the times of the full path and of the quick one."""
    stages, labeler = Measured(book, reports), Labeler(sections=_SELECTION)
    full, quick = Clock(len(reports)), Clock(len(reports))
    _read(stages, full, is_full=True)
    _read(stages, quick, is_full=False)
    labelled = labeler.label_batch(reports)
    combiner, lines = Combiner(book), CsvLines(Layout(labeler.findings, "mimic", with_subjects=False))
    full.time("study", lambda: [combiner.combine(labels.assertions, labelled=True) for labels in labelled])
    quick.time("lines of CSV", lambda: [lines.line(*pair) for pair in zip(reports, labelled, strict=True)])
    quick.micros["study"] = full.micros["study"]
    full.micros["lines of CSV"] = quick.micros["lines of CSV"]  # no shortcut in either
    return full, quick


def _read(stages: Measured, clock: Clock, *, is_full: bool) -> None:
    extents = clock.time("sections", stages.extents)
    sentences = clock.time("sentences", partial(stages.sentences, extents))
    asked = sentences if is_full else list(dict.fromkeys(sentences))
    mentioning = clock.time("mentions", partial(stages.mentioning, asked))
    doubtful = clock.time("tokens and NegEx", partial(stages.doubtful, mentioning))
    parsed = mentioning if is_full else doubtful
    texts, targets = [text for text, _ in parsed], [of_text for _, of_text in parsed]
    size = 1 if is_full else 64
    docs = clock.time("parse", lambda: list(stages.model.pipe(texts, batch_size=size)))
    clock.time("dependency rules", lambda: list(map(stages.dependency.read, docs, targets)))


@click.command(cls=Script)
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPORTS.csv")
def main(source: Path) -> None:
    """Measure each stage on the findings and impressions of REPORTS.csv."""
    with source.open(newline="") as file:
        rows = enumerate(csv.DictReader(file))
        reports = [
            Report(str(number), f" FINDINGS: {row['findings']}\n IMPRESSION: {row['impression']}")
            for number, row in rows
        ]
    full, quick = measure(load_phrasebook(), reports)
    click.echo("| stage | full, us a report | quick, us a report |\n|---|---:|---:|")
    for stage, micros in full.micros.items():
        click.echo(f"| {stage} | {micros:,.0f} | {quick.micros[stage]:,.0f} |")
    click.echo(f"| all | {sum(full.micros.values()):,.0f} | {sum(quick.micros.values()):,.0f} |")


if __name__ == "__main__":
    main()
