"""What a user is told of a phrase file that is no YAML, and that any build of PyYAML reads the phrases alike."""

import hashlib
import subprocess
import sys

import pytest
import yaml
from pydantic import Field

from labeler.errors import PhraseFileError
from labeler.phrasebook import yaml_files
from labeler.phrasebook.fields import Model
from labeler.phrasebook.load import load_phrasebook
from labeler.phrasebook.yaml_files import read_model, read_yaml

COLON = 'a text with ": " in it; put it in quotes'
FAR = "a line indented too far, or one above without its colon; align it, or add the colon"
MARK = "a text that begins with @; put it in quotes"
OPEN = "a [ or { that is not closed; close it, or put the text in quotes"
ESCAPE = r"a \ in double quotes that makes no character; write the character, or use single quotes"
MISTAKES = {
    "colon in a sentence": ("cases:\n  - Note: seen: not felt.\n", 2, COLON),
    "item indented too far": ("cases:\n  - x\n    - y: z\n", 3, "indented by 4, but line 2 by 2; align them"),
    "item indented too little": ("a:\n    - x\n  - y\n", 3, "indented by 2, but line 2 by 4; align them"),
    "text of an item indented too far": ("a:\n  - x\n    - y\n", 3, "an item indented further than line 2; begin both"),
    "words behind quotes": (
        'a: "b" c\n',
        1,
        "words behind the closing quote; put the whole text in one pair of quotes",
    ),
    "words behind braces": ("a: {b,c} d\n", 1, "a text that begins with {; put it in quotes"),
    "quote closed by the next": ("a:\n  - 'b\n  - 'c'\n", 2, "a quote that is not closed; close it"),
    "dash without a blank": ("a:\n  - b\n  -c\n  - d\n", 3, "a dash without a blank behind it; write '- c'"),
    "colon without a blank": ("a:b\nc: d\n", 1, "a colon without a blank behind it; write 'a: b'"),
    "item without a dash": ("a:\n  - 'b'\n  c d\n", 3, "an item without its dash; write '- c d'"),
    "number sign at the start": ("a: #1\n", 1, "a text that begins with #; put it in quotes"),
    "ampersand at the start": ("a: &b\n", 1, "a text that begins with &; put it in quotes"),
    "first key without a colon": ("a b\nc: d\n", 2, FAR),
    "key without a colon": ("a: b\nc\n", 2, "a key without its colon; write 'c:'"),
    "list not closed": ("x: y\na: [b\nc: d\n", 2, OPEN),
    "braces not closed": ("a: {b: c\n", 1, OPEN),
    "quote not closed": ("x: y\na: 'b\n", 2, "a quote that is not closed; close it"),
    "mark at the start": ("a: @b\n", 1, MARK),
    "alias": ("a: *b\n", 1, "a text that begins with *; put it in quotes"),
    "tab": ("a:\n\t- b\n", 2, "a tab; write blanks"),
    "unknown escape": ('a: "\\q"\n', 1, ESCAPE),
    "no character": ('a: "\\UFFFFFFFF"\n', 1, ESCAPE),
    "control character": ("a: b\x07\n", 1, "the character '\\x07' is no text; remove it"),
    "two documents": ("a: b\n--- c\n", 2, "a line --- begins a second part; remove the line"),
    "two keys": ("a: b\nc: d\na: e\n", 3, "key 'a' is given twice; keep one"),
    "tag": ("a: !!int 3\n", 1, "a text that begins with !; put it in quotes"),
    "depth": (f"a: {'[' * 20}{']' * 20}\n", 1, "more than 12 lists inside each other; remove some"),
    "texts": (f"a: '{'{b,c}' * 20}'\n", 1, "the phrases stand for more than 20000 texts; remove some"),
}


@pytest.mark.parametrize("loader", [yaml_files._Loader, yaml.BaseLoader], ids=["shipped", "plain"])  # noqa: SLF001
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_told_in_plain_words_with_its_line(mistake, loader, tmp_path, monkeypatch):
    """The words are the same whether PyYAML was built with libyaml or without."""
    text, line, what = mistake
    monkeypatch.setattr(yaml_files, "_Loader", loader)
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PhraseFileError) as caught:
        read_yaml(path)
    assert str(caught.value).startswith(f"{path}:{line}: {what}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("meaning: A tube: in place.\n", "    meaning: A tube: in place.\n             ^"),
        ("a:\n  - b\n  -c\n", "    -c\n    ^"),
        ("a:\n\t- b\n", "     - b\n    ^"),
        (f"x: {'y ' * 60}: z\n", f"    x: y{' y' * 15}...\n       ^"),
    ],
)
def test_line_is_shown_with_a_caret(text, shown, tmp_path):
    """Who reads the message sees what is meant."""
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PhraseFileError) as caught:
        read_yaml(path)
    assert caught.value.__notes__ == [shown]


class _Weight(Model):
    """A model with what the files of phrases have not: numbers within bounds, and a pattern of its own."""

    points: float = Field(default=0, ge=0)
    judged: str = Field(default="", pattern="^(right|wrong)$")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("points: many", "points: give a number (value: 'many')"),
        ("points: -1", "points: give a number greater than or equal to 0 (value: '-1')"),
        ("judged: so", "judged: write it as ^(right|wrong)$ has it (value: 'so')"),
        ("pionts: 1", "pionts: unknown key; did you mean 'points'? (value: '1')"),
    ],
)
def test_any_model_is_told_in_plain_words(text, what, tmp_path):
    """Other rooms have models of their own."""
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PhraseFileError) as caught:
        read_model(path, _Weight)
    assert str(caught.value) == f"{path}:1: {what}"


def test_mark_at_the_start_of_a_file_is_no_part_of_it(tmp_path):
    """Editors on Windows write a byte order mark."""
    path = tmp_path / "file.yaml"
    path.write_text("a: b\n", encoding="utf-8-sig")
    assert read_yaml(path) == {"a": "b"}


def test_pyyaml_without_libyaml_reads_the_same_phrases():
    """A PyYAML that was built without libyaml will do."""
    program = (
        "import sys; sys.modules['yaml._yaml'] = None; import yaml; assert not yaml.__with_libyaml__; "
        "from labeler.phrasebook.load import load_phrasebook; import hashlib; "
        "book = load_phrasebook(); print(hashlib.sha256(repr(book.findings + book.assertions).encode()).hexdigest())"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    book = load_phrasebook()
    assert told.strip() == hashlib.sha256(repr(book.findings + book.assertions).encode()).hexdigest()
