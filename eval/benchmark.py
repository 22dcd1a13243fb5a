"""Runs every data set that it is given and writes one Markdown file for each: figures only, never report text.

Run it with `python -m eval.benchmark --data DATA`, and `--mimic-gold` with `--mimic-reports` where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.baseline import baseline_tables, teach
from eval.quality import READER_SETS, measure_all, quality_tables
from labeler.cli.evaluate import Script
from labeler.errors import ReportFileError, UsageError
from labeler.io.output import open_output
from labeler.phrasebook.load import phrases_folder
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.scoring.commands import GoldRun, made_with, score_gold
from labeler.scoring.corpora import open_corpus
from labeler.scoring.evaluation import Scoring, compare_scores, evaluate
from labeler.scoring.gold import CHESTXRAY14, PROTOCOLS, read_gold, read_predictions
from labeler.scoring.labels import LabelTable, codes_of, meet
from labeler.scoring.output import markdown
from labeler.scoring.published import peers
from labeler.scoring.tables import Table, average_rows, comparison_table, number, score_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


SHARED_CLASSES = ("Atelectasis", "Cardiomegaly", "Effusion", "Pneumonia", "Pneumothorax", "Consolidation", "Edema")
"""Classes of ChestX-ray14 that are CheXpert observations as well."""

_SECTIONS = PROTOCOLS["open-i"].sections
_ORIGINAL = "chexpert_original_full_dev.csv"
_CHEXBERT = "chexbert_on_findings_dev.csv"
_OURS, _NAMES = "ours", {_ORIGINAL: "CheXpert labeler", _CHEXBERT: "CheXbert on findings"}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A data set that has been run.

    Parameters
    ----------
    name : str
        Of the Markdown file.
    title : str
    facts : dict of str to str
        What the figures were made with and from.
    tables : tuple of Table
    """

    name: str
    title: str
    facts: dict[str, str]
    tables: tuple[Table, ...]

    def write(self, folder: Path) -> Path:
        """Write the Markdown file and return its path."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.md"
        with open_output(str(path)) as stream:
            stream.write(markdown(self.title, self.facts, self.tables).encode())
        return path


def run_annotations(data: Path) -> Benchmark:
    """Scores ours, the original labeler's and CheXbert's labels on the annotated Open-I reports.

    Parameters
    ----------
    data : Path
        Its folder openi holds annotations_chexpert14_dev.csv, reports_dev.csv and the two label files.
    """
    protocol = PROTOCOLS["open-i"]
    gold = read_gold(data / "openi" / "annotations_chexpert14_dev.csv", protocol=protocol.name)
    reports = [report for report in _reports(data) if report.id in gold.rows]
    labeler = Labeler(sections=_SECTIONS)
    ours = _label(labeler, reports)
    scoring = Scoring(apart=protocol.apart, least=protocol.least)
    same = _unchanged_by_impression(reports, ours)
    tables = score_tables(evaluate(*meet(gold, ours)[:2], scoring), protocol.name)
    for file in (_ORIGINAL, _CHEXBERT):
        theirs = _named(read_predictions(data / "openi" / file, gold.findings), _NAMES[file])
        tables.append(_beside(gold, ours, theirs, scoring))
        if file == _CHEXBERT:
            note = "Reports in which our labels are the same without the impression, which CheXbert was not given."
            tables.append(_beside(gold.take([name for name in gold.ids if name in same]), ours, theirs, scoring, note))
    facts = {**made_with(labeler), "gold": f"{gold.source}, {len(gold)} reports"}
    return Benchmark("openi-annotations", "Open-I, annotated reports, CheXpert observations", facts, tuple(tables))


def run_classes(data: Path) -> Benchmark:
    """Scores presence of the ChestX-ray14 classes on Open-I: 14 classes, 13 without Hernia, and those shared.

    Hernia is 0 in all of the gold although reports are coded with it; it is scored with and without.

    Parameters
    ----------
    data : Path
        Its folder openi holds gold_chestxray14_dev.csv, reports_dev.csv and the original labeler's labels.
    """
    gold = read_gold(data / "openi" / "gold_chestxray14_dev.csv", protocol="open-i")
    reports = list(_reports(data))
    scoring = Scoring(tasks=("presence",))
    tables = []
    labeler = Labeler(sections=_SECTIONS)
    if (phrases_folder() / "chestxray14" / "label_set.yaml").is_file():
        labeler = Labeler("chestxray14", sections=_SECTIONS)
        for count, classes in ((14, CHESTXRAY14), (13, CHESTXRAY14[:-1])):
            result = evaluate(*_met(gold.columns(classes), _label(labeler, reports, classes)), scoring)
            tables += [_titled(table, f"{count} classes: {table.title}") for table in score_tables(result)]
    shared = gold.columns(SHARED_CLASSES)
    own = {"Effusion": "Pleural Effusion"}
    codes = _label(Labeler(sections=_SECTIONS), reports, [own.get(name, name) for name in SHARED_CLASSES])
    ours = LabelTable(codes.ids, SHARED_CLASSES, codes.codes, _OURS)
    theirs = _named(read_predictions(data / "openi" / _ORIGINAL, SHARED_CLASSES), _NAMES[_ORIGINAL])
    tables.append(_beside(shared, ours, theirs, scoring, "CheXpert observations as classes.", every=True))
    tables.append(_published_classes())
    facts = {**made_with(labeler), "gold": f"{gold.source}, {len(gold)} reports"}
    return Benchmark("openi-classes", "Open-I, presence of ChestX-ray14 classes", facts, tuple(tables))


def run_baseline(data: Path) -> Benchmark:
    """Trains a student on half of the Open-I reports and scores it on the others.

    Parameters
    ----------
    data : Path
        Its folder openi holds annotations_chexpert14_dev.csv and reports_dev.csv.
    """
    gold = read_gold(data / "openi" / "annotations_chexpert14_dev.csv", protocol="open-i")
    labeler = Labeler(sections=_SECTIONS)
    baseline = teach(labeler, [report for report in _reports(data) if report.text], gold)
    facts = {**made_with(labeler), "student": "TF-IDF of words and pairs, logistic regression, seed 0"}
    return Benchmark("baseline", "What a learned student keeps", facts, tuple(baseline_tables(baseline)))


def run_quality(data: Path) -> Benchmark:
    """Measures everything of `eval.quality`.

    Parameters
    ----------
    data : Path
        The folder of the data.
    """
    measured = {name: measure_all(data, readers) for name, readers in READER_SETS.items()}
    return Benchmark("quality", "How well reports are read", made_with(Labeler()), tuple(quality_tables(measured)))


def run_mimic(gold: str, reports: str) -> Benchmark:
    """Scores the manual test set of MIMIC-CXR-JPG.

    Parameters
    ----------
    gold : str
        mimic-cxr-2.1.0-test-set-labeled.csv.
    reports : str
        A folder of MIMIC-CXR, its zip, or its sectioned table.
    """
    results = score_gold(GoldRun(gold=gold, reports=reports, protocol="mimic-687"), _say)
    return Benchmark("mimic-687", "Manual test set of MIMIC-CXR-JPG", dict(results.facts), tuple(results.tables))


DATA_SETS: tuple[Callable[[Path], Benchmark], ...] = (run_annotations, run_classes, run_quality, run_baseline)


def _beside(
    gold: LabelTable,
    ours: LabelTable,
    theirs: LabelTable,
    scoring: Scoring,
    note: str = "",
    *,
    every: bool = False,
) -> Table:
    """Compare two labelers on the studies of the gold that both have; averages only, or every finding."""
    gold, other, meeting = meet(gold, theirs, missing="skip")
    rows = compare_scores(gold, _named(ours, _OURS).take(gold.ids), other, scoring)
    table = comparison_table(rows if every else average_rows(rows), (_OURS, theirs.source))
    return Table(f"{table.title}, {meeting.met} reports", table.header, table.rows, note)


def _unchanged_by_impression(reports: Sequence[Report], ours: LabelTable) -> frozenset[str]:
    without = _label(Labeler(sections="findings"), reports)
    same = (without.codes == ours.codes).all(axis=1)
    return frozenset(name for name, unchanged in zip(ours.ids, same, strict=True) if unchanged)


def _published_classes() -> Table:
    rows = tuple(
        (peer.name, *("" if x is None else number(x) for x in (score.precision, score.recall, score.f1)))
        for peer in peers("open-i-classes", "presence")
        for score in peer.scores.values()
    )
    return Table("Published or measured on the 771 test reports", ("Labeler", "P", "R", "F1"), rows)


def _reports(data: Path) -> Iterable[Report]:
    for item in open_corpus(data / "openi" / "reports_dev.csv"):
        if not isinstance(item, Report):
            raise ReportFileError(str(item))
        yield item


def _label(labeler: Labeler, reports: Sequence[Report], findings: Sequence[str] | None = None) -> LabelTable:
    chosen = findings or labeler.findings
    codes = codes_of(labeler.label_many(reports), chosen)
    return LabelTable(tuple(report.id for report in reports), tuple(chosen), codes, _OURS)


def _met(gold: LabelTable, predicted: LabelTable) -> tuple[LabelTable, LabelTable]:
    return meet(gold, predicted)[:2]


def _named(table: LabelTable, name: str) -> LabelTable:
    return LabelTable(table.ids, table.findings, table.codes, name)


def _titled(table: Table, title: str) -> Table:
    return Table(title, table.header, table.rows, table.note)


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.command(cls=Script)
@click.option("--data", type=click.Path(exists=True, file_okay=False), help="Folder with openi/, negex/ and cases/.")
@click.option("--mimic-gold", help="mimic-cxr-2.1.0-test-set-labeled.csv.")
@click.option("--mimic-reports", help="MIMIC-CXR's folder of reports, its zip, or its sectioned table.")
@click.option("-o", "--output", default="eval/results", show_default=True, help="Folder for the Markdown files.")
def main(data: str | None, mimic_gold: str | None, mimic_reports: str | None, output: str) -> None:
    """Run every data set that is given, and write one Markdown file for each."""
    if (mimic_gold is None) != (mimic_reports is None):
        raise UsageError("Give --mimic-gold and --mimic-reports together.")
    if data is None and mimic_gold is None:
        raise UsageError("Give --data, or --mimic-gold with --mimic-reports.")
    if data is not None:
        for run in DATA_SETS:
            _say(f"Written: {run(Path(data)).write(Path(output))}")
    if mimic_gold is not None and mimic_reports is not None:
        _say(f"Written: {run_mimic(mimic_gold, mimic_reports).write(Path(output))}")


if __name__ == "__main__":
    main()
