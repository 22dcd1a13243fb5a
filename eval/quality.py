"""Measures how well reports and sentences are read, on every development set, with peers' figures and an ablation.

`python -m eval.benchmark --data DATA --only quality` writes the table.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from sklearn.metrics import f1_score  # type: ignore[import-untyped]

from labeler.errors import ReportFileError
from labeler.io.write import value_of
from labeler.phrasebook.load import load_phrasebook
from labeler.pipeline import Labeler
from labeler.records import Report, Status
from labeler.scoring.corpora import open_corpus
from labeler.scoring.evaluation import Scoring, evaluate
from labeler.scoring.gold import NO_FINDING, PROTOCOLS, chexpert_findings, read_gold
from labeler.scoring.metrics import TASKS
from labeler.scoring.published import quality as marks
from labeler.scoring.run import label_corpus
from labeler.scoring.tables import Table, number
from labeler.spans import assert_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from labeler.records import Assertion

READER_SETS: dict[str, tuple[str, ...]] = {
    "both": ("dependency", "negex"),
    "dependency only": ("dependency",),
    "NegEx only": ("negex",),
    "plain NegEx": ("negspacy",),
}
"""The readers of the assertion stage that the ablation compares."""

BLIND = Path(__file__).parents[1] / "tests" / "cases" / "blind_sentences.tsv"
"""Sentences that readers wrote and labelled without seeing a rule."""

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
    """A row of the table: its key in published.yaml, the data, the figure, its value, and what it is counted from."""

    key: str
    data: str
    figure: str
    value: float | None
    counts: str


def measure_all(folder: Path, readers: tuple[str, ...] = READER_SETS["both"]) -> list[Measure]:
    """Measure everything once, with these readers of the assertion stage."""
    sections = PROTOCOLS["open-i"].sections
    elsewhere = _measure_annotated(folder / "elsewhere", "texts_dev.csv", "all", readers)
    return [
        *_measure_annotated(folder / "openi", "reports_dev.csv", sections, readers),
        *(
            replace(row, key=f"elsewhere.{row.key}", data=row.data.replace("reports", "texts of six other sources"))
            for row in elsewhere
        ),
        measure_known_sentences(folder / "cases" / "known_sentences.tsv", readers),
        *measure_blind(readers),
        measure_negex(folder / "negex" / "negex_dev.csv", readers),
        *measure_sentences(folder / "openi" / "sentences_dev.csv", readers),
    ]


def _measure_annotated(folder: Path, texts: str, sections: str, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Score annotated texts: micro F1 of each task over the observations, and No Finding apart."""
    protocol = PROTOCOLS["open-i"]
    gold = read_gold(folder / "annotations_chexpert14_dev.csv", protocol=protocol.name)
    wanted = (item for item in open_corpus(folder / texts) if isinstance(item, Report) and item.id in gold.rows)
    predicted = label_corpus(Labeler(sections=sections, readers=readers), wanted, gold, _refuse).table.take(gold.ids)
    result = evaluate(gold, predicted, Scoring(apart=protocol.apart, least=protocol.least, resamples=0))
    data = f"{len(gold)} annotated reports"
    for task in TASKS:
        score = result.score("micro", task)
        yield Measure(task, data, f"F1 {task}", score.f1.value, f"{score.gold} in the gold, {score.predicted} found")
    score = result.score(NO_FINDING, "presence")
    yield Measure("no_finding", data, "F1 No Finding", score.f1.value, f"{score.gold} in the gold")


def measure_known_sentences(path: Path, readers: tuple[str, ...]) -> Measure:
    """Count the known sentences of which every observation is right; No Finding counts where it is named."""
    labeler = Labeler(sections="all", readers=readers)
    lines = path.read_text(encoding="utf-8").splitlines()
    cases = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
    right = sum(_is_right(labeler, text, expected, source) for text, expected, source, *_ in cases)
    return Measure("known_sentences", "known sentences", "all right", right / len(cases), f"{right} of {len(cases)}")


def measure_blind(readers: tuple[str, ...]) -> Iterator[Measure]:
    """Count the blind sentences of each part of which every observation but No Finding is right."""
    labeler = Labeler(sections="all", readers=readers)
    for part in ("development", "read afterwards"):
        right = [_is_right(labeler, text, labels, "") for text, labels in blind_sentences(part)]
        counts = f"{sum(right)} of {len(right)}"
        yield Measure(f"blind.{part}", f"blind sentences, {part}", "all right", sum(right) / len(right), counts)


def blind_sentences(part: str) -> Iterator[tuple[str, str]]:
    """Yield each blind sentence of a part with its labels but No Finding, which not all were labelled for."""
    rows = pd.read_csv(BLIND, sep="\t", dtype=str, keep_default_na=False, quoting=csv.QUOTE_NONE)
    for row in rows[rows["part"] == part].itertuples():
        pairs = [pair for pair in str(row.labels).split(";") if not pair.startswith(NO_FINDING)]
        yield str(row.text).replace("\\n", "\n"), ";".join(pairs)


