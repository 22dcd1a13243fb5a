"""Writes a small label set to start from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labeler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")

_LABEL_SET = """\
# A label set: its findings are the columns of the table, in this order.
name: {name}
meaning: Say in a sentence what this set is for.
# The text that is labelled unless --sections says otherwise: mimic (the impression, else the findings ...), all, or
# kinds joined by +, such as findings+impression.
sections: all
findings:
  - {finding}
# Named variants for words that don't decide; `labeler label --policy possible-present` applies this one.
policies:
  possible-present:
    meaning: What is only possible counts as present.
    changes:
      - findings: [{finding}]
        status: [uncertain]
        becomes: present
"""

_FINDING = """\
# One file per finding. Phrases are literal text, in any case; {{a,b}} stands for either, {{,s}} for an ending or none.
finding: {finding}
meaning: Say in a sentence what counts as this finding, and what does not.
# Groups of other label sets can be used as they are, by their ids:
# uses:
#   chexpert: [device.tube]
mentions:
  - id: {name}
    meaning: The word itself and its forms.
    phrases:
      - "{text}{{,s}}"
# Longer phrases that hold the word and mean something else:
# not_mentions:
#   - id: {name}.not-this
#     meaning: What it is instead.
#     phrases:
#       - "{text} something"
# Sentences with each mention marked as present, absent or uncertain; without a mark, nothing may be found.
cases:
  - "There is a <present>{text}</present>."
  - "No <absent>{text}</absent>."
  - "Possible <uncertain>{text}</uncertain>."
  - "A sentence that holds none."
"""


def write_scaffold(folder: Path) -> list[Path]:
    """Write a label set with one finding, both named after the folder.

    Parameters
    ----------
    folder : Path
        Must not exist yet; its name is lower-case letters, digits, - and _.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UsageError
        If the name does not do, the folder is there already, or it can't be written.
    """
    name = folder.name
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} can't name a label set; use lower-case letters, digits, - and _")
    text = name.replace("-", " ").replace("_", " ")
    words = {"name": name.replace("_", "-"), "finding": text.title(), "text": text}
    contents = {
        folder / "label_set.yaml": _LABEL_SET.format(**words | {"name": name}),
        folder / "findings" / f"{name}.yaml": _FINDING.format(**words),
    }
    try:
        (folder / "findings").mkdir(parents=True)
        for path, content in contents.items():
            path.write_text(content, encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"{folder} is there already; choose another name or remove it") from None
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}") from None
    return list(contents)
