"""Attacks on the newest commands and outputs: findings, several label sets, shards, systems side by side, lists."""

from __future__ import annotations

import csv
import os
import shutil
from contextlib import chdir
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch

from case import Case
from click.testing import CliRunner
from outcome import ONE, READ, TEXT, one_table, shared_labeler
from work import long_text

from labeler.cli.app import main
from labeler.phrasebook.load import phrases_folder
from labeler.phrasebook.schema import FindingFile
from labeler.phrasebook.yaml_files import read_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

SECRET = "XYZZY"  # noqa: S105 - stands for report text
ROWS = f'study_id,text\ns1,"{TEXT}"\ns2,"No pneumothorax."\ns3," "\n'
BAD_ROW = f'study_id,text\ns1,"Tubercloid {SECRET}."\ns2,{SECRET},b\n'
PAIRS = {"r.csv": 'study_id,report\na,"Left effusion."\n', "c.csv": 'study_id,report\na,"No effusion."\n'}
EVALUATE = ("evaluate", "--references", "r.csv", "--resamples", "0", "--candidates")
LABELS = "subject_id,study_id,Edema\n1,s1,1.0\n"


def ran(folder: Path, *command: str) -> str:
    """Run a command in a folder and say how it ended, with which error, and whether report text was told."""
    with chdir(folder), patch("labeler.pipeline.Labeler", shared_labeler):
        result = CliRunner().invoke(main, list(command))
    if SECRET in result.stderr:
        return "report text is shown"
    errors = [line.removeprefix("Error: ").rstrip(".") for line in result.stderr.splitlines() if line[:7] == "Error: "]
    return "; ".join([f"exit {result.exit_code}", *errors])


def given(files: dict[str, str | bytes], command: Iterable[str], folder: Path) -> str:
    """Write files and run a command."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return ran(folder, *command)


def labelled(*options: str, make: Callable[[Path], object] = lambda _: None, rows: str = ROWS) -> Callable[[Path], str]:
    """Return a case that labels a table with options, after something else was made in the folder."""

    def provoke(folder: Path) -> str:
        make(folder)
        return given({"r.csv": rows}, ("label", "r.csv", "-o", "out.csv", "-q", "--sections", "all", *options), folder)

    return provoke


def read_back(name: str, columns: Iterable[str], *options: str, rows: str = ROWS) -> Callable[[Path], str]:
    """Return a case that labels a table and says what columns of an output hold."""

    def provoke(folder: Path) -> str:
        told = labelled(*options, rows=rows)(folder)
        with (folder / name).open(newline="", encoding="utf-8") as file:
            cells = ["|".join(row[column] for column in columns) for row in csv.DictReader(file)]
        return "; ".join([told, *cells])

    return provoke


def phrases_in(name: str, folder: Path) -> str:
    """Label with a copy of the phrase files in a folder of some name."""
    shutil.copytree(phrases_folder(), folder / name)
    return one_table("r.csv", f'id,text\ns1,"{TEXT}"\n', folder, f"--phrases={folder / name}")


def sets_in(names: tuple[str, ...], folder: Path) -> str:
    """Label with a label set and copies of another in folders of some names; say what columns there are."""
    for name in names:
        shutil.copytree(phrases_folder() / "mura", folder / name)
    sets = [f"--label-set={name}" for name in ("chexpert", *(f"./{name}" for name in names))]
    told = labelled(*sets)(folder)
    if not (folder / "out.csv").exists():
        return told.replace(str(folder), "")
    with (folder / "out.csv").open(newline="", encoding="utf-8") as file:
        return f"{told}; {next(csv.reader(file))[-1]}"


def merged(change: Callable[[Path], object], *options: str) -> Callable[[Path], str]:
    """Return a case that joins two shards after something was changed."""

    def provoke(folder: Path) -> str:
        for number in ("1", "2"):
            shard = ("--shard", f"{number}/2", "-o", f"{number}.csv", "-q", "--sections", "all")
            given({"r.csv": ROWS}, ("label", "r.csv", *shard), folder)
        change(folder)
        before = {path: path.read_bytes() for path in folder.iterdir()}
        told = ran(folder, "merge", *(options or ("1.csv", "2.csv", "-o", "all.csv")))
        kept = all(path.exists() and path.read_bytes() == content for path, content in before.items())
        return told if kept else f"{told}; an input is changed"

    return provoke


def _edit(name: str, old: bytes, new: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes().replace(old, new, 1))


def _marked(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())


def compared(candidate: str, *options: str, more: dict[str, str | bytes] | None = None) -> Callable[[Path], str]:
    """Return a case that scores generated reports of a system of some name."""
    return partial(given, {**PAIRS, **(more or {})}, (*EVALUATE, candidate, *options))


def on_page(name: str, forbidden: str, suffixes: tuple[str, ...], folder: Path) -> str:
    """Score a system of some name, and say whether something that does harm is in files of some endings."""
    told = compared(f"{name}=c.csv", "-o", "out", "--with-text")(folder)
    texts = [path.read_text("utf-8") for path in (folder / "out").iterdir() if path.suffix in suffixes]
    return f"{told}; {'harm' if any(forbidden in text for text in texts) else 'no harm'}"


def stub(text: str, folder: Path) -> str:
    """Have a stub written of a report's words, and say what phrases it has for the reader of phrase files."""
    command = ("unread", "r.csv", "--sections", "all", "-q", "--stub", "mine.yaml")
    told = given({"r.csv": f'study_id,text\ns1,"{text}"\n'}, command, folder)
    phrases = read_model(folder / "mine.yaml", FindingFile).mentions[0].phrases
    return f"{told}; {', '.join(phrases)}"