def measure_negex(path: Path, readers: tuple[str, ...]) -> Measure:
    """Score negation on the NegEx corpus, the concept given: negated against the rest.

    The corpus writes the concept in capitals within its sentence; if it does not, the first place is taken. A concept
    that is not found counts as not negated.
    """
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    negated = rows["negation"] == "Negated"
    spans = [find_concept(*pair) for pair in zip(rows["sentence"], rows["concept"], strict=True)]
    absent = pd.Series(
        [
            span is not None and assert_spans(sentence, [span], readers=readers)[0].status is Status.ABSENT
            for sentence, span in zip(rows["sentence"], spans, strict=True)
        ]
    )
    counts = f"{(negated & ~absent).sum()} missed, {(absent & ~negated).sum()} false"
    f1 = f1_score(negated, absent) or None
    return Measure("negex", f"NegEx corpus, {len(rows)} sentences", "F1 negated against the rest", f1, counts)


def measure_sentences(path: Path, readers: tuple[str, ...]) -> Iterator[Measure]:
    """Measure what is read in sentences that people marked healthy, hedged or abnormal.

    Yields the share of healthy sentences (h) in which an observation other than Support Devices is present; of hedged
    ones (a) that name an observation, those with one that is uncertain; of abnormal ones (s) that name an observation,
    those with one that is present or uncertain.
    """
    labeler = Labeler(sections="all", readers=readers)
    observations = {finding for finding in chexpert_findings() if finding != NO_FINDING}
    groups = (group for file in load_phrasebook().findings for group in file.mentions)
    anatomy = {group.id for group in groups if group.role == "anatomy"}  # says nothing unless it is described
    counts: Counter[tuple[str, str]] = Counter()
    for row in pd.read_csv(path, dtype=str, keep_default_na=False).itertuples():
        named = [
            assertion
            for assertion in labeler.label(str(row.sentence)).assertions
            if assertion.mention.finding in observations
            and (assertion.status is not None or assertion.mention.phrase_id not in anatomy)
        ]
        counts.update((str(row.label), each) for each in _sentence_outcomes(named))
    for key, label, figure, outcome, of in _SHARES:
        part, whole = counts[label, outcome], counts[label, of]
        share = part / whole if whole else None
        yield Measure(key, f"sentences marked {label}", figure, share, f"{part} of {whole}")


def find_concept(sentence: str, concept: str) -> tuple[int, int] | None:
    """Find a concept in its sentence, in capitals before in any case, whatever white space breaks it.

    >>> find_concept("No edema of the legs, no pulmonary   EDEMA.", "edema")
    (37, 42)
    """
    in_capitals, as_written = (r"\s+".join(map(re.escape, form.split())) for form in (concept.upper(), concept))
    match = re.search(in_capitals, sentence) or re.search(as_written, sentence, re.IGNORECASE)
    return match.span() if match else None


def quality_tables(measured: Mapping[str, list[Measure]]) -> list[Table]:
    """Return the table of quality and the ablation, from measures by name of the readers; "both" is among them."""
    published = marks()
    rows = []
    for row in measured["both"]:
        mark = published[row.key]
        value = None if row.value is None else round(row.value, 3)
        reached = value is not None and (value <= mark.reach if row.key in _LOWER_IS_BETTER else value >= mark.reach)
        others = ", ".join(f"{name} {figure:.3f}" for name, figure in mark.peers.items())
        figures = (number(row.value), row.counts, f"{mark.reach:g}", "yes" if reached else "no", others, mark.on)
        rows.append((row.data, row.figure, *figures))
    ablation = [
        (first.data, first.figure, *(number(row.value) for row in alike))
        for first, *alike in zip(measured["both"], *measured.values(), strict=True)
    ]
    header = ("data", "figure", "ours", "counts", "to reach", "reached", "peers", "peers' data")
    note = "CheXbert's figures are on the 101 of the 200 reports whose impression adds nothing to what it read."
    return [
        Table("Figures", header, tuple(rows), note),
        Table("Readers of the assertion stage", ("data", "figure", *measured), tuple(ablation)),
    ]


def _is_right(labeler: Labeler, text: str, expected: str, source: str) -> bool:
    values = expected_values(expected)
    # The file's remark "(Cardiomegaly=0 is as good)" allows that value beside those expected.
    allowed = expected_values(";".join(_AS_GOOD.findall(source)))
    given = {name: value_of(status) for name, status in labeler.label(text).items() if status is not None}
    if NO_FINDING not in values:
        given.pop(NO_FINDING, None)
    return values.items() <= given.items() <= {**values, **allowed}.items()


def expected_values(pairs: str) -> dict[str, float | None]:
    """Return the values of findings, written as "Edema=0;Pneumonia=-1"."""
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


def _refuse(failure: object) -> None:
    raise ReportFileError(str(failure))
