"""The form of phrase files: braces, and what a model refuses."""

import pytest
from pydantic import ValidationError

from labeler.phrasebook.schema import CueRule, LabelSetFile, PhraseGroup, ScopeFile, expand


@pytest.mark.parametrize(
    ("phrase", "texts"),
    [
        ("effusion", ("effusion",)),
        ("effusion{,s}", ("effusion", "effusions")),
        ("{no,without} {acute ,}edema", ("no acute edema", "no edema", "without acute edema", "without edema")),
        ("{one}", ("one",)),
        ("{a,a}", ("a",)),
        ("{a,b}{a,b}", ("aa", "ab", "ba", "bb")),
        ("a. b*", ("a. b*",)),
    ],
)
def test_braces_stand_for_each_of_their_choices(phrase, texts):
    """Choices are taken left to right, as a shell takes them; nothing else has a meaning of its own."""
    assert expand(phrase) == texts


@pytest.mark.parametrize("phrase", ["effusion{,s", "effusion,s}", "{a,{b,c}", "}{"])
def test_brace_without_its_partner_is_refused(phrase):
    """An open brace is a slip, not a character to look for."""
    with pytest.raises(ValueError, match="a brace is not closed"):
        expand(phrase)


def test_phrase_that_explodes_is_refused_before_it_does():
    """The bound is checked before the texts are made."""
    with pytest.raises(ValueError, match="stands for more than 5000 texts"):
        expand("{a,b,c,d,e,f,g,h,i,j}" * 40)


def test_group_gives_every_text_of_its_phrases():
    """The texts of a group are in the order of its phrases."""
    group = PhraseGroup(id="a", meaning="m", phrases=("b{,c}", "d"))
    assert group.texts() == ("b", "bc", "d")


@pytest.mark.parametrize("phrase", ["", " ", "{,}", "{a,}", "a ", " a", "a  b", "{a ,}b {,c}"])
def test_phrase_that_would_match_everywhere_or_nowhere_is_refused(phrase):
    """Every text that the phrase stands for must be words with single blanks."""
    with pytest.raises(ValidationError):
        PhraseGroup(id="a", meaning="m", phrases=(phrase,))


@pytest.mark.parametrize("rule_id", ["", "A", "a b", "a.", ".a", "a..b", "-a", "a_b"])
def test_id_is_lower_case_words_joined_by_dots_and_dashes(rule_id):
    """Ids stand in outputs; they are made of one form."""
    with pytest.raises(ValidationError):
        PhraseGroup(id=rule_id, meaning="m", phrases=("x",))


def test_models_do_not_change():
    """What was read stays as it was read."""
    group = PhraseGroup(id="a", meaning="m", phrases=("x",))
    with pytest.raises(ValidationError):
        group.id = "b"


def test_cue_reaches_over_its_list_unless_told_otherwise():
    """A rule is for findings and of reach "list" without a word."""
    rule = CueRule(
        id="a", meaning="m", tier="t", status="absent", side="before", phrases=("no",), cases=("No <absent>x</absent>",)
    )
    assert (rule.role, rule.reach, rule.findings) == ("finding", "list", ())


def test_rule_without_a_case_is_refused():
    """Every rule shows by a case that it does what it says."""
    with pytest.raises(ValidationError, match="cases"):
        CueRule(id="a", meaning="m", tier="t", status="absent", side="before", phrases=("no",), cases=())


def test_scope_words_are_expanded():
    """The words of scope stand in braces like phrases."""
    words = dict.fromkeys(
        [name for name in ScopeFile.model_fields if name not in {"meaning", "list_verbs", "predicate_words"}],
        ("x",),
    )
    file = ScopeFile.model_validate({"meaning": "m", **words, "list-verbs": ("{a,b}",), "predicate-words": ("c",)})
    assert file.words("list_verbs") == {"a", "b"}


def test_label_set_needs_a_finding():
    """A label set without findings would give empty tables."""
    with pytest.raises(ValidationError, match="findings"):
        LabelSetFile(name="x", meaning="m", findings=())
