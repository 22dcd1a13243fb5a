"""What a process of our own does at its start; a program that uses the library decides for itself."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_INFO = "spacy.cli.info"


def forbid_core_dumps() -> None:
    """Keep this process, and those that it starts, from leaving an image of its memory on disk.

    A core would hold the reports at hand, in a folder that nobody chose for them.
    """
    try:
        import resource
    except ImportError:  # Windows, which has no cores
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def collect_rarely() -> None:
    """Have cyclic garbage looked for after 200,000 new objects, not 700: labels make none, and looking takes a tenth.

    What is there already is never looked through again.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)


@contextmanager
def without_collection() -> Iterator[None]:
    """Have no cyclic garbage looked for meanwhile: reading reports makes none, and looking takes a tenth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def leave_out_downloads() -> None:
    """Lets spaCy be imported without its command line, which is a third of it, with all that downloads models.

    spaCy imports that for `spacy.info` alone, which then imports it when it is called.
    """
    if "spacy" not in sys.modules:
        stand_in = sys.modules[_INFO] = ModuleType(_INFO)
        vars(stand_in)["info"] = _info


def _info(*arguments: Any, **options: Any) -> Any:
    del sys.modules[_INFO]
    from spacy.cli.info import info

    return info(*arguments, **options)
