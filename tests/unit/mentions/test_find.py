"""Finding phrases in a sentence."""

from types import SimpleNamespace

import pytest

from labeler.mentions.find import MentionFinder
from labeler.phrasebook.schema import FindingFile, MentionGroup, PhraseGroup
from labeler.text.plain import plain


def group(group_id, *phrases, role="finding"):
    """Return a group of phrases that are a mention."""
    return MentionGroup(id=group_id, meaning="m", phrases=phrases, role=role)


def finder(**findings):
    """Return a finder for findings, each given as its groups."""
    files = tuple(
        FindingFile(
            finding=finding,
            meaning="m",
            mentions=tuple(g for g in groups if isinstance(g, MentionGroup)),
            not_mentions=tuple(g for g in groups if not isinstance(g, MentionGroup)),
            cases=("x",),
        )
        for finding, groups in findings.items()
    )
    return MentionFinder(SimpleNamespace(findings=files, label_set=SimpleNamespace(matching="words")))


@pytest.fixture
def small():
    """Return a finder with a few phrases that get into each other's way."""
    return finder(
        Effusion=[
            group("effusion", "{pleural ,}effusion{,s}"),
            PhraseGroup(id="effusion.not-pleural", meaning="m", phrases=("pericardial effusion",)),
        ],
        Devices=[group("tube", "tube", "icd")],
        Heart=[group("heart", "heart", role="anatomy")],
        Opacity=[group("opacity", "lower-lobe opacity", "t/l opacity")],
    )


def found(finder, text):
    """Return the words that were found, with their finding."""
    return [(hit.finding, text[hit.start : hit.end]) for hit in finder.find(plain(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("small effusion.", [("Effusion", "effusion")]),
        ("small pleural effusions, tube", [("Effusion", "pleural effusions"), ("Devices", "tube")]),
        ("tuberculosis, incidental", []),
        ("tube/effusion", [("Devices", "tube"), ("Effusion", "effusion")]),
        ("effusion-tube (tube)", [("Effusion", "effusion"), ("Devices", "tube"), ("Devices", "tube")]),
        ("pericardial effusion", []),
        ("pericardial effusion, pleural effusion", [("Effusion", "pleural effusion")]),
        ("effusion pericardial", [("Effusion", "effusion")]),
        ("lower-lobe opacity", [("Opacity", "lower-lobe opacity")]),
        ("t/l opacity", [("Opacity", "t/l opacity")]),
        ("1effusion", []),
        ("effusion1", []),
        ("_effusion_", [("Effusion", "effusion")]),
        ("\u00e9effusion", []),
        ("", []),
    ],
)
def test_phrases_are_found_as_whole_words(small, text, expected):
    """A phrase stands between characters that are neither letters nor digits, and loses to a longer one."""
    assert found(small, text) == expected


def test_hit_tells_its_phrase_and_its_role(small):
    """The evidence names the group that a phrase stands in; anatomy is read in its own way."""
    (hit,) = small.find("the heart is large")
    assert (hit.finding, hit.phrase_id, hit.role, hit.start, hit.end) == ("Heart", "heart", "anatomy", 4, 9)


def test_one_phrase_may_name_several_findings():
    """A nodular opacity is a lesion and an opacity."""
    both = finder(Lesion=[group("nodular", "nodular opacity")], Opacity=[group("opacity", "{nodular ,}opacity")])
    assert found(both, "nodular opacity") == [("Lesion", "nodular opacity"), ("Opacity", "nodular opacity")]


def test_phrases_are_literal_text():
    """A full stop or a star in a phrase stands for itself."""
    literal = finder(Devices=[group("size", "5.5 tube", "tube*")])
    assert found(literal, "515 tube") == []
    assert found(literal, "5.5 tube*") == [("Devices", "5.5 tube")]


def test_case_of_a_phrase_does_not_matter():
    """Phrases may be written as they are in reports; sentences come in lower case."""
    assert found(finder(Devices=[group("port", "Port-A-Cath")]), "right port-a-cath") == [("Devices", "port-a-cath")]


def test_set_without_phrases_finds_nothing():
    """A finder of no findings reads any text."""
    assert finder().find("effusion") == ()
