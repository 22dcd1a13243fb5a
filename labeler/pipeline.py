"""The labeler: the one place where the stages meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labeler.records import Report, StudyLabels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pandas as pd


class Labeler:
    """Labels reports. (Not finished: the stages are being joined.)"""

    def __init__(
        self,
        label_set: str = "chexpert",
        *,
        sections: str = "mimic",
        phrases: str | Path | None = None,
        aggregation: str = "documented",
    ) -> None:
        self.findings: tuple[str, ...] = ()
        self.phrase_hash = ""
        self.model = ""

    def label(self, report: str | Report) -> StudyLabels:
        """Labels one report."""
        raise NotImplementedError

    def label_many(self, reports: Iterable[str | Report], *, workers: int = 1) -> Iterator[StudyLabels]:
        """Labels reports lazily, in their order."""
        raise NotImplementedError

    def label_frame(
        self, frame: pd.DataFrame, *, text_column: str = "text", id_column: str | None = None, workers: int = 1
    ) -> pd.DataFrame:
        """Labels a table of reports."""
        raise NotImplementedError
