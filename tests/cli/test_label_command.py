"""`labeler label`: inputs to outputs, with the fake labeler."""

import gzip
import json
import os
import stat

import pandas as pd
import pytest
from fake_labeler import FakeLabeler

TABLE = """\
subject_id,study_id,Atelectasis,Edema,No Finding
10000032,50414267,,0.0,
10000032,53189527,-1.0,,
11000011,50000001,0.0,1.0,
"""

pytestmark = pytest.mark.usefixtures("fake")


def test_label_writes_a_mimic_folder_as_csv(run, folder, tmp_path):
    """A folder in MIMIC-CXR's layout gives subject_id, study_id and the observations in alphabetical order."""
    result = run("label", folder, "-o", tmp_path / "out.csv")
    assert result.exit_code == 0
    assert (tmp_path / "out.csv").read_bytes().decode() == TABLE
    assert result.stdout == ""


def test_label_without_output_writes_csv_where_no_terminal_is(run, folder):
    """Standard output that is no terminal gets CSV."""
    assert run("label", folder, "--quiet").output == TABLE


def test_label_shows_a_table_on_a_terminal(run, folder, monkeypatch):
    """Standard output that is a terminal gets a table to read."""
    monkeypatch.setattr("labeler.cli.wanted.is_terminal", lambda _stream: True)
    assert run("label", folder).stdout.splitlines() == [
        "                         Atelectasis",
        "                         |   Edema",
        "                         |   |   No Finding",
        "subject_id  study_id     |   |   |",
        "10000032    50414267     .   0   .",
        "10000032    53189527    -1   .   .",
        "11000011    50000001     0   1   .",
        "present (1), absent (0), uncertain (-1), not mentioned (.)",
    ]
    assert run("label", folder, "-o", "-").stdout == TABLE


def test_label_summary_counts_reports_blank_ones_and_errors(run, folder):
    """The summary on standard error counts what was labelled, what had no text and what could not be read."""
    (folder / "blank.txt").write_text(" \n")
    (folder / "broken.txt").write_bytes(b"edema\0")
    result = run("label", folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1] == ",blank,,,"
    listed, summary = result.stderr.splitlines()
    assert listed == f"Not read: {folder}/broken.txt: is not text: holds NUL bytes; save it as UTF-8 text"
    assert summary.startswith("5 reports seen = 4 labelled + 1 failed, in ")
    assert summary.endswith(" reports/s); without usable text: 1")


def test_label_quiet_still_lists_what_could_not_be_read(run, tmp_path):
    """`--quiet` leaves out the summary only."""
    (tmp_path / "a.txt").write_bytes(b"\x81")
    (tmp_path / "b.txt").write_text("Edema.")
    result = run("label", tmp_path, "--quiet")
    assert result.exit_code == 1
    assert result.stdout == "study_id,Atelectasis,Edema,No Finding\nb,,1.0,\n"
    assert result.stderr == (
        f"Not read: {tmp_path}/a.txt: is not text: neither UTF-8 nor likely Windows-1252; save it as UTF-8 text\n"
    )


