"""`labeler label --resume`: an interrupted run is resumed, with the fake labeler."""

import gzip

import pytest
from fake_labeler import FakeLabeler

from labeler.io.journal import Journal, Record
from labeler.io.output import OutputFile

pytestmark = pytest.mark.usefixtures("fake")

COUNT = 40
LEFT = [
    *(".out.csv.errors.csv.part", ".out.csv.journal", ".out.csv.part", ".out.csv.without-text.csv.part"),
    ".out.jsonl.part",
]
OUTPUTS = ["out.csv", "out.csv.errors.csv", "out.jsonl"]


@pytest.fixture
def reports(tmp_path):
    """Make a folder of reports, one of which cannot be read."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(COUNT):
        (folder / f"s{number:02}.txt").write_text(f"XYZZY {number}. No edema.")
    (folder / "s03x.txt").write_bytes(b"\0")
    return folder


@pytest.fixture
def label(run, reports, tmp_path):
    """Label the reports into a folder and return the result."""

    def label(folder, *options, table="out.csv"):
        (tmp_path / folder).mkdir(exist_ok=True)
        outputs = "-o", tmp_path / folder / table, "--evidence", tmp_path / folder / "out.jsonl"
        return run("label", reports, *outputs, *options)

    return label


@pytest.fixture
def interrupt(monkeypatch):
    """Interrupt labelling at a report; return the identifiers of those labelled, also after the interruption."""
    labelled = []
    errors = []
    whole = FakeLabeler.label

    def at(study, error=KeyboardInterrupt):
        errors.append(error)

        def label(self, report):
            labelled.append(report.id)
            if report.id == study and errors:
                raise errors.pop()
            return whole(self, report)

        monkeypatch.setattr(FakeLabeler, "label", label)
        return labelled

    return at


@pytest.fixture
def cut_short(label, interrupt, tmp_path):
    """Interrupt a run and return its folder."""
    interrupt("s21")
    label("cut")
    return tmp_path / "cut"


@pytest.fixture
def change(reports, monkeypatch):
    """Change the labeler or the inputs, and return options that change the run."""
    options = {"sections": ["--sections", "all"], "columns": ["--columns", "chexpert"], "shard": ["--shard", "1/2"]}

    def change(what):
        if what in {"phrase_hash", "model"}:
            monkeypatch.setattr(FakeLabeler, what, property(lambda _labeler: "other", lambda *_: None), raising=False)
        elif what == "a text":
            (reports / "s01.txt").write_text("edema")
        elif what == "one more":
            (reports / "s00a.txt").write_text("edema")
        elif what == "fewer":
            for path in sorted(reports.iterdir())[COUNT // 4 :]:
                path.unlink()
        return options.get(what, [])

    return change


def names(folder):
    """Return the names in a folder, hidden ones included."""
    return sorted(path.name for path in folder.iterdir())


def test_an_interrupted_run_goes_on_where_it_was(label, interrupt, tmp_path):
    """Nothing is labelled again, nothing is lost or doubled, and the outputs are those of an uninterrupted run."""
    label("whole")
    labelled = interrupt("s21")
    result = label("cut")
    assert result.exit_code == 130
    assert "Interrupted. 21 reports are labelled; the same command with --resume labels the rest." in result.stderr
    assert names(tmp_path / "cut") == LEFT
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "cut").iterdir()} == {0o600}
    labelled.clear()
    result = label("cut", "--resume")
    assert result.exit_code == 1
    assert "41 reports seen = 40 labelled + 1 failed (21 labelled before the interruption), in " in result.stderr
    assert result.stderr.endswith(f"What failed is listed in {tmp_path}/cut/out.csv.errors.csv\n")
    assert labelled == [f"s{number}" for number in range(21, COUNT)]
    assert names(tmp_path / "cut") == names(tmp_path / "whole") == OUTPUTS
    for name in OUTPUTS:
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


@pytest.mark.parametrize("table", ["out.csv.gz", "out.jsonl.gz", "out.parquet"])
def test_outputs_that_are_made_at_the_end_go_on_too(label, interrupt, tmp_path, table):
    """A compressed table and Parquet are made of lines when all are there."""
    if table == "out.parquet":
        pytest.importorskip("pyarrow")
    label("whole", table=table)
    interrupt("s07")
    label("cut", table=table)
    label("cut", "--resume", table=table)
    assert (tmp_path / "cut" / table).read_bytes() == (tmp_path / "whole" / table).read_bytes()


def test_the_journal_holds_no_report_text(label, interrupt, tmp_path):
    """Of the files that an interruption leaves, only the evidence, which was asked for, has text in it."""
    interrupt("s21")
    label("cut")
    holds_text = [name for name in LEFT if b"XYZZY" in (tmp_path / "cut" / name).read_bytes()]
    assert holds_text == [".out.jsonl.part"]


def test_what_a_kill_left_half_written_is_cut_off(label, interrupt, tmp_path):
    """The journal's last whole line holds: bytes behind what it counts, and half a line of its own, are dropped."""
    label("whole")
    interrupt("s21")
    label("cut")
    for name in LEFT:
        with (tmp_path / "cut" / name).open("ab") as file:
            file.write(b'{"items": 39, "rep')
    label("cut", "--resume")
    assert (tmp_path / "cut" / "out.csv").read_bytes() == (tmp_path / "whole" / "out.csv").read_bytes()
    assert (tmp_path / "cut" / "out.jsonl").read_bytes() == (tmp_path / "whole" / "out.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ("phrase_hash", "phrases abc123, now other"),
        ("model", "model fake 1.0, now other"),
        ("sections", "sections mimic, now all"),
        ("columns", "columns study_id,Atelectasis,Edema,No Finding, now Reports,No Finding,Edema,Atelectasis"),
        ("shard", "shard 1/1, now 1/2"),
        ("a text", "what it had read has changed"),
        ("one more", "what it had read has changed"),
        ("fewer", "what it had read has changed"),
    ],
)
def test_a_run_does_not_go_on_with_other_phrases_options_or_inputs(label, cut_short, change, changed, said):
    """It says what differs, ends with 2, and leaves the interrupted run as it was."""
    before = [(cut_short / name).read_bytes() for name in LEFT]
    result = label("cut", "--resume", *change(changed))
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Leave out --resume to start over." in result.stderr
    assert [(cut_short / name).read_bytes() for name in LEFT] == before


