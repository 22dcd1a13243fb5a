"""Folders of phrase files as a stranger might send them: each is refused in a message that names place and remedy."""

import os
import signal
from contextlib import contextmanager
from functools import partial

from case import Case

from labeler.errors import LabelerError
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.schema import ScopeFile

SET = "tiny/label_set.yaml"
FINDING = "tiny/findings/edema.yaml"
RULES = "assertion/rules/rules.yaml"
ORDER = "assertion/order.yaml"
PROFILE = "assertion/profiles/mine/profile.yaml"
WORDS = [name.replace("_", "-") for name in ScopeFile.model_fields if name != "meaning"]
GROUP = "  - id: edema{n}\n    meaning: The word.\n    phrases: [{phrases}]\n"
HEAD = "finding: Edema\nmeaning: Fluid in the lungs.\ncases: ['No <absent>edema</absent>.']\nmentions:\n"
FILES = {
    SET: "name: tiny\nmeaning: One finding.\nfindings: [Edema]\n",
    FINDING: HEAD + GROUP.format(n="", phrases="edema"),
    RULES: (
        "meaning: Negation.\ncues:\n"
        "  - {id: no, meaning: x, tier: negation, status: absent, side: before, phrases: [no],\n"
        "     cases: ['No <absent>edema</absent>.']}\n"
    ),
    ORDER: "tiers: [{id: negation, meaning: x}]\n",
    "assertion/scope.yaml": "meaning: Bounds.\n" + "".join(f"{kind}: [x]\n" for kind in WORDS),
    PROFILE: "name: mine\nmeaning: Rules of its own.\nlabel_set: tiny\nextends: default\n",
}
PATTERN = (
    "meaning: x\ndependencies:\n  - id: dep\n    meaning: x\n    effect: vetoes\n    side: after\n"
    "    cases: [x]\n    pattern:\n      - {{RIGHT_ID: cue, RIGHT_ATTRS: {{LOWER: no}}}}\n"
    "      - {{RIGHT_ID: finding, RIGHT_ATTRS: {attributes}, LEFT_ID: cue, REL_OP: '{operator}'}}\n"
)
SECONDS = 20
"""A folder is refused within that time, or the case ends with an error."""


def phrases(*texts):
    """Return the file of a finding with these phrases, as YAML writes them."""
    return HEAD + GROUP.format(n="", phrases=", ".join(texts))


