"""Measures how well reports are read, on every development set at once, with peers' figures and an ablation.

Run it with `python -m eval.quality DATA`; it writes figures only, never report text.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labeler.cli.evaluate import Script
from labeler.errors import ReportFileError, UsageError
from labeler.io.output import open_output
from labeler.io.write import value_of
from labeler.phrasebook.load import load_phrasebook
from labeler.pipeline import Labeler
from labeler.records import Report, Status
from labeler.scoring.commands import made_with
from labeler.scoring.corpora import open_corpus
from labeler.scoring.evaluation import Scoring, evaluate
from labeler.scoring.gold import NO_FINDING, PROTOCOLS, chexpert_findings, read_gold
from labeler.scoring.metrics import TASKS
from labeler.scoring.output import markdown
from labeler.scoring.published import quality as marks
from labeler.scoring.run import label_corpus
from labeler.scoring.tables import Table, number
from labeler.spans import assert_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from labeler.records import Assertion

READER_SETS: dict[str, tuple[str, ...]] = {
    "both": ("dependency", "negex"),
    "dependency only": ("dependency",),
    "NegEx only": ("negex",),
}
"""The readers of the assertion stage that the ablation compares."""

_DEVICES = "Support Devices"
_AS_GOOD = re.compile(r"\(([^()=]+=-?[01]) is as good\)")
_SHARES = (
    ("healthy_present", "h", "healthy sentences with one present", "present", "all"),
    ("hedged_uncertain", "a", "hedged sentences with one uncertain", "uncertain", "named"),
    ("abnormal_found", "s", "abnormal sentences with one present or uncertain", "found", "named"),
)
"""Key, label, figure, and the outcome that is counted among which sentences."""
_LOWER_IS_BETTER = frozenset({"healthy_present"})


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table of quality.

    Parameters
    ----------
    key : str
        Of `quality` in published.yaml.
    data, figure : str
        What it is measured on and what it is.
    value : float or None
    counts : str
        What the figure comes from, such as "3 of 1188".
    """

    key: str
    data: str
    figure: str
    value: float | None
    counts: str


