"""The labeler as a whole, where its stages meet."""

import pickle
import shutil

import pandas as pd
import pytest

from labeler import Labeler, Report, label_report
from labeler.errors import UsageError
from labeler.phrasebook.load import phrases_folder
from labeler.text.sections import load_section_rules, split_sections

REPORT = """INDICATION: Fever, rule out pneumonia.

FINDINGS: Heart size is normal. Small
left pleural   effusion. NO PNEUMOTHORAX.

IMPRESSION: Small left effusion. Pneumonia cannot be excluded.
"""


@pytest.fixture(scope="module")
def labeler():
    """Return a labeler of all sections."""
    return Labeler(sections="all")


def said(labels):
    """Return the labels that say anything."""
    return {finding: status for finding, status in labels.to_dict().items() if status}


def test_report_is_labelled_over_its_sections(labeler):
    """Findings and impression count, the indication does not."""
    assert said(labeler.label(REPORT)) == {
        "Cardiomegaly": "absent",
        "Pleural Effusion": "present",
        "Pneumothorax": "absent",
        "Pneumonia": "uncertain",
    }


@pytest.mark.parametrize(
    ("sections", "findings"),
    [
        ("impression", {"Pleural Effusion", "Pneumonia"}),
        ("mimic", {"Pleural Effusion", "Pneumonia"}),
        ("findings", {"Cardiomegaly", "Pleural Effusion", "Pneumothorax"}),
        ("findings+impression", {"Cardiomegaly", "Pleural Effusion", "Pneumothorax", "Pneumonia"}),
    ],
)
def test_sections_choose_the_text(sections, findings):
    """Only what was chosen is read."""
    assert set(said(Labeler(sections=sections).label(REPORT))) == findings


UNHEADED = [
    (
        "EXAM: Chest, two views\n\nHEART: Normal size.\nPLEURA: Small left effusion.\n\nIMPRESSION: No edema.",
        "template",
    ),
    ("HISTORY: Cough.\n\nThe heart is normal in size. Small left effusion.\n\nIMPRESSION: No edema.", "history"),
    ("Comparison: none.\n\nHeart size is normal. Small left effusion.\n\nIMPRESSION: No edema.", "comparison"),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for text, name in UNHEADED])
def test_findings_without_a_header_of_their_own_are_labelled(labeler, text):
    """A paragraph of findings after a line of examination, history or comparison is not lost."""
    assert said(labeler.label(text)) == {"Cardiomegaly": "absent", "Pleural Effusion": "present", "Edema": "absent"}


def test_time_of_day_ends_no_header():
    """A line with the hour of the examination is no section."""
    rules = load_section_rules(phrases_folder() / "sections.yaml")
    sections = split_sections("PORTABLE AP CHEST, 05:40 HOURS\n\nIMPRESSION: No edema.", rules)
    assert [section.title for section in sections] == ["", "IMPRESSION"]


def test_assertions_tell_where_they_stand(labeler):
    """Offsets are into the original, over line breaks; section, sentence and cue are told."""
    effusion = labeler.label(REPORT).evidence("Pleural Effusion").assertions[0]
    assert REPORT[effusion.mention.start : effusion.mention.end] == effusion.mention.text == "effusion"
    assert effusion.sentence.section.kind == "findings"
    assert REPORT[effusion.sentence.start : effusion.sentence.end] == "Small\nleft pleural   effusion."
    pneumothorax = labeler.label(REPORT).evidence("Pneumothorax").assertions[0]
    assert (pneumothorax.cue.text, REPORT[pneumothorax.cue.start :][:2]) == ("NO", "NO")


def test_report_brings_its_identifiers(labeler):
    """Text alone has no identifier."""
    labels = labeler.label(Report("s7", "No edema.", "p3"))
    assert (labels.study_id, labels.subject_id) == ("s7", "p3")
    assert labeler.label("No edema.").study_id == ""


@pytest.mark.parametrize("text", ["", " \n ", "INDICATION: Pneumonia.\n"])
def test_report_with_nothing_to_label_is_blank(labeler, text):
    """An empty report is no normal one."""
    labels = labeler.label(text)
    assert said(labels) == {}
    assert labels.labelled_characters == 0


def test_many_reports_come_in_their_order(labeler):
    """One result per report, lazily."""
    texts = ["No edema.", "Edema.", "Possible edema."]
    results = labeler.label_many(iter(texts))
    assert next(results)["Edema"] == "absent"
    assert [labels["Edema"] for labels in results] == ["present", "uncertain"]


def test_table_is_labelled_row_by_row(labeler):
    """The index is that of the table; numbers stand for statuses, nothing for what is not mentioned."""
    table = pd.DataFrame({"id": ["a", "b"], "text": ["No edema.", "Possible edema."]}, index=[5, 3])
    labelled = labeler.label_frame(table, id_column="id")
    assert list(labelled.index) == [5, 3]
    assert list(labelled["Edema"]) == [0.0, -1.0]
    assert labelled["Fracture"].isna().all()