def listed_before(folder: Path) -> str:
    """Label reports that all have text where an earlier list of those without is left."""
    (folder / "out.csv.without-text.csv").write_text("study_id\ns9\n")
    told = labelled(rows=ROWS.replace('" "', "Edema"))(folder)
    return f"{told}; {'left' if (folder / 'out.csv.without-text.csv').exists() else 'gone'}"


REPLACES = "is an input; the output would replace it. Name another output"
ENGLISH = "There is mild edema and no pleural effusion is seen. The heart is normal in size. The lungs are clear."
OF_NO_USE = "of no use with tables of labels; leave out what does not apply"
TWICE = "Two of the outputs name the same file; give each its own"
PIPE = "is a pipe or a device; leave out the output, and redirect standard output to it"
HALF = "is not text: holds half of a surrogate pair; save it as UTF-8 text"
ATTACKS: tuple[tuple[str, str, str, Callable[[Path], str]], ...] = (
    (
        "findings-pipe",
        "--findings to a pipe",
        f"exit 2; f.csv {PIPE}",
        labelled("--findings", "f.csv", make=lambda folder: os.mkfifo(folder / "f.csv")),
    ),
    (
        "findings-list",
        "--findings to the list of failures",
        f"exit 2; {TWICE}",
        labelled("--findings", "out.csv.errors.csv"),
    ),
    (
        "findings-folder",
        "--findings to a folder",
        "exit 2; f.csv is a folder; name a file",
        labelled("--findings", "f.csv", make=lambda folder: (folder / "f.csv").mkdir()),
    ),
    (
        "findings-formula",
        "a sentence that is a formula, in --findings",
        "exit 0; '=Edema+1.",
        read_back("f.csv", ["text"], "--findings", "f.csv", rows="study_id,text\ns1,=Edema+1.\n"),
    ),
    (
        "findings-identifier",
        "identifiers that are formulas, in --findings",
        "exit 0; '=s1",
        read_back("f.csv", ["study_id"], "--findings", "f.csv", rows="study_id,text\n=s1,Edema.\n"),
    ),
    (
        "attributes-joined",
        "--attributes beside joined findings",
        "exit 0; Edema|severe; |; |",
        read_back(
            "out.csv",
            ["Finding Labels", "Edema severity"],
            "--attributes",
            "--columns",
            "chestxray14",
            rows='study_id,text\ns1,Severe edema.\ns2,Clear.\ns3," "\n',
        ),
    ),
    (
        "sets-findings",
        "--findings with two label sets",
        "exit 2; --findings, --fhir, --omop and --attributes are for one label set; run each by itself",
        labelled("--findings", "f.csv", "--label-set", "chexpert", "--label-set", "mura"),
    ),
    (
        "sets-time",
        "a report that takes longer than --time-limit, with two label sets",
        "exit 1; s2|over-limit",
        read_back(
            "out.csv.errors.csv",
            ["id", "kind"],
            "--label-set",
            "chexpert",
            "--label-set",
            "mura",
            "--time-limit",
            "2",
            rows=f"study_id,text\ns1,Edema.\ns2,{long_text(1_000_000)}\n",
        ),
    ),
    (
        "set-empty",
        "a label set without a name",
        "exit 2; label_sets must be a list of names or folders of label sets, not ('', 'mura')",
        labelled("--label-set", "", "--label-set", "mura"),
    ),
    (
        "sets-one-name",
        "two label sets in folders of one name",
        "exit 2; label sets chexpert, ./a/m, ./b/m: two have one name; rename the folder of one",
        partial(sets_in, ("a/m", "b/m")),
    ),
    (
        "set-odd-name",
        "a label set in a folder with quotes, commas and brackets",
        "exit 0; mura: Wrist",
        partial(sets_in, ('a"b,[c]',)),
    ),
    (
        "phrases-pattern",
        "a folder of phrases with a name like a pattern for names",
        ONE,
        partial(phrases_in, "a[b]*{c}?"),
    ),
    ("phrases-line-end", "a folder of phrases with a line end in its name", ONE, partial(phrases_in, "a\nb")),
    ("phrases-bytes", "a folder of phrases whose name is no UTF-8", ONE, partial(phrases_in, os.fsdecode(b"a\xff"))),
    (
        "phrases-empty",
        "an empty folder of phrases",
        "exit 2; p/assertion/order.yaml: cannot be read: No such file or directory",
        labelled("--phrases", "p", make=lambda folder: (folder / "p").mkdir()),
    ),
    (
        "odd-identifier",
        "an identifier unlike the others in a CSV",
        f"3 labelled ({READ}); exit 0",
        partial(one_table, "r.csv", f'id,text\ns1,"{TEXT}"\ncontrol,Stable.\ns2,Stable.\n'),
    ),
    (
        "merge-sum",
        "a manifest whose sum is no number",
        ("exit 2; 1.csv.manifest.json is no manifest of a shard; label the shard again"),
        merged(_edit("1.csv.manifest.json", b'"shares": [', b'"shares": [[1, "x"], ')),
    ),
    ("merge-mark", "a manifest with a byte order mark", "exit 0", merged(_marked("1.csv.manifest.json"))),
    (
        "merge-table-mark",
        "a shard with a byte order mark",
        (
            "exit 1; 1.csv is not the file that was written: it begins with "
            "a byte order mark, so another program has saved it; copy it again or label the shard again"
        ),
        merged(_marked("1.csv")),
    ),
    (
        "merge-missing",
        "a shard that is not there",
        ("exit 2; 1.csv does not exist or is no file; give the tables that `label --shard` has written"),
        merged(lambda folder: (folder / "1.csv").unlink()),
    ),
    (
        "merge-outside",
        "a manifest that names a file elsewhere",
        ("exit 1; 1.csv.manifest.json does not describe 1.csv; label the shard again"),
        merged(_edit("1.csv.manifest.json", b'"name": "1.csv"', b'"name": "../x.csv"')),
    ),
    (
        "merge-over-list",
        "shards joined into the list beside one",
        f"exit 2; 1.csv.without-text.csv {REPLACES}",
        merged(lambda _: None, "1.csv", "2.csv", "-o", "1.csv.without-text.csv"),
    ),
    (
        "merge-list-over",
        "shards joined where a list would replace one",
        f"exit 2; all.csv.errors.csv {REPLACES}",
        merged(
            lambda folder: [
                (folder / f"1.csv{end}").rename(folder / f"all.csv.errors.csv{end}") for end in ("", ".manifest.json")
            ],
            "all.csv.errors.csv",
            "2.csv",
            "-o",
            "all.csv",
        ),
    ),
    (
        "system-formula",
        "a system named as a formula of TeX",
        r"exit 0; no harm",
        partial(on_page, r"$\frac{x$", "\0", ()),
    ),
    (
        "system-script",
        "a system named as a script",
        "exit 0; no harm",
        partial(on_page, "<script>", "<script>", (".html", ".md")),
    ),
    (
        "system-escape",
        "a system whose name moves a cursor",
        "exit 0; no harm",
        partial(on_page, "a\x1b[2J", "\x1b", (".md", ".tex")),
    ),
    (
        "system-latex",
        "a system named as a command of LaTeX",
        "exit 0; no harm",
        partial(on_page, r"\input{x}", r"\input{", (".tex",)),
    ),
    (
        "system-missing",
        "a system without a file",
        "exit 2; x.csv does not exist",
        compared("a=x.csv"),
    ),
    ("system-folder", "a system whose file is a folder", "exit 2; . holds no .txt or .xml file", compared("a=.")),
    (
        "system-nul",
        "a system whose reports hold NUL",
        "exit 2; x.txt is not text: holds NUL bytes; save it as UTF-8 text",
        compared("a=x.txt", more={"x.txt": f"{SECRET} \0"}),
    ),
    (
        "system-half",
        "half of a character in a system's JSON, with --with-text",
        f"exit 2; x.json entry 1: {HALF}",
        compared("a=x.json", "-o", "out", "--with-text", more={"x.json": f'{{"a": "{SECRET} \\ud800"}}'}),
    ),
    (
        "system-deep",
        "JSON of 100,000 lists inside each other",
        (
            'exit 2; x.json: is not JSON; give a list of objects with "id" and "report", an object of texts by '
            "identifier, or annotation.json of R2Gen"
        ),
        compared("a=x.json", more={"x.json": "[" * 100_000}),
    ),
    (
        "system-long",
        "a report of 200,000 characters in a CSV",
        "exit 0",
        compared("a=x.csv", more={"x.csv": f'study_id,report\na,"{"No effusion. " * 16_000}"\n'}),
    ),
    (
        "system-uneven",
        "a reference without a header, whose text is no identifier",
        (
            "exit 2; r.csv has one column, of no usual name; name it with --text-column, or put a header such as "
            "report before it if the first line is a report. It has: 1 name not shown, as it could be text; check that "
            "the first line is a header"
        ),
        compared("c.csv", more={"r.csv": f'"{SECRET}, no edema"\n'}),
    ),
    (
        "results-replace",
        "results into the folder of the references",
        "exit 2; r.csv is an input and is in ., where results could replace it; name another folder",
        compared("c.csv", "-o", "."),
    ),
    (
        "options-gold",
        "options of reports with a table of labels",
        f"exit 2; --workers, --sections: {OF_NO_USE}",
        partial(
            given,
            {"g.csv": LABELS},
            ("evaluate", "--gold", "g.csv", "--predictions", "g.csv", "--workers", "2", "--sections", "all"),
        ),
    ),
    (
        "unread-row",
        "a row that cannot be read, for unread",
        "exit 1",
        partial(given, {"r.csv": BAD_ROW}, ("unread", "r.csv", "--sections", "all")),
    ),
    (
        "try-row",
        "a row that cannot be read, for phrases try",
        "exit 1",
        partial(given, {"r.csv": BAD_ROW}, ("phrases", "try", "mura", "r.csv", "--snippets", "0")),
    ),
    (
        "unread-folder",
        "unread to a folder that does not exist",
        "exit 2; The folder of x/w.csv does not exist; make it first",
        partial(given, {"r.csv": ROWS}, ("unread", "r.csv", "-o", "x/w.csv")),
    ),
    (
        "stub-there",
        "a stub in the place of a file",
        "exit 2; r.yaml exists already; give another name",
        partial(given, {"r.csv": ROWS, "r.yaml": "x"}, ("unread", "r.csv", "--stub", "r.yaml")),
    ),
    (
        "stub-words",
        "a stub of words with marks of YAML and of phrases",
        "exit 0; tubercloid, xqzza, zzqx, zzyx",
        partial(
            stub,
            f"{ENGLISH} {{Tubercloid, Zzyx}} and $xqzza # zzqx's.",
        ),
    ),
    ("stub-none", "a stub of a collection without an unread word", "exit 0; ...", partial(stub, "No edema.")),
    (
        "list-folder",
        "a folder in the place of the list of reports without text",
        "exit 2; out.csv.without-text.csv is a folder; name a file",
        labelled(make=lambda folder: (folder / "out.csv.without-text.csv").mkdir()),
    ),
    (
        "list-formula",
        "an identifier that is a formula, in that list",
        "exit 0; '=s1",
        read_back("out.csv.without-text.csv", ["study_id"], rows='study_id,text\n=s1," "\n'),
    ),
    ("list-before", "an earlier list where all reports have text", "exit 0; gone", listed_before),
)
CASES = tuple(Case(*attack) for attack in ATTACKS)
"""Attacks by commands, in the order of the table in docs/reliability.md."""
