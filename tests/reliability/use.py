"""Wrong use of commands and of the library, and names and texts that would do harm where they are shown."""

from __future__ import annotations

import csv
import io
from contextlib import chdir
from functools import partial
from typing import TYPE_CHECKING, Any

from case import Case
from click.testing import CliRunner
from outcome import shared_labeler

from labeler.cli.app import main
from labeler.io.write import csv_line
from labeler.pipeline import Labeler
from labeler.records import Report
from labeler.scoring.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "No effusion in XYZZY"  # noqa: S105 - stands for report text
LABELS = "subject_id,study_id,Edema\n1,s1,1.0\n"


def told(files: dict[str, str], command: str, folder: Path) -> str:
    """Run a command in a folder with some files, and say how it ended and with which last line."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    with chdir(folder):
        result = CliRunner().invoke(main, command.split())
    if "XYZZY" in result.output:
        return "report text is shown"
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    new = sorted({path.name for path in folder.iterdir()} - {name.split("/")[0] for name in files})
    return "; ".join([f"exit {result.exit_code}", *(line.removeprefix("Error: ").rstrip(".") for line in lines), *new])


def raised(call: Callable[[Labeler], Any], _folder: Path) -> str:
    """Call the library and say what it raises."""
    try:
        call(shared_labeler(sections="all"))
    except Exception as error:  # noqa: BLE001 - whatever it is
        return f"{type(error).__name__}: {error}".rstrip(".")
    return "nothing raised"


def shown(text: str, _folder: Path) -> str:
    """Return what CSV, Markdown and LaTeX have of a text."""
    ((cell,),) = csv.reader(io.StringIO(csv_line([text]).decode(), newline=""))
    table = Table("t", (text,), ())
    markdown, latex = table.to_markdown().splitlines()[2], table.to_latex().splitlines()[4]
    end = r" \\"
    return "; ".join([cell, markdown.strip("| "), latex.removesuffix(end)])


HIDDEN = "names not shown, as they could be text; check that the first line is a header"
COLUMN = "has no column study_id or uid or id or study; name the right one with --id-column. It has: "
CASES = (
    *(
        Case(f"leak-{command.split()[0]}", "a CSV file without a header; the report is its first line", expected, case)
        for command, expected, case in (
            (command, f"exit 2; r.csv {columns}3 {HIDDEN}", partial(told, {"r.csv": f'1,report,"{SECRET}"\n'}, command))
            for command, columns in (
                ("label r.csv -o out.csv", COLUMN),
                ("explain r.csv", COLUMN),
                ("sections r.csv", COLUMN),
                ("published r.csv -o r.out", COLUMN),
                ("phrases try chexpert r.csv", COLUMN),
                ("export r.csv", COLUMN.replace("study; name the right one", "study or Image Index; name it")),
            )
        )
    ),
    Case(
        "leak-keys",
        "a JSON Lines file whose keys are text",
        f"exit 2; r.jsonl {COLUMN}1 {HIDDEN.replace('names', 'name').replace('they', 'it')}",
        partial(told, {"r.jsonl": f'{{"{SECRET}": 1}}\n'}, "label r.jsonl -o out.csv"),
    ),
    Case(
        "no-finding",
        "export of a table without a finding",
        "exit 2; ids.csv has no column of a finding. It has: study_id, text",
        partial(told, {"ids.csv": "study_id,text\ns1,x\n"}, "export ids.csv"),
    ),
    Case(
        "false-ending",
        "export to a name that says another format",
        "exit 2; x.xlsx does not end in .csv or .csv.gz, and CSV is what would be written; rename it",
        partial(told, {"labels.csv": LABELS}, "export labels.csv -o x.xlsx"),
    ),
    Case(
        "parquet-export",
        "export to a name in .parquet",
        "exit 0; x.parquet",
        partial(told, {"labels.csv": LABELS}, "export labels.csv -o x.parquet"),
    ),
    Case(
        "check-nowhere",
        "a label set to check that is not there",
        "exit 2; nope does not exist; give the folder of a label set. Those of the labeler are: chestxray14, chexpert, "
        "chexpert-original, mura, openi95, padchest, srr55, thorax, vindr",
        partial(told, {}, "phrases check nope"),
    ),
    Case(
        "workers-many",
        "--workers many",
        "exit 2; Invalid value for '--workers': 'many' is not a number of processes; give 1 or more, or auto for one "
        "per core",
        partial(told, {"s1.txt": "No edema."}, "label s1.txt --workers many"),
    ),
    Case(
        "without-text",
        "a report without usable text",
        "exit 0; out.csv; out.csv.without-text.csv",
        partial(told, {"in/s1.txt": "No edema.", "in/s2.txt": " "}, "label in -o out.csv"),
    ),
    Case(
        "readers",
        'Labeler(readers="negex")',
        "UsageError: readers must be a list of dependency, negex or both, or of negspacy; not 'negex'",
        partial(raised, lambda _: Labeler(readers="negex")),
    ),
    Case(
        "label-none",
        "label(None)",
        "TypeError: A report must be a str, or a Report of one, not NoneType; give '' for a report without text",
        partial(raised, lambda labeler: labeler.label(None)),
    ),
    Case(
        "many-text",
        'label_many("text")',
        "TypeError: Several reports are expected, such as a list of texts, not one str; label() takes one report",
        partial(raised, lambda labeler: labeler.label_many("text")),
    ),
    Case(
        "half-character",
        "half of a character in a report",
        "nothing raised",
        partial(raised, lambda labeler: labeler.label(Report("s1", "No ed\ud800ema."))),
    ),
    Case(
        "formula-semicolon",
        "a formula behind a semicolon, in CSV, Markdown and LaTeX",
        r"Clear;'=cmd|A1; Clear;=cmd\|A1; Clear;=cmd\textbar{}A1",
        partial(shown, "Clear;=cmd|A1"),
    ),
    Case(
        "script-in-name",
        "a script in the name of a column, in CSV, Markdown and LaTeX",
        r"<script>; &lt;script&gt;; \textless{}script\textgreater{}",
        partial(shown, "<script>"),
    ),
)
