"""How far a cue reaches, with a scope file of a few words."""

import pytest

from labeler.assertions.negex import NegexReader
from labeler.assertions.tokens import tokenized
from labeler.authoring.cases import parse_case

CASES = [
    # a list, its commas, its "or"
    "No <absent>edema</absent>, <absent>effusion</absent> or <absent>mass</absent>.",
    "No <absent>edema</absent>, <absent>effusion</absent>, <absent>mass</absent>.",
    "No <absent>edema</absent> and <absent>effusion</absent>.",
    "No <absent>edema</absent> nor <absent>effusion</absent>.",
    # what ends it: a stop, another cue, an opener, a clause, a comma after a closed list
    "No <absent>edema</absent> but <present>effusion</present>.",
    "No <absent>edema</absent>; <present>effusion</present>.",
    "Lungs without <absent>edema</absent> which <present>effusion</present> hides.",
    "No <absent>edema</absent> which may be <uncertain>effusion</uncertain>.",
    "No <absent>edema</absent>, possible <uncertain>effusion</uncertain>.",
    "No <absent>edema</absent>, small <present>effusion</present>.",
    "No <absent>edema</absent>, stable <present>effusion</present>.",
    "No <absent>edema</absent>, <present>effusion</present> is large.",
    "No <absent>edema</absent> and <present>effusion</present> has grown.",
    "No <absent>edema</absent> or <absent>mass</absent>, <present>effusion</present>.",
    # the clause of another item is none of this one
    "No <absent>edema</absent> and <absent>effusion</absent>, <present>mass</present> is large.",
    # a word that sums up, alone, ends the list at a comma; as part of a finding's name it does not
    "No acute process, <present>mass</present>.",
    "No lung <absent>disease</absent>, <present>mass</present>.",
    "No <absent>edema</absent> process, <present>mass</present>.",
    "No <absent>airspace disease</absent>, <absent>mass</absent>.",
    "No <absent>edema</absent> or <absent>mass</absent> and <absent>effusion</absent>.",
    # an opener within a list that goes on is an adjective of its item
    "No <absent>edema</absent>, small <absent>effusion</absent>, or <absent>mass</absent>.",
    # a stop or another cue ends a list before its "or"
    "No <absent>edema</absent>, small <present>effusion</present> with <present>mass</present> or scar.",
    "No <absent>edema</absent>, small <present>effusion</present>, possible <uncertain>mass</uncertain> or scar.",
    # a participle closes the list, it makes no clause
    "No <absent>edema</absent> or <absent>effusion</absent> is seen.",
    "No <absent>edema</absent> and <absent>effusion</absent> are present.",
    # a cue after the finding
    "<absent>Edema</absent> is not seen.",
    "<absent>Edema</absent> or <absent>effusion</absent> is not seen.",
    "<present>Edema</present>, <absent>effusion</absent> is not seen.",
    "<present>Edema</present> is large, <absent>effusion</absent> not seen.",
    "<present>Edema</present> but <absent>effusion</absent> is not seen.",
    "<absent>Edema</absent> or <absent>effusion</absent> not seen",
    "<absent>Edema</absent> or <absent>effusion</absent> has been excluded.",
    "<absent>Edema</absent> or <absent>effusion</absent> is not seen, <present>mass</present> is stable.",
    "<uncertain>Effusion</uncertain>, small if any.",
    # not where the cue is an attribute of a mention behind it
    "<present>Edema</present> and excluded <absent>mass</absent>.",
    # not over an item with a cue of its own
    "Possible <uncertain>edema</uncertain> or <absent>effusion</absent> is not seen.",
    "Possible <uncertain>mass</uncertain>, <absent>edema</absent> or <absent>effusion</absent> is not seen.",
    "<present>Mass</present> and no <absent>effusion</absent>, not seen before.",
    # reach "coordination": not over a comma alone
    "Free of <absent>edema</absent> or <absent>effusion</absent>.",
    "Free of <absent>edema</absent>, <absent>effusion</absent>, or <absent>mass</absent>.",
    "Free of <absent>edema</absent>, <present>effusion</present>.",
    # reach "clause": over any list until a verb
    "Evaluate for <none>edema</none>, <none>effusion</none>, stable <none>mass</none>.",
    "Evaluate for <none>edema</none>, <present>effusion</present> is large.",
    # reach "neighbour": only the item beside it
    "<uncertain>Edema</uncertain> versus <uncertain>effusion</uncertain>.",
    "<present>Mass</present>, <uncertain>edema</uncertain> versus <uncertain>effusion</uncertain>.",
    "<uncertain>Edema</uncertain> versus <uncertain>effusion</uncertain>, <present>mass</present>.",
    "<present>Mass</present>, scar versus <uncertain>effusion</uncertain>.",
    # the longest cue takes its words from the others
    "No change in <present>edema</present>.",
    "No change in <present>edema</present>, no <absent>effusion</absent>.",
    # cues on the wrong side say nothing
    "<present>Edema</present> without <absent>mass</absent>.",
    # rules for certain findings
    "Dry <absent:Edema>edema</absent>.",
    "Dry <present:Fracture>fracture</present>.",
]


@pytest.fixture
def reader(book):
    """Return the reader of cues over the small rules."""
    return NegexReader(book)


@pytest.mark.parametrize("markup", CASES)
def test_cue_reaches_what_it_governs_and_no_more(reader, book, targets, markup):
    """Each finding of the sentence has the status that is marked; without a cue it is present."""
    text, asked = targets(markup)
    ranks = [tier.id for tier in book.order.tiers]
    answers = reader.read(tokenized(text), asked)
    read = [min(a, key=lambda v: ranks.index(v.tier)).status if a else "present" for a in answers]
    assert read == [e.status for e in parse_case(markup).expected]


@pytest.mark.parametrize(
    ("markup", "reached"),
    [
        ("<none>Heart</none> is normal.", [True]),
        ("Normal <none>heart</none> and <none>mediastinum</none>.", [True, True]),
        ("<none>Heart</none> and <none>mediastinum</none> are normal.", [True, True]),
        ("<none>Heart</none>, <none>mediastinum</none>, and <none>hila</none> normal.", [True, True, True]),
        ("<none>Heart</none> is large, <none>mediastinum</none> is normal.", [False, True]),
        ("<none>Heart</none> is stable and otherwise normal.", [True]),
        ("Normal lungs over the <none>heart</none>.", [False]),
        ("<none>Heart</none> is normal, <none>mediastinum</none>.", [True, False]),
        ("<none>Heart</none> normal, <none>mediastinum</none>.", [True, False]),
        ("<none>Heart</none> over lung bases; normal <none>lungs</none> and <none>hila</none>.", [False, True, True]),
        ("Bones normal, the <none>heart</none> is large.", [False]),
        ("<none>Heart</none>; lungs normal.", [False]),
        ("<none>Heart</none> and <none>lungs</none> normal <none>hila</none> clear.", [True, True, True]),
        ("<none>Heart</none> is large, <none>mediastinum</none> is clear and normal.", [False, True]),
        ("<none>Heart</none>: enlarged.", [True]),
        ("<none>Heart</none>: <none>aorta</none> is enlarged.", [False, True]),
        ("<none>Heart</none>: <none>aorta</none> is normal.", [False, True]),
    ],
)
def test_what_is_said_of_anatomy_reaches_its_subject(reader, targets, markup, reached):
    """Attributes and predicates of anatomy reach over coordinated subjects, not over places and other clauses."""
    text, asked = targets(markup, "anatomy")
    answers = reader.read(tokenized(text), asked)
    assert [bool(answer) for answer in answers] == reached
