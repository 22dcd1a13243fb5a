"""What is misspelt is read as what it is meant for, real words stay, and what nothing accounts for is unread."""

import pytest

from labeler import Labeler
from labeler.phrasebook.load import load_phrasebook
from labeler.text.words import Vocabulary


@pytest.fixture(scope="module")
def vocabulary():
    """Make the vocabulary of the default rules."""
    return Vocabulary(load_phrasebook())


@pytest.fixture(scope="module")
def labeler():
    """Make a labeler of all sections."""
    return Labeler(sections="all")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("small pleurel effusoin", "small pleural effusion"),
        ("no pneumothroax", "no pneumothorax"),
        ("atelectsais at the rigth base", "atelectasis at the right base"),
        ("congestoin", "congestion"),
        ("old fractrue", "old fracture"),
        ("costofrenic angle", "costophrenic angle"),
        ("nopneumothorax", "no pneumothorax"),
        ("pleuraleffusion", "pleural effusion"),
        ("a pneumo- thorax", "a pneumothorax"),
        ("cardio- megaly and edema", "cardiomegaly and edema"),
    ],
)
def test_a_slip_is_read_as_what_is_meant(vocabulary, written, meant):
    """Swapped, missing and extra letters, missing blanks and broken lines are read over."""
    assert vocabulary.spelled(written).text == meant


@pytest.mark.parametrize(
    "written",
    [
        "effusive", "nodal", "injection", "infarction", "fission", "diffusion", "hypoinflated", "tuberculoma",
        "pneumatosis", "fluoroscopy", "right- sided", "jones", "smith", "lobulated", "wuhan", "a 1 - 1 mm",
    ],
)  # fmt: skip
def test_a_word_of_its_own_stays(vocabulary, written):
    """English words, places, names and words with another beginning are no slips."""
    assert vocabulary.spelled(written).text == written


def test_the_mention_is_the_word_as_it_is_written(labeler):
    """Offsets lead to what stands in the report."""
    report = "Small left effussion, no pneumo-\nthorax."
    labels = labeler.label(report)
    mentions = {a.mention.finding: a.mention for a in labels.assertions}
    for finding, text in (("Pleural Effusion", "effussion"), ("Pneumothorax", "pneumo-\nthorax")):
        mention = mentions[finding]
        assert mention.text == text == report[mention.start : mention.end]


def test_a_published_profile_reads_words_as_they_stand():
    """The published labelers correct nothing."""
    assert Labeler(profile="chexpert", sections="all").label("Atelectsais.")["Atelectasis"] is None


def test_what_nothing_accounts_for_is_unread_and_withholds_no_finding(labeler):
    """What may be a finding is shown, and nothing is called normal beside it."""
    report = "No pleural effusion. Quiescent tubercloid change."
    labels = labeler.label(report)
    assert [report[word.start : word.end] for word in labels.unread] == ["Quiescent", "tubercloid"]
    assert labels["No Finding"] is None
    assert labels.evidence("No Finding").rule_id == "no-finding.unread"
    assert labeler.label("No pleural effusion. The patient was seen in the morning.")["No Finding"] == "present"


@pytest.mark.parametrize(
    "text",
    [
        "Pas d'épanchement pleural. Silhouette cardio-médiastinale normale.",
        "Kein Pleuraerguss. Herz normal groß.",
        "Sin derrame pleural. Silueta cardiaca normal.",
        "Versamento pleurico destro con atelettasia.",
        "Płuca bez zagęszczeń, serce niepowiększone.",
        "右側胸水あり、心拡大なし。",
    ],
)
def test_another_language_is_not_read(labeler, text):
    """Nothing is read of it, whatever its words look like."""
    labels = labeler.label(text)
    assert labels.is_foreign
    assert set(labels.to_dict().values()) == {None}


@pytest.mark.parametrize(
    "text",
    [
        "Fibronodular PTB.", "Pleurel effusoin presnt", "Dr. Müller informed. No effusion.", "", "AP CXR: NAD.",
        "ETT, NGT, RIJ CVC, LSCV TLC. No PTX.",
    ],
)  # fmt: skip
def test_english_of_any_kind_is_read(labeler, text):
    """Neither misspellings nor abbreviations nor names make a text foreign."""
    assert not labeler.label(text).is_foreign
