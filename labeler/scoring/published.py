"""Gives the figures of published.yaml: what others reach on the same data, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.phrasebook.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNDEFINED = "-"


@dataclass(frozen=True, slots=True)
class PublishedScore:
    """A published row; a figure that the source leaves undefined or out is None."""

    gold: int | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A labeler with published scores in one task, by finding or average."""

    name: str
    scores: Mapping[str, PublishedScore]


@dataclass(frozen=True, slots=True)
class Mark:
    """What peers reach in a row of the table of quality, on which data, and what is to be reached."""

    peers: Mapping[str, float]
    reach: float
    on: str


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
    """Return where the figures of a table come from; "" if there are none."""
    return str(_published().get(table, {}).get("source", ""))


def labeler_name(key: str) -> str:
    """Return what a labeler is called in tables."""
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
    return _by_name(_published().get(table, {}).get("weighted", {}))


def quality() -> dict[str, Mark]:
    """Return the rows of the table of quality by key."""
    rows = _published()["quality"]
    return {key: Mark(_by_name(row["peers"]), float(row["reach"]), row.get("on", "")) for key, row in rows.items()}


@lru_cache(maxsize=1)
def _published() -> dict[str, Any]:
    content: dict[str, Any] = read_yaml(Path(__file__).with_name("published.yaml"))
    return content


def _by_name(figures: Mapping[str, str]) -> dict[str, float]:
    return {labeler_name(key): float(figure) for key, figure in figures.items()}


def _score(row: Mapping[str, str]) -> PublishedScore:
    figures = {key: float(figure) for key, figure in row.items() if key != "gold" and figure != _UNDEFINED}
    return PublishedScore(int(row["gold"]) if "gold" in row else None, **figures)