def test_what_was_not_yet_read_may_change(label, interrupt, reports, tmp_path):
    """The result is that of a run over the inputs as they are now."""
    interrupt("s21")
    label("cut")
    (reports / "s39.txt").write_text("edema")
    label("cut", "--resume")
    label("whole")
    assert (tmp_path / "cut" / "out.csv").read_bytes() == (tmp_path / "whole" / "out.csv").read_bytes()


def test_resume_without_an_interrupted_run_begins(label, tmp_path):
    """A job that is sent again may always say --resume."""
    assert "41 reports seen = 40 labelled + 1 failed, in " in label("cut", "--resume").stderr
    assert names(tmp_path / "cut") == OUTPUTS


def test_without_resume_an_interrupted_run_is_forgotten(label, interrupt, tmp_path):
    """All is labelled again."""
    labelled = interrupt("s21")
    label("cut")
    labelled.clear()
    label("cut")
    assert len(labelled) == COUNT
    assert names(tmp_path / "cut") == OUTPUTS


def test_a_run_killed_while_it_names_its_outputs_goes_on(label, monkeypatch, tmp_path):
    """Outputs that have their names stay, the others get theirs; nothing is labelled again."""
    label("whole")
    finish = OutputFile.finish
    calls = []

    def killed_at_second(file):
        calls.append(file)
        if len(calls) == 2:
            raise KeyboardInterrupt
        finish(file)

    monkeypatch.setattr(OutputFile, "finish", killed_at_second)
    label("cut")
    assert names(tmp_path / "cut") == [*(name for name in LEFT if name != ".out.csv.part"), "out.csv"]
    assert label("cut", "--resume").exit_code == 1
    for name in OUTPUTS:
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert names(tmp_path / "cut") == OUTPUTS


def test_a_run_killed_when_all_is_done_but_the_journal_goes_on(label, monkeypatch, tmp_path):
    """The journal is the last to go."""
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "remove", lambda _journal: None)
        label("cut")
    assert names(tmp_path / "cut") == [".out.csv.journal", *OUTPUTS]
    before = (tmp_path / "cut" / "out.csv").read_bytes()
    assert label("cut", "--resume").exit_code == 1
    assert names(tmp_path / "cut") == OUTPUTS
    assert (tmp_path / "cut" / "out.csv").read_bytes() == before


def test_inputs_that_grew_behind_the_end_are_told(label, reports, monkeypatch):
    """A run that had come to the end cannot add to outputs that have their names."""
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "remove", lambda _journal: None)
        label("cut")
    (reports / "s99.txt").write_text("edema")
    result = label("cut", "--resume")
    assert result.exit_code == 2
    assert "The inputs have grown" in result.stderr


