"""Labels of pandas tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from labeler.records import Report, StudyLabels

LABELLED_AT_ONCE = 256
"""Reports that are labelled together in one process, so that their doubtful sentences are parsed at once."""


class Tables:
    """A base of labelers, which label the rows of a table as they label reports."""

    findings: tuple[str, ...]

    def label_batch(self, reports: Sequence[str | Report]) -> list[StudyLabels]:
        """Label reports together."""
        raise NotImplementedError

    def label_many(
        self, reports: Iterable[str | Report], *, workers: int = 1, progress: bool = False
    ) -> Iterator[StudyLabels]:
        """Label reports lazily."""
        raise NotImplementedError

    def label_frame(
        self,
        frame: pd.DataFrame,
        *,
        text_column: str | Sequence[str] | None = None,
        id_column: str | None = None,
        workers: int = 1,
        progress: bool = False,
    ) -> pd.DataFrame:
        """Label a table of reports.

        Parameters
        ----------
        frame : DataFrame
            One report a row.
        text_column : str or sequence of str, optional
            Column with the text, or columns with its sections, such as findings and impression; by default those with
            the usual names, as on the command line. A missing text (NaN, None) is an empty report.
        id_column : str, optional
            Column with the study's identifier, by default one with a usual name; without any the index names the
            reports.
        workers : int
        progress : bool
            Whether a bar on standard error shows how far it is.

        Returns
        -------
        DataFrame, shape (n_reports, n_findings) plus the id column
            Index of `frame`; 1.0 present, 0.0 absent, -1.0 uncertain, NaN not mentioned.

        Raises
        ------
        UsageError
            If a column does not exist, that of the identifiers is named like an observation, or a text is neither
            text nor missing.
        TypeError
            If `frame` is no DataFrame.
        """
        from labeler.io.frame import label_frame

        label_many = partial(self.label_many, workers=workers, progress=progress)
        return label_frame(label_many, self.findings, frame, text_column=text_column, id_column=id_column)

    def findings_frame(
        self,
        frame: pd.DataFrame,
        *,
        text_column: str | Sequence[str] | None = None,
        id_column: str | None = None,
        workers: int = 1,
    ) -> pd.DataFrame:
        """Return the findings of a table of reports with their attributes, a row for each.

        Parameters
        ----------
        frame : DataFrame
            One report a row.
        text_column, id_column, workers
            As for `label_frame`, with the same errors.

        Returns
        -------
        DataFrame
            Columns: study_id, subject_id, observation, status, the fields of `labeler.records.ATTRIBUTES`, and text,
            start and end of the sentence; several values of a cell are joined by ";".
        """
        from labeler.io.findings import finding_rows
        from labeler.io.frame import findings_frame
        from labeler.parallel import found, in_batches, map_in_processes

        def rows_of(reports: Iterable[Report]) -> Iterator[list[tuple[Any, ...]]]:
            batches = in_batches(reports, LABELLED_AT_ONCE)
            task = partial(finding_rows, self)
            if workers == 1:
                return (rows for batch in batches for rows in task(batch))
            answered = map_in_processes(task, ((batch, None) for batch in batches), workers=workers)
            return (found(answer) for _, answers in answered for answer in answers)

        return findings_frame(rows_of, frame, text_column=text_column, id_column=id_column)
