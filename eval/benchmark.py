"""Makes the tables of eval/results, one Markdown file for each data set: figures only, never report text.

Run it from a checkout with `python -m eval.benchmark --data DATA`, and `--mimic-gold` with `--mimic-reports` if you
have them. `python -m eval.speed` measures the speed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval import mimic_687
from eval.baseline import baseline_tables, teach
from eval.doubts import doubts_table
from eval.quality import READER_SETS, measure_all, quality_tables
from labeler.cli.evaluate import Script
from labeler.errors import ReportFileError, UsageError
from labeler.io.output import open_output
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.scoring.commands import made_with
from labeler.scoring.corpora import open_corpus
from labeler.scoring.evaluation import Scoring, compare_scores, evaluate
from labeler.scoring.gold import CHESTXRAY14, PROTOCOLS, read_gold, read_predictions
from labeler.scoring.labels import LabelTable, codes_of, meet
from labeler.scoring.output import markdown
from labeler.scoring.published import peers
from labeler.scoring.tables import Table, average_rows, comparison_table, number, score_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

DEVELOPMENT, HELD_OUT = "development data", "held-out data"
SHARED_CLASSES = ("Atelectasis", "Cardiomegaly", "Effusion", "Pneumonia", "Pneumothorax", "Consolidation", "Edema")
"""Classes of ChestX-ray14 that are CheXpert observations as well."""

_OPEN_I = PROTOCOLS["open-i"]
_ORIGINAL = "chexpert_original_full_dev.csv"
_CHEXBERT = "chexbert_on_findings_dev.csv"
_OURS, _NAMES = "ours", {_ORIGINAL: "CheXpert labeler", _CHEXBERT: "CheXbert on findings"}

Page = tuple[str, dict[str, str], list[Table]]
"""The heading of a Markdown file, what its figures were made with, and its tables."""


def annotations_page(data: Path) -> Page:
    """Score ours, the original labeler's and CheXbert's labels on the annotated Open-I reports."""
    gold = read_gold(data / "openi" / "annotations_chexpert14_dev.csv", protocol="open-i")
    reports = [report for report in _reports(data) if report.id in gold.rows]
    labeler = Labeler(sections=_OPEN_I.sections)
    ours = _label(labeler, reports)
    scoring = Scoring(apart=_OPEN_I.apart, least=_OPEN_I.least)
    findings_only = _label(Labeler(sections="findings"), reports)
    unchanged = (findings_only.codes == ours.codes).all(axis=1)
    same = [name for name, is_same in zip(ours.ids, unchanged, strict=True) if is_same]
    tables = score_tables(evaluate(*meet(gold, ours)[:2], scoring), "open-i")
    for file in (_ORIGINAL, _CHEXBERT):
        theirs = replace(read_predictions(data / "openi" / file, gold.findings), source=_NAMES[file])
        tables.append(_beside(gold, ours, theirs, scoring))
    note = "Reports in which our labels are the same without the impression, which CheXbert was not given."
    tables.append(_beside(gold.take([name for name in gold.ids if name in same]), ours, theirs, scoring, note))
    facts = {**made_with(labeler), "gold": f"{gold.source}, {len(gold)} reports"}
    return "Open-I, annotated reports, CheXpert observations", facts, _on(DEVELOPMENT, tables)


def classes_page(data: Path) -> Page:
    """Score presence of the ChestX-ray14 classes on Open-I: 14 classes, 13 without Hernia, and those shared.

    Hernia is 0 in all of the gold although reports are coded with it; it is scored with and without.
    """
    gold = read_gold(data / "openi" / "gold_chestxray14_dev.csv", protocol="open-i")
    reports = list(_reports(data))
    scoring, tables = Scoring(tasks=("presence",)), []
    labeler = Labeler("chestxray14", sections=_OPEN_I.sections)
    for count, classes in ((14, CHESTXRAY14), (13, CHESTXRAY14[:-1])):
        result = evaluate(*meet(gold.columns(classes), _label(labeler, reports, classes))[:2], scoring)
        tables += [replace(table, title=f"{count} classes: {table.title}") for table in score_tables(result)]
    observations = ["Pleural Effusion" if name == "Effusion" else name for name in SHARED_CLASSES]
    ours = replace(_label(Labeler(sections=_OPEN_I.sections), reports, observations), findings=SHARED_CLASSES)
    theirs = read_predictions(data / "openi" / _ORIGINAL, SHARED_CLASSES)
    shared, note = gold.columns(SHARED_CLASSES), "CheXpert observations as classes."
    tables.append(_beside(shared, ours, replace(theirs, source=_NAMES[_ORIGINAL]), scoring, note, every=True))
    published = tuple(
        (peer.name, *("" if x is None else number(x) for x in (score.precision, score.recall, score.f1)))
        for peer in peers("open-i-classes", "presence")
        for score in peer.scores.values()
    )
    others = Table("Published or measured on the 771 test reports", ("Labeler", "P", "R", "F1"), published)
    facts = {**made_with(labeler), "gold": f"{gold.source}, {len(gold)} reports"}
    page = [*_on(DEVELOPMENT, tables), *_on(HELD_OUT, [others])]
    return "Open-I, presence of ChestX-ray14 classes", facts, page


def baseline_page(data: Path) -> Page:
    """Train a student on half of the Open-I reports and score it on the others."""
    gold = read_gold(data / "openi" / "annotations_chexpert14_dev.csv", protocol="open-i")
    labeler = Labeler(sections=_OPEN_I.sections)
    baseline = teach(labeler, [report for report in _reports(data) if report.text], gold)
    facts = {**made_with(labeler), "student": "TF-IDF of words and pairs, logistic regression, seed 0"}
    return "What a learned student keeps", facts, _on(DEVELOPMENT, baseline_tables(baseline))


def quality_page(data: Path) -> Page:
    """Measure how well reports and sentences are read, with both readers, with each alone and with plain NegEx."""
    tables = quality_tables({name: measure_all(data, readers) for name, readers in READER_SETS.items()})
    tables.append(doubts_table(data))
    return "How well reports are read", made_with(Labeler()), _on(f"ours on {DEVELOPMENT}", tables)


PAGES: dict[str, Callable[[Path], Page]] = {
    "openi-annotations": annotations_page,
    "openi-classes": classes_page,
    "quality": quality_page,
    "baseline": baseline_page,
}
"""Tables that --data makes, by the name of their file."""
_MIMIC = "mimic-687"


def mimic_page(gold_path: str, reports: str) -> Page:
    """Score the manual test set of MIMIC-CXR-JPG; `eval.mimic_687` has the protocol."""
    gold = mimic_687.read_gold(gold_path)
    facts = {**made_with(Labeler()), "gold": f"{Path(gold_path).name}, {len(gold)} reports"}
    facts["protocol"] = "eval/mimic_687.py"
    if len(gold) != mimic_687.STUDIES:
        facts["note"] = f"the published figures are on {mimic_687.STUDIES} reports"
    tables = mimic_687.tables(gold, mimic_687.label_reports(reports, gold))
    return "Manual test set of MIMIC-CXR-JPG", facts, _on(HELD_OUT, tables)


def _on(data: str, tables: Iterable[Table]) -> list[Table]:
    """Say in the headings which data the tables are on."""
    return [replace(table, title=f"{table.title} ({data})") for table in tables]


def _beside(
    gold: LabelTable, ours: LabelTable, theirs: LabelTable, scoring: Scoring, note: str = "", *, every: bool = False
) -> Table:
    """Compare two labelers on the studies of the gold that both have; averages only, or every finding."""
    gold, other, meeting = meet(gold, theirs, missing="skip")
    rows = compare_scores(gold, ours.take(gold.ids), other, scoring)
    table = comparison_table(rows if every else average_rows(rows), (_OURS, theirs.source))
    return replace(table, title=f"{table.title}, {meeting.met} reports", note=note)


def _reports(data: Path) -> Iterable[Report]:
    for item in open_corpus(data / "openi" / "reports_dev.csv"):
        if not isinstance(item, Report):
            raise ReportFileError(str(item))
        yield item


def _label(labeler: Labeler, reports: Sequence[Report], findings: Sequence[str] | None = None) -> LabelTable:
    chosen = findings or labeler.findings
    codes = codes_of(labeler.label_many(reports), chosen)
    return LabelTable(tuple(report.id for report in reports), tuple(chosen), codes, _OURS)


def _write(folder: Path, name: str, page: Page) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    with open_output(str(path)) as stream:
        stream.write(markdown(*page).encode())
    click.echo(f"Written: {path}", err=True)


@click.command(cls=Script)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of the data.")
@click.option("--mimic-gold", help="mimic-cxr-2.1.0-test-set-labeled.csv.")
@click.option("--mimic-reports", help="MIMIC-CXR's folder of reports, its zip, or its sectioned table.")
@click.option("--only", "names", type=click.Choice([*PAGES, _MIMIC]), multiple=True, help="Table to make.  [all]")
@click.option("-o", "--output", type=click.Path(path_type=Path), default="eval/results", show_default=True)
def main(
    data: Path | None, mimic_gold: str | None, mimic_reports: str | None, names: tuple[str, ...], output: Path
) -> None:
    """Make the tables of every data set that is given, and write one Markdown file for each."""
    if (mimic_gold is None) != (mimic_reports is None):
        raise UsageError("Give --mimic-gold and --mimic-reports together.")
    if data is None and (mimic_gold is None or not {_MIMIC}.issuperset(names)):
        raise UsageError("Give --data, or --mimic-gold with --mimic-reports.")
    if mimic_gold is None and _MIMIC in names:
        raise UsageError("Give --mimic-gold and --mimic-reports for mimic-687.")
    for name, page in PAGES.items():
        if data is not None and name in (names or PAGES):
            _write(output, name, page(data))
    if mimic_gold is not None and mimic_reports is not None and _MIMIC in (names or [_MIMIC]):
        _write(output, _MIMIC, mimic_page(mimic_gold, mimic_reports))


if __name__ == "__main__":
    main()
