"""Reads YAML as plain strings; every fault names file, line, key, value and remedy."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from labeler.errors import PhraseFileError
from labeler.phrasebook.fields import number_of_texts
from labeler.phrasebook.messages import Fault, excerpt, form_fault, hint, syntax_fault

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

MAX_BYTES = 250_000
"""Largest phrase file that is read, in bytes; phrase files are written by hand and far smaller."""
MAX_DEPTH = 12
"""Most lists and mappings inside each other."""
MAX_TEXTS = 20_000
"""Most texts that the phrases of a file may stand for together."""

# Control characters, line and paragraph separators, marks that turn the direction of text, halves of characters.
_NOT_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml's parser takes an eighth of the time
_PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


class _Content:
    """The strings, lists and dictionaries of a document, whose nodes are checked as they are read."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._seen: set[int] = set()
        self._texts = 0

    def of(self, node: yaml.Node, depth: int = 0) -> Any:
        if id(node) in self._seen:
            raise _fault_of(node, "a text that begins with *; put it in quotes")
        if node.tag not in _PLAIN_TAGS:
            raise _fault_of(node, "a text that begins with !; put it in quotes")
        if depth > MAX_DEPTH:
            raise _fault_of(node, f"more than {MAX_DEPTH} lists inside each other; remove some")
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._text(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.of(child, depth + 1) for child in node.value]
        return self._mapping(node, depth)

    def _mapping(self, node: yaml.Node, depth: int) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _fault_of(key, "a key must be a word; put texts with [ or { in quotes")
            name = self.of(key)
            if name in content:
                raise _fault_of(key, f"key {name!r} is given twice; keep one")
            content[name] = self.of(value, depth + 1)
        return content

    def _text(self, node: yaml.ScalarNode) -> str:
        text: str = node.value
        if not node.style:
            self._check_plain(node)
        hidden = _NOT_TEXT.search(text)
        if hidden:
            raise _fault_of(node, f"the character {hidden[0]!r} is no text; remove it")
        self._texts += number_of_texts(text)
        if self._texts > MAX_TEXTS:
            raise _fault_of(node, f"the phrases stand for more than {MAX_TEXTS} texts; remove some")
        return text

    def _check_plain(self, node: yaml.ScalarNode) -> None:
        """Refuse a text without quotes that YAML reads otherwise than it is written."""
        start, end = node.start_mark, node.end_mark
        if not node.value and start.line < len(self._lines):
            rest = self._lines[start.line][start.column :].lstrip()
            if rest[:1] in {"#", "&"}:
                raise _fault_of(node, f"a text that begins with {rest[0]}; put it in quotes")
        for at in range(start.line + 1, min(end.line + 1, len(self._lines)) if node.value else 0):
            line = self._lines[at].lstrip()
            if line.startswith("- "):
                what = f"an item indented further than line {start.line + 1}; begin both in the same column"
                raise yaml.MarkedYAMLError(note=what, problem_mark=_mark(at, len(self._lines[at]) - len(line)))


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file: dictionaries, lists and strings, nothing else.

    Raises
    ------
    PhraseFileError
        If the file cannot be read, is not YAML, or has duplicate keys, aliases or tags.
    """
    return _read(path).data


def read_model(path: Path, model: type[Model]) -> Model:
    """Return the content of a YAML file as a checked model.

    Parameters
    ----------
    path : Path
    model : type of pydantic.BaseModel

    Raises
    ------
    PhraseFileError
        If the file does not fit the model: file, line, key, value and remedy are named.
    """
    read = _read(path)
    try:
        return model.model_validate(read.data)
    except ValidationError as error:
        raise _form_faults(path, read, error, model)[0] from None


def faults(path: Path, model: type[BaseModel]) -> list[PhraseFileError]:
    """Return every fault of a file, of which `read_model` raises the first.

    Parameters
    ----------
    path : Path
    model : type of pydantic.BaseModel
    """
    try:
        read = _read(path)
        model.model_validate(read.data)
    except PhraseFileError as error:
        return [error]
    except ValidationError as error:
        return _form_faults(path, read, error, model)
    return []


def file_size(path: Path) -> int:
    """Return the size of a phrase file in bytes.

    Raises
    ------
    PhraseFileError
        If it is above `MAX_BYTES`, or no file: a pipe or a device could keep a reader waiting for ever.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise PhraseFileError(f"{path}: cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(status.st_mode):
        raise PhraseFileError(f"{path}: not a file; remove it or give it another name")
    if status.st_size > MAX_BYTES:
        raise PhraseFileError(f"{path}: {status.st_size} bytes; a phrase file may have {MAX_BYTES}; split it")
    return status.st_size


def yaml_paths(folder: Path) -> list[Path]:
    """Return the YAML files of a folder in the order of their names."""
    return sorted(folder.glob("*.yaml"))


def line_of(path: Path, location: Location) -> int:
    """Return the line, from 1, of a value in a file that can be read.

    Parameters
    ----------
    path : Path
    location : tuple of int and str
        The keys and positions that lead to it, such as ("mentions", 0, "phrases", 2).
    """
    return _node_at(_read(path).root, location).start_mark.line + 1


def read_node(path: Path) -> yaml.Node | None:
    """Return the node at the root of a YAML file, which knows the places of its content; errors as of `read_yaml`."""
    return _read(path).root


def end_of(path: Path, location: Location) -> yaml.Mark:
    """Return where a value ends, line and column from 0; -1 leads to the last item of a list."""
    return _node_at(_read(path).root, location).end_mark


def fault_at(path: Path, location: Location, what: str) -> PhraseFileError:
    """Return an error that names the file and the line of a value in it, which must be a file that can be read."""
    read = _read(path)
    return _located(path, read.text, _marked(_node_at(read.root, location), what))


class _File(NamedTuple):
    """A file's text, its content, and the node at its root, which knows the places."""

    text: str
    data: Any
    root: yaml.Node | None


def _read(path: Path) -> _File:
    text = _text_of(path)
    try:
        root = _Loader(text).get_single_node()
        return _File(text, None if root is None else _Content(text).of(root), root)
    except (yaml.MarkedYAMLError, ValueError, OverflowError, RecursionError) as error:
        raise _located(path, text, syntax_fault(error, text)) from None


def _located(path: Path, text: str, fault: Fault) -> PhraseFileError:
    """Return an error with the place, and a note that shows the line with a caret."""
    error = PhraseFileError(f"{path}:{fault.line + 1}: {fault.what}")
    lines = text.splitlines()
    if fault.line < len(lines):
        error.add_note(excerpt(lines[fault.line], fault.column, fault.width))
    return error


def _text_of(path: Path) -> str:
    file_size(path)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise PhraseFileError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PhraseFileError(f"{path}:{line}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    hidden = _NOT_TEXT.search(text) or re.search("[\t\ufffe\uffff]", text)
    if hidden:
        line = text.count("\n", 0, hidden.start())
        what = "a tab; write blanks" if hidden[0] == "\t" else f"the character {hidden[0]!r} is no text; remove it"
        raise _located(path, text, Fault(line, hidden.start() - text.rfind("\n", 0, hidden.start()) - 1, 1, what))
    return text


def _form_faults(path: Path, read: _File, error: ValidationError, model: type[BaseModel]) -> list[PhraseFileError]:
    # Not reported: that the right key is missing for a misspelt one, and that a list of wrong items is empty.
    found = sorted(error.errors(include_url=False), key=lambda details: details["type"] != "extra_forbidden")
    unknown = [details["loc"] for details in found if details["type"] == "extra_forbidden"]
    misspelt = {
        (*loc[:-1], name) for loc in unknown for name in _missing_in(found, loc[:-1]) if _is_near(loc[-1], name)
    }
    return [
        _located(path, read.text, _marked(_place(read.root, each), form_fault(each, model)))
        for each in found
        if (each["type"] != "missing" or each["loc"] not in misspelt)
        and not (each["type"] == "too_short" and each["input"])
    ]


def _missing_in(found: Iterable[ErrorDetails], parent: Location) -> list[str]:
    return [str(each["loc"][-1]) for each in found if each["type"] == "missing" and each["loc"][:-1] == parent]


def _is_near(written: int | str, name: str) -> bool:
    return hint(str(written), [name]).startswith("did you mean")


def _place(root: yaml.Node | None, error: ErrorDetails) -> yaml.Node:
    """Return the node that an error of a model is about: of an unknown key the key itself."""
    location = tuple(step for step in error["loc"] if step != "[key]")
    is_of_key = error["type"] == "extra_forbidden" or location != error["loc"]
    parent = _node_at(root, location[:-1])
    if is_of_key and isinstance(parent, yaml.MappingNode):
        keys = [key for key, _ in parent.value if key.value == location[-1]]
        return next(iter(keys), parent)
    return _node_at(root, location)


def _marked(node: yaml.Node, what: str) -> Fault:
    """Return a fault at a node, as far as it goes on its first line."""
    start, end = node.start_mark, node.end_mark
    is_short = end.line == start.line and end.column > start.column
    return Fault(start.line, start.column, end.column - start.column if is_short else 1, what)


def _fault_of(node: yaml.Node, what: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(note=what, problem_mark=node.start_mark)


def _node_at(node: yaml.Node | None, location: Location) -> yaml.Node:
    """Find the deepest node on the way to a place."""
    found = node or yaml.ScalarNode("", "", _mark(0, 0), _mark(0, 0))
    for step in location:
        found = _child(found, step) or found
    return found


def _mark(line: int, column: int) -> yaml.Mark:
    return yaml.Mark("", 0, line, column, None, 0)


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None
