"""Join the tables of shards, and prove that together they hold each report of the inputs once."""

from __future__ import annotations

import gzip
import shutil
from codecs import BOM_UTF8
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NamedTuple, cast

from pydantic import BaseModel, Field, NonNegativeInt, ValidationError

from labeler.errors import ConservationError, UsageError
from labeler.io.arrow import import_parquet
from labeler.io.identifiers import Tally, shard_of
from labeler.io.manifest import describe, manifest_path
from labeler.io.output import open_output
from labeler.io.outputs import failed_names, failures_path, without_text_path
from labeler.io.write import csv_rows, names_of_objects, without_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ENDINGS = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
_TOGETHER = "Label all shards again while nobody changes the inputs."


class _Part(BaseModel):
    number: int
    of: int
    shares: list[tuple[NonNegativeInt, Annotated[str, Field(pattern="^[0-9a-f]{1,64}$")]]]


class _Counts(BaseModel):
    labelled: NonNegativeInt
    failed: NonNegativeInt
    without_usable_text: NonNegativeInt


class _Output(BaseModel):
    name: str
    bytes: NonNegativeInt
    sha256: str


class _Manifest(BaseModel):
    shard: _Part
    model: dict[str, str]
    phrases: dict[str, str | list[str]]
    versions: dict[str, str]
    options: dict[str, str]
    counts: _Counts
    outputs: list[_Output]

    @property
    def made_with(self) -> tuple[object, ...]:
        options = {name: value for name, value in self.options.items() if name != "shard"}
        return self.model, self.phrases, self.versions, options


class _Shard(NamedTuple):
    path: str
    manifest: _Manifest

    @property
    def number(self) -> int:
        return self.manifest.shard.number

    @property
    def failures(self) -> Path:
        return Path(failures_path(self.path))

    def share(self, number: int) -> Tally:
        """Return what this shard has seen of the identifiers of one."""
        count, total = self.manifest.shard.shares[number - 1]
        return Tally(count, int(total, 16))


def merge(tables: Sequence[str], output: str) -> tuple[int, int]:
    """Join the tables of all shards, and the lists of what failed and of what has no usable text.

    Parameters
    ----------
    tables : sequence of str
        What `labeler label --shard` has written, with the manifests beside them.
    output : str
        Has the same ending.

    Returns
    -------
    labelled, failed : int

    Raises
    ------
    UsageError
        If a shard is missing or given twice, or they were made in different ways.
    ConservationError
        If the inputs changed between the jobs, or an identifier is missing, there twice, or of another shard.
    """
    shards = sorted((_Shard(path, _manifest(path)) for path in tables), key=lambda shard: shard.number)
    ending = _ending(output)
    for shard in shards:
        if _ending(shard.path) != ending:
            raise UsageError(f"{shard.path} and {output} have different endings; give the output that of the shards.")
    _keep_inputs(shards, output)
    _require_complete(shards)
    for shard in shards:
        _require_unchanged(shard)
        _require_own(shard)
        _require_listed(shard)
    lists = {
        path_of(output): _existing(path_of(shard.path) for shard in shards)
        for path_of in (failures_path, without_text_path)
    }
    with ExitStack() as stack:
        for path, parts in lists.items():
            if parts:
                _append(stack.enter_context(open_output(path)), parts, _head(parts[0]))
        stream = stack.enter_context(open_output(output))
        if ending == ".parquet":
            _join_parquet(stream, [shard.path for shard in shards])
        else:
            _append(stream, [shard.path for shard in shards], _head(shards[0].path))
    for path, parts in lists.items():
        if not parts:
            Path(path).unlink(missing_ok=True)
    counts = [shard.manifest.counts for shard in shards]
    return sum(count.labelled for count in counts), sum(count.failed for count in counts)


def _keep_inputs(shards: Sequence[_Shard], output: str) -> None:
    """Refuse an output that is a shard or stands beside one, or beside which a shard stands."""
    written = {Path(path).resolve() for path in (output, failures_path(output), without_text_path(output))}
    for shard in shards:
        beside = failures_path(shard.path), without_text_path(shard.path), manifest_path(shard.path)
        for path in (shard.path, *beside):
            if Path(path).resolve() in written:
                raise UsageError(f"{path} is an input; the output would replace it. Name another output.")


def _require_unchanged(shard: _Shard) -> None:
    """Refuse a shard with a table or a list that is not the one that its manifest describes."""
    folder = Path(shard.path).parent
    written = {output.name: output for output in shard.manifest.outputs}
    if Path(shard.path).name not in written:
        raise ConservationError(f"{manifest_path(shard.path)} does not describe {shard.path}; label the shard again.")
    for path in [folder / name for name in written]:
        if not path.is_file():
            raise UsageError(f"{path} does not exist; {manifest_path(shard.path)} describes it. Copy it here too.")
        if describe(path) != written[path.name].model_dump():
            raise ConservationError(
                f"{path} is not the file that was written{_marked(path)}; copy it again or label the shard again."
            )


def _marked(path: Path) -> str:
    with path.open("rb") as file:
        has_mark = file.read(len(BOM_UTF8)) == BOM_UTF8
    return ": it begins with a byte order mark, so another program has saved it" if has_mark else ""


