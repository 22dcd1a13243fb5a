"""Marked sentences by phenomenon: what radiologists write, and what the labeler must read from it.

Each `*.yaml` beside this file is one phenomenon: its meaning, its cases, and near-misses that look like it and are
not. A sentence marks every mention with its status: `No <absent:Pleural Effusion>effusion</absent>.` A mark `none`
means that nothing may be asserted; a mention without a mark is a failure. Marks and mentions are compared by overlap,
so that a change of the phrase lists does not touch the cases. A sentence that is a case of a rule or of a finding in
`phrases/` is tested there (test_rules.py) and not repeated here.

`open_cases.yaml` lists, by cause, the sentences that are read wrongly today. Each must fail: one that passes is fixed
and is to be removed from the list.
"""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from labeler.authoring.cases import parse_case
from labeler.phrasebook.load import load_phrasebook
from labeler.pipeline import Labeler

HERE = Path(__file__).parent
OPEN = yaml.safe_load((HERE / "open_cases.yaml").read_text("utf-8")) or {}
CAUSES = {markup: cause for cause, sentences in OPEN.items() for markup in sentences}
PHENOMENA = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in sorted(HERE.glob("*.yaml"))
    if path.stem != "open_cases"
}
SENTENCES = [
    (f"{phenomenon}:{key}:{number}", markup)
    for phenomenon, content in PHENOMENA.items()
    for key in ("cases", "near_misses")
    for number, markup in enumerate(content.get(key, ()), start=1)
]
BOOK = load_phrasebook()
# Statements of normality are no mention of an observation.
OBSERVATIONS = set(BOOK.label_set.findings) - {"No Finding"}


@pytest.fixture(scope="module")
def labeler():
    """Return one labeler for all sentences."""
    return Labeler(sections="all")


def differences(labeler, case):
    """Return what a case expects and the labeler does not give, and what it gives unexpected, one line each."""
    read = [a for a in labeler.label(case.text).assertions if a.mention.finding in OBSERVATIONS]
    lines, claimed = [], set()
    for mark in case.expected:
        hits = [
            (number, assertion)
            for number, assertion in enumerate(read)
            if assertion.mention.finding == mark.finding
            and assertion.mention.start < mark.end
            and mark.start < assertion.mention.end
        ]
        claimed.update(number for number, _ in hits)
        words = case.text[mark.start : mark.end]
        if not hits and mark.status != "none":
            lines.append(f"{mark.finding} {words!r}: expected {mark.status}, got no mention")
        lines += [
            f"{mark.finding} {words!r}: expected {mark.status}, got {described(assertion)}"
            for _, assertion in hits
            if (assertion.status or "none") != mark.status
        ]
    lines += [
        f"{assertion.mention.finding} {assertion.mention.text!r}: not expected, got {described(assertion)}"
        for number, assertion in enumerate(read)
        if number not in claimed and assertion.status
    ]
    return lines


def described(assertion):
    """Return the status of an assertion with the rule and the cue that decided it."""
    cue = assertion.cue.text if assertion.cue else ""
    return f"{assertion.status or 'none'} by {assertion.rule_id or 'default'} ({assertion.reader}) on {cue!r}"


def marked(name, markup):
    """Return a sentence as a parameter; an open case must fail."""
    marks = [pytest.mark.xfail(reason=CAUSES[markup], strict=True)] if markup in CAUSES else []
    return pytest.param(markup, id=name, marks=marks)


@pytest.mark.parametrize("markup", [marked(name, markup) for name, markup in SENTENCES])
def test_mentions_of_a_sentence_are_read_as_marked(labeler, markup):
    """Every mention of the sentence has the status that is marked, and no other mention asserts anything."""
    case = parse_case(markup)
    assert differences(labeler, case) == [], case.text


def test_every_sentence_expects_something_of_known_findings():
    """A sentence without a mark, or with a finding that is not in the label set, would test nothing."""
    for name, markup in SENTENCES:
        case = parse_case(markup)
        assert case.expected, name
        assert {mark.finding for mark in case.expected} <= set(BOOK.label_set.findings), name


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_phenomenon_has_a_meaning_cases_and_no_other_key(phenomenon):
    """A file with a misspelt key would hide its sentences from the test."""
    content = PHENOMENA[phenomenon]
    assert content["meaning"]
    assert content["cases"]
    assert set(content) <= {"meaning", "cases", "near_misses"}


def read_as(markup):
    """Return the text of a marked sentence and the statuses it expects."""
    case = parse_case(markup)
    return case.text, tuple(mark.status for mark in case.expected)


def test_no_sentence_is_repeated():
    """Each sentence is a case of one phenomenon, and not a case of a rule or of a finding as well."""
    texts = [parse_case(markup).text for _, markup in SENTENCES]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    rules = [rule for file in BOOK.assertions for rule in (*file.cues, *file.dependencies)]
    own = {read_as(markup) for holder in (*rules, *BOOK.findings) for markup in holder.cases}
    assert [name for name, markup in SENTENCES if read_as(markup) in own] == []


def test_open_cases_are_sentences_of_a_phenomenon():
    """A sentence on the list of open cases that is no longer a case would stay on the list for ever."""
    assert set(CAUSES) <= {markup for _, markup in SENTENCES}