def test_two_runs_do_not_write_one_output(label, interrupt, tmp_path):
    """The second ends with 2 and touches nothing."""
    interrupt("s21")
    label("cut")
    journal = Journal("out.csv", tmp_path / "cut" / ".out.csv.journal", {})
    result = label("cut")
    journal.close()
    assert result.exit_code == 2
    assert ".out.csv.journal is locked" in result.stderr
    assert names(tmp_path / "cut") == LEFT


@pytest.mark.parametrize("mine", ["--evidence", "-o"])
def test_two_runs_do_not_write_one_file_of_any_kind(run, reports, tmp_path, mine):
    """Every output is locked by the file that its path leads to, until it has its name."""
    (tmp_path / "link").symlink_to(tmp_path)
    other = OutputFile(str(tmp_path / "x.jsonl"))
    other.open()
    table = [] if mine == "-o" else ["-o", tmp_path / "y.csv"]
    result = run("label", reports, mine, tmp_path / "link" / "x.jsonl", *table)
    assert result.exit_code == 2
    assert ".x.jsonl.part is locked" in result.stderr
    other.append(b"mine\n")
    other.finish()
    assert (tmp_path / "x.jsonl").read_bytes() == b"mine\n"
    assert run("label", reports, mine, tmp_path / "link" / "x.jsonl", *table).exit_code == 1


def test_resume_needs_a_file(run, reports):
    """Standard output cannot be cut back."""
    result = run("label", reports, "--resume")
    assert result.exit_code == 2
    assert "--resume needs a file; name it with --output." in result.stderr


def test_a_run_interrupted_while_it_saves_goes_on(label, monkeypatch, tmp_path):
    """A batch that is in the outputs and not yet in the record is cut off."""
    label("whole")
    after, calls = Record.after, []

    def interrupted(record, *batch):
        calls.append(record)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return after(record, *batch)

    monkeypatch.setattr(Record, "after", interrupted)
    assert label("cut").exit_code == 130
    assert label("cut", "--resume").exit_code == 1
    for name in OUTPUTS:
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_an_error_leaves_what_is_done(label, interrupt, tmp_path):
    """Whatever ends a run, what it has labelled need not be labelled again."""
    interrupt("s21", ImportError)
    result = label("cut")
    assert result.exit_code == 3
    assert "Interrupted. 21 reports are labelled;" in result.stderr
    assert names(tmp_path / "cut") == LEFT


def test_shards_are_a_partition(run, reports, tmp_path):
    """Each report is in one shard, whatever else there is; the whole's rows are the shards' rows."""
    run("label", reports, "-o", tmp_path / "whole.csv")

    def shards():
        tables = [tmp_path / f"{number}.csv.gz" for number in (1, 2, 3)]
        for number, table in enumerate(tables, 1):
            run("label", reports, "-o", table, "--shard", f"{number}/3")
        return [gzip.decompress(table.read_bytes()).splitlines()[1:] for table in tables]

    before = shards()
    whole = (tmp_path / "whole.csv").read_bytes().splitlines()[1:]
    assert sorted(row for rows in before for row in rows) == sorted(whole)
    assert all(len(rows) > COUNT / 6 for rows in before)
    (reports / "s00a.txt").write_text("edema")
    added = [len(after) - len(rows) for rows, after in zip(before, shards(), strict=True)]
    assert sorted(added) == [0, 0, 1]


def test_a_part_of_equal_length_that_was_changed_is_found(label, cut_short):
    """The journal has the sum of what was written; nothing is cut back before all files are looked at."""
    part = cut_short / ".out.jsonl.part"
    part.write_bytes(part.read_bytes().replace(b"XYZZY 3", b"XYZZY 8"))
    result = label("cut", "--resume")
    assert result.exit_code == 2
    assert ".out.jsonl.part is not what the interrupted run has written; leave out --resume" in result.stderr


@pytest.mark.parametrize("line", ["{}", "[]", "null", "{", '{"seen": "2"}', '{"seen": -1}'])
@pytest.mark.parametrize("at", [0, -1])
def test_a_journal_that_no_run_has_written_is_told(label, cut_short, line, at):
    """Whatever stands in it."""
    journal = cut_short / ".out.csv.journal"
    lines = journal.read_text().splitlines()
    lines[at] = line
    journal.write_text("\n".join(lines) + "\n")
    result = label("cut", "--resume")
    assert result.exit_code == 2
    assert "Leave out --resume to start over." in result.stderr
    assert label("cut").exit_code == 1


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1", "a/b", "1/0"])
def test_a_shard_is_one_of_several(run, reports, shard):
    """Any other text is a usage error."""
    result = run("label", reports, "--shard", shard)
    assert result.exit_code == 2
    assert "such as 3/64" in result.stderr
