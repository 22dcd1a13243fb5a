"""Splits a report into sections and chooses the text that is labelled, by default as MIMIC-CXR-JPG does.

The names of headers, the kinds they stand for and the order in which kinds are looked for are data:
phrases/sections.yaml.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from labeler.errors import UsageError
from labeler.records import Section
from labeler.text.headers import Header, find_headers
from labeler.text.legible import legible
from labeler.text.section_rules import (
    COMPARISON,
    LAST_PARAGRAPH,
    PREAMBLE,
    SectionRules,
    header_key,
    load_section_rules,
    study_key,
)
from labeler.text.sentences import split_sentences

if TYPE_CHECKING:
    from labeler.text.whitespace import NormalText

__all__ = ["SectionRules", "choose_sections", "load_section_rules", "section_row", "selected_kinds", "split_sections"]

Extent = tuple[int, int, Section]
"""A stretch of the report that is labelled: start, end, and the section it lies in."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def split_sections(text: str, rules: SectionRules) -> tuple[Section, ...]:
    r"""Split a report into its sections; what stands before the first header is the section "preamble".

    Parameters
    ----------
    text : str
        The report.
    rules : SectionRules
        From `load_section_rules`.

    Returns
    -------
    tuple of Section
        In order; they tile the report. A section of a name that stands for no kind has the name as its kind.

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> rules = load_section_rules(phrases_folder() / "sections.yaml")
    >>> report = " FINAL REPORT\n FINDINGS: Lungs: clear.\n \n IMPRESSION:  No pneumonia."
    >>> [(section.kind, report[section.body:section.end].strip()) for section in split_sections(report, rules)]
    [('preamble', ''), ('findings', 'Lungs: clear.'), ('impression', 'No pneumonia.')]
    """
    if not text:
        return ()
    headers = find_headers(text, rules)
    if not headers or headers[0].start > 0:
        headers.insert(0, Header(PREAMBLE, "", 0, 0))
    ends = [*(header.start for header in headers[1:]), len(text)]
    return tuple(
        Section(header.kind, header.title, header.start, end, header.body)
        for header, end in zip(headers, ends, strict=True)
    )


def selected_kinds(selection: str, rules: SectionRules) -> frozenset[str] | None:
    """Check a selection of sections and return the kinds that it names, None for "mimic" and "all".

    Parameters
    ----------
    selection : str
        "mimic", "all", or kinds or header names joined by "+", such as "findings+impression".
    rules : SectionRules
        From `load_section_rules`.

    Raises
    ------
    UsageError
        If a name stands for no kind; the known kinds are named.

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> rules = load_section_rules(phrases_folder() / "sections.yaml")
    >>> sorted(selected_kinds("Findings+Conclusion", rules))
    ['findings', 'impression']
    """
    if selection in {"mimic", "all"}:
        return None
    known = [*rules.asserts, PREAMBLE]
    kinds = set()
    for name in selection.split("+"):
        key = header_key(name)
        kind = key if key in known else rules.names.get(key)
        if kind is None:
            close = get_close_matches(key, [*known, "mimic", "all"], n=1)
            hint = f"; did you mean {close[0]!r}?" if close else "."
            raise UsageError(f"no section kind {name!r}{hint} Known: mimic, all, or joined by +: {', '.join(known)}")
        kinds.add(kind)
    return frozenset(kinds)


