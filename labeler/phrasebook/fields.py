"""The fields that the files share: phrases with braces, ids, and names; each within bounds."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ALTERNATIVES = 5000
"""Most texts that one phrase with braces may stand for; a bound against a phrase that explodes."""
MAX_TEXT = 150
"""Most characters of a text that a phrase stands for."""

RULE_ID = r"^[a-z0-9]+([.-][a-z0-9]+)*$"
SET_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
_BRACES = re.compile(r"\{([^{}]*)\}")
_FORMULA = ("=", "+", "-", "@")


def number_of_texts(phrase: str) -> int:
    """Return how many texts a phrase with braces stands for, equal ones counted twice, without making them.

    >>> number_of_texts("{small,large} effusion{,s}")
    4
    """
    return math.prod(choices.count(",") + 1 for choices in _BRACES.findall(phrase))


def expand(phrase: str) -> tuple[str, ...]:
    """Return the texts that a phrase with braces stands for, as a shell expands them.

    Parameters
    ----------
    phrase : str
        Literal text; `{a,b}` stands for either.

    Raises
    ------
    ValueError
        If a brace is left open or the phrase stands for too many texts.

    Examples
    --------
    >>> expand("pleural effusion{,s}")
    ('pleural effusion', 'pleural effusions')
    """
    if "{" not in phrase and "}" not in phrase:
        return (phrase,)
    parts = _BRACES.split(phrase)
    if any("{" in part or "}" in part for part in parts[::2]):
        raise ValueError("a brace is not closed; write alternatives as {one,other}")
    if number_of_texts(phrase) > MAX_ALTERNATIVES:
        raise ValueError(f"stands for more than {MAX_ALTERNATIVES} texts; write fewer alternatives")
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
    return tuple(dict.fromkeys(map("".join, product(*choices))))


def doubles(names: Iterable[str]) -> list[str]:
    """Return the names that are given more than once, in their order.

    >>> doubles(["Edema", "Fracture", "Edema"])
    ['Edema']
    """
    return [name for name, count in Counter(names).items() if count > 1]


def _check_phrase(phrase: str) -> str:
    for text in expand(phrase):
        if not text.strip():
            raise ValueError("an empty phrase would match everywhere; remove it or write the phrase")
        if text != text.strip() or "  " in text:
            raise ValueError("blanks at the ends or doubled never match; remove them")
        if len(text) > MAX_TEXT:
            raise ValueError(f"a text of more than {MAX_TEXT} characters; write a shorter phrase")
    return phrase


def _check_column(name: str) -> str:
    if name.startswith(_FORMULA):
        raise ValueError("a spreadsheet would take the column's name for a formula; begin it with a letter")
    return name


def _check_words(words: Any) -> Any:
    if isinstance(words, dict) and (len(words) != 1 or not words.keys() <= {"IN", "NOT_IN"}):
        raise ValueError("give a word, {IN: [words]} or {NOT_IN: [words]}; there are no regular expressions")
    return words


Phrase = Annotated[str, AfterValidator(_check_phrase)]
RuleId = Annotated[str, Field(pattern=RULE_ID)]
SetName = Annotated[str, Field(pattern=SET_NAME)]
"""Name of a folder beside the others: it can't lead out of the folder of phrase files."""
ColumnName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_check_column)]
Answer = Literal["present", "absent", "uncertain", "none"]
Words = Annotated[str | dict[Literal["IN", "NOT_IN"], tuple[str, ...]], BeforeValidator(_check_words)]


hyphenated = ConfigDict(extra="forbid", frozen=True, alias_generator=lambda name: name.replace("_", "-"))
"""For models whose keys have hyphens."""


class Model(BaseModel):
    """The base of all file models: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