@pytest.mark.parametrize("name", ["out.csv.gz", "out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_label_writes_the_same_labels_in_each_format(run, folder, tmp_path, name):
    """The ending of the output decides its format, and twice the same input gives the same bytes."""
    for place in ("first", "second"):
        (tmp_path / place).mkdir()
        assert run("label", folder, "-o", tmp_path / place / name).exit_code == 0
    first = tmp_path / "first" / name
    assert first.read_bytes() == (tmp_path / "second" / name).read_bytes()
    assert _rows(first) == [
        {"subject_id": 10000032, "study_id": 50414267, "Atelectasis": None, "Edema": 0.0, "No Finding": None},
        {"subject_id": 10000032, "study_id": 53189527, "Atelectasis": -1.0, "Edema": None, "No Finding": None},
        {"subject_id": 11000011, "study_id": 50000001, "Atelectasis": 0.0, "Edema": 1.0, "No Finding": None},
    ]


def _rows(path):
    if path.suffix == ".parquet":
        return pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
    if "jsonl" in path.name:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return [json.loads(line) for line in data.splitlines()]
    table = pd.read_csv(path).astype(object)
    return table.where(table.notna(), None).to_dict("records")


@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
@pytest.mark.parametrize(
    ("ids", "expected"),
    [([7, 8], [7, 8]), (["7", "8"], ["7", "8"]), (["s7", "8"], ["s7", "8"])],
    ids=["numbers", "text", "names"],
)
def test_identifiers_keep_their_type(run, tmp_path, ending, ids, expected):
    """What was a number can be merged with tables that have numbers, and what was text with those that have text."""
    given, output = tmp_path / f"in{ending}", tmp_path / f"out{ending}"
    table = pd.DataFrame({"study_id": ids, "text": ["Edema.", "No edema."]})
    table.to_parquet(given) if ending == ".parquet" else table.to_json(given, orient="records", lines=True)
    assert run("label", given, "-o", output).exit_code == 0
    assert [row["study_id"] for row in _rows(output)] == expected


@pytest.mark.parametrize(
    ("ids", "lines", "column"),
    [("7,8", [7, 8], [7, 8]), ("7,x8", [7, "x8"], ["7", "x8"]), ("07,8", ["07", "8"], ["07", "8"])],
)
def test_identifiers_of_csv_are_numbers_if_they_write_some(run, tmp_path, ids, lines, column):
    """As pandas reads them; a column of Parquet has one type, and a number that is written otherwise stays text."""
    given = tmp_path / "in.csv"
    given.write_text("study_id,text\n" + "".join(f"{name},Edema.\n" for name in ids.split(",")))
    for name, expected in (("out.jsonl", lines), ("out.parquet", column)):
        assert run("label", given, "-o", tmp_path / name).exit_code == 0
        assert [row["study_id"] for row in _rows(tmp_path / name)] == expected


def test_label_in_chexperts_columns_is_a_drop_in(run, tmp_path):
    """The original's input and columns: its reports, then the observations in the label set's order."""
    (tmp_path / "reports.csv").write_text('"Edema, no atelectasis."\nno edema\n')
    result = run("label", tmp_path / "reports.csv", "--input-format", "chexpert", "--columns", "chexpert", "-q")
    assert result.output == (
        'Reports,No Finding,Edema,Atelectasis\n"Edema, no atelectasis.",,1.0,0.0\nno edema,,0.0,\n'
    )


def test_label_numbers_the_rows_of_chexperts_input_from_1(run):
    """In MIMIC's columns a row of the original's input is named by its number."""
    result = run("label", "-", "--input-format", "chexpert", "-q", stdin="edema\nno edema\n")
    assert result.output == "study_id,Atelectasis,Edema,No Finding\n1,,1.0,\n2,,0.0,\n"


def test_label_reads_one_report_from_standard_input(run):
    """Plain standard input is one report."""
    assert run("label", "-", "-q", stdin="No edema").output == "study_id,Atelectasis,Edema,No Finding\nstdin,,0.0,\n"


def test_label_keeps_the_subjects_of_a_table_on_standard_input(run):
    """A subject_id column is kept also where it is seen in the first report only."""
    result = run("label", "-", "--input-format", "csv", "-q", stdin="subject_id,study_id,text\np1,s1,Edema\n")
    assert result.output == "subject_id,study_id,Atelectasis,Edema,No Finding\np1,s1,,1.0,\n"


def test_label_takes_named_columns(run, tmp_path):
    """`--id-column` and `--text-column` name the columns of a table."""
    (tmp_path / "t.csv").write_text("exam,impression\n7,Edema\n")
    result = run("label", tmp_path / "t.csv", "--id-column", "exam", "--text-column", "impression", "-q")
    assert result.output == "study_id,Atelectasis,Edema,No Finding\n7,,1.0,\n"


def test_label_names_the_columns_that_are_there(run, tmp_path):
    """A missing column is reported with those that are there, before anything is labelled."""
    (tmp_path / "t.csv").write_text("uid,findings,impression\n7,,Edema\n")
    result = run("label", tmp_path / "t.csv", "--text-column", "impresion")
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {tmp_path}/t.csv has no column 'impresion'; did you mean 'impression'? "
        "It has: uid, findings, impression.\n"
    )


def test_label_with_two_workers_gives_what_one_gives(run, folder, tmp_path):
    """Table and evidence are byte-identical for any number of workers."""
    for workers in (1, 2):
        out = tmp_path / str(workers)
        out.mkdir()
        result = run("label", folder, "-o", out / "l.csv", "--evidence", out / "e.jsonl", "--workers", workers)
        assert result.exit_code == 0
    for name in ("l.csv", "e.jsonl"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_label_loses_one_report_at_most_to_a_worker_that_dies(run, tmp_path):
    """The report is listed, the others are labelled, and no word of it is printed."""
    (tmp_path / "in").mkdir()
    for number in range(40):
        (tmp_path / "in" / f"s{number:02}.txt").write_text("A deadly XYZZY." if number == 17 else "No edema.")
    result = run("label", tmp_path / "in", "-o", tmp_path / "out.csv", "--workers", 2)
    assert result.exit_code == 1
    died, lost, summary, listed = result.stderr.splitlines()
    assert died.startswith("A worker process died; the reports that it may have held are tried again alone: s")
    assert lost == "Not labelled: study s17: a worker process died of it, twice; look at it, and label it alone"
    assert summary.startswith("40 reports seen = 39 labelled + 1 failed, in ")
    assert listed == f"What failed is listed in {tmp_path}/out.csv.errors.csv"
    assert (tmp_path / "out.csv.errors.csv").read_text() == (
        "id,stage,kind,where,reason,remedy\n"
        's17,label,worker-died,,"a worker process died of it, twice","look at it, and label it alone"\n'
    )
    studies = [line.split(",")[0] for line in (tmp_path / "out.csv").read_text().splitlines()[1:]]
    assert studies == [f"s{number:02}" for number in range(40) if number != 17]
    assert "XYZZY" not in result.output


def test_label_takes_auto_for_workers(run, folder):
    """A few reports are not worth a second process."""
    assert run("label", folder, "--quiet", "--workers", "auto").output == TABLE


def test_label_writes_the_evidence_for_every_mention(run, tmp_path):
    """`--evidence` has a line a study, with offsets into the original."""
    (tmp_path / "s1.txt").write_text("Lungs: no edema.")
    run("label", tmp_path / "s1.txt", "-o", tmp_path / "l.csv", "--evidence", tmp_path / "e.jsonl")
    assert json.loads((tmp_path / "e.jsonl").read_text()) == {
        "study_id": "s1",
        "observations": {
            "No Finding": {"status": None, "rule_id": "not-mentioned"},
            "Edema": {"status": "absent", "rule_id": "first"},
            "Atelectasis": {"status": None, "rule_id": "not-mentioned"},
        },
        "mentions": [
            {
                "observation": "Edema",
                "status": "absent",
                "text": "edema",
                "start": 10,
                "end": 15,
                "section": "impression",
                "sentence": {"text": "Lungs: no edema.", "start": 0, "end": 16},
                "phrase_id": "phrase-edema",
                "rule_id": "rule-no",
                "reader": "fake",
                "cue": {"text": "no", "start": 7, "end": 9},
            }
        ],
        "unread": [],
        "made_with": {"labeler": _version(), "model": "fake 1.0", "phrases": "abc123"},
    }


def _version():
    from labeler.cli.app import _version as version

    return version()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere does not exist."),
        (["{folder}", "-o", "{folder}/x/out.csv"], "The folder of {folder}/x/out.csv does not exist; make it first."),
        (["{folder}", "-o", "out.xls"], "out.xls ends in none of .csv, .csv.gz, .jsonl, .jsonl.gz, .parquet;"),
        (["{folder}", "--evidence", "e.csv"], "e.csv does not end in .jsonl or .jsonl.gz;"),
        (
            ["{folder}", "-o", "x.jsonl", "--evidence", "x.jsonl"],
            "Two of the outputs name the same file;",
        ),
        (["{folder}/a.csv", "-o", "{folder}/a.csv"], "{folder}/a.csv is an input; an output would replace it."),
        (["{folder}", "--workers", "0"], "Invalid value for '--workers'"),
        (["{folder}", "--colums", "mimic"], "No such option"),
        ([], "Missing argument 'INPUT...'"),
        (["-", "--input-format", "parquet"], "Parquet cannot be read from standard input;"),
        (["-", "--input-format", "zip"], "A zip cannot be read from standard input;"),
        (["{folder}/empty"], "{folder}/empty holds no .txt or .xml file."),
        (["{folder}/a.dat"], "{folder}/a.dat ends in none of .txt,"),
    ],
)
def test_label_tells_a_wrong_use_and_ends_with_2(run, folder, arguments, message):
    """Wrong use gives one message and exit code 2, and no output."""
    (folder / "a.csv").write_text("study_id,text\n1,Edema\n")
    (folder / "a.dat").write_text("Edema")
    (folder / "empty").mkdir()
    result = run("label", *(argument.format(folder=folder) for argument in arguments))
    assert result.exit_code == 2
    assert message.format(folder=folder) in result.stderr
    assert result.stdout == ""