def choose_sections(
    text: str, sections: tuple[Section, ...], selection: str, study_id: str, rules: SectionRules
) -> tuple[Extent, ...]:
    r"""Chooses the stretches of a report that are labelled.

    - "mimic": one stretch, as MIMIC-CXR-JPG has it: the text or section that was set by hand for a study; else the
      last section of the first kind present of impression, findings, last paragraph and comparison. The last
      paragraph is what follows the first blank line of the last section, and there is none where there is an
      impression or findings. Empty impressions and findings do not count. A report without a "FINAL REPORT" line
      is not MIMIC-CXR's: it is labelled whole where it has no headers, and what stands before its first header is
      labelled where it has none of these kinds.
    - "all": every section but those of kinds that assert nothing of this examination, such as the indication; what
      follows a blank line in such a section is text without a header and is labelled, and in a report of one line
      what follows the first sentence of a comparison or technique.
    - kinds joined by "+": every section of these kinds. A report without any header is labelled whole, since
      nothing says that it is not what was asked for; a report with headers of other kinds only is not labelled.

    Parameters
    ----------
    text : str
        The report.
    sections : tuple of Section
        What `split_sections` gives for it.
    selection : str
        "mimic", "all", or kinds joined by "+".
    study_id : str
        Finds the studies set by hand, with or without the leading s; other studies may have any id.
    rules : SectionRules
        From `load_section_rules`.

    Returns
    -------
    tuple of (int, int, Section)
        Half-open extents without outer white space, in order and never empty.

    Raises
    ------
    UsageError
        If the selection names an unknown kind.

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> rules = load_section_rules(phrases_folder() / "sections.yaml")
    >>> report = "INDICATION: Cough.\nFINDINGS: Small effusion.\nIMPRESSION: No pneumonia."
    >>> sections = split_sections(report, rules)
    >>> [report[start:end] for start, end, _ in choose_sections(report, sections, "mimic", "1", rules)]
    ['No pneumonia.']
    >>> [report[start:end] for start, end, _ in choose_sections(report, sections, "all", "1", rules)]
    ['Small effusion.', 'No pneumonia.']
    """
    kinds = selected_kinds(selection, rules)
    if selection == "mimic":
        return _choose_mimic(text, sections, study_key(study_id), rules)
    if kinds is None:
        chosen = [asserting for section in sections if (asserting := _asserting(text, section, rules))]
    elif _is_free_text(sections):
        chosen = list(sections)
    else:
        chosen = [section for section in sections if _is_of(section, kinds, rules)]
    return tuple(extent for section in chosen if (extent := _body(text, section)))


def section_row(text: str, study_id: str, selection: str, rules: SectionRules) -> dict[str, str]:
    """Return the sections of one report as MIMIC-CXR's mimic_cxr_sectioned.csv has them, and what is labelled.

    The identifier's column is study_id, as in every other output; there it is called study.

    Parameters
    ----------
    text : str
        The report.
    study_id : str
        Stands in the row; finds the studies set by hand.
    selection : str
        As for `choose_sections`.
    rules : SectionRules
        From `load_section_rules`.

    Returns
    -------
    dict of str to str
        study_id, impression, findings, last_paragraph, comparison (the last section of each, "" where there is none)
        and labelled_text, whose stretches are joined by a blank line.

    Raises
    ------
    UsageError
        If the selection names an unknown kind.

    Examples
    --------
    >>> from labeler.phrasebook.load import phrases_folder
    >>> rules = load_section_rules(phrases_folder() / "sections.yaml")
    >>> row = section_row("FINDINGS: Clear lungs. IMPRESSION: Normal.", "s1", "mimic", rules)
    >>> row["findings"], row["labelled_text"]
    ('Clear lungs.', 'Normal.')
    """
    seen = legible(text)
    sections = split_sections(seen.text, rules)
    row = {"study_id": study_id}
    for kind in ("impression", "findings", LAST_PARAGRAPH, COMPARISON):
        found = _last_of(kind, seen.text, sections, rules)
        row[kind] = _written(found, seen, text) if found else ""
    chosen = choose_sections(seen.text, sections, selection, study_id, rules)
    row["labelled_text"] = "\n\n".join(_written(extent, seen, text) for extent in chosen)
    return row


def _written(extent: Extent, seen: NormalText, text: str) -> str:
    start, end = seen.span(extent[0], extent[1])
    return text[start:end]


