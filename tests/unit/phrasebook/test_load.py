"""Loading phrase files: what is wrong is said with its file, its line and what to do."""

import re

import pytest

from labeler.errors import PhraseFileError, UsageError
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.yaml_files import read_yaml

FINDING = "tiny/findings/effusion.yaml"
RULES = "assertion/rules/negation.yaml"
SET = "tiny/label_set.yaml"
ORDER = "assertion/order.yaml"
SCOPE = "assertion/scope.yaml"

PHRASE = "      - effusion\n"
UNCLOSED = "a brace is not closed; write alternatives as {one,other}"
BLANKS = "blanks at the ends or doubled never match; remove them"
EMPTY = "an empty phrase would match everywhere; remove it or write the phrase"


def refusal(folder, label_set="tiny"):
    """Return the message with which a folder is refused, its paths relative to the folder."""
    with pytest.raises(PhraseFileError) as caught:
        load_phrasebook(label_set, folder.path)
    return str(caught.value).replace(f"{folder.path}/", "")


def test_phrasebook_holds_what_the_files_say(folder):
    """A label set is its findings, the rules, the tiers and the words of scope."""
    book = load_phrasebook("tiny", folder.path)
    assert book.label_set.findings == ("No Finding", "Pleural Effusion")
    assert book.findings[0].mentions[0].texts() == ("pleural effusion", "pleural effusions", "effusion")
    assert book.assertions[0].cues[0].texts() == ("no", "without")
    assert [tier.id for tier in book.order.tiers] == ["negation"]
    assert book.scope.words("list_verbs") == {"seen"}
    assert book.folder == folder.path


