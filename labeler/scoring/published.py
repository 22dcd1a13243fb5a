"""Gives the figures of published.yaml: what others reach on the same data, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.phrasebook.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).with_name("published.yaml")
_UNDEFINED = "-"


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """A published row.

    Parameters
    ----------
    gold : int or None
        Cases in the gold standard, where the source says.
    precision, recall, f1 : float or None
        None where the source leaves the figure undefined or out.
    """

    gold: int | None
    precision: float | None
    recall: float | None
    f1: float | None


@dataclass(frozen=True, slots=True)
class Peer:
    """A labeler with published scores in one task, by finding or average."""

    name: str
    scores: Mapping[str, PublishedScore]


def peers(table: str, task: str) -> tuple[Peer, ...]:
    """Return the labelers that have published scores.

    Parameters
    ----------
    table : str
        "mimic-687", "open-i" or "open-i-classes"; any other has none.
    task : str
        Of `labeler.scoring.metrics.TASKS`.

    Examples
    --------
    >>> [(peer.name, peer.scores["Edema"].f1) for peer in peers("mimic-687", "uncertainty")]
    [('NegBio', 0.169), ('CheXpert labeler', 0.207)]
    >>> peers("generic", "mention")
    ()
    """
    figures = _published().get(table, {}).get("figures", {}).get(task, {})
    return tuple(
        Peer(labeler_name(key), {finding: _score(row) for finding, row in rows.items()})
        for key, rows in figures.items()
    )


def source(table: str) -> str:
    """Return where the figures of a table come from; "" where there are none."""
    return str(_published().get(table, {}).get("source", ""))


def labeler_name(key: str) -> str:
    """Return what a labeler is called in tables.

    Examples
    --------
    >>> labeler_name("chexpert")
    'CheXpert labeler'
    """
    return str(_published()["labelers"][key])


def single(table: str, key: str) -> float:
    """Return a figure that stands alone, such as the weighted F1 of a baseline."""
    return float(_published()[table][key])


def weighted(table: str) -> dict[str, float]:
    """Return CheXbert's weighted F1 by labeler.

    Examples
    --------
    >>> weighted("mimic-687")
    {'CheXbert': 0.798, 'CheXpert labeler': 0.743}
    """
    figures = _published().get(table, {}).get("weighted", {})
    return {labeler_name(key): float(figure) for key, figure in figures.items()}


@dataclass(frozen=True, slots=True)
class Mark:
    """What peers reach in a row of the table of quality, and what is to be reached."""

    peers: Mapping[str, float]
    reach: float


def quality() -> dict[str, Mark]:
    """Return the rows of the table of quality by key."""
    return {
        key: Mark({labeler_name(name): float(figure) for name, figure in row["peers"].items()}, float(row["reach"]))
        for key, row in _published()["quality"].items()
    }


@lru_cache(maxsize=1)
def _published() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(_FILE)
    return content


def _score(row: Mapping[str, str]) -> PublishedScore:
    figures = (_figure(row.get(key)) for key in ("precision", "recall", "f1"))
    return PublishedScore(int(row["gold"]) if "gold" in row else None, *figures)


def _figure(cell: str | None) -> float | None:
    return None if cell in (None, _UNDEFINED) else float(str(cell))
