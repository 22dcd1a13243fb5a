"""`labeler merge`: shards are joined only if they hold each report once; with the fake labeler."""

import json

import pytest

from labeler.io.manifest import describe

pytestmark = pytest.mark.usefixtures("fake")

SHARDS = 3


@pytest.fixture
def reports(tmp_path):
    """Make a folder of reports, of which one cannot be read."""
    (tmp_path / "in").mkdir()
    for number in range(30):
        (tmp_path / "in" / f"s{number:02}.txt").write_text("No edema.")
    (tmp_path / "in" / "bad.txt").write_bytes(b"\0")
    return tmp_path / "in"


@pytest.fixture
def label(run, reports, tmp_path):
    """Label one shard."""

    def label(number, *options, ending="csv", source=reports):
        table = tmp_path / f"{number}.{ending}"
        run("label", source, "-o", table, "--shard", f"{number}/{SHARDS}", *options)
        return table

    return label


@pytest.fixture
def merge(run, tmp_path):
    """Merge tables."""

    def merge(*tables, ending="csv"):
        return run("merge", *tables, "-o", tmp_path / f"all.{ending}")

    return merge


def refused(result, said, code):
    """Tell whether a merge was refused, for a reason."""
    assert result.exit_code == code
    assert said in result.stderr
    return True


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "jsonl.gz", "parquet"])
def test_shards_become_one_table(run, label, merge, tmp_path, ending):
    """In any order; the failures are joined too."""
    tables = [label(number, ending=ending) for number in (3, 1, 2)]
    result = merge(*tables, ending=ending)
    assert result.exit_code == 0
    assert result.stderr == "31 reports of 3 shards = 30 labelled + 1 failed\n"
    assert run("label", tmp_path / "in", "-o", tmp_path / "whole.csv").exit_code == 1
    assert (tmp_path / f"all.{ending}.errors.csv").read_bytes() == (tmp_path / "whole.csv.errors.csv").read_bytes()
    if ending == "csv":
        rows = [(tmp_path / name).read_text().splitlines() for name in ("all.csv", "whole.csv")]
        assert rows[0][0] == rows[1][0]
        assert sorted(rows[0]) == sorted(rows[1])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_lists_of_reports_without_text_are_joined(run, label, merge, reports, ending):
    """One that is not whole any more is found; where there are none, an earlier list goes."""
    folder = reports.parent
    for number in range(0, 30, 4):
        (reports / f"s{number:02}.txt").write_text(" ")
    joined = folder / f"all.{ending}.without-text.csv"
    tables = [label(number, ending=ending) for number in (1, 2, 3)]
    assert merge(*tables, ending=ending).exit_code == 0
    assert run("label", reports, "-o", folder / "whole.csv").exit_code == 1
    lists = [path.read_text().splitlines() for path in (joined, folder / "whole.csv.without-text.csv")]
    assert lists[0][0] == lists[1][0] == "study_id"
    assert sorted(lists[0]) == sorted(lists[1])
    joined.unlink()
    listed = next(path for path in folder.glob("[123].*.without-text.csv"))
    listed.unlink()
    assert refused(merge(*tables, ending=ending), f"{listed} does not exist", 2)
    joined.write_text("study_id\ns1\n")
    for number in range(0, 30, 4):
        (reports / f"s{number:02}.txt").write_text("No edema.")
    assert merge(*(label(number, ending=ending) for number in (1, 2, 3)), ending=ending).exit_code == 0
    assert not joined.exists()


def test_every_shard_is_needed_once(label, merge, tmp_path):
    """One that is missing or doubled is named; one without a manifest is no shard."""
    first, second, third = (label(number) for number in (1, 2, 3))
    assert refused(merge(first, third), "missing: 2", 2)
    assert refused(merge(first, second, second, third), "shard 2 is given twice", 2)
    (tmp_path / "2.csv.manifest.json").unlink()
    assert refused(merge(first, second, third), "2.csv.manifest.json does not exist", 2)
    (tmp_path / "2.csv.manifest.json").write_text("{}")
    assert refused(merge(first, second, third), "is no manifest of a shard", 2)
    second.unlink()
    assert refused(merge(first, second, third), f"{second} does not exist", 2)


