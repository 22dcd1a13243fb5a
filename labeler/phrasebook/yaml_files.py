"""Reads YAML as plain strings; every fault names file, line, key, value and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from labeler.errors import PhraseFileError

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[int | str, ...]

MAX_BYTES = 1_000_000
"""Largest phrase file that is read, in bytes; phrase files are written by hand and far smaller."""


class _StringLoader(yaml.BaseLoader):
    """Reads every scalar as a string; refuses duplicate keys, anchors and aliases."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="anchors and aliases are not allowed", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"duplicate key {key.value!r}", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """Returns the content of a YAML file: dictionaries, lists and strings, nothing else.

    Raises
    ------
    PhraseFileError
        If the file cannot be read, is not YAML, or has duplicate keys, anchors or aliases.
    """
    return _compose(path, _read_text(path))[0]


def read_model(path: Path, model: type[Model]) -> Model:
    """Returns the content of a YAML file as a checked model.

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
        raise PhraseFileError(_fault(path, root, error.errors(include_url=False)[0], model)) from None


def faults(path: Path, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Returns the place and the text of every fault of a file, where `read_model` raises the first.

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


def yaml_paths(folder: Path) -> list[Path]:
    """Returns the YAML files of a folder in the order of their names."""
    return sorted(folder.glob("*.yaml"))


def place_and_text(fault: str) -> tuple[str, str]:
    """Returns the two parts of a fault's message: its place, and the rest.

    Examples
    --------
    >>> place_and_text("findings/edema.yaml:4: mentions.0.id: Field required")
    ('findings/edema.yaml:4', 'mentions.0.id: Field required')
    """
    place, _, text = fault.partition(": ")
    return place, text


def line_of(path: Path, location: Location) -> int:
    """Returns the line, from 1, of a value in a file that can be read.

    Parameters
    ----------
    path : Path
    location : tuple of int and str
        The keys and positions that lead to it, such as ("mentions", 0, "phrases", 2).
    """
    return _line(_compose(path, _read_text(path))[1], location)


def _read_text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise PhraseFileError(f"{path}: {len(raw)} bytes; a phrase file may have {MAX_BYTES}; split it")
        return raw.decode()
    except OSError as error:
        raise PhraseFileError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PhraseFileError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None


def _compose(path: Path, text: str) -> tuple[Any, yaml.Node | None]:
    loader = _StringLoader(text)
    try:
        root = loader.get_single_node()
        return (loader.construct_document(root) if root is not None else None), root
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise PhraseFileError(f"{where}: {error.problem}; each key once, plain text, no YAML tricks") from None
    except yaml.YAMLError as error:
        raise PhraseFileError(f"{path}: not YAML: {str(error).splitlines()[0]}") from None
    finally:
        loader.dispose()


def _fault(path: Path, root: yaml.Node | None, error: ErrorDetails, model: type[BaseModel]) -> str:
    place = ".".join(str(step) for step in error["loc"]) or "the file"
    remedy = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        remedy = f"unknown key; known at the top: {', '.join(model.model_fields)}"
    value = str(error["input"])
    return f"{path}:{_line(root, error['loc'])}: {place}: {remedy} (value: {value[:80]!r})"


def _line(node: yaml.Node | None, location: Location) -> int:
    """Finds the line, from 1, of the deepest node on a pydantic error's path."""
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
