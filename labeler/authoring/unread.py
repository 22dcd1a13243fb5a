"""Lists the words of a collection that nothing accounts for, so that a hospital can make the labeler its own."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from labeler.errors import PhraseFileError
from labeler.io.output import open_output, require_writable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from labeler.pipeline import Labeler
    from labeler.records import Report, StudyLabels

_EXAMPLES = 2
_CLOSE = 0.75
"""Least similarity of a known word that is shown, as difflib counts it: half of the letters may not be others."""
_EXTENT = 60
"""Characters of a report shown on either side of an example."""


class UnreadEntry(NamedTuple):
    """A word, or words that follow each other, that nothing accounts for.

    Parameters
    ----------
    words : str
        In lower case.
    times : int
        How often it stands in the labelled text.
    studies : int
    nearest : str
        The most similar known word, "" if none is similar.
    examples : tuple of str
        Report text around it.
    """

    words: str
    times: int
    studies: int
    nearest: str
    examples: tuple[str, ...]


def unread_words(labeler: Labeler, studies: Iterable[tuple[Report, StudyLabels]]) -> list[UnreadEntry]:
    """Return the unread words of reports, those of most studies first.

    Parameters
    ----------
    labeler : Labeler
    studies : iterable of (Report, StudyLabels)
        Reports with the labels that it gives them.

    Examples
    --------
    >>> from labeler import Labeler, Report
    >>> labeler, reports = Labeler(sections="all"), [Report("1", "Quiescent scars."), Report("2", "No edema.")]
    >>> entries = unread_words(labeler, zip(reports, labeler.label_many(reports)))
    >>> [(entry.words, entry.times, entry.studies) for entry in entries]
    [('quiescent', 1, 1)]
    """
    counts: dict[str, list[int]] = {}
    examples: dict[str, list[str]] = {}
    for report, labels in studies:
        seen: set[str] = set()
        for start, end in _runs(report, labels):
            words = " ".join(report.text[start:end].lower().split())
            count = counts.setdefault(words, [0, 0])
            count[0] += 1
            count[1] += words not in seen
            seen.add(words)
            if len(examples.setdefault(words, [])) < _EXAMPLES:
                examples[words].append(" ".join(report.text[max(0, start - _EXTENT) : end + _EXTENT].split()))
    known = labeler.reader.vocabulary.known
    entries = [
        UnreadEntry(words, count, studies, _nearest(words, known), tuple(examples[words]))
        for words, (count, studies) in counts.items()
    ]
    return sorted(entries, key=lambda entry: (-entry.studies, -entry.times, entry.words))


def _runs(report: Report, labels: StudyLabels) -> Iterator[tuple[int, int]]:
    """Yield unread words of a report, those with but blanks between them as one."""
    run: tuple[int, int] | None = None
    for word in labels.unread:
        if run and not report.text[run[1] : word.start].strip():
            run = run[0], word.end
            continue
        if run:
            yield run
        run = word.start, word.end
    if run:
        yield run


def _nearest(words: str, known: Collection[str]) -> str:
    found = get_close_matches(words, known, n=1, cutoff=_CLOSE)
    return found[0] if found else ""


def require_new(path: Path) -> None:
    """Make sure that a phrase file can be made, before the work whose words it is to hold.

    Parameters
    ----------
    path : Path

    Raises
    ------
    PhraseFileError
        If the file exists already, or its name does not end in .yaml.
    UsageError, ReportFileError
        If it cannot be written.
    """
    if path.exists():
        raise PhraseFileError(f"{path} exists already; give another name")
    if path.suffix != ".yaml":
        raise PhraseFileError(f"{path} does not end in .yaml, as phrase files do; rename it")
    require_writable(str(path))


def write_stub(path: Path, entries: Iterable[UnreadEntry]) -> None:
    """Write a phrase file to fill in: delete what names no finding, and give the file the finding that the rest names.

    Parameters
    ----------
    path : Path
    entries : iterable of UnreadEntry

    Raises
    ------
    ReportFileError
        If the file cannot be written.
    """
    phrases = [
        f'      - "{entry.words}" # {entry.studies} studies' for entry in entries if re.search("[a-z]", entry.words)
    ] or ['      - "..."']
    lines = [
        "# Keep the phrases that name one finding, delete the others, and say which finding it is.",
        "# Words that name no finding belong to neutral.yaml.",
        "finding: Lung Opacity",
        "meaning: ...",
        "mentions:",
        "  - id: mine",
        "    meaning: ...",
        "    phrases:",
        *phrases,
        "cases:",
        '  - "No <absent>...</absent>."',
    ]
    with open_output(str(path)) as stream:
        stream.write("\n".join([*lines, ""]).encode())
