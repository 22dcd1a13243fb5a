"""Makes a large collection in MIMIC-CXR's layout from real reports, for measuring speed; it is of no other use.

The sentences of the given reports are recombined and varied, so that the number of distinct sentences D grows with the
number of sentences N as in real text, D = 1.7 N^0.85: the constant is that of Open-I's 17,709 sentences, the exponent
that of Heaps' law for sentences of reports. What repeats does so in proportion to how often it has been said before.
"""

from __future__ import annotations

import csv
import random
import re
import textwrap
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from labeler.text.plain import plain
from labeler.text.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

GROWTH_CONSTANT = 1.7
GROWTH_EXPONENT = 0.85
_IMPRESSION_CHARACTERS = 175
_FINDINGS_CHARACTERS = 235
_SHARE_WITH_IMPRESSION = 0.832
_SHARE_WITH_FINDINGS_ONLY = 0.122
"""Shares of MIMIC-CXR's 227,835 reports; the rest has neither."""
_SWAPS = tuple(
    (re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE), words)
    for words in (
        ("left", "right", "bilateral"),
        ("upper", "lower", "middle", "mid"),
        ("apical", "basal", "basilar", "retrocardiac", "perihilar"),
        ("small", "tiny", "moderate", "large", "minimal"),
        ("mild", "moderate", "severe", "slight"),
        ("stable", "unchanged", "improved", "increased"),
        ("PICC", "port", "pacemaker", "endotracheal tube", "central venous catheter", "nasogastric tube"),
        ("lobe", "lung base", "lung zone", "hemithorax"),
        ("patchy", "linear", "streaky", "hazy", "confluent"),
    )
)
_HEAD = f"{' ' * 33}FINAL REPORT\n EXAMINATION:  CHEST (PA AND LAT)\n \n INDICATION:  ___ with cough\n"
_NUMBER = re.compile(r"\d+")
_TAILS = (
    "compared to the prior study",
    "compared with the most recent examination",
    "since the earlier radiograph",
    "in comparison with the study of the same day",
    "on the frontal view",
    "on the lateral view",
    "best seen on the lateral",
    "as on the previous film",
    "in this patient",
    "on this examination",
    "at this time",
    "by report",
    "overall",
    "in part",
    "from the outside study",
    "on the current image",
    "in the interval",
    "again",
    "also",
    "since admission",
)


@dataclass(frozen=True, slots=True)
class Growth:
    """A point of the curve of distinct sentences.

    Parameters
    ----------
    reports, sentences, distinct : int
        Distinct as the labeler's cache takes it: case and digits apart.
    """

    reports: int
    sentences: int
    distinct: int


class _Pool:
    """Gives sentences: said before, new from the reports, or new by variation."""

    def __init__(self, sentences: Iterable[str], pick: random.Random) -> None:
        self.pick = pick
        self.fresh = list(dict.fromkeys(sentences))
        pick.shuffle(self.fresh)
        self.real = tuple(self.fresh)
        self.said: list[str] = []
        self.distinct: set[str] = set()

    def next(self) -> str:
        count = len(self.said) + 1
        if len(self.distinct) < GROWTH_CONSTANT * count**GROWTH_EXPONENT:
            sentence = self.new()
        else:
            sentence = self.pick.choice(self.said)
        self.said.append(sentence)
        return _NUMBER.sub(lambda match: str(self.pick.randrange(10 ** len(match[0]))), sentence)

    def new(self) -> str:
        while self.fresh:
            if self.is_new(sentence := self.fresh.pop()):
                return sentence
        sentence = self.pick.choice(self.real)
        while not self.is_new(sentence):
            sentence = self.varied(sentence)
        return sentence

    def is_new(self, sentence: str) -> bool:
        before = len(self.distinct)
        self.distinct.add(plain(sentence))
        return len(self.distinct) > before

    def varied(self, sentence: str) -> str:
        for pattern, words in _SWAPS:
            sentence = pattern.sub(partial(self.swapped, words), sentence)
        if self.pick.random() < 0.5:  # noqa: PLR2004 - half of them
            sentence = f"{sentence.rstrip('. ')} {self.pick.choice(_TAILS)}."
        return sentence

    def swapped(self, words: tuple[str, ...], _match: re.Match[str]) -> str:
        return self.pick.choice(words)


def make_corpus(source: Path, folder: Path, count: int, seed: int = 1) -> list[Growth]:
    """Write a collection of reports: files/p10/p10000032/s50414267.txt, findings and impressions of usual lengths.

    Parameters
    ----------
    source : Path
        CSV with the columns findings and impression.
    folder : Path
        Is made.
    count : int
        Number of reports.
    seed : int

    Returns
    -------
    list of Growth
        At 1,000, 10,000 ... reports and at the end.
    """
    pick = random.Random(seed)  # noqa: S311 - no secret
    findings, impression = (_Pool(sentences, pick) for sentences in _sentences(source))
    pools = findings, impression
    growth = []
    for number in range(count):
        patient = 10_000_000 + number // 4 * 37
        path = folder / "files" / f"p{patient // 1_000_000}" / f"p{patient}" / f"s{50_000_000 + number * 13}.txt"
        if number % 4 == 0:
            path.parent.mkdir(parents=True)
        path.write_text(_report(findings, impression, pick))
        if number + 1 in {10**3, 10**4, 10**5, count}:
            said, distinct = (sum(len(getattr(pool, name)) for pool in pools) for name in ("said", "distinct"))
            growth.append(Growth(number + 1, said, distinct))
    return growth


def _sentences(source: Path) -> tuple[list[str], list[str]]:
    with source.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return (
        [sentence for row in rows for sentence in _split(row["findings"])],
        [sentence for row in rows for sentence in _split(row["impression"])],
    )


def _split(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in split_sentences(text, 0, len(text)))


def _report(findings: _Pool, impression: _Pool, pick: random.Random) -> str:
    kind = pick.random()
    parts = [_HEAD]
    if kind < _SHARE_WITH_IMPRESSION + _SHARE_WITH_FINDINGS_ONLY:
        parts.append(f" \n FINDINGS: \n \n{_paragraph(findings, _FINDINGS_CHARACTERS, pick)}")
    if kind < _SHARE_WITH_IMPRESSION:
        parts.append(f" \n IMPRESSION: \n \n{_paragraph(impression, _IMPRESSION_CHARACTERS, pick)}")
    elif kind >= _SHARE_WITH_IMPRESSION + _SHARE_WITH_FINDINGS_ONLY:
        parts.append(f" \n{_paragraph(impression, _IMPRESSION_CHARACTERS, pick)}")
    return "".join(parts)


def _paragraph(pool: _Pool, characters: int, pick: random.Random) -> str:
    """Return sentences of about a number of characters in all, wrapped as the collection wraps them."""
    wanted = pick.gammavariate(2, characters / 2)
    sentences = [pool.next()]
    while (length := sum(map(len, sentences))) < wanted and length + characters / 10 < wanted:
        sentences.append(pool.next())
    return textwrap.fill(" ".join(sentences), 78, initial_indent=" ", subsequent_indent=" ") + "\n"
