"""Writes the results of a scoring run into a folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeler.errors import ReportFileError
from labeler.io.output import open_output, require_writable
from labeler.scoring.plots import import_figures
from labeler.scoring.tables import markdown_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labeler.scoring.evaluation import ComparedScore, Evaluation
    from labeler.scoring.plots import Plot
    from labeler.scoring.run import LabelError
    from labeler.scoring.tables import Table

_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Results:
    """What a scoring run gives.

    Parameters
    ----------
    title : str
        Heading of the Markdown file and the page.
    facts : mapping of str to str
        What the figures were made with and from.
    data : mapping
        What results.json holds.
    tables : sequence of Table
    evaluation : Evaluation, optional
        What the plots show; without it there are none.
    compared : sequence of ComparedScore
        The scores of another labeler beside these.
    names : tuple of str
        What the two labelers are called.
    errors : sequence of LabelError
    texts : mapping of str to str
        Report text by study, for the page only; empty unless it was asked for.
    """

    title: str
    facts: Mapping[str, str]
    data: Mapping[str, Any]
    tables: Sequence[Table]
    evaluation: Evaluation | None = None
    compared: Sequence[ComparedScore] = ()
    names: tuple[str, str] = ("", "")
    errors: Sequence[LabelError] = ()
    texts: Mapping[str, str] = field(default_factory=dict)


def write_folder(folder: str | Path, results: Results, plots: Mapping[str, Plot], page: str) -> list[str]:
    """Write results.json, tables.md, a CSV and a LaTeX file per table, the plots, and index.html.

    Parameters
    ----------
    folder : str or Path
        Is made where it does not exist; files of these names in it are replaced.
    results : Results
    plots : mapping of str to Plot
        By heading.
    page : str
        index.html, the only file that may have report text.

    Returns
    -------
    list of str
        Names of the files, in the order in which they were written.

    Raises
    ------
    ReportFileError
        If a file cannot be written.
    """
    files: dict[str, str | bytes] = {
        "results.json": json.dumps({**results.facts, **results.data}, indent=1, ensure_ascii=False, allow_nan=False),
        "tables.md": markdown(results.title, results.facts, results.tables),
        **{f"{file_name(table.title)}.csv": table.to_csv() for table in results.tables},
        **{f"{file_name(table.title)}.tex": table.to_latex() for table in results.tables},
        **{f"{file_name(name)}.{kind}": getattr(plot, kind) for name, plot in plots.items() for kind in plot._fields},
        "index.html": page,
    }
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
        If matplotlib is not installed.
    ReportFileError
        If no file can be made there.
    """
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
