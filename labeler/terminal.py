"""What a terminal shows: text that does nothing to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

ESCAPE = r"\x1b\[[0-9;?]*[A-Za-z]"
"""What moves a terminal's cursor, or changes its colours."""

_ESCAPE = re.compile(ESCAPE)
_WHITE_SPACE = re.compile(r"\s+")


def printable(text: str) -> str:
    r"""Return text that does nothing to a terminal: white space as a blank, its escapes, controls and marks left out.

    Examples
    --------
    >>> printable("no\nedema\x1b[2J\a")
    'no edema'
    """
    blanked = _WHITE_SPACE.sub(" ", _ESCAPE.sub("", text))
    return blanked if blanked.isprintable() else "".join(filter(str.isprintable, blanked))


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether a stream is there and leads to a terminal.

    Parameters
    ----------
    stream : TextIO or None
        None, as `sys.stdout` is where it was closed.
    """
    return stream is not None and stream.isatty()
