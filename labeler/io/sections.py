"""Write the sections of reports, to show what is labelled; the file holds report text, which is what was asked for."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.io.output import open_output, require_csv
from labeler.io.write import csv_line
from labeler.phrasebook.folder import screen
from labeler.phrasebook.load import phrases_folder
from labeler.text.sections import load_section_rules, section_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from labeler.records import Report


@contextlib.contextmanager
def open_sections(path: str, *, sections: str, phrases: str | Path | None) -> Iterator[Callable[[Report], bool]]:
    """Open a CSV file for the sections of reports and the text that is labelled.

    Parameters
    ----------
    path : str
        Ends in .csv or .csv.gz, or is "-" for standard output.
    sections : str
        The selection, as for `Labeler`.
    phrases : str or Path, optional
        The folder whose sections.yaml holds; the package's own by default.

    Yields
    ------
    callable
        Writes a report's row and says whether there is any text to label.

    Raises
    ------
    UsageError
        If the ending or a section is unknown, or the file's folder does not exist.
    PhraseFileError
        Where sections.yaml is not as it must be.
    ReportFileError
        If the file cannot be written.
    """
    require_csv(path)
    if phrases is not None:
        screen(Path(phrases))
    rules = load_section_rules(Path(phrases or phrases_folder()) / "sections.yaml")
    columns = tuple(section_row("", "", sections, rules))  # an unknown section is an error before the first report
    with open_output(path) as stream:

        def write(report: Report) -> bool:
            row = section_row(report.text, report.id, sections, rules)
            stream.write(csv_line(row[column] for column in columns))
            return bool(row["labelled_text"])

        stream.write(csv_line(columns))
        yield write
