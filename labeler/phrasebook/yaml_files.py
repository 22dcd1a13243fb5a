"""Reads YAML as plain strings; every fault names file, line, key, value and remedy."""

from __future__ import annotations

import contextlib
import re
import stat
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from yaml.composer import Composer
from yaml.constructor import BaseConstructor

from labeler.errors import PhraseFileError
from labeler.phrasebook.fields import number_of_texts

try:
    from yaml import CBaseLoader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import BaseLoader as CBaseLoader  # type: ignore[assignment]

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

MAX_BYTES = 250_000
"""Largest phrase file that is read, in bytes; phrase files are written by hand and far smaller."""
MAX_DEPTH = 12
"""Most lists and mappings inside each other."""
MAX_LENGTH = 2000
"""Most characters of a key or a value."""
MAX_TEXTS = 20_000
"""Most texts that the phrases of a file may stand for together."""

# Control characters, line and paragraph separators, marks that turn the direction of text, halves of characters.
_NOT_TEXT = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What libyaml reads where PyYAML's own parser does not, or otherwise: tabs, byte order marks, a ? outside of quotes.
_READ_OTHERWISE = re.compile(r'[\t\ufeff]|^(?:[^"?\n]++|"[^"\n]*+")*+\?', re.MULTILINE)


class _Strings(Composer, BaseConstructor):
    """Reads every scalar as a string; refuses duplicate keys, anchors, aliases, tags, and what is above a bound."""

    _depth = 0
    _texts = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[attr-defined]
        problem = self._problem(event)
        if problem:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def _problem(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            return "anchors and aliases are not allowed"
        if getattr(event, "tag", None):
            return "tags are not allowed"
        if self._depth > MAX_DEPTH:
            return f"more than {MAX_DEPTH} lists and mappings inside each other"
        return self._scalar_problem(event.value) if isinstance(event, yaml.ScalarEvent) else ""

    def _scalar_problem(self, value: str) -> str:
        if len(value) > MAX_LENGTH:
            return f"more than {MAX_LENGTH} characters ({value[:40]!r} ...)"
        hidden = _NOT_TEXT.search(value)
        if hidden:
            return f"the character {hidden.group()!r} is no text"
        self._texts += number_of_texts(value)
        return f"the phrases stand for more than {MAX_TEXTS} texts" if self._texts > MAX_TEXTS else ""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"duplicate key {key.value!r}", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class _QuickLoader(_Strings, CBaseLoader):
    """Parses by libyaml, in an eighth of the time."""

    def __init__(self, text: str) -> None:
        Composer.__init__(self)  # not libyaml's own composer, which asks nobody
        CBaseLoader.__init__(self, text)


class _PlainLoader(_Strings, yaml.BaseLoader):
    """Parses by PyYAML's own parser, in whose words faults are told."""


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file: dictionaries, lists and strings, nothing else.

    Raises
    ------
    PhraseFileError
        If the file cannot be read, is not YAML, or has duplicate keys, anchors or aliases.
    """
    return _compose(path, _read_text(path))[0]


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
    data, root = _compose(path, _read_text(path))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # A misspelt key is told before the right one that is missing for it.
        found = sorted(error.errors(include_url=False), key=lambda details: details["type"] != "extra_forbidden")
        raise PhraseFileError(_fault(path, root, found[0], model)) from None


def faults(path: Path, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Return the place and the text of every fault of a file, where `read_model` raises the first.

    Parameters
    ----------
    path : Path
    model : type of pydantic.BaseModel
    """
    try:
        data, root = _compose(path, _read_text(path))
        model.model_validate(data)
    except PhraseFileError as error:
        return [place_and_text(str(error))]
    except ValidationError as error:
        found = [_fault(path, root, details, model) for details in error.errors(include_url=False)]
        return [place_and_text(fault) for fault in found]
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


def place_and_text(fault: str) -> tuple[str, str]:
    """Return the two parts of a fault's message: its place, and the rest.

    Examples
    --------
    >>> place_and_text("findings/edema.yaml:4: mentions.0.id: Field required")
    ('findings/edema.yaml:4', 'mentions.0.id: Field required')
    """
    place, _, text = fault.partition(": ")
    return place, text


def line_of(path: Path, location: Location) -> int:
    """Return the line, from 1, of a value in a file that can be read.

    Parameters
    ----------
    path : Path
    location : tuple of int and str
        The keys and positions that lead to it, such as ("mentions", 0, "phrases", 2).
    """
    return _line(_compose(path, _read_text(path))[1], location)


def fault_at(path: Path, location: Location, what: str) -> PhraseFileError:
    """Return an error that names the file and the line of a value in it, which must be a file that can be read."""
    return PhraseFileError(f"{path}:{line_of(path, location)}: {what}")


def _read_text(path: Path) -> str:
    raw = _read_bytes(path)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PhraseFileError(f"{path}:{line}: not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _read_bytes(path: Path) -> bytes:
    file_size(path)
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError as error:
        raise PhraseFileError(f"{path}: cannot be read: {error.strerror}") from None


def _compose(path: Path, text: str) -> tuple[Any, yaml.Node | None]:
    if not _READ_OTHERWISE.search(text):
        with contextlib.suppress(yaml.YAMLError, ValueError, OverflowError):
            return _content(_QuickLoader(text))
    return _compose_or_tell(path, text)


def _content(loader: _Strings) -> tuple[Any, yaml.Node | None]:
    root = loader.get_single_node()
    return (loader.construct_document(root) if root is not None else None), root


def _compose_or_tell(path: Path, text: str) -> tuple[Any, yaml.Node | None]:
    """Composes as a PyYAML without libyaml does; a fault is so told in the same words everywhere."""
    try:
        loader = _PlainLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"the character {chr(error.character)!r} is no text; remove it"
        raise PhraseFileError(f"{path}:{line}: {what}") from None
    try:
        return _content(loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise PhraseFileError(f"{where}: {error.problem}; each key once, plain text, no YAML tricks") from None
    except (ValueError, OverflowError):  # of chr(), for an escape such as "\UFFFFFFFF"
        line = loader.get_mark().line + 1
        raise PhraseFileError(f"{path}:{line}: an escape that is no character; write the character") from None


def _fault(path: Path, root: yaml.Node | None, error: ErrorDetails, model: type[BaseModel]) -> str:
    place = ".".join(str(step) for step in error["loc"]) or "the file"
    remedy = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        remedy = f"unknown key; known at the top: {', '.join(model.model_fields)}"
    value = str(error["input"])
    return f"{path}:{_line(root, error['loc'])}: {place}: {remedy} (value: {value[:80]!r})"


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
