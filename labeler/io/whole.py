"""Identifiers that are numbers where they come from are numbers in outputs that know them: Parquet and JSON Lines."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from labeler.io.cells import WholeNumber, whole
from labeler.io.tables import Table, jsonl_rows, parquet_rows
from labeler.records import Report

if TYPE_CHECKING:
    from labeler.io.read import Reading, Source


def has_whole_ids(reading: Reading) -> bool:
    """Tell whether inputs have numbers for identifiers, by the first of each; all shards of a run agree.

    Of JSON Lines and Parquet their type decides. Of names of files and CSV, which have no types, it is what they write,
    as whoever reads MIMIC-CXR's tables with pandas has numbers. Standard input, which can be read only once, has none.
    """
    return all(map(_has_whole_ids, reading.sources))


def _has_whole_ids(source: Source) -> bool:
    if not isinstance(source, Table):
        first = next(iter(source.places()), None)
        return first is not None and isinstance(whole(first.study_id), int)
    if source.path == "-":
        return False
    with contextlib.closing(source.unread()) as rows:
        name = next((row.id for row in rows if isinstance(row, Report)), "")
    is_typed = source.rows in (jsonl_rows, parquet_rows)
    return isinstance(name, WholeNumber) if is_typed else isinstance(whole(name), int)
