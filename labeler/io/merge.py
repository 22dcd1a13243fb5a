"""Join the tables of shards, and prove that together they hold each report of the inputs once."""

from __future__ import annotations

import gzip
import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from pydantic import BaseModel, NonNegativeInt, ValidationError

from labeler.errors import ConservationError, UsageError
from labeler.io.arrow import import_parquet
from labeler.io.identifiers import Tally, shard_of
from labeler.io.manifest import manifest_path
from labeler.io.output import open_output
from labeler.io.outputs import failed_names, failures_path
from labeler.io.source import Failure
from labeler.io.write import csv_line, csv_rows, names_of_objects, without_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager


class _Share(BaseModel):
    count: NonNegativeInt
    sum: str

    @property
    def tally(self) -> Tally:
        return Tally(self.count, int(self.sum, 16))


class _Part(BaseModel):
    number: NonNegativeInt
    of: NonNegativeInt
    shares: list[_Share]


class _Shard:
    """One shard's table, the file of its failures and its manifest.

    Raises
    ------
    UsageError
        If the table has no manifest of a shard beside it.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.failures = Path(failures_path(path))
        try:
            record = json.loads(Path(manifest_path(path)).read_bytes())
            self.part = _Part.model_validate(record.pop("shard"))
            tallies = [share.tally for share in self.part.shares]
        except FileNotFoundError:
            raise UsageError(
                f"{manifest_path(path)} does not exist; `label --shard` writes it beside its table."
            ) from None
        except (OSError, ValueError, KeyError, AttributeError, ValidationError):
            raise UsageError(f"{manifest_path(path)} is no manifest of a shard; label the shard again.") from None
        if not 1 <= self.part.number <= self.part.of == len(tallies):
            raise UsageError(f"{manifest_path(path)} is no manifest of a shard; label the shard again.")
        self.tallies = tallies
        self.made_with = {name: record.get(name) for name in ("model", "phrases", "versions")}
        self.options = {name: value for name, value in record.get("options", {}).items() if name != "shard"}
        self.counts = record.get("counts", {})
        self.record = record

    @property
    def number(self) -> int:
        """The number of the shard."""
        return self.part.number

    def names(self) -> Iterator[str | None]:
        """Yield what the reports of the table and of the file of failures are called."""
        yield from _names(self.path)
        if self.failures.exists():
            with self.failures.open("rb") as file:
                yield from _skip(failed_names(file))

    def require_own(self) -> None:
        """Make sure that the files hold the identifiers that belong to the shard.

        Raises
        ------
        ConservationError
            If one is missing, is there too often, or belongs to another shard.
        """
        found, foreign = Tally(), 0
        for name in self.names():
            if name is None:
                raise UsageError(f"{self.path} has no study_id; tables without identifiers cannot be merged.")
            found.add(name)
            foreign += shard_of(name, self.part.of) != self.number
        own = self.tallies[self.number - 1]
        if found == own and not foreign:
            return
        difference = own.count - found.count
        faults = [
            f"{foreign} of another shard" if foreign else "",
            f"{difference} missing" if difference > 0 else "",
            f"{-difference} too many" if difference < 0 else "",
        ]
        faults_said = ", ".join(filter(None, faults)) or "others than the shard has read"
        raise ConservationError(
            f"{self.path}: identifiers are not those of shard {self.number}: {faults_said}; label it again."
        )


def merge(tables: Sequence[str], output: str) -> tuple[int, int]:
    """Join the tables of all shards, and the files of their failures.

    Parameters
    ----------
    tables : sequence of str
        What `labeler label --shard` has written, with the manifests beside them.
    output : str
        Of the same ending.

    Returns
    -------
    labelled, failed : int

    Raises
    ------
    UsageError
        If a shard is missing or given twice, or they were made in different ways.
    ConservationError
        If the inputs changed between the shards, or an identifier is missing, there twice, or of another shard.
    """
    shards = sorted((_Shard(path) for path in tables), key=lambda shard: shard.number)
    ending = _ending(output)
    _require_complete(shards)
    _require_alike(shards)
    for shard in shards:
        if _ending(shard.path) != ending:
            raise UsageError(f"{shard.path} and {output} have different endings; give the output that of the shards.")
        if Path(shard.path).resolve() == Path(output).resolve():
            raise UsageError(f"{shard.path} is an input; the output would replace it.")
        shard.require_own()
    with ExitStack() as stack:
        failed = [shard.failures for shard in shards if shard.failures.exists()]
        if failed:
            stream = stack.enter_context(open_output(failures_path(output)))
            _append(stream, [str(path) for path in failed], csv_line(Failure.header))
        if ending == ".parquet":
            _join_parquet(output, [shard.path for shard in shards])
        else:
            _append(stack.enter_context(open_output(output)), [shard.path for shard in shards], _head(shards))
    if not failed:
        Path(failures_path(output)).unlink(missing_ok=True)
    return tuple(sum(shard.counts.get(name, 0) for shard in shards) for name in ("labelled", "failed"))


def _require_complete(shards: Sequence[_Shard]) -> None:
    of = shards[0].part.of
    given = [shard.number for shard in shards]
    for shard in shards:
        if shard.part.of != of:
            raise UsageError(f"{shard.path} is one of {shard.part.of} shards, {shards[0].path} one of {of}.")
        if given.count(shard.number) > 1:
            raise UsageError(f"Shard {shard.number} is given twice, the second time as {shard.path}.")
    missing = sorted({*range(1, of + 1)} - {*given})
    if missing:
        raise UsageError(f"Of {of} shards these are missing: {', '.join(map(str, missing))}.")


def _require_alike(shards: Sequence[_Shard]) -> None:
    first = shards[0]
    for shard in shards[1:]:
        if (shard.made_with, shard.options) != (first.made_with, first.options):
            raise UsageError(f"{shard.path} and {first.path} were made in different ways; their manifests say which.")
    changed = [
        shard.number
        for shard in shards
        if any(other.tallies[shard.number - 1] != shard.tallies[shard.number - 1] for other in shards)
    ]
    if changed:
        raise ConservationError(
            "The inputs changed between the jobs: not all shards have seen the same identifiers for shard "
            f"{', '.join(map(str, changed))}. Label all shards again while nobody changes the inputs."
        )


def _ending(path: str) -> str:
    known = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
    ending = next((ending for ending in known if path.lower().endswith(ending)), None)
    if ending is None:
        raise UsageError(f"{path} ends in none of {', '.join(known)}.")
    return ending


def _open(path: str) -> AbstractContextManager[BinaryIO]:
    return cast("BinaryIO", gzip.open(path, "rb") if path.lower().endswith(".gz") else Path(path).open("rb"))


def _names(path: str) -> Iterator[str | None]:
    ending = _ending(path)
    if ending == ".parquet":
        _, parquet = import_parquet()
        with parquet.ParquetFile(path) as file:
            known = "study_id" in file.schema_arrow.names
            for batch in file.iter_batches(columns=["study_id"] if known else []):
                yield from batch.column(0).to_pylist() if known else [None] * batch.num_rows
        return
    with _open(path) as stream:
        if ending.startswith(".jsonl"):
            yield from names_of_objects(stream)
            return
        rows = csv_rows(stream)
        header = next(rows, [])
        at = header.index("study_id") if "study_id" in header else None
        yield from (None if at is None else without_mark(row[at]) for row in rows)


def _skip(names: Iterator[str]) -> Iterator[str]:
    next(names, None)
    return names


def _head(shards: Sequence[_Shard]) -> bytes:
    if not _ending(shards[0].path).startswith(".csv"):
        return b""
    heads = []
    for shard in shards:
        with _open(shard.path) as stream:
            heads.append(stream.readline())
        if heads[-1] != heads[0]:
            raise UsageError(f"{shard.path} and {shards[0].path} have different columns.")
    return heads[0]


def _append(output: BinaryIO, paths: Sequence[str], head: bytes) -> None:
    output.write(head)
    for path in paths:
        with _open(path) as stream:
            if head:
                stream.readline()
            shutil.copyfileobj(stream, output, 2**20)


def _join_parquet(output: str, paths: Sequence[str]) -> None:
    arrow, parquet = import_parquet()
    with ExitStack() as stack:
        files = [stack.enter_context(parquet.ParquetFile(path)) for path in paths]
        stream = stack.enter_context(open_output(output))
        writer = stack.enter_context(parquet.ParquetWriter(stream, files[0].schema_arrow))
        for file in files:
            for batch in file.iter_batches():
                writer.write_table(arrow.Table.from_batches([batch], schema=files[0].schema_arrow))