def test_words_that_yaml_takes_for_something_else_stay_words(folder):
    """Unquoted no, yes, on, null and numbers are phrases like any other."""
    folder.replace(RULES, "      - no\n", "      - no\n      - yes\n      - on\n      - null\n      - ~\n      - 1.0\n")
    texts = load_phrasebook("tiny", folder.path).assertions[0].cues[0].texts()
    assert texts == ("no", "yes", "on", "null", "~", "1.0", "without")


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        pytest.param(
            FINDING,
            "cases:",
            "examples: x\ncases:",
            f"{FINDING}:9: examples: unknown key; there are: cases, codes, finding, meaning, ",
            id="wrong-key",
        ),
        pytest.param(
            FINDING,
            "meaning: Fluid",
            "meening: Fluid",
            f"{FINDING}:2: meening: unknown key; did you mean 'meaning'?",
            id="misspelt-key",
        ),
        pytest.param(
            FINDING,
            "    phrases:",
            "    phrase: 2\n    phrases:",
            f"{FINDING}:6: phrase: unknown key; did you mean 'phrases'? (value: '2')",
            id="wrong-inner-key",
        ),
        pytest.param(
            FINDING,
            "finding: Pleural Effusion\n",
            "finding: Pleural Effusion\nfinding: Edema\n",
            f"{FINDING}:2: key 'finding' is given twice; keep one",
            id="duplicate-key",
        ),
        pytest.param(
            RULES,
            "    side: before\n",
            "    side: before\n    side: after\n",
            f"{RULES}:8: key 'side' is given twice; keep one",
            id="duplicate-inner-key",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - &word effusion\n      - *word\n",
            f"{FINDING}:8: a text that begins with *; put it in quotes",
            id="anchor",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - *word\n",
            f"{FINDING}:8: a text that begins with *; put it in quotes",
            id="alias",
        ),
        pytest.param(
            SET,
            "name: tiny\n",
            "name: tiny: x\n",
            f'{SET}:1: a text with ": " in it; put it in quotes',
            id="not-yaml",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - ''\n",
            f"{FINDING}:8: phrases: {EMPTY} (value: '')",
            id="empty-phrase",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      -\n",
            f"{FINDING}:8: phrases: {EMPTY} (value: '')",
            id="no-phrase",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - '{effusion,}'\n",
            f"{FINDING}:8: phrases: {EMPTY} (value: '{{effusion,}}')",
            id="empty-alternative",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - ' effusion'\n",
            f"{FINDING}:8: phrases: {BLANKS} (value: ' effusion')",
            id="blank-at-an-end",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - 'pleural  fluid'\n",
            f"{FINDING}:8: phrases: {BLANKS} (value: 'pleural  fluid')",
            id="doubled-blank",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            "      - 'effusion{,s'\n",
            f"{FINDING}:8: phrases: {UNCLOSED} (value: 'effusion{{,s')",
            id="open-brace",
        ),
        pytest.param(
            FINDING,
            PHRASE,
            f"      - '{'{a,b,c,d,e,f,g,h,i,j}' * 4}'\n",
            f"{FINDING}:8: phrases: stands for more than 5000 texts; write fewer alternatives",
            id="exploding-phrase",
        ),
        pytest.param(
            RULES,
            "tier: negation",
            "tier: negaton",
            f"{RULES}:5: rule 'negation.no': tier 'negaton' is not in order.yaml: negation",
            id="unknown-tier",
        ),
        pytest.param(
            RULES,
            "    phrases:",
            "    findings: [Plural Effusion]\n    phrases:",
            f"{RULES}:8: rule 'negation.no': no label set has the finding 'Plural Effusion'; correct the name",
            id="rule-for-an-unknown-finding",
        ),
        pytest.param(
            FINDING,
            "cases:",
            "not_mentions:\n  - id: effusion\n    meaning: x\n    phrases: [joint effusion]\ncases:",
            f"{FINDING}:10: group 'effusion' is given twice, here and in effusion.yaml; give each its own id",
            id="group-id-given-twice",
        ),
        pytest.param(
            SET,
            "findings:\n",
            "findings:\n  - Pleural Effusion\n",
            f"{SET}:1: the file: the table would have two columns 'Pleural Effusion'; give each finding a",
            id="finding-given-twice",
        ),
        pytest.param(
            ORDER,
            "tiers:\n",
            "tiers:\n  - {id: negation, meaning: x}\n",
            f"{ORDER}:1: the file: tier 'negation' is given twice; a tier has one place in the order",
            id="tier-given-twice",
        ),
        pytest.param(
            RULES,
            "side: before",
            "side: left",
            f"{RULES}:7: side: give 'before', 'after' or 'both' (value: 'left')",
            id="unknown-side",
        ),
        pytest.param(
            RULES,
            "status: absent",
            "status: 0",
            f"{RULES}:6: status: give 'present', 'absent', 'uncertain' or 'none' (value: '0')",
            id="unknown-status",
        ),
        pytest.param(
            FINDING,
            "- id: effusion",
            "- id: Effusion!",
            f"{FINDING}:4: id: use lower-case letters and digits, joined by . or - (value: 'Effusion!')",
            id="unusable-id",
        ),
        pytest.param(
            FINDING,
            "finding: Pleural Effusion",
            "finding: Plural Effusion",
            "finding 'Plural Effusion' is not in label_set.yaml; add it there",
            id="unknown-finding",
        ),
        pytest.param(
            SCOPE,
            "stops: [but]\n",
            "",
            f"{SCOPE}:1: stops: is missing; add it",
            id="missing-key",
        ),
        pytest.param(
            RULES,
            "    phrases:\n      - no\n      - without\n",
            "    phrases: no\n",
            f"{RULES}:8: phrases: give a list: [one, other], or each on",
            id="not-a-list",
        ),
        pytest.param(
            FINDING,
            '  - "Small <present>effusion</present>."',
            "  - Chest: small <present>effusion</present>.",
            f'{FINDING}:10: cases: a text with ": " in it; put it in quotes',
            id="colon-in-a-sentence",
        ),
    ],
)
def test_fault_is_named_with_its_place(folder, file, old, new, message):
    """The message says where, what stands there, and what would do."""
    folder.replace(file, old, new)
    assert message in refusal(folder)


POLICY = "policies:\n  mild:\n    meaning: Mild is none.\n    changes:\n      - {{{}, becomes: none}}\n"
IMPLYING = (
    "finding: No Finding\nmeaning: Nothing.\nmentions:\n  - {id: clear, meaning: Nothing., phrases: [clear]}\n"
    "  - id: tube\n    meaning: A tube.\n    phrases: [tube]\n    implies: {Tube: present}\ncases: [None.]\n"
)
NAME_IT = "is not among the findings; add it there or remove it here"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (SET, "  ignores: [Tube]\n", f"{SET}:8: no_finding: 'Tube' {NAME_IT}"),
        (SET, "implies: {Tube: {Pleural Effusion: present}}\n", f"{SET}:8: implies: 'Tube' {NAME_IT}"),
        (SET, "implies:\n  Pleural Effusion:\n    Tube: present\n", f"{SET}:10: implies: 'Tube' {NAME_IT}"),
        (SET, POLICY.format("findings: [No Finding, Tube]"), f"{SET}:12: policies: 'Tube' {NAME_IT}"),
        (
            SET,
            POLICY.format("rules: [default.asserted, negation.no, negation.yes]"),
            f"{SET}:12: policies: no profile has the rule 'negation.yes'; correct the name or remove it",
        ),
        (
            "tiny/findings/z.yaml",
            IMPLYING,
            "tiny/findings/z.yaml:8: implies: 'Tube' is not among the findings of the label set; add it there or",
        ),
    ],
)
def test_a_name_that_nothing_stands_for_is_refused(folder, name, text, message):
    """A finding or a rule that is misspelt would never be met; it is told with its line."""
    path = folder.path / name
    folder.write(name, (path.read_text() if path.exists() else "") + text)
    assert refusal(folder).startswith(message)


