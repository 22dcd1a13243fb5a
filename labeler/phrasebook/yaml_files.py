"""Reads YAML as plain strings; every fault names file, line, key, value and remedy."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from labeler.errors import PhraseFileError
from labeler.phrasebook.fields import number_of_texts
from labeler.phrasebook.messages import form_fault, syntax_fault

if TYPE_CHECKING:
    from pathlib import Path

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

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._texts = 0

    def of(self, node: yaml.Node, depth: int = 0) -> Any:
        if id(node) in self._seen:
            raise _fault_of(node, "anchors and aliases are not allowed; write the text out")
        if node.tag not in _PLAIN_TAGS:
            raise _fault_of(node, "tags are not allowed; write plain text")
        if depth > MAX_DEPTH:
            raise _fault_of(node, f"more than {MAX_DEPTH} lists and mappings inside each other; remove some")
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
        hidden = _NOT_TEXT.search(text)
        if hidden:
            raise _fault_of(node, f"the character {hidden[0]!r} is no text; remove it")
        self._texts += number_of_texts(text)
        if self._texts > MAX_TEXTS:
            raise _fault_of(node, f"the phrases stand for more than {MAX_TEXTS} texts; remove some")
        return text


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file: dictionaries, lists and strings, nothing else.

    Raises
    ------
    PhraseFileError
        If the file cannot be read, is not YAML, or has duplicate keys, aliases or tags.
    """
    return _read(path)[0]


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
    data, root = _read(path)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _form_faults(path, root, error, model)[0] from None


def faults(path: Path, model: type[BaseModel]) -> list[PhraseFileError]:
    """Return every fault of a file, of which `read_model` raises the first.

    Parameters
    ----------
    path : Path
    model : type of pydantic.BaseModel
    """
    try:
        data, root = _read(path)
        model.model_validate(data)
    except PhraseFileError as error:
        return [error]
    except ValidationError as error:
        return _form_faults(path, root, error, model)
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
    return _line(_read(path)[1], location)


def fault_at(path: Path, location: Location, what: str) -> PhraseFileError:
    """Return an error that names the file and the line of a value in it, which must be a file that can be read."""
    return PhraseFileError(f"{path}:{line_of(path, location)}: {what}")


def _read(path: Path) -> tuple[Any, yaml.Node | None]:
    """Return the content of a file, and the node at its root, which knows the lines."""
    text = _text_of(path)
    try:
        root = _Loader(text).get_single_node()
        return (None if root is None else _Content().of(root)), root
    except (yaml.MarkedYAMLError, ValueError, OverflowError, RecursionError) as error:
        line, what = syntax_fault(error, text)
        raise PhraseFileError(f"{path}:{line}: {what}") from None


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
        line = text.count("\n", 0, hidden.start()) + 1
        what = "a tab; write blanks" if hidden[0] == "\t" else f"the character {hidden[0]!r} is no text; remove it"
        raise PhraseFileError(f"{path}:{line}: {what}")
    return text


def _form_faults(
    path: Path, root: yaml.Node | None, error: ValidationError, model: type[BaseModel]
) -> list[PhraseFileError]:
    # A misspelt key is told before the right one that is missing for it.
    found = sorted(error.errors(include_url=False), key=lambda details: details["type"] != "extra_forbidden")
    return [PhraseFileError(f"{path}:{_line(root, each['loc'])}: {form_fault(each, model)}") for each in found]


def _fault_of(node: yaml.Node, what: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(note=what, problem_mark=node.start_mark)


def _line(node: yaml.Node | None, location: Location) -> int:
    """Find the line, from 1, of the deepest node on a pydantic error's path."""
    line = node.start_mark.line + 1 if node is not None else 1
    for step in location:
        child = _child(node, step)
        if child is None:
            continue
        line, node = child.start_mark.line + 1, child
    return line


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None
