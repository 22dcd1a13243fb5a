"""`labeler phrases check`: every message, shown on a set with that fault."""

import pytest
from click.testing import CliRunner

from labeler.cli.app import main
from labeler.phrasebook.load import phrases_folder

SET = "label_set.yaml"
FINDING = "findings/line.yaml"
FILES = {
    SET: "name: own\nmeaning: A set for tests.\nfindings: [Line]\n",
    FINDING: (
        "finding: Line\nmeaning: A line.\nmentions:\n  - id: line\n    meaning: The word.\n    phrases:\n"
        '      - "line{,s}"\n'
        'cases:\n  - "A <present>line</present>."\n  - "No <absent>line</absent>."\n'
    ),
}
TUBE = (
    "finding: Tube\nmeaning: A tube.\nmentions:\n  - id: tube\n    meaning: The word.\n    phrases: [tube]\n"
    'cases: ["A <present>tube</present>.", "No <absent>tube</absent>."]\n'
)


@pytest.fixture
def own(tmp_path):
    """Give a way to write a set with files changed or added, and to check it."""

    def check(changes, *options, folder="own"):
        for name, content in (FILES | changes).items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        result = CliRunner().invoke(main, ["phrases", "check", str(tmp_path / folder), *options])
        return result.exit_code, result.stdout.replace(f"{tmp_path}/", ""), result.stderr

    return check


def phrases(*lines, more=""):
    """Return the finding's file with other phrases, and other keys before its cases."""
    listed = "".join(f"      - {line}\n" for line in lines)
    return {FINDING: FILES[FINDING].replace('      - "line{,s}"\n', '      - "line{,s}"\n' + listed + more)}


def test_a_good_set_has_no_remark(own):
    """Nothing is said of a set that is right."""
    assert own({}) == (0, "", "0 errors, 0 warnings\n")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {SET: "name: own\nname: twice\n"},
            "own/label_set.yaml:2: error: key 'name' is given twice; keep one",
            id="not-yaml",
        ),
        pytest.param(
            {SET: FILES[SET] + "color: red\n"},
            "own/label_set.yaml:4: error: color: unknown key; there are: code_systems, default_policies, ",
            id="unknown-key",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].replace("meaning: A line.\n", "")},
            "own/findings/line.yaml:1: error: meaning: is missing; add it",
            id="missing-key",
        ),
        pytest.param(
            phrases('"line{a,b"'),
            "own/findings/line.yaml:8: error: phrases: a brace is not closed; write alternatives as",
            id="open-brace",
        ),
        pytest.param(
            phrases("*line"), "own/findings/line.yaml:8: error: a text that begins with *; put it in quotes", id="star"
        ),
        pytest.param(
            {SET: FILES[SET] + "sections: al\n"},
            "own/label_set.yaml:4: error: sections: no section kind 'al'; did you mean 'all'?",
            id="sections",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].split("cases:")[0]},
            "own/findings/line.yaml:1: error: cases: is missing; add it",
            id="finding-without-cases",
        ),
        pytest.param(
            {FINDING: "finding: Line\nmeaning: A line.\ncases: [x]\n"},
            "own/findings/line.yaml:1: error: the file: a finding without phrases is never found; give mentions",
            id="finding-without-phrases",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].replace("finding: Line", "finding: Lime")},
            "own/findings/line.yaml:1: error: finding 'Lime' is not in label_set.yaml; add it there",
            id="finding-not-in-the-set",
        ),
        pytest.param(
            {SET: FILES[SET].replace("[Line]", "[Line, Tube]")},
            "own/label_set.yaml:3: error: finding 'Tube' has no file in findings/ and is no group; its column",
            id="column-without-file",
        ),
        pytest.param(
            phrases(more="uses:\n  chexpert: [device.tubes]\n"),
            "own/findings/line.yaml:9: error: uses: label set 'chexpert' has no group 'device.tubes'; did you",
            id="unknown-group",
        ),
        pytest.param(
            phrases(more="uses:\n  chexbert: [device]\n"),
            "own/findings/line.yaml:9: error: uses: label set 'chexbert' has no group 'device'; there are: none",
            id="unknown-set",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].replace("A <present>", "No <present>")},
            "own/findings/line.yaml:9: error: case 'No <present>line</present>.': expected 'line' present, "
            "but it reads 'line' absent",
            id="wrong-case",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].replace("A <present>line</present>", "A line")},
            "own/findings/line.yaml:9: error: case 'A line.': expected nothing, but it reads 'line' present",
            id="case-without-a-mark",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].replace("A <present>line</present>", "A <present>line")},
            "own/findings/line.yaml:9: error: case 'A <present>line.': mark <present> is not closed",
            id="open-mark",
        ),
        pytest.param(
            {SET: FILES[SET] + "default_policies: [mild]\n"},
            "own/label_set.yaml:4: error: default_policies: no policy 'mild'; write it under policies",
            id="unknown-policy",
        ),
        pytest.param(
            {SET: FILES[SET] + "no_finding: {name: Nothing}\n"},
            "own/label_set.yaml:4: error: no_finding: 'Nothing' is not among the findings; add it",
            id="unknown-no-finding",
        ),
        pytest.param(
            {SET: FILES[SET] + "output_names: {Tube: T}\n"},
            "own/label_set.yaml:4: error: output_names: 'Tube' is not among the findings; add it there",
            id="unknown-output-name",
        ),
        pytest.param(
            {SET: FILES[SET] + "policies:\n  all:\n    meaning: x\n    changes: [{becomes: absent}]\n"},
            "own/label_set.yaml:7: error: changes: would change every assertion; say which by rules, ",
            id="policy-that-changes-all",
        ),
    ],
)
def test_fault_is_told_with_its_place_and_ends_with_1(own, changes, message):
    """An error names file and line, what is wrong, and the remedy."""
    code, out, err = own(changes)
    assert code == 1
    assert message in out
    assert err.endswith(("errors, 0 warnings\n", "error, 0 warnings\n", "warning\n", "warnings\n"))


