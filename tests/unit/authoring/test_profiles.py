"""The profiles of published labelers, each rule by its own cases."""

import pytest

from labeler.assertions.stage import AssertionStage
from labeler.assertions.verdict import Target
from labeler.authoring.cases import parse_case
from labeler.errors import PhraseFileError, UsageError
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.profiles import load_profile, profile_names
from labeler.pipeline import Labeler
from labeler.text.plain import plain

OTHERS = [name for name in profile_names(phrases_folder()) if name != "default"]
BOOKS = {name: load_phrasebook(profile=name) for name in OTHERS}
STAGES = {name: AssertionStage(book) for name, book in BOOKS.items()}
RULES = [(name, rule) for name, book in BOOKS.items() for file in book.assertions for rule in file.cues]


def own(name, rule):
    """Tell whether a rule stands in a profile's own folder, not in one that it extends."""
    return name == "chexpert" or rule.id.startswith("negbio.")


@pytest.mark.parametrize(("name", "rule"), [pytest.param(n, r, id=f"{n}-{r.id}") for n, r in RULES if own(n, r)])
def test_rule_reads_its_cases_and_decides_in_one(name, rule):
    """Each marked mention of a rule's cases gets its status, and the rule is needed in one of them."""
    deciding = set()
    for markup in rule.cases:
        case = parse_case(markup)
        targets = tuple(
            Target(e.start, e.end, e.finding, "anatomy" if e.finding or rule.role == "anatomy" else "finding")
            for e in case.expected
        )
        verdicts = STAGES[name].read(plain(case.text), targets)
        assert [verdict.status for verdict in verdicts] == [e.status for e in case.expected], markup
        deciding |= {verdict.rule_id for verdict in verdicts}
    assert rule.id in deciding


@pytest.mark.parametrize(
    ("text", "finding", "default", "chexpert", "negbio"),
    [
        ("Atelectasis or pneumonia.", "Pneumonia", "uncertain", "uncertain", "present"),
        ("No new consolidation.", "Consolidation", "absent", "uncertain", "present"),
        ("The mediastinum is stable.", "Enlarged Cardiomediastinum", "uncertain", "uncertain", "present"),
        ("Pulmonary vascular congestion.", "Edema", "present", "uncertain", "uncertain"),
        ("Probably pneumonia.", "Pneumonia", "uncertain", "present", "present"),
        ("No evidence of tuberculosis.", "Support Devices", None, "absent", "absent"),
        ("No pneumothorax.", "Pneumothorax", "absent", "absent", "absent"),
    ],
)
def test_profiles_differ_where_the_published_labelers_do(text, finding, default, chexpert, negbio):
    """The quirks are those that the publications and their users describe."""
    read = {name: Labeler(profile=name, sections="all").label(text)[finding] for name in ("default", *OTHERS)}
    assert read == {"default": default, "chexpert": chexpert, "negbio": negbio}


def test_aggregation_is_that_of_the_profile():
    """All three statuses together are present as documented, uncertain in CheXpert's code, absent in NegBio's."""
    text = "No effusion. Possible effusion. Small effusion."
    read = [Labeler(profile=name, sections="all").label(text)["Pleural Effusion"] for name in ("default", *OTHERS)]
    assert read == ["present", "uncertain", "absent"]


def test_no_finding_is_withheld_for_other_words_by_chexpert_alone():
    """CheXpert's list of other abnormal words has scoliosis; NegBio looks at its own findings only."""
    read = {name: Labeler(profile=name, sections="all").label("Scoliosis.")["No Finding"] for name in OTHERS}
    assert read == {"chexpert": None, "negbio": "present"}


def test_unknown_profile_is_answered_with_those_there_are():
    """The message offers the profiles of the folder."""
    with pytest.raises(UsageError, match=r"no profile 'chexbert' in .*; there are: default, chexpert, negbio"):
        Labeler(profile="chexbert")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("extends: chexbert", "extends: no profile 'chexbert'; there are: default"),
        ("extends: mine", "extends: no profile 'mine'; there are: default"),
        ("extends: default\nwithout: [negation.nought]", "without: default has no rule 'negation.nought'; remove it"),
    ],
)
def test_profile_that_extends_nothing_is_refused(tmp_path, line, message):
    """What a profile builds on must be there."""
    rules = tmp_path / "assertion" / "profiles" / "mine"
    rules.mkdir(parents=True)
    (rules / "profile.yaml").write_text(f"name: mine\nmeaning: x\n{line}\n")
    (tmp_path / "assertion" / "order.yaml").write_text("tiers: [{id: a, meaning: x}]\n")
    scope = phrases_folder() / "assertion" / "scope.yaml"
    (tmp_path / "assertion" / "scope.yaml").write_text(scope.read_text())
    with pytest.raises(PhraseFileError) as error:
        load_profile(tmp_path, "mine")
    assert message in str(error.value)