def _choose_mimic(text: str, sections: tuple[Section, ...], study_id: str, rules: SectionRules) -> tuple[Extent, ...]:
    if (limits := rules.ranges.get(study_id)) and limits[0] < len(text):
        start, end = limits
        hand_set = Section("range", "", start, min(end, len(text)), start)
        return tuple(filter(None, [_body(text, hand_set)]))
    if _is_free_text(sections):
        return tuple(extent for section in sections if (extent := _body(text, section)))
    hand_named = rules.named.get(study_id)
    for kind in (hand_named, *rules.mimic_order) if hand_named else rules.mimic_order:
        if found := _last_of(kind, text, sections, rules):
            return (found,)
    # The last paragraph is MIMIC-CXR's; elsewhere the report itself may stand before the first header.
    untitled = [section for section in sections if section.kind == PREAMBLE]
    if any(section.title for section in untitled):
        return ()
    return tuple(extent for section in untitled if (extent := _body(text, section)))


def _last_of(kind: str, text: str, sections: tuple[Section, ...], rules: SectionRules) -> Extent | None:
    """Return the last section of a kind; impressions and findings count only where they are not empty."""
    if kind == LAST_PARAGRAPH:
        return _last_paragraph(text, sections, rules)
    extents = (_body(text, section) for section in reversed(sections) if section.kind == kind)
    return next(filter(None, extents) if kind in rules.last_paragraph_without else extents, None)


def _last_paragraph(text: str, sections: tuple[Section, ...], rules: SectionRules) -> Extent | None:
    """Return what follows the first blank line of the last section, in a report with headers of other kinds only."""
    if _is_free_text(sections) or any(_last_of(kind, text, sections, rules) for kind in rules.last_paragraph_without):
        return None
    usable = [section for section in sections if section.kind not in rules.last_paragraph_without]
    if not usable:
        return None
    last = usable[-1]
    # A banner is part of the preamble's first paragraph; a header is no part of a section's.
    begin = last.start if last.kind == PREAMBLE else last.body
    blank = _BLANK_LINE.search(text, begin, last.end)
    if blank is None:
        return None
    return _body(text, Section(LAST_PARAGRAPH, "", blank.end(), last.end, blank.end()))


def _asserting(text: str, section: Section, rules: SectionRules) -> Section | None:
    """Return what of a section is labelled under "all": all, what follows its first paragraph or sentence, or None."""
    if rules.asserts.get(section.kind, True):
        return section
    rest = _rest_of_line(text, section, rules) or _after_paragraph(text, section, rules)
    return Section(PREAMBLE, "", rest, section.end, rest) if rest else None


def _after_paragraph(text: str, section: Section, rules: SectionRules) -> int:
    blank = _BLANK_LINE.search(text, section.body, section.end) if section.kind in rules.one_paragraph else None
    return blank.end() if blank else 0


def _rest_of_line(text: str, section: Section, rules: SectionRules) -> int:
    """Return where the findings may begin in a report of one line: behind the first sentence of its last context."""
    within_line = bool(text[: section.start].strip("\n").rpartition("\n")[2].strip()) or "\n" not in text.strip()
    if section.kind not in rules.one_sentence or not within_line or "\n" in text[section.body : section.end].strip():
        return 0
    sentences = split_sentences(text, section.body, section.end)
    return sentences[1][0] if len(sentences) > 1 else 0


def _is_free_text(sections: tuple[Section, ...]) -> bool:
    """Tell whether a report has neither headers nor a banner."""
    return all(section.kind == PREAMBLE and not section.title for section in sections)


def _is_of(section: Section, kinds: frozenset[str], rules: SectionRules) -> bool:
    return section.kind in kinds or ("findings" in kinds and header_key(section.title) in rules.doubles)


def _body(text: str, section: Section) -> Extent | None:
    """Return the extent of a section's text without outer white space, None where it has none."""
    body = text[section.body : section.end]
    stripped = body.strip()
    if not stripped:
        return None
    start = section.body + len(body) - len(body.lstrip())
    return start, start + len(stripped), section
