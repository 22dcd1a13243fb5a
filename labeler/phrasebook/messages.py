"""Says in plain words what is wrong with a phrase file, for people who know neither YAML's grammar nor pydantic."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import yaml
from pydantic import BaseModel

from labeler.phrasebook.fields import RULE_ID, SET_NAME
from labeler.phrasebook.slips import COLON, find_slip
from labeler.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic_core import ErrorDetails

_SHOWN = 80
"""Most characters of a value in a message."""

_BEFORE, _BEHIND = 50, 30
"""Most characters of a line that are shown before and behind what is marked."""

# What a parser's problem is called, in the words of libyaml and of PyYAML, if no slip is found; whether the line where
# the construct begins is the one to look at, rather than the one where it fails; and what to do.
_SYNTAX = (
    ("mapping values", False, "a line indented too far, or one above without its colon; align it, or add the colon"),
    ("cannot start any token", False, "a text that begins with a mark such as @, %, ` or *; put it in quotes"),
    (r"'[]}]'", True, "a [ or { that is not closed; close it, or put the text in quotes"),
    ("end of stream|document indicator", True, "a quote that is not closed; close it"),
    ("expected ':'", True, 'a line that is neither "key: value" nor "- item"; indent it, or put the text in quotes'),
    (
        "expected key|block end|'-' indicator",
        False,
        "the indentation or a quote does not fit the lines above; align it",
    ),
    ("alias", False, "a text that begins with *; put it in quotes"),
    ("nesting depth", False, "too many lists inside each other; remove some"),
    ("escape", False, r"a \ in double quotes that makes no character; write the character, or use single quotes"),
    ("another document", False, "a line --- begins a second part; remove the line"),
)
_CERTAIN = {what for pattern, _, what in _SYNTAX if pattern in {"nesting depth", "escape", "another document"}}
_OTHERWISE = "cannot be read; put texts in quotes and align keys and items"

_FORMS = {
    "missing": "is missing; add it",
    "tuple_type": "give a list: [one, other], or each on a line of its own after '- '",
    "string_type": "give a text; if it begins with [ or {, put it in quotes",
    "dict_type": "give keys and values, each on a line of its own as 'key: value'",
    "model_type": "give keys and values, each on a line of its own as 'key: value'",
    "bool_parsing": "give true or false",
    "int_parsing": "give a whole number",
    "float_parsing": "give a number",
    "too_short": "is empty; give at least one",
    "string_too_short": "is empty; write something",
    "string_too_long": "is too long; shorten it",
}
_PATTERNS = {
    RULE_ID: "use lower-case letters and digits, joined by . or -",
    SET_NAME: "use letters, digits, '.', '_' and '-', with a letter or a digit first",
}


class Fault(NamedTuple):
    """A fault with the place of what is to be marked, lines and columns from 0."""

    line: int
    column: int
    width: int
    what: str


def syntax_fault(error: Exception, text: str) -> Fault:
    """Return what keeps a file from being read as YAML.

    Parameters
    ----------
    error : yaml.MarkedYAMLError, ValueError, OverflowError or RecursionError
        What a parser raised; one of our own has its whole text as its note.
    text : str
        Of the file.

    Examples
    --------
    >>> text = "meaning: seen: not felt"
    >>> try:
    ...     yaml.load(text, yaml.BaseLoader)
    ... except yaml.YAMLError as error:
    ...     syntax_fault(error, text)
    Fault(line=0, column=9, width=1, what='a text with ": " in it; put it in quotes')
    """
    if not isinstance(error, yaml.MarkedYAMLError):  # of PyYAML's own parser
        error = yaml.MarkedYAMLError(problem="nesting depth" if isinstance(error, RecursionError) else "escape")
    known = ((at_begin, what) for pattern, at_begin, what in _SYNTAX if re.search(pattern, error.problem or ""))
    at_begin, what = next(known, (False, error.note or _OTHERWISE))
    mark = (at_begin and error.context_mark) or error.problem_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    slip = None if error.note or what in _CERTAIN else find_slip(text, line)
    return Fault(slip.line, slip.column, 1, slip.what) if slip else Fault(line, column, 1, what)


def excerpt(line: str, column: int, width: int) -> str:
    """Return a line with a caret under what is meant; both are safe to show.

    Examples
    --------
    >>> print(excerpt("    role: anatmy", 10, 6))
        role: anatmy
              ^^^^^^
    """
    before = printable(line[:column].lstrip())
    meant = line[column : column + width].rstrip()
    marked, behind = printable(meant)[:_SHOWN], printable(line[column + len(meant) :])
    if len(before) > _BEFORE:
        before = f"...{before[-_BEFORE:]}"
    if len(behind) > _BEHIND:
        behind = f"{behind[:_BEHIND]}..."
    return f"    {before}{marked}{behind}".rstrip() + f"\n    {' ' * len(before)}{'^' * max(1, len(marked))}"


def form_fault(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return the key, the remedy and the value of what does not fit a model.

    Parameters
    ----------
    error : dict
        One of the errors of a pydantic.ValidationError.
    model : type of pydantic.BaseModel
        Of the whole file.
    """
    keys = [step for step in error["loc"] if isinstance(step, str) and step != "[key]"]
    place = keys[-1] if keys else "the file"
    value = f" (value: {error['input'][:_SHOWN]!r})" if isinstance(error["input"], str) else ""
    return f"{place}: {_remedy(error, model)}{value}"


def hint(name: str, known: Collection[str]) -> str:
    """Return what a message suggests in place of an unknown name.

    Examples
    --------
    >>> hint("effusoin", ["effusion", "edema"]), hint("x", ["effusion", "edema"]), hint("x", [])
    ("did you mean 'effusion'?", 'there are: edema, effusion', 'there are: none')
    """
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"


def _remedy(error: ErrorDetails, model: type[BaseModel]) -> str:
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(error["loc"], model)
    if kind in ("literal_error", "enum"):
        near = difflib.get_close_matches(str(error["input"]), re.findall("'(.*?)'", facts["expected"]), n=1)
        return f"give {facts['expected']}" + (f"; did you mean {near[0]!r}?" if near else "")
    if kind == "tuple_type" and not error["input"]:
        return _FORMS["too_short"]
    if kind == "string_type" and isinstance(error["input"], dict) and any(error["input"].values()):
        return COLON
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(facts["pattern"], f"write it as {facts['pattern']} has it")
    said = error["msg"].removeprefix("Value error, ").replace("Input should be", "give a number")
    return _FORMS.get(kind) or said


def _unknown_key(location: tuple[int | str, ...], model: type[BaseModel]) -> str:
    *way, key = location
    for step in way:
        field = model.model_fields.get(str(step))
        model = (field and _model_in(field.annotation)) or model
    known = [field.alias or name for name, field in model.model_fields.items()]
    return f"unknown key; {hint(str(key), known)}"


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a field holds, be it in a list, by names, or not always."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