def test_a_policy_may_name_a_rule_of_any_profile(folder):
    """A label set is used with several profiles, and what they don't share is for one alone."""
    rules = folder.path / "assertion" / "profiles" / "mine"
    folder.write(SET, (folder.path / SET).read_text() + POLICY.format("rules: [negation.mine]"))
    for name in ("order.yaml", "rules/negation.yaml"):
        text = (folder.path / "assertion" / name).read_text()
        folder.write(rules / name, text.replace("negation.no", "negation.mine"))
    folder.write(rules / "profile.yaml", "name: mine\nmeaning: Rules of its own.\nlabel_set: tiny\n")
    assert "mild" in load_phrasebook("tiny", folder.path).label_set.policies


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param(ORDER, "tiers: []\n", f"{ORDER}:1: tiers: is empty; give at least one", id="no-tier"),
        pytest.param(ORDER, "", f"{ORDER}:1: the file: ", id="empty-file"),
        pytest.param(RULES, "- negation\n", f"{RULES}:1: the file: ", id="list-for-mapping"),
        pytest.param(ORDER, b"tiers: \xff\n", f"{ORDER}:1: not UTF-8 at byte 7; save it as UTF-8", id="not-utf-8"),
        pytest.param(
            ORDER,
            b"tiers:\n  - \0\n",
            f"{ORDER}:2: the character '\\x00' is no text; remove it",
            id="control-character",
        ),
        pytest.param(
            RULES,
            b"#" * 250_001,
            f"{RULES}: 250001 bytes; a phrase file may have 250000; split it",
            id="huge-file",
        ),
        pytest.param(
            "assertion/rules/other.yaml",
            "meaning: More rules.\ncues:\n  - id: negation.no\n    meaning: Twice.\n    tier: negation\n"
            "    status: absent\n    side: after\n    phrases: [absent]\n    cases: [x]\n",
            "assertion/rules/other.yaml:3: rule 'negation.no': the id is given twice; give each rule an id of its own",
            id="id-given-twice",
        ),
    ],
)
def test_file_as_a_whole_that_does_not_fit_is_named(folder, name, content, message):
    """Empty, binary, huge and misplaced content is refused by name."""
    folder.write(name, content)
    assert message in refusal(folder)


