"""Writes the results of a scoring run into a folder."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from labeler.errors import ReportFileError
from labeler.io.output import open_output, require_writable
from labeler.scoring.page import Results, html_page, import_jinja
from labeler.scoring.plots import confusion_plot, f1_plot, import_figures
from labeler.scoring.tables import markdown_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.scoring.tables import Table

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def write_results(folder: str | Path, results: Results) -> list[str]:
    """Write results.json, tables.md, a CSV and a LaTeX file per table, PNG plots, and index.html.

    Parameters
    ----------
    folder : str or Path
        Is made where it does not exist; files of these names in it are replaced.
    results : Results
        Report text is written to index.html only, and only where `results.texts` and the evidence have it.

    Returns
    -------
    list of str
        Names of the files, in the order in which they were written.

    Raises
    ------
    UsageError
        If matplotlib or jinja2 is not installed.
    ReportFileError
        If a file cannot be written.
    """
    plots = {}
    if results.evaluation:
        plots = {"F1": f1_plot(results.evaluation), "Confusion matrices": confusion_plot(results.evaluation)}
    files: dict[str, str | bytes] = {
        "results.json": json.dumps({**results.facts, **results.data}, indent=1, ensure_ascii=False, allow_nan=False),
        "tables.md": markdown(results.title, results.facts, results.tables),
        **{f"{file_name(table.title)}.csv": table.to_csv() for table in results.tables},
        **{f"{file_name(table.title)}.tex": table.to_latex() for table in results.tables},
        **{f"{file_name(name)}.png": data for name, data in plots.items()},
        "index.html": html_page(results, plots),
    }
    return write_files(folder, files)


def write_files(folder: str | Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Write files into a folder, which is made where it does not exist, and return their names.

    Raises
    ------
    ReportFileError
        If one cannot be written.
    """
    _make(Path(folder))
    for name, content in files.items():
        with open_output(str(Path(folder) / name)) as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
    return list(files)


def prepare_folder(folder: str | Path) -> None:
    """Make the folder for results, and make sure that they can be made and written, before the work of scoring.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    UsageError
        If jinja2 or matplotlib is not installed.
    ReportFileError
        If no file can be made there.
    """
    import_jinja()
    import_figures()
    _make(Path(folder))
    require_writable(str(Path(folder) / "results.json"))


def markdown(title: str, facts: Mapping[str, str], tables: Sequence[Table]) -> str:
    """Return a Markdown file with what the figures were made with and the tables.

    Parameters
    ----------
    title : str
        The heading.
    facts : mapping of str to str
        Stand in a list below it.
    tables : sequence of Table
        In their order.
    """
    listed = [f"- {name}: {markdown_text(value)}" for name, value in facts.items()]
    return "\n".join([f"# {markdown_text(title)}", "", *listed, "", *(table.to_markdown() for table in tables)])


def file_name(title: str) -> str:
    """Return the name of a file for a heading, up to its first comma.

    Examples
    --------
    >>> file_name("Negation, 687 studies"), file_name("F1 of ours and theirs")
    ('negation', 'f1-of-ours-and-theirs')
    """
    return _NOT_IN_NAMES.sub("-", title.split(",", maxsplit=1)[0].lower()).strip("-")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReportFileError(f"{folder} cannot be made: {error.strerror}; name a folder.") from None