def test_a_byte_order_mark_is_named(label, merge):
    """An editor adds one: to a manifest it does nothing, a table is not the one that was written."""
    tables = [label(number) for number in (1, 2, 3)]
    manifest = tables[0].with_name("1.csv.manifest.json")
    manifest.write_bytes(b"\xef\xbb\xbf" + manifest.read_bytes())
    assert merge(*tables).exit_code == 0
    tables[1].write_bytes(b"\xef\xbb\xbf" + tables[1].read_bytes())
    assert refused(merge(*tables), "2.csv is not the file that was written: it begins with a byte order mark", 1)


def test_inputs_that_changed_between_jobs_are_found(label, merge, reports):
    """A report that no job has labelled is not missed in silence."""
    first = label(1)
    for number in range(30, 40):
        (reports / f"s{number}.txt").write_text("Edema.")
    second, third = label(2), label(3)
    assert refused(merge(first, second, third), "The inputs changed between the jobs, in the part of shard 1", 1)
    assert merge(label(1), second, third).exit_code == 0


def sealed(table, text):
    """Write another text as a shard's table, and its sum into the manifest."""
    table.write_text(text)
    path = table.with_name(f"{table.name}.manifest.json")
    manifest = json.loads(path.read_text())
    manifest["outputs"] = [describe(table) if each["name"] == table.name else each for each in manifest["outputs"]]
    path.write_text(json.dumps(manifest))


@pytest.mark.parametrize("change", [lambda text: text.rstrip("\n"), lambda text: text.replace("0.0", "1.0", 1)])
def test_a_table_that_was_changed_is_refused(label, merge, change):
    """A line end that is gone would join two rows; labels that were edited are none of ours."""
    first, second, third = (label(number) for number in (1, 2, 3))
    first.write_text(change(first.read_text()))
    assert refused(merge(first, second, third), "1.csv is not the file that was written", 1)


def test_identifiers_are_proved_one_by_one(label, merge):
    """A row that is gone, is there twice, or belongs to another shard is found, and nothing is written."""
    first, second, third = (label(number) for number in (1, 2, 3))
    whole = first.read_text()
    lines = whole.splitlines(keepends=True)
    sealed(first, "".join(lines[:-1]))
    assert refused(merge(first, second, third), "1.csv does not hold the reports of shard 1: 1 missing", 1)
    sealed(first, whole + lines[-1])
    assert refused(merge(first, second, third), "1 too many", 1)
    sealed(first, "".join(lines[:-1]) + second.read_text().splitlines(keepends=True)[-1])
    assert refused(merge(first, second, third), "1 of another shard", 1)
    sealed(first, "".join(lines[:-1]) + lines[-2])
    assert refused(merge(first, second, third), "some changed", 1)
    assert not first.with_name("all.csv").exists()


def test_shards_are_alike(label, merge):
    """Options, endings and columns are the same, and there are identifiers."""
    first, second = label(1), label(2)
    assert refused(merge(first, second, label(3, "--sections", "all")), "were made in different ways", 2)
    assert refused(merge(first, second, label(3), ending="jsonl"), "different endings", 2)
    assert refused(merge(first, second, label(3), ending="txt"), "ends in none of", 2)
    tables = [label(number, "--columns", "chexpert") for number in (1, 2, 3)]
    assert refused(merge(*tables), "has no study_id", 2)


def test_a_manifest_of_a_shard_holds_no_identifier(label):
    """Sums only."""
    manifest = label(1).with_name("1.csv.manifest.json").read_text()
    assert len(json.loads(manifest)["shard"]["shares"]) == SHARDS
    assert "s01" not in manifest