def test_label_with_two_files_of_one_name_tells_both(run, tmp_path):
    """Two files that would be the same study are an error before anything is labelled."""
    for year in ("2023", "2024"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "ct1.txt").write_text("Edema")
    result = run("label", tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path}/2023/ct1.txt and {tmp_path}/2024/ct1.txt would both be study_id 'ct1';" in result.stderr


def test_label_leaves_an_output_as_it_was_where_it_fails(run, tmp_path, monkeypatch):
    """A run that breaks leaves the former file and no temporary one."""
    (tmp_path / "in.txt").write_text("Edema")
    (tmp_path / "out.csv").write_text("former")

    def broken(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeLabeler, "label", broken)
    assert run("label", tmp_path / "in.txt", "-o", tmp_path / "out.csv").exit_code == 130
    assert (tmp_path / "out.csv").read_text() == "former"
    assert sorted(os.listdir(tmp_path)) == ["in.txt", "out.csv"]  # noqa: PTH208


def test_label_gives_its_output_the_usual_mode(run, tmp_path):
    """A file is private while it is written and has the mode of any new file at the end."""
    (tmp_path / "in.txt").write_text("Edema")
    (tmp_path / "new").touch()
    run("label", tmp_path / "in.txt", "-o", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_mode == (tmp_path / "new").stat().st_mode
    assert stat.S_ISREG((tmp_path / "out.csv").stat().st_mode)


def test_label_does_not_let_a_file_name_write_on_the_terminal(run, tmp_path):
    """Control characters in a path are left out of messages."""
    (tmp_path / "a\x1b[2J\n.txt").write_bytes(b"\0")
    assert "/a .txt: is not text" in run("label", tmp_path).stderr


def test_label_never_prints_report_text_on_standard_error(run, tmp_path):
    """Whatever is wrong with a report, no word of it is in a message."""
    (tmp_path / "a.txt").write_bytes(b"XYZZY edema\0")
    (tmp_path / "b.csv").write_text('study_id,text\n1,XYZZY,XYZZY\n,XYZZY\n2,"XYZZY"XYZZY\n3,"XYZZY')
    (tmp_path / "c.jsonl").write_text('{"id": 1, "text": "XYZZY\n["XYZZY"]\n{"id": 1, "text": ["XYZZY"]}\n')
    (tmp_path / "d.csv").write_text('"XYZZY", XYZZY\n')
    result = run("label", tmp_path / "a.txt", tmp_path / "b.csv", tmp_path / "c.jsonl")
    assert result.exit_code == 1
    assert result.stderr.count("Not read: ") == 8
    assert "XYZZY" not in result.output
    assert "XYZZY" not in run("label", tmp_path / "d.csv", "--input-format", "chexpert").output
