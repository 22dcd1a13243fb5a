"""Read the rows of Arrow's tables, bounded by bytes and each row for itself, and write rows as Parquet."""

from __future__ import annotations

import importlib
from itertools import islice
from typing import TYPE_CHECKING, Any

from labeler.errors import UsageError
from labeler.io.cells import IDENTIFIERS, whole
from labeler.io.source import MAX_RATIO, MAX_REPORT_BYTES, FailureKind, UnreadableError, bad_row, unpacks_too_far

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO

_ROWS_WRITTEN = 8192
"""Rows that are written at once."""
_ROWS = 1024
"""Most rows that are read at once,"""
_BYTES = 16 * 2**20
"""and most bytes, as rows have them on average."""


def import_parquet() -> tuple[Any, Any]:
    """Return the modules pyarrow and pyarrow.parquet.

    Raises
    ------
    UsageError
        If pyarrow, an extra, is not installed.
    """
    try:
        return importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError:
        message = 'Parquet files need pyarrow; install it with: pip install "cxr-labeler[parquet]"'
        raise UsageError(message) from None


def records(batch: Any, names: Sequence[str]) -> Iterator[dict[str, object]]:
    """Yield the rows of a batch as dicts, an `UnreadableError` in the place of a value that is none.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
    names : sequence of str
        The columns that are wanted.
    """
    columns = [_values(batch.column(name)) for name in names]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _values(column: Any) -> list[object]:
    """Return the values of a column; a text that many rows share is held once."""
    if not hasattr(column, "dictionary"):
        return _plain(column)
    used = column.indices.unique().drop_null()
    shared = dict(zip(used.to_pylist(), _plain(column.dictionary.take(used)), strict=True))
    return [None if at is None else shared[at] for at in column.indices.to_pylist()]


def _plain(column: Any) -> list[object]:
    try:
        return list(column.to_pylist())
    except Exception:  # noqa: BLE001 - whatever it is, one row's fault must not be another's
        return [_value(scalar) for scalar in column]


def _value(scalar: Any) -> object:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return UnreadableError(FailureKind.NOT_TEXT, "is not text: holds bytes that are not UTF-8", "write it as UTF-8")
    except Exception:  # noqa: BLE001 - Arrow has more types than Python
        return bad_row("has a value that cannot be read", "write identifiers and reports as text")


def parquet_records(path: str, file: Any, names: Sequence[str]) -> Iterator[dict[str, object]]:
    """Yield the rows of a Parquet file, as many at once as bytes allow.

    Parameters
    ----------
    path : str
    file : pyarrow.parquet.ParquetFile
        The file, from which the types of the columns are taken.
    names : sequence of str
        The columns that are wanted.

    Raises
    ------
    UnreadableError
        If a part of the file says that it unpacks to far more than it has.
    """
    arrow, parquet = import_parquet()
    is_text = [arrow.types.is_string, arrow.types.is_large_string]
    texts = [name for name in names if any(test(file.schema_arrow.field(name).type) for test in is_text)]
    with parquet.ParquetFile(path, read_dictionary=texts) as texts_once:
        for group in range(texts_once.num_row_groups):
            size = _rows_at_once(texts_once.metadata.row_group(group), names)
            for batch in texts_once.iter_batches(batch_size=size, row_groups=[group], columns=list(names)):
                yield from records(batch, names)


def _rows_at_once(group: Any, names: Sequence[str]) -> int:
    chunks = [group.column(at) for at in range(group.num_columns)]
    wanted = [chunk for chunk in chunks if chunk.path_in_schema in names]
    unpacked = sum(chunk.total_uncompressed_size for chunk in wanted)
    if unpacked > max(MAX_REPORT_BYTES, MAX_RATIO * sum(chunk.total_compressed_size for chunk in wanted)):
        raise unpacks_too_far()
    return int(min(_ROWS, max(1, _BYTES * group.num_rows // max(1, unpacked))))


def write_rows(
    rows_of: Callable[[BinaryIO], Iterator[Sequence[Any]]],
    lines: BinaryIO,
    stream: BinaryIO,
    fields: Sequence[tuple[str, Any]],
    made_with: Mapping[str, str],
    *,
    whole_ids: bool,
) -> None:
    """Write rows as Parquet.

    Parameters
    ----------
    rows_of : callable
        Gives the rows of `lines`.
    lines, stream : file
        Where the rows are, from the start, and where they go.
    fields : sequence of (str, pyarrow.DataType)
    made_with : mapping of str to str
        The file's metadata.
    whole_ids : bool
        Whether identifiers are numbers; a column of which one is none is text all the same.
    """
    arrow, parquet = import_parquet()
    numbers = {at for at, (name, _) in enumerate(fields) if whole_ids and name in IDENTIFIERS}
    for row in rows_of(lines) if numbers else ():
        numbers = {at for at in numbers if not row[at] or isinstance(whole(row[at]), int)}
    lines.seek(0)
    typed = [(name, arrow.int64() if at in numbers else kind) for at, (name, kind) in enumerate(fields)]
    schema, rows = arrow.schema(typed, metadata=made_with), rows_of(lines)
    with parquet.ParquetWriter(stream, schema) as writer:
        while group := list(islice(rows, _ROWS_WRITTEN)):
            columns = [
                [int(cell) if cell else None for cell in column] if at in numbers else list(column)
                for at, column in enumerate(zip(*group, strict=True))
            ]
            writer.write_table(arrow.table(columns, schema=schema))
