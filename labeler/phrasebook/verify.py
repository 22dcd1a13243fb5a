"""Runs the cases of a label set: what each finding's own sentences say of it, as it is read now."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.mentions.find import MentionFinder
from labeler.mentions.substrings import SubstringFinder
from labeler.phrasebook.cases import parse_case
from labeler.text.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labeler.phrasebook.cases import Case
    from labeler.phrasebook.load import Phrasebook

Read = list[tuple[str, str]]
"""The words and the status of each mention, in the order of the text."""


class CaseRunner:
    """Reads the cases of a label set.

    Parameters
    ----------
    phrasebook : Phrasebook

    Examples
    --------
    >>> from labeler.phrasebook.load import load_phrasebook
    >>> CaseRunner(load_phrasebook()).read("Edema", parse_case("No <absent>edema</absent>."))
    [('edema', 'absent')]
    """

    def __init__(self, phrasebook: Phrasebook) -> None:
        self._book = phrasebook

    @cached_property
    def _finder(self) -> MentionFinder | SubstringFinder:
        return MentionFinder(self._book) if self._book.label_set.matching == "words" else SubstringFinder(self._book)

    @cached_property
    def _stage(self) -> AssertionStage:
        return AssertionStage(self._book)

    def failures(self) -> Iterator[tuple[str, str, str]]:
        """Yields the cases that are not read as they are marked.

        Yields
        ------
        tuple of (str, str, str)
            The finding, the case as written, and what is wrong with it.
        """
        for file in self._book.findings:
            for markup in file.cases:
                wrong = self._wrong(file.finding, markup)
                if wrong:
                    yield file.finding, markup, wrong

    def _wrong(self, finding: str, markup: str) -> str:
        try:
            case = parse_case(markup)
        except ValueError as error:
            return str(error)
        expected = [(case.text[e.start : e.end], e.status) for e in case.expected]
        found = self.read(finding, case)
        return "" if found == expected else f"expected {_told(expected)}, but it reads {_told(found)}"

    def read(self, finding: str, case: Case) -> Read:
        """Returns the mentions of a finding in a case, those that nothing is asserted of left out.

        Parameters
        ----------
        finding : str
        case : Case

        Returns
        -------
        list of (str, str)
            The words and the status of each.
        """
        text = plain(case.text)
        hits = [hit for hit in self._finder.find(text) if hit.finding == finding]
        targets = tuple(Target(hit.start, hit.end, hit.finding, hit.role) for hit in hits)
        verdicts = self._stage.read(text, targets) if targets else ()
        found = [(case.text[hit.start : hit.end], verdict.status) for hit, verdict in zip(hits, verdicts, strict=True)]
        return [(words, status) for words, status in found if status != "none"]


def _told(mentions: Read) -> str:
    return ", ".join(f"{words!r} {status}" for words, status in mentions) or "nothing"