def test_every_fault_of_form_is_told_at_once(own):
    """Two faults in two files are two remarks; a misspelt key is not called missing as well."""
    code, out, _ = own(
        {SET: FILES[SET] + "color: red\n", FINDING: FILES[FINDING].replace("meaning: A line.\n", "mening: A line.\n")}
    )
    assert code == 1
    assert out.count(": error: ") == 2
    assert "mening: unknown key; did you mean 'meaning'? (value: 'A line.')\n    mening: A line.\n    ^^^^^^\n" in out


def test_set_without_a_finding_is_a_fault(tmp_path):
    """A folder with label_set.yaml alone finds nothing."""
    (tmp_path / SET).write_text(FILES[SET])
    result = CliRunner().invoke(main, ["phrases", "check", str(tmp_path)])
    assert f"{tmp_path}/findings: error: no file of a finding there; write one, such as edema.yaml" in result.stdout


def test_folder_that_is_no_set_is_a_wrong_use(tmp_path):
    """The message says what a folder must have."""
    result = CliRunner().invoke(main, ["phrases", "check", str(tmp_path)])
    assert result.exit_code == 2
    assert "neither a label set (label_set.yaml) nor a folder of phrase files (assertion/)" in result.stderr


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            phrases('"wire at t8"'),
            "own/findings/line.yaml:8: warning: phrase 'wire at t8' can never match: reports are read with "
            "every digit as 1; write 'wire at t1'",
            id="digit",
        ),
        pytest.param(
            phrases('"wire. tube"'),
            "own/findings/line.yaml:8: warning: phrase 'wire. tube' can never match: a sentence ends inside it",
            id="sentence-end",
        ),
        pytest.param(
            phrases('"wire"', more="not_mentions:\n  - id: line.not\n    meaning: x\n    phrases: [wire]\n"),
            "own/findings/line.yaml:8: warning: phrase 'wire' can never match: group 'line.not' says that it is no",
            id="barred",
        ),
        pytest.param(
            phrases('"wire"', '"left wire"'),
            "own/findings/line.yaml:9: warning: phrase 'left wire' holds 'wire' of its own group, which finds it",
            id="inside",
        ),
        pytest.param(
            phrases('"wire not tube"'),
            "own/findings/line.yaml:8: warning: phrase 'wire not tube' holds 'not', which negates nothing there",
            id="negation",
        ),
        pytest.param(
            {
                SET: FILES[SET].replace("[Line]", "[Line, Tube]"),
                "findings/tube.yaml": TUBE.replace("[tube]", "[tube, line]"),
            },
            "own/findings/tube.yaml:6: warning: 'line' is a phrase of Line too (group line); each mention counts",
            id="claimed-twice",
        ),
        pytest.param(
            {FINDING: FILES[FINDING].replace('  - "No <absent>line</absent>."\n', "")},
            "own/findings/line.yaml:9: warning: no case shows what is no mention of it or is denied; add one",
            id="one-sided-cases",
        ),
    ],
)
def test_what_is_legal_but_wrong_is_warned_of(own, changes, message):
    """A warning leaves the set usable: the end is 0, and 1 with --strict."""
    code, out, _ = own(changes)
    assert message in out
    assert code == 0
    assert own(changes, "--strict", folder="strict")[0] == 1