def test_copy_in_another_process_says_the_same(labeler):
    """A labeler crosses processes."""
    copy = pickle.loads(pickle.dumps(labeler))  # noqa: S301
    assert copy.label(REPORT) == labeler.label(REPORT)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sections": "epilogue"}, "no section kind .epilogue."),
        ({"label_set": "padchest14"}, "no label set 'padchest14'"),
        ({"aggregation": "vote"}, "no aggregation 'vote'"),
        ({"phrases": "/no/such/folder"}, "no such folder of phrase files"),
    ],
)
def test_unknown_option_is_an_error_before_any_report(options, message):
    """Nothing falls back to a default in silence."""
    with pytest.raises(UsageError, match=message):
        Labeler(**options)


def test_phrases_of_another_folder_are_used(tmp_path):
    """A copy of the phrase files with one phrase more finds it, and has another hash."""
    folder = tmp_path / "phrases"
    shutil.copytree(phrases_folder(), folder)
    path = folder / "chexpert" / "findings" / "pneumothorax.yaml"
    path.write_text(path.read_text("utf-8").replace('"pleural air {', '"{lung drop,pleural air} {', 1), "utf-8")
    custom = Labeler(sections="all", phrases=folder)
    assert custom.label("No lung drop collection.")["Pneumothorax"] == "absent"
    assert custom.phrase_hash != Labeler().phrase_hash


def test_phrase_with_a_digit_is_found(tmp_path):
    """A phrase is literal text, digits included."""
    folder = tmp_path / "phrases"
    shutil.copytree(phrases_folder(), folder)
    path = folder / "chexpert" / "findings" / "pneumothorax.yaml"
    path.write_text(path.read_text("utf-8").replace('"pleural air {', '"{level 3,pleural air} {', 1), "utf-8")
    assert Labeler(sections="all", phrases=folder).label("No level 3 collection.")["Pneumothorax"] == "absent"


def test_label_report_says_what_a_labeler_and_the_command_line_say():
    """The shortest way to labels has the defaults of the others; another choice of sections is an option."""
    assert label_report(REPORT) == Labeler().label(REPORT)
    assert label_report(REPORT)["Cardiomegaly"] is None
    assert label_report(REPORT, sections="all")["Cardiomegaly"] == "absent"


def test_labeler_tells_what_it_is(labeler):
    """The line names label set, sections and phrases."""
    assert repr(labeler) == f"<Labeler: chexpert, 14 findings, sections all, phrases {labeler.phrase_hash}>"


@pytest.mark.parametrize("workers", [1, 2])
def test_labels_of_many_keep_the_text_and_show_progress(labeler, capsys, workers):
    """Labels from another process are shown with the report's text as well."""
    (labels,) = labeler.label_many([REPORT], workers=workers, progress=True)
    assert labels.text == REPORT
    assert "1/1" in capsys.readouterr().err


def test_assertion_has_the_text_of_its_sentence(labeler):
    """It is the report's, line break and all."""
    sentence = labeler.label(REPORT).evidence("Pleural Effusion").assertions[0].sentence
    assert sentence.text == "Small\nleft pleural   effusion." == REPORT[sentence.start : sentence.end]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda labeler: labeler.label(None), "A report must be a str, or a Report of one, not NoneType"),
        (lambda labeler: labeler.label(b"No edema."), "not bytes"),
        (lambda labeler: labeler.label(Report("s1", None)), "not NoneType"),
        (lambda labeler: labeler.label_many("No edema."), r"not one str; label\(\) takes one report"),
        (lambda labeler: labeler.label_many("No edema.", workers=2), "not one str"),
        (lambda labeler: labeler.label_many(Report("s1", "No edema.")), "not one Report"),
        (lambda labeler: labeler.label_many(None), "a list of texts, not None;"),
        (lambda labeler: labeler.label_many({"s1": "No edema."}), "of a dict, give its values"),
        (lambda labeler: labeler.label_many(pd.DataFrame({"edema": []})), r"or a table to label_frame\(\)"),
        (lambda labeler: labeler.label_batch("No edema."), "not one str"),
        (lambda labeler: list(labeler.label_many(["No edema.", float("nan")])), "not float"),
        (lambda labeler: list(labeler.label_many(["No edema.", float("nan")], workers=2)), "not float"),
        (lambda labeler: labeler.label_frame("No edema."), "takes a pandas DataFrame, not a str"),
    ],
)
def test_what_is_no_report_is_a_type_error(labeler, call, told):
    """The message says what is expected and what was given, and quotes nothing."""
    with pytest.raises(TypeError, match=told) as raised:
        call(labeler)
    assert "edema" not in str(raised.value)


def test_half_a_character_is_an_unknown_one(labeler):
    """It spoils its word and nothing else, and offsets count it."""
    text = "No ede\ud800ma. Small effusion \udc00."
    (assertion,) = labeler.label(text).assertions
    assert text[assertion.mention.start : assertion.mention.end] == assertion.mention.text == "effusion"
    frame = pd.DataFrame({"text": pd.Series(["\ud800", "No edema."], dtype=object)})
    assert labeler.label_frame(frame)["Edema"].tolist()[1] == 0.0


def test_identifiers_named_like_an_observation_are_refused(labeler):
    """The result would have two columns of the name."""
    frame = pd.DataFrame({"Edema": ["s1"], "text": ["No edema."]})
    with pytest.raises(UsageError, match="'Edema' has the name of an observation"):
        labeler.label_frame(frame, id_column="Edema")