def write(folder, files):
    """Write files of text or bytes."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@contextmanager
def ended_after(seconds):
    """End what takes longer with an error."""

    def end(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def loaded(folder, label_set="tiny", profile="default"):
    """Load the folder and says what came of it."""
    with ended_after(SECONDS):
        try:
            load_phrasebook(label_set, folder, profile)
        except LabelerError as error:
            return str(error).replace(f"{folder}/", "").replace(str(folder), "the folder")
    return "loaded"


def files(folder, changed, **options):
    """Write a good folder with files changed or added, and load it."""
    write(folder, FILES | changed)
    return loaded(folder, **options)


def entry(folder, make):
    """Write a good folder with something in it that is no ordinary file, and load it."""
    write(folder, FILES)
    make(folder)
    return loaded(folder)


def of_file(name, what, id_, content, expected):
    """Return a case of one file that is not as it must be."""
    return Case(id_, what, f"{name}{expected}", partial(files, changed={name: content}))


def link_to(name, target):
    """Return what makes a link."""
    return lambda folder: (folder / name).symlink_to(target)


def huge(folder):
    """Make a file of a gigabyte that takes no room."""
    with (folder / FINDING).open("wb") as file:
        file.truncate(2**30)


def many_bytes(folder):
    """Make files that are small enough one by one."""
    for number in range(17):
        (folder / "tiny" / "findings" / f"{number}.yaml").write_bytes(b"#" * 249_000)


FILE_CASES = (
    of_file(
        FINDING,
        "a tag that makes a YAML reader run code",
        "code-tag",
        phrases("!!python/object/apply:os.system [touch owned]"),
        ":7: a text that begins with !; put it in quotes",
    ),
    of_file(
        FINDING,
        "anchors and aliases that double nine times over",
        "alias-bomb",
        "".join(f"{chr(97 + n)}: &{chr(97 + n)} [*{chr(96 + n)}, *{chr(96 + n)}]\n" for n in range(1, 10)),
        ":1: a text that begins with *; put it in quotes",
    ),
    of_file(
        FINDING,
        "100,000 lists inside each other",
        "deep-nesting",
        HEAD + "  " + "[" * 100_000,
        ":5: too many lists inside each other; remove some",
    ),
    of_file(
        RULES,
        "a regular expression that takes exponential time",
        "regular-expression",
        PATTERN.format(attributes="{LOWER: {REGEX: '(a+)+$'}}", operator="<"),
        ":10: LOWER: give a word, {IN: [words]} or {NOT_IN: [words]}; there are no regular expressions",
    ),
    of_file(
        RULES,
        "a pattern that fits any words anywhere",
        "pattern-for-any-word",
        PATTERN.format(attributes="{}", operator=".*"),
        ":3: dependencies: node 'finding' fits any word; say which by RIGHT_ATTRS",
    ),
    of_file(
        FINDING,
        "a phrase that stands for 10^40 texts",
        "exploding-phrase",
        phrases("'" + "{a,b,c,d,e,f,g,h,i,j}" * 40 + "'"),
        ":7: the phrases stand for more than 20000 texts; remove some",
    ),
    of_file(
        FINDING,
        "many phrases that stand for 4,096 texts each",
        "exploding-file",
        phrases(*(f"'x{n}{'{a,b,c,d,e,f,g,h}' * 4}'" for n in range(9))),
        ":7: the phrases stand for more than 20000 texts; remove some",
    ),
    of_file(
        FINDING,
        "a phrase of 400 braces around nothing",
        "empty-braces",
        phrases("'" + "{}" * 400 + "'"),
        f":7: phrases: an empty phrase would match everywhere; remove it or write the phrase (value: '{'{}' * 40}')",
    ),
    of_file(
        FINDING,
        "a phrase of 151 characters",
        "long-phrase",
        phrases("x" * 151),
        f":7: phrases: a text of more than 150 characters; write a shorter phrase (value: '{'x' * 80}')",
    ),
    of_file(
        FINDING,
        "a value of 200,000 characters",
        "long-value",
        phrases("x" * 200_000),
        f":7: phrases: a text of more than 150 characters; write a shorter phrase (value: '{'x' * 80}')",
    ),
    of_file(FINDING, "a NUL byte", "nul", phrases("ed\0ema"), ":7: the character '\\x00' is no text; remove it"),
    of_file(
        FINDING,
        "UTF-16",
        "utf-16",
        FILES[FINDING].encode("utf-16"),
        ":1: not UTF-8 at byte 0; save it as UTF-8",
    ),
    of_file(
        FINDING,
        "Latin-1",
        "latin-1",
        phrases("\u00f6dem").encode("latin-1"),
        ":7: not UTF-8 at byte 143; save it as UTF-8",
    ),
    of_file(
        FINDING,
        "an escape for the terminal in a key",
        "terminal-escape",
        FILES[FINDING] + '"\\e[2J": x\n',
        ":8: the character '\\x1b' is no text; remove it",
    ),
    of_file(
        FINDING,
        "marks that turn the direction of text",
        "direction-marks",
        phrases("'\u202eamede'"),
        ":7: the character '\\u202e' is no text; remove it",
    ),
    of_file(
        FINDING,
        "an escape beyond the last character",
        "escape-beyond-unicode",
        phrases('"\\UFFFFFFFF"'),
        r":7: a \ in double quotes that makes no character; write the character, or use single quotes",
    ),
    of_file(
        FINDING,
        "half of a character",
        "half-character",
        phrases('"\\uD800"'),
        r":7: a \ in double quotes that makes no character; write the character, or use single quotes",
    ),
    of_file(
        FINDING,
        "a key given twice",
        "duplicate-key",
        FILES[FINDING] + "finding: Fracture\n",
        ":8: key 'finding' is given twice; keep one",
    ),
    of_file(
        FINDING,
        "a list as a key",
        "list-as-key",
        FILES[FINDING] + "? [a, b]\n: x\n",
        ":8: a key must be a word; put texts with [ or { in quotes",
    ),
    of_file(
        ORDER,
        "an integer of 1,900 digits",
        "huge-integer",
        f"tiers: [{{id: negation, meaning: x, yields: {'9' * 1900}}}]\n",
        f":1: yields: give true or false (value: '{'9' * 80}')",
    ),
    of_file(
        FINDING,
        "a name of a label set that leads out of the folder",
        "uses-outside",
        FILES[FINDING] + "uses: {../../etc: [edema]}\n",
        ":8: ../../etc: use letters, digits, '.', '_' and '-', with a letter or a digit first (value: '../../etc')",
    ),
    of_file(
        SET,
        "a column that a spreadsheet would run",
        "formula-as-column",
        FILES[SET].replace("[Edema]", "[Edema, '=cmd']"),
        ":3: findings: a spreadsheet would take the column's name for a formula; begin it with a letter "
        "(value: '=cmd')",
    ),
    of_file(
        RULES,
        "a rule for a finding that no label set has",
        "rule-without-finding",
        FILES[RULES].replace("side:", "findings: [Fracture], side:"),
        ":3: rule 'no': no label set has the finding 'Fracture'; correct the name or remove it",
    ),
)
FOLDER_CASES = (
    Case(
        "gigabyte",
        "a file of a gigabyte",
        f"{FINDING}: {2**30} bytes; a phrase file may have 250000; split it",
        partial(entry, make=huge),
    ),
    Case(
        "many-bytes",
        "17 files of 249,000 bytes",
        "the folder: more than 4000000 bytes of YAML; remove what is not used",
        partial(entry, make=many_bytes),
    ),
    Case(
        "pipe",
        "a pipe with a name in .yaml",
        "tiny/findings/pipe.yaml: not a file; remove it or give it another name",
        partial(entry, make=lambda folder: os.mkfifo(folder / "tiny/findings/pipe.yaml")),
    ),
    Case(
        "folder-as-file",
        "a folder called x.yaml",
        "tiny/findings/x.yaml: not a file; remove it or give it another name",
        partial(entry, make=lambda folder: (folder / "tiny/findings/x.yaml").mkdir()),
    ),
    Case(
        "device",
        "a link to a device that never ends",
        "tiny/findings/zero.yaml: a link that leads out of the folder; put the file itself there",
        partial(entry, make=link_to("tiny/findings/zero.yaml", "/dev/zero")),
    ),
    Case(
        "link-outside",
        "a link to a file outside the folder",
        "tiny/findings/x.yaml: a link that leads out of the folder; put the file itself there",
        partial(entry, make=link_to("tiny/findings/x.yaml", "../../../outside.yaml")),
    ),
    Case(
        "folder-outside",
        "a link to a folder outside the folder",
        "other: a link that leads out of the folder; put the file itself there",
        partial(entry, make=link_to("other", "/etc")),
    ),
    Case(
        "link-loop",
        "a link to itself",
        "tiny/findings/x.yaml: cannot be read: Too many levels of symbolic links",
        partial(entry, make=link_to("tiny/findings/x.yaml", "x.yaml")),
    ),
    Case(
        "set-outside",
        "a label set asked for as ../../etc",
        "../../etc: no label set there; a label set is a folder with a label_set.yaml",
        partial(files, changed={}, label_set="../../etc"),
    ),
    Case(
        "profile-outside",
        "a profile asked for as ../../etc",
        "no profile '../../etc' in the folder; there are: default, mine",
        partial(files, changed={}, profile="../../etc"),
    ),
    Case(
        "profile-of-set-outside",
        "a profile whose label set leads out of the folder",
        f"{PROFILE}:3: label_set: use letters, digits, '.', '_' and '-', with a letter or a digit first "
        "(value: '/etc')",
        partial(files, changed={PROFILE: FILES[PROFILE].replace("tiny", "/etc")}, profile="mine"),
    ),
    Case(
        "profiles-in-a-circle",
        "two profiles that extend each other",
        "assertion/profiles/yours/profile.yaml:4: extends: no profile 'mine'; there are: default",
        partial(
            files,
            changed={
                PROFILE: FILES[PROFILE].replace("default", "yours"),
                PROFILE.replace("mine", "yours"): FILES[PROFILE].replace("default", "mine"),
            },
            profile="mine",
        ),
    ),
)
CASES = (*FILE_CASES, *FOLDER_CASES)