CUE = "{RIGHT_ID: cue, RIGHT_ATTRS: {LOWER: no}}"
PATTERN = f"{RULES}:3: dependencies"


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        pytest.param(
            [CUE, "{RIGHT_ID: noun, RIGHT_ATTRS: {}, LEFT_ID: cue, REL_OP: '<'}"],
            f"{PATTERN}: a pattern needs a node with RIGHT_ID cue and one with RIGHT_ID finding",
            id="no-finding",
        ),
        pytest.param(
            [CUE, "{RIGHT_ID: finding, RIGHT_ATTRS: {}, LEFT_ID: cue, REL_OP: '<<<'}"],
            f"{RULES}:10: REL_OP: give '<', '>', ",
            id="unknown-operator",
        ),
        pytest.param(
            [CUE, "{RIGHT_ID: finding, RIGHT_ATTRS: {DEP: dobj}, LEFT_ID: verb, REL_OP: '>'}"],
            f"{PATTERN}: node 'finding' needs a REL_OP and as LEFT_ID one of: cue",
            id="unknown-left-node",
        ),
        pytest.param(
            [CUE, CUE, "{RIGHT_ID: finding, RIGHT_ATTRS: {}, LEFT_ID: cue, REL_OP: '<'}"],
            f"{PATTERN}: two nodes have the RIGHT_ID 'cue'; give each its own",
            id="node-given-twice",
        ),
        pytest.param(
            ["{RIGHT_ID: finding, RIGHT_ATTRS: {DEP: dobj}, LEFT_ID: cue, REL_OP: '<'}", CUE],
            f"{PATTERN}: node 'finding' is the first and has no LEFT_ID and no REL_OP",
            id="first-node-with-an-operator",
        ),
        pytest.param(
            [CUE, "{RIGHT_ID: finding, RIGHT_ATTRS: {}, LEFT_ID: cue, REL_OP: '.*'}"],
            f"{PATTERN}: node 'finding' fits any word; say which by RIGHT_ATTRS",
            id="node-that-fits-any-word",
        ),
        pytest.param(
            [CUE, "{RIGHT_ID: finding, RIGHT_ATTRS: {LOWER: {REGEX: '(a+)+$'}}, LEFT_ID: cue, REL_OP: '<'}"],
            f"{RULES}:10: LOWER: give a word, {{IN: [words]}} or ",
            id="regular-expression",
        ),
        pytest.param(
            [CUE, "{RIGHT_ID: finding, RIGHT_ATTRS: {_: {x: y}}, LEFT_ID: cue, REL_OP: '<'}"],
            f"{RULES}:10: _: give 'LOWER', 'TAG' or 'DEP'",
            id="attribute-of-code",
        ),
    ],
)
def test_pattern_that_would_fail_or_hang_later_is_refused_when_it_is_read(folder, nodes, message):
    """What spaCy would refuse at the first sentence in doubt, and what could take for ever, is a fault of its file."""
    listed = "".join(f"      - {node}\n" for node in nodes)
    folder.write(
        RULES,
        "meaning: x\ndependencies:\n  - id: negation.dep\n    meaning: m\n    effect: vetoes\n    side: after\n"
        f"    cases: [x]\n    pattern:\n{listed}",
    )
    assert message in refusal(folder)


@pytest.mark.parametrize(("first", "second"), [("mine", "mine"), ("mine", "yours")])
def test_profiles_that_extend_each_other_are_refused(folder, first, second):
    """Two that extend each other, or one that extends itself, would have no end."""
    for name, extended in (("mine", second), ("yours", first)):
        folder.write(f"assertion/profiles/{name}/profile.yaml", f"name: x\nmeaning: x\nextends: {extended}\n")
    with pytest.raises(
        PhraseFileError, match=r"profile\.yaml:3: extends: no profile '(mine|yours)'; there are: default"
    ):
        load_phrasebook("tiny", folder.path, "mine")


def test_missing_file_is_named(folder):
    """A folder without order.yaml is no folder of phrase files."""
    (folder.path / ORDER).unlink()
    assert refusal(folder) == f"{ORDER}: cannot be read: No such file or directory"


def test_missing_folder_is_named(tmp_path):
    """A path that isn't a folder is a wrong option, not a wrong phrase file."""
    missing = tmp_path / "nowhere"
    with pytest.raises(UsageError, match=re.escape(f"{missing}: no such folder of phrase files; give one in the lay")):
        load_phrasebook("tiny", missing)


def test_unknown_label_set_is_answered_with_those_there_are(folder):
    """The message offers the sets of the folder."""
    with pytest.raises(UsageError, match=r"no label set 'tny' in .*; there are: tiny"):
        load_phrasebook("tny", folder.path)


def test_folder_without_label_sets_says_so(tmp_path):
    """An empty folder offers nothing."""
    with pytest.raises(UsageError, match=r"no label set 'chexpert' in .*; there are: none"):
        load_phrasebook("chexpert", tmp_path)


def test_hash_changes_with_any_file_and_with_nothing_else(folder):
    """The hash tells which phrases a table was made with."""
    before = load_phrasebook("tiny", folder.path).hash
    assert re.fullmatch("[0-9a-f]{12}", before)
    folder.write("tiny/notes.txt", "not a phrase file")
    assert load_phrasebook("tiny", folder.path).hash == before
    folder.replace(SCOPE, "[small]", "[small, mild]")
    assert load_phrasebook("tiny", folder.path).hash != before


def test_read_yaml_gives_strings_only(folder):
    """Dictionaries, lists and strings come out, whatever the file means them to be."""
    path = folder.write("any.yaml", "a: [1, true, 2020-01-01]\nb: {c: null}\n")
    assert read_yaml(path) == {"a": ["1", "true", "2020-01-01"], "b": {"c": "null"}}


def test_package_brings_its_phrases():
    """The folder is found beside the code, in a checkout as in a wheel."""
    assert (phrases_folder() / "chexpert" / "label_set.yaml").is_file()
