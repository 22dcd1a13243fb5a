"""Finds the headers of a report's sections in one pass over its colons and its lines.

A header that is no name of phrases/sections.yaml counts only in the form of MIMIC-CXR (a line that starts with one
blank, capitals, a colon, white space), so that the entries of a template ("Lungs: clear") stay where they are.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from labeler.text.section_rules import COMPARISON, PREAMBLE, SectionRules, header_key

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_HEADER = 80  # characters
_LONGEST_TEMPLATE = 4  # words
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 \t()/,&-]*")
# A line of few letters and nothing else, or up to a dash. The pattern begins with a literal and gives nothing back,
# which makes it fast.
_HEADLINE = re.compile(
    r"\n(?P<decoration>[ \t#*]*)(?P<name>[A-Za-z][A-Za-z()/& \t]{3,40}+)\**(?:[-\u2013\u2014](?=[ \t])|\r?(?=\n|\Z))"
)
_MIMIC_NAME = re.compile(r"[A-Z()/,-][A-Z ()/,-]*")
_SENTENCE_END = re.compile(r"(?:[.?!)\]_*][ \t]+|[ \t]{2,}|\n[ \t]*)\Z")
_WORD = re.compile(r"[a-z]+")
_LAST_WORD = re.compile(r"[^\s/:*]+\Z")
_DECORATION = " \t\r#*"


class Header(NamedTuple):
    """A header: the kind it stands for, its words as written, where its section and the text after it start."""

    kind: str
    title: str
    start: int
    body: int


def find_headers(text: str, rules: SectionRules) -> list[Header]:
    """Find the headers of a report in the order of the text.

    Parameters
    ----------
    text : str
        The report.
    rules : SectionRules
        From `labeler.text.section_rules.load_section_rules`.

    Returns
    -------
    list of Header
        A banner such as "FINAL REPORT" gives a header of the kind "preamble".

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> from labeler.text.section_rules import load_section_rules
    >>> rules = load_section_rules(phrases_folder() / "sections.yaml")
    >>> [header.kind for header in find_headers("HISTORY: Cough. FINDINGS: Heart: normal.", rules)]
    ['history', 'findings']
    """
    return list(_Finder(text, rules).headers())


class _Finder:
    """One walk over a report; what counts as a header depends on the header before it."""

    def __init__(self, text: str, rules: SectionRules) -> None:
        self.text = text
        self.rules = rules
        self.last = Header(PREAMBLE, "", 0, 0)
        self.first_word = len(text) - len(text.lstrip())

    def headers(self) -> Iterator[Header]:
        for place, line in self.candidates():
            header = self.with_colon(place) if line is None else self.without_colon(line)
            if header:
                self.last = header
                yield header

    def candidates(self) -> list[tuple[int, re.Match[str] | None]]:
        """Collect the colons, and the lines that may be headers without one, in the order of the text."""
        found: list[tuple[int, re.Match[str] | None]] = []
        colon = self.text.find(":")
        while colon >= 0:
            found.append((colon, None))
            colon = self.text.find(":", colon + 1)
        # One line end in front, so that the first line is like any other. A match's offset in the longer text is
        # where its line starts in the report.
        lines = [(line.start(), line) for line in _HEADLINE.finditer("\n" + self.text)]
        return sorted([*found, *lines], key=itemgetter(0)) if lines else found

    def without_colon(self, line: re.Match[str]) -> Header | None:
        """Take a name alone on its line, or before a dash, for a header unless it may end a wrapped sentence."""
        title = line["name"].rstrip()
        key = header_key(title)
        if key in self.rules.banners:
            return self.banner(title, line.start(), line.end() - 1)
        if self.names_views(key, line):
            return Header(self.rules.examination_kind, title, line.start(), line.end() - 1)
        kind = self.rules.names.get(key)
        fits = title.isupper() or (title[0].isupper() and key not in self.rules.capitals)
        if not kind or not fits or not (line["decoration"].strip() or self.begins_afresh(line.start())):
            return None
        return Header(kind, title, line.start(), line.end() - 1)

    def names_views(self, key: str, line: re.Match[str]) -> bool:
        """Tell whether a line below an indication names nothing but views, such as "PA and lateral chest"."""
        rules = self.rules
        if self.last.kind not in rules.one_paragraph - rules.one_sentence or line["decoration"]:
            return False
        words = set(key.split())
        known = rules.views.union(*(part.split() for part in rules.examinations))
        return words <= known and not words.isdisjoint(rules.views)

    def banner(self, title: str, start: int, end: int) -> Header | None:
        """Take a line for a banner, which closes the section before it or belongs to the preamble."""
        if self.last.kind != PREAMBLE:
            return Header(PREAMBLE, title, start, end)
        return Header(PREAMBLE, title, 0, end) if start <= self.first_word else None

    def with_colon(self, colon: int) -> Header | None:
        if self.text[colon - 1 : colon].isdigit() and self.text[colon + 1 : colon + 2].isdigit():
            return None  # a time of day
        low = max(self.last.body, colon - _LONGEST_HEADER)
        line_start = self.text.rfind("\n", low, colon) + 1
        if line_start or low == 0:
            title = self.text[line_start:colon].strip(_DECORATION)
            if _NAME.fullmatch(title):
                header = self.at_line_start(title, line_start, colon)
                if header or self.is_template(title):
                    return header
        return self.within_line(max(low, line_start), colon)

    def is_template(self, title: str) -> bool:
        """Recognize an entry of a template, whose last word may be a header's: "LUNG FINDINGS: clear"."""
        words = title.lower().split(maxsplit=_LONGEST_TEMPLATE)
        return 0 < len(words) <= _LONGEST_TEMPLATE and words[0] in self.rules.templates

    def at_line_start(self, title: str, line_start: int, colon: int) -> Header | None:
        key = header_key(title)
        kind = self.rules.names.get(key)
        if title.isupper():
            kind = kind or self.kind_of_unknown(key, line_start, colon)
        elif not (title[0].isupper() or self.begins_afresh(line_start)) or self.needs_capitals(key):
            kind = None
        return Header(kind, title, line_start, self.after_colon(colon)) if kind else None

    def needs_capitals(self, key: str) -> bool:
        """Tell whether a name heads a section only in capitals; "Report:" does so too behind an indication."""
        return key in self.rules.capitals and self.last.kind in (*self.rules.last_paragraph_without, PREAMBLE)

    def kind_of_unknown(self, key: str, line_start: int, colon: int) -> str | None:
        """Return the kind of a name in capitals that is not in the rules, None where it is no header."""
        rules, last = self.rules, self.last
        words = set(_WORD.findall(key))
        if words & rules.templates and not words & rules.views:
            return None
        mimic_form = self.is_mimic_form(line_start, colon)
        for part, kind in rules.contains:
            if part in key and (mimic_form or kind != last.kind):
                return kind
        if self.is_right_below_header(line_start):
            return None
        if any(part in key for part in rules.examinations) and (mimic_form or last.kind not in rules.mimic_order):
            return rules.examination_kind
        return key if mimic_form else None

    def is_mimic_form(self, line_start: int, colon: int) -> bool:
        return (
            self.text[line_start] == " "
            and _MIMIC_NAME.fullmatch(self.text, line_start + 1, colon) is not None
            and self.text[colon + 1 : colon + 2].isspace()
        )

    def is_right_below_header(self, line_start: int) -> bool:
        """Recognize "CHEST (PORTABLE AP):" in the line below "EXAMINATION:", which is the text of that header."""
        return (
            self.last.kind != PREAMBLE
            and self.follows_header(line_start)
            and self.text.count("\n", self.last.body, line_start) == 1
        )

    def follows_header(self, start: int) -> bool:
        """Tell whether nothing stands between the last header and a place."""
        gap = start - self.last.body
        return self.last.body > 0 and gap <= _LONGEST_HEADER and not self.text[self.last.body : start].strip()

    def within_line(self, low: int, colon: int) -> Header | None:
        rules = self.rules
        last_word = _LAST_WORD.search(self.text[max(low, colon - 20) : colon].rstrip(_DECORATION))
        if last_word is None or last_word[0].lower() not in rules.last_words:
            return None
        match = rules.within_line.search(self.text, low, colon)
        if match is None:
            return None
        title, start = match[1], match.start(1)
        kind = rules.names[header_key(title)]
        if self.needs_capitals(header_key(title)):
            return None
        start -= 2 * self.text.endswith("**", low, start)
        if self.follows_header(start):
            fits = self.closes_empty_section(kind)
        else:
            fits = title.isupper() or self.text[start] == "*" or self.begins_within_line(title, kind, low, start)
        return Header(kind, title, start, self.after_colon(colon)) if fits else None

    def closes_empty_section(self, kind: str) -> bool:
        """Distinguish "FINDINGS: IMPRESSION: normal", two sections, from "INDICATION: History: cough", which is one."""
        main = self.rules.last_paragraph_without
        return kind in main and self.last.kind in main and kind != self.last.kind

    def begins_within_line(self, title: str, kind: str, low: int, start: int) -> bool:
        """Tell whether a name that is not in capitals, in the middle of a line, begins a section."""
        before = self.text[max(low, start - _LONGEST_HEADER) : start]
        main = self.rules.last_paragraph_without
        # "Comparison: none." among the findings is a remark; as a header it would take the rest of them away.
        if kind == COMPARISON and self.last.kind in (*main, PREAMBLE):
            return False
        if _SENTENCE_END.search(before[-4:]):
            return True
        if kind not in main or not title[0].isupper():
            return False
        # "lungs clear Impression: normal", but not "Overall Impression: normal".
        return not before.rpartition("\n")[2].strip().rpartition(" ")[2].istitle()

    def after_colon(self, colon: int) -> int:
        """Return where the text after a header starts: "**Findings:**" ends with its stars."""
        body = colon + 1
        return body + 2 if self.text.startswith("**", body) else body

    def begins_afresh(self, line_start: int) -> bool:
        """Tell whether the line before is empty or ends a sentence, so that this one is not its continuation."""
        before = self.text[max(0, line_start - _LONGEST_HEADER) : line_start].rstrip(" \t\r")
        line_before = before[:-1].rpartition("\n")[2].strip()
        return not line_before or line_before[-1] in ".?!:"
