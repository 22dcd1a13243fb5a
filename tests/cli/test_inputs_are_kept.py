"""No command replaces what it reads."""

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        ("unread", "{file}", "-o", "{file}"),
        ("export", "{file}", "-o", "{file}"),
        ("compare", "{file}", "{file}", "-o", "{file}"),
    ],
)
def test_an_output_that_is_an_input_is_refused(run, tmp_path, arguments):
    """The file is as it was."""
    path = tmp_path / "table.csv"
    path.write_text("study_id,Edema,text\n1,1,No edema.\n")
    result = run(*(word.format(file=path) for word in arguments))
    assert result.exit_code == 2
    assert "is an input; an output would replace it" in result.stderr
    assert path.read_text() == "study_id,Edema,text\n1,1,No edema.\n"


def test_attributes_of_several_label_sets_are_refused(run, tmp_path):
    """They have no columns for them."""
    path = tmp_path / "table.csv"
    path.write_text("study_id,text\n1,No edema.\n")
    sets = ("--label-set", "chexpert", "--label-set", "vindr")
    result = run("label", path, "-o", tmp_path / "out.csv", "--attributes", *sets)
    assert result.exit_code == 2
    assert "are for one label set" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"a": "Edema.", "a": "Clear.", "b": "Clear."}', "has a key twice"),
        ('[{"id": null, "report": "Edema."}]', "entry 1: has no identifier"),
        ('[{"id": true, "report": "Edema."}]', "entry 1: has an identifier that is neither text nor a whole number"),
    ],
)
def test_generated_reports_without_true_identifiers_are_refused(run, tmp_path, content, said):
    """Nothing is swapped or lost in silence."""
    path = tmp_path / "a.json"
    path.write_text(content)
    result = run("evaluate", "--references", path, "--candidates", path)
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert "Edema" not in result.stderr