RULES = """\
meaning: What is gone.
cues:
  - id: gone.before
    meaning: Before it.
    tier: gone
    status: absent
    side: before
    phrases: [resolution of]
    cases: ["Resolution of <absent>edema</absent>."]
  - id: gone.after
    meaning: After it.
    tier: gone
    status: absent
    side: after
    phrases: [interval resolution]
    cases: ["<absent>Edema</absent>, interval resolution."]
"""
DEPENDENCY = """\
dependencies:
  - id: gone.subject
    meaning: What is the subject of a verb is not gone.
    effect: vetoes
    side: after
    pattern:
      - {RIGHT_ID: cue, RIGHT_ATTRS: {TAG: {IN: [VBZ, VBP, VBD]}}}
      - {LEFT_ID: cue, REL_OP: ">", RIGHT_ID: finding, RIGHT_ATTRS: {DEP: nsubj}}
    cases: ["Resolution of <absent>edema</absent>, <present>opacity</present> fills the left apex."]
"""


@pytest.fixture
def root(tmp_path):
    """Write a folder of phrase files with rules and no label set."""
    for name, content in {
        "order.yaml": "tiers: [{id: gone, meaning: x}]\n",
        "rules/gone.yaml": RULES,
        "scope.yaml": (phrases_folder() / "assertion" / "scope.yaml").read_text(),
    }.items():
        path = tmp_path / "assertion" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path


def check_rules(root, content):
    """Write the rules and check the folder."""
    (root / "assertion" / "rules" / "gone.yaml").write_text(content)
    result = CliRunner().invoke(main, ["phrases", "check", str(root)])
    return result.exit_code, result.stdout.replace(f"{root}/assertion/", "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "Resolution of <absent>edema</absent>",
            "Resolution of <present>edema</present>",
            "rules/gone.yaml:9: error: rule 'gone.before': case 'Resolution of edema.': expected 'edema' present, "
            "but it reads 'edema' absent",
            id="wrong-case",
        ),
        pytest.param(
            "Resolution of <absent>edema</absent>",
            "Resolution of edema",
            "rules/gone.yaml:9: error: rule 'gone.before': case 'Resolution of edema.': marks no mention; write it b",
            id="case-without-a-mark",
        ),
        pytest.param(
            "<absent>edema</absent>.",
            "<absent>edema.",
            "rules/gone.yaml:9: error: rule 'gone.before': mark <absent> is not closed",
            id="open-mark",
        ),
        pytest.param(
            "Resolution of <absent>edema</absent>, <present>opacity</present> fills the left apex.",
            "Resolution of <absent>edema</absent>.",
            "rules/gone.yaml:25: error: rule 'gone.subject': decides in none of its cases; add one",
            id="decides-nowhere",
        ),
        pytest.param(
            "    tier: gone\n",
            "    tier: lost\n",
            "rules/gone.yaml:5: error: rule 'gone.before': tier 'lost' is not in order.yaml: gone",
            id="unknown-tier",
        ),
        pytest.param(
            "    phrases:",
            "    findings: [Edema]\n    phrases:",
            "rules/gone.yaml:8: error: rule 'gone.before': no label set has the finding 'Edema'; correct the name",
            id="finding-of-no-set",
        ),
    ],
)
def test_rule_that_does_not_do_what_its_cases_say_is_told(root, old, new, message):
    """The cases of rules are run as those of findings are."""
    content = RULES + DEPENDENCY
    assert content.count(old) >= 1
    code, out = check_rules(root, content.replace(old, new, 1))
    assert code == 1
    assert message in out


def test_faulty_rule_file_is_told(root):
    """Rules are checked as label sets are."""
    code, out = check_rules(root, RULES.replace("side: after", "side: left", 1))
    assert code == 1
    assert "rules/gone.yaml:14: error: side: give 'before', 'after' or 'both'" in out


def test_the_folder_of_phrases_is_checked_as_a_whole(root):
    """`--phrases` alone names what is checked; the labeler's own files are not."""
    (root / "assertion" / "rules" / "gone.yaml").write_text("cues: nothing\n")
    result = CliRunner().invoke(main, ["phrases", "check", "--phrases", str(root)])
    assert result.exit_code == 1
    assert {line.partition("gone.yaml:")[0] for line in result.stdout.splitlines() if "error" in line} == {
        f"{root}/assertion/rules/"
    }


def test_shipped_phrase_files_have_no_error():
    """What comes with the labeler passes its own check."""
    result = CliRunner().invoke(main, ["phrases", "check"])
    assert result.exit_code == 0, result.stdout
    assert ": error: " not in result.stdout
