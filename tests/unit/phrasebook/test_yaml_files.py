"""The two parsers of YAML: libyaml's, which is quick, and PyYAML's own, which tells what is wrong."""

import hashlib
import subprocess
import sys

import pytest
import yaml

from labeler.errors import PhraseFileError
from labeler.phrasebook import yaml_files
from labeler.phrasebook.load import load_phrasebook, phrases_folder
from labeler.phrasebook.yaml_files import read_yaml

FILES = sorted(phrases_folder().rglob("*.yaml"))
READ_ALIKE = {
    "tab in words": "a: in\tside",
    "question mark in a list": "a: [x?y]",
    "question mark behind quotes": 'a: ["x", y?z]',
    "key by question mark": "? \n",
    "byte order mark": "\ufeffa: b",
    "byte order mark inside": "a: \ufeff\ufeffb",
    "separator of lines": "a: |\n  b\x85  c\n",
    "folded words": "a: >\n  b\n  c\n\n  d\n",
    "escapes": '"\\x41\\u00e9": "\\\n  b"',
    "half of a character": 'a: "\\ud800"',
    "no character": 'a: "\\UFFFFFFFF"',
    "control character": "a: b\x07",
    "unknown escape": 'a: "\\q"',
    "list not closed": "a: [b\nc: d",
    "two documents": "a: b\n--- c\n",
    "duplicate key": "a: b\nc: d\na: e",
    "anchor": "a: &b c",
    "tag": "a: !!int 3",
    "depth": "a: " + "[" * 20 + "]" * 20,
    "length": "a: " + "b" * 3000,
    "texts": 'a: "' + "{b,c}" * 20 + '"',
    "empty": "",
    "comment": "# b\n",
}


def lines(node):
    """Return the lines of a node and of all below it."""
    below = node.value if isinstance(node, yaml.CollectionNode) else []
    parts = [part for entry in below for part in (entry if isinstance(entry, tuple) else (entry,))]
    return [node.start_mark.line, *(line for part in parts for line in lines(part))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(phrases_folder()).as_posix())
def test_both_parsers_read_phrase_files_alike(path):
    """Data and lines are the same, and no phrase file needs the slow parser."""
    text = path.read_text()
    assert not yaml_files._READ_OTHERWISE.search(text)  # noqa: SLF001 - the way that is taken shows nowhere else
    quick = yaml_files._content(yaml_files._QuickLoader(text))  # noqa: SLF001
    plain = yaml_files._content(yaml_files._PlainLoader(text))  # noqa: SLF001
    assert quick[0] == plain[0]
    assert lines(quick[1]) == lines(plain[1])


@pytest.mark.parametrize("text", READ_ALIKE.values(), ids=READ_ALIKE)
def test_file_is_read_or_refused_the_same_without_libyaml(text, tmp_path, monkeypatch):
    """Where the parsers differ, and in what is wrong, PyYAML's own decides: content or message are its."""
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    found = outcome(path)
    monkeypatch.setattr(yaml_files, "_QuickLoader", yaml_files._PlainLoader)  # noqa: SLF001
    assert found == outcome(path)


def outcome(path):
    """Return the content of a file, or what is wrong with it."""
    try:
        return read_yaml(path)
    except PhraseFileError as error:
        return str(error)


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
