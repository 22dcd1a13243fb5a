"""Reads test cases: one sentence with its mentions marked, as rules and findings carry them in YAML."""

from __future__ import annotations

import re
from dataclasses import dataclass

STATUSES = ("present", "absent", "uncertain", "none")
_TAG = re.compile(r"<(/?)([a-z]+)(?::([^<>]+))?>")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One marked mention of a case: where it stands and what is expected of it.

    Parameters
    ----------
    start, end : int
        In the text without markup.
    status : str
        "present", "absent", "uncertain" or "none".
    finding : str
        The finding named after a colon, or "".
    """

    start: int
    end: int
    status: str
    finding: str


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence and what is expected of each mention in it."""

    text: str
    expected: tuple[Expectation, ...]

    @property
    def marked(self) -> list[tuple[str, str]]:
        """The words and the status of each marked mention."""
        return [(self.text[each.start : each.end], each.status) for each in self.expected]


def parse_case(markup: str) -> Case:
    """Return a case from a sentence with marks.

    Parameters
    ----------
    markup : str
        Each mark is `<status>words</status>` or `<status:Finding>words</status>`; marks don't nest.

    Raises
    ------
    ValueError
        If a mark is not closed, nested, empty or of an unknown status: such a case would test nothing.

    Examples
    --------
    >>> case = parse_case("No <absent>effusion</absent>.")
    >>> case.text, case.expected[0].status
    ('No effusion.', 'absent')
    """
    text, expected, opened = "", [], None
    position = 0
    for tag in _TAG.finditer(markup):
        text += markup[position : tag.start()]
        position = tag.end()
        closing, status, finding = tag.groups()
        if status not in STATUSES:
            raise ValueError(f"unknown mark {tag[0]!r}; known: {', '.join(STATUSES)}")
        if not closing and opened is None:
            opened = len(text), status, finding or ""
        elif closing and opened is not None and opened[1] == status and opened[0] < len(text):
            expected.append(Expectation(opened[0], len(text), status, opened[2]))
            opened = None
        else:
            raise ValueError(f"mark {tag[0]!r} does not pair; write <status>words</status>, without nesting")
    if opened is not None:
        raise ValueError(f"mark <{opened[1]}> is not closed")
    return Case(text + markup[position:], tuple(expected))