def _manifest(table: str) -> _Manifest:
    path = Path(manifest_path(table))
    if not Path(table).is_file():
        raise UsageError(f"{table} does not exist or is no file; give the tables that `label --shard` has written.")
    if not path.is_file():
        raise UsageError(f"{path} does not exist; `labeler label --shard` writes it beside its table.")
    try:
        manifest = _Manifest.model_validate_json(path.read_bytes().removeprefix(BOM_UTF8))
        is_valid = 1 <= manifest.shard.number <= manifest.shard.of == len(manifest.shard.shares)
    except ValidationError:
        is_valid = False
    if not is_valid:
        raise UsageError(f"{path} is no manifest of a shard; label the shard again.")
    return manifest


def _require_complete(shards: Sequence[_Shard]) -> None:
    first, numbers = shards[0], [shard.number for shard in shards]
    of = first.manifest.shard.of
    for shard in shards:
        if shard.manifest.shard.of != of:
            raise UsageError(f"{shard.path} is one of {shard.manifest.shard.of} shards, {first.path} one of {of}.")
        if shard.manifest.made_with != first.manifest.made_with:
            raise UsageError(f"{shard.path} and {first.path} were made in different ways; see their manifests.")
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    missing = [str(number) for number in range(1, of + 1) if number not in numbers]
    if twice or missing:
        fault = f"shard {twice} is given twice" if twice else f"missing: {', '.join(missing)}"
        raise UsageError(f"These are not shards 1 to {of}, each once: {fault}.")
    changed = [str(own.number) for own in shards if any(own.share(own.number) != s.share(own.number) for s in shards)]
    if changed:
        which = ", ".join(changed)
        raise ConservationError(f"The inputs changed between the jobs, in the part of shard {which}. {_TOGETHER}")


def _require_own(shard: _Shard) -> None:
    """Make sure that a table and its failures hold the identifiers of their shard, each as often as it was read."""
    found, foreign = Tally(), 0
    for name in _names(shard):
        if name is None:
            raise UsageError(f"{shard.path} has no study_id, so nothing can be proved; use --columns mimic.")
        found.add(name)
        foreign += shard_of(name, shard.manifest.shard.of) != shard.number
    own = shard.share(shard.number)
    difference = own.count - found.count
    if found == own:
        return
    faults = [f"{foreign} of another shard"] if foreign else []
    faults += [f"{difference} missing" if difference > 0 else f"{-difference} too many"] if difference else []
    raise ConservationError(
        f"{shard.path} does not hold the reports of shard {shard.number}: {', '.join(faults) or 'some changed'}. Label "
        "the shard again."
    )


def _require_listed(shard: _Shard) -> None:
    """Make sure that the list of reports without usable text is there if there are any, and is whole."""
    path = without_text_path(shard.path)
    listed = 0
    if Path(path).exists():
        with _open(path) as stream:
            listed = sum(1 for _ in csv_rows(stream)) - 1
    number = shard.manifest.counts.without_usable_text
    if listed != number:
        raise ConservationError(f"{path} lists {listed} reports, the manifest counts {number}. Label the shard again.")


def _existing(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if Path(path).exists()]


def _ending(path: str) -> str:
    ending = next((ending for ending in _ENDINGS if path.lower().endswith(ending)), None)
    if ending is None:
        raise UsageError(f"{path} ends in none of {', '.join(_ENDINGS)}.")
    return ending


def _open(path: str) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if path.lower().endswith(".gz") else Path(path).open("rb")


def _names(shard: _Shard) -> Iterator[str | None]:
    yield from _names_of_table(shard.path)
    if shard.failures.exists():
        with shard.failures.open("rb") as file:
            yield from islice(failed_names(file), 1, None)


def _names_of_table(path: str) -> Iterator[str | None]:
    if _ending(path) == ".parquet":
        _, parquet = import_parquet()
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["study_id"]):
                yield from map(str, batch.column(0).to_pylist()) if batch.num_columns else [None] * batch.num_rows
        return
    with _open(path) as stream:
        if not _ending(path).startswith(".csv"):
            yield from names_of_objects(stream)
            return
        rows = csv_rows(stream)
        header = next(rows, [])
        at = header.index("study_id") if "study_id" in header else None
        yield from (None if at is None else without_mark(row[at]) for row in rows)


def _head(path: str) -> bytes:
    if not _ending(path).startswith(".csv"):
        return b""
    with _open(path) as stream:
        return stream.readline()


def _append(output: BinaryIO, paths: Sequence[str], head: bytes) -> None:
    """Write files one after the other, below one head; runs of equal settings have written equal ones."""
    output.write(head)
    for path in paths:
        with _open(path) as stream:
            if head and stream.readline() != head:
                raise UsageError(f"{path} and {paths[0]} have different columns; give both the same.")
            shutil.copyfileobj(stream, output, 2**20)


def _join_parquet(output: BinaryIO, paths: Sequence[str]) -> None:
    _, parquet = import_parquet()
    with ExitStack() as stack:
        files = [stack.enter_context(parquet.ParquetFile(path)) for path in paths]
        writer = stack.enter_context(parquet.ParquetWriter(output, files[0].schema_arrow))
        for file in files:
            if file.schema_arrow != files[0].schema_arrow:
                raise UsageError(
                    f"{paths[files.index(file)]} and {paths[0]} have different columns; give both the same."
                )
            for batch in file.iter_batches():
                writer.write_batch(batch)