def measure_annotations(folder: Path, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Scores the annotated Open-I reports: micro F1 of each task over the observations, and No Finding apart.

    Parameters
    ----------
    folder : Path
        Holds openi/annotations_chexpert14_dev.csv and openi/reports_dev.csv.
    readers : tuple of str
        Of the assertion stage.

    Yields
    ------
    Measure
        Five.
    """
    yield from _measure_annotated(folder / "openi", "reports_dev.csv", PROTOCOLS["open-i"].sections, readers)


def measure_elsewhere(folder: Path, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Score the annotated texts of six other sources, all sections of them, as `measure_annotations` does.

    Parameters
    ----------
    folder : Path
        Holds elsewhere/annotations_chexpert14_dev.csv and elsewhere/texts_dev.csv.
    readers : tuple of str
        Of the assertion stage.

    Yields
    ------
    Measure
        Five.
    """
    for row in _measure_annotated(folder / "elsewhere", "texts_dev.csv", "all", readers):
        yield replace(row, key=f"elsewhere.{row.key}", data=row.data.replace("reports", "texts of six other sources"))


def _measure_annotated(folder: Path, texts: str, sections: str, readers: tuple[str, ...]) -> Iterator[Measure]:
    protocol = PROTOCOLS["open-i"]
    gold = read_gold(folder / "annotations_chexpert14_dev.csv", protocol=protocol.name)
    wanted = (item for item in open_corpus(folder / texts) if isinstance(item, Report) and item.id in gold.rows)
    labeler = Labeler(sections=sections, readers=readers)
    predicted = label_corpus(labeler, wanted, gold, _refuse).table.take(gold.ids)
    result = evaluate(gold, predicted, Scoring(apart=protocol.apart, least=protocol.least, resamples=0))
    data = f"{len(gold)} annotated reports"
    for task in TASKS:
        score = result.score("micro", task)
        yield Measure(task, data, f"F1 {task}", score.f1.value, f"{score.gold} in the gold, {score.predicted} found")
    score = result.score(NO_FINDING, "presence")
    yield Measure("no_finding", data, "F1 No Finding", score.f1.value, f"{score.gold} in the gold")


def measure_known_sentences(folder: Path, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Count the known sentences of which every observation is right; No Finding counts where it is named.

    Parameters
    ----------
    folder : Path
        Holds cases/known_sentences.tsv: text, expected values, source.
    readers : tuple of str
        Of the assertion stage.

    Yields
    ------
    Measure
        One.
    """
    labeler = Labeler(sections="all", readers=readers)
    lines = _read(folder / "cases" / "known_sentences.tsv").splitlines()
    cases = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    right = sum(_is_right(labeler, text, expected, source) for text, expected, source, *_ in cases)
    yield Measure("known_sentences", "known sentences", "all right", right / len(cases), f"{right} of {len(cases)}")


def measure_negex(folder: Path, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Scores negation on the NegEx corpus, the concept given: negated against the rest.

    Parameters
    ----------
    folder : Path
        Holds negex/negex_dev.csv: concept, sentence and negation. The corpus writes the concept in capitals within
        its sentence; where it does not, the first place is taken. A concept that is not found counts as not negated.
    readers : tuple of str
        Of the assertion stage.

    Yields
    ------
    Measure
        One.
    """
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for row in _rows(folder / "negex" / "negex_dev.csv"):
        span = find_concept(row["sentence"], row["concept"])
        absent = span is not None and assert_spans(row["sentence"], [span], readers=readers)[0].status is Status.ABSENT
        outcomes[row["negation"] == "Negated", absent] += 1
    hits, missed, false = outcomes[True, True], outcomes[True, False], outcomes[False, True]
    f1 = 2 * hits / (2 * hits + missed + false) if hits else None
    data = f"NegEx corpus, {outcomes.total()} sentences"
    yield Measure("negex", data, "F1 negated against the rest", f1, f"{missed} missed, {false} false")


def measure_sentences(folder: Path, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Measures what is read in sentences that people marked healthy, hedged or abnormal.

    Parameters
    ----------
    folder : Path
        Holds openi/sentences_dev.csv: sentence and label.
    readers : tuple of str
        Of the assertion stage.

    Yields
    ------
    Measure
        The share of healthy sentences (h) in which an observation other than Support Devices is present; of hedged
        ones (a) that name an observation, those with one that is uncertain; of abnormal ones (s) that name an
        observation, those with one that is present or uncertain.
    """
    labeler = Labeler(sections="all", readers=readers)
    observations = {finding for finding in chexpert_findings() if finding != NO_FINDING}
    anatomy = anatomy_phrases()
    counts: Counter[tuple[str, str]] = Counter()
    for row in _rows(folder / "openi" / "sentences_dev.csv"):
        named = [
            assertion
            for assertion in labeler.label(row["sentence"]).assertions
            if assertion.mention.finding in observations and names_finding(assertion, anatomy)
        ]
        counts.update((row["label"], each) for each in _sentence_outcomes(named))
    for key, label, figure, outcome, of in _SHARES:
        part, whole = counts[label, outcome], counts[label, of]
        share = part / whole if whole else None
        yield Measure(key, f"sentences marked {label}", figure, share, f"{part} of {whole}")


MEASURES: tuple[Callable[[Path, tuple[str, ...]], Iterator[Measure]], ...] = (
    measure_annotations,
    measure_elsewhere,
    measure_known_sentences,
    measure_negex,
    measure_sentences,
)


def measure_all(folder: str | Path, readers: tuple[str, ...] = READER_SETS["both"]) -> list[Measure]:
    """Measures everything once.

    Parameters
    ----------
    folder : str or Path
        The data, in the layout that each measure names.
    readers : tuple of str
        Of the assertion stage.

    Raises
    ------
    UsageError
        If a file is not there.
    """
    return [row for measure in MEASURES for row in measure(Path(folder), readers)]


def find_concept(sentence: str, concept: str) -> tuple[int, int] | None:
    """Find a concept in its sentence, in capitals before in any case, whatever white space breaks it.

    Parameters
    ----------
    sentence, concept : str
        Of the NegEx corpus.

    Examples
    --------
    >>> find_concept("No edema of the legs, no pulmonary   EDEMA.", "edema")
    (37, 42)
    """
    in_capitals, as_written = (r"\s+".join(map(re.escape, form.split())) for form in (concept.upper(), concept))
    match = re.search(in_capitals, sentence) or re.search(as_written, sentence, re.IGNORECASE)
    return match.span() if match else None


def anatomy_phrases() -> frozenset[str]:
    """Return the ids of the phrases that name anatomy, which says nothing unless it is described."""
    groups = (group for file in load_phrasebook().findings for group in file.mentions)
    return frozenset(group.id for group in groups if group.role == "anatomy")


def names_finding(assertion: Assertion, anatomy: frozenset[str]) -> bool:
    """Tell whether a mention names a finding: one that asserts nothing does, unless it is anatomy.

    Parameters
    ----------
    assertion : Assertion
        A mention with its status.
    anatomy : frozenset of str
        From `anatomy_phrases`.
    """
    return assertion.status is not None or assertion.mention.phrase_id not in anatomy


def quality_tables(measured: Mapping[str, list[Measure]]) -> list[Table]:
    """Return the table of quality and the ablation.

    Parameters
    ----------
    measured : mapping of str to list of Measure
        By name of the readers; "both" must be among them.
    """
    published = marks()
    rows = [
        (
            row.data,
            row.figure,
            number(row.value),
            row.counts,
            f"{published[row.key].reach:g}",
            "yes" if reached(row) else "no",
            ", ".join(f"{name} {figure:.3f}" for name, figure in published[row.key].peers.items()),
        )
        for row in measured["both"]
    ]
    ablation = [
        (first.data, first.figure, *(number(row.value) for row in alike))
        for first, *alike in zip(measured["both"], *measured.values(), strict=True)
    ]
    note = (
        "Ours are on development data, as are the peers' on annotated reports; CheXbert's are on 101 reports whose "
        "impression adds nothing. The peers' figures on sentences and on the NegEx corpus are on held-out ones."
    )
    return [
        Table("Figures", ("data", "figure", "ours", "counts", "to reach", "reached", "peers"), tuple(rows), note),
        Table("Readers of the assertion stage", ("data", "figure", *measured), tuple(ablation)),
    ]


def reached(row: Measure) -> bool:
    """Tell whether a measure reaches its mark, to the three decimals of the table."""
    if row.value is None:
        return False
    value, reach = round(row.value, 3), marks()[row.key].reach
    return value <= reach if row.key in _LOWER_IS_BETTER else value >= reach


def write_quality(folder: str | Path, measured: Mapping[str, list[Measure]]) -> Path:
    """Write quality.md.

    Parameters
    ----------
    folder : str or Path
        Is made where it does not exist.
    measured : mapping of str to list of Measure
        As in `quality_tables`.
    """
    path = Path(folder) / "quality.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {**made_with(Labeler()), "command": "`python -m eval.quality DATA`"}
    with open_output(str(path)) as stream:
        stream.write(markdown("How well reports are read", facts, quality_tables(measured)).encode())
    return path


def _is_right(labeler: Labeler, text: str, expected: str, source: str) -> bool:
    values = _values(expected)
    # The file's remark "(Cardiomegaly=0 is as good)" allows that value beside those expected.
    allowed = _values(";".join(_AS_GOOD.findall(source)))
    given = {name: value_of(status) for name, status in labeler.label(text).items() if status is not None}
    if NO_FINDING not in values:
        given.pop(NO_FINDING, None)
    return values.items() <= given.items() <= {**values, **allowed}.items()


def _values(pairs: str) -> dict[str, float | None]:
    return {name: float(value) for name, _, value in (each.partition("=") for each in pairs.split(";") if each)}


def _sentence_outcomes(named: list[Assertion]) -> Iterator[str]:
    statuses = {assertion.status for assertion in named}
    yield "all"
    if named:
        yield "named"
    if any(each.status is Status.PRESENT and each.mention.finding != _DEVICES for each in named):
        yield "present"
    if Status.UNCERTAIN in statuses:
        yield "uncertain"
    if statuses & {Status.PRESENT, Status.UNCERTAIN}:
        yield "found"


def _rows(path: Path) -> Iterable[dict[str, str]]:
    return csv.DictReader(_read(path).splitlines(keepends=True))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; give the folder of the data.") from None


def _refuse(failure: object) -> None:
    raise ReportFileError(str(failure))


@click.command(cls=Script)
@click.argument("data", type=click.Path(exists=True, file_okay=False))
@click.option("-o", "--output", default="eval/results", show_default=True, help="Folder for quality.md.")
def main(data: str, output: str) -> None:
    """Measure how well reports are read on the data in the folder DATA, with both readers and with each alone."""
    measured = {}
    for name, readers in READER_SETS.items():
        click.echo(f"Readers: {name} ...", err=True)
        measured[name] = measure_all(data, readers)
    for table in quality_tables(measured):
        click.echo(table.to_text())
    click.echo(f"Written: {write_quality(output, measured)}", err=True)


if __name__ == "__main__":
    main()
