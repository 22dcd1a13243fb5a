"""Says in plain words what is wrong with a phrase file, for people who know neither YAML's grammar nor pydantic."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import BaseModel

from labeler.phrasebook.fields import RULE_ID, SET_NAME

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic_core import ErrorDetails

_SHOWN = 80
"""Most characters of a value in a message."""

# What a parser's problem is called, in the words of libyaml and of PyYAML; whether the line where the construct begins
# is the one to look at, rather than the one where it fails; and what to do.
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
    (
        "alias",
        False,
        "a text that begins with *, which is for aliases; put it in quotes",
    ),
    ("nesting depth", False, "too many lists and mappings inside each other; remove some"),
    ("escape", False, r"a \ in double quotes that makes no character; write the character, or use single quotes"),
    ("another document", False, "a line --- begins a second document; keep one in a file"),
)
_COLON = 'a text with ": " in it; put it in quotes'
_OTHERWISE = "cannot be read; put texts in quotes and align keys and items"

_FORMS = {
    "missing": "is missing; add it",
    "tuple_type": "give a list: [one, other], or each on a line of its own after '- '",
    "string_type": "give a text; if it has ': ', or begins with [ or {, put it in quotes",
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


def syntax_fault(error: Exception, text: str) -> tuple[int, str]:
    """Return the line, from 1, and the text of what keeps a file from being read as YAML.

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
    (1, 'a text with ": " in it; put it in quotes')
    """
    if not isinstance(error, yaml.MarkedYAMLError):  # of PyYAML's own parser
        error = yaml.MarkedYAMLError(problem="nesting depth" if isinstance(error, RecursionError) else "escape")
    known = ((at_begin, what) for pattern, at_begin, what in _SYNTAX if re.search(pattern, error.problem or ""))
    at_begin, what = next(known, (False, error.note or _OTHERWISE))
    mark = (at_begin and error.context_mark) or error.problem_mark
    line = mark.line if mark else 0
    is_colon = "mapping values" in (error.problem or "") and text.splitlines()[line].count(": ") > 1
    return line + 1, _COLON if is_colon else what


def form_fault(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return the place within its file, the remedy and the value of what does not fit a model.

    Parameters
    ----------
    error : dict
        One of the errors of a pydantic.ValidationError.
    model : type of pydantic.BaseModel
        Of the whole file.
    """
    place = ".".join(str(step) for step in error["loc"]) or "the file"
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
        return f"give {facts['expected']}"
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
