"""Tries mutants of labeler/assertions and labeler/study, to see whether a test fails where a line is altered.

    pip install mutmut==3.8.1
    python tests/mutation/check.py FOLDER               # a third of each file's mutants, at least 20, drawn by a seed
    python tests/mutation/check.py FOLDER NAME ...      # these alone

FOLDER is made and holds a copy of the checkout, in which mutmut works; nothing else is touched. What is printed are
the counts per file, then the mutants that no test notices and those that were stopped, whose names stand in
FOLDER/survivors.txt too. `mutmut show NAME` in FOLDER shows what one of them alters. The tests that mutants are tried
on are named in setup.cfg beside this file. mutmut leaves out functions with a decorator, such as properties and what
is cached.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
COPIED = ("labeler", "phrases", "eval", "examples", "tests", "README.md", "pyproject.toml")
MUTATED = ("labeler/assertions", "labeler/study")
SEED = 7
ONE_IN = 3
AT_LEAST = 20
OUTCOMES = {1: "killed", 3: "killed"} | dict.fromkeys((24, -24, 36, 152, 255), "stopped")
"""By mutmut's exit codes: a test failed, or came to no end in its time, as it does on a busy machine too."""


def main():
    """Try the mutants and print what came of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("names", nargs="*")
    given = options.parse_args()
    if not given.folder.exists():
        copy(given.folder)
    names = mutants(given.folder)
    chosen = given.names or [name for path in names for name in drawn(path, names[path])]
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *chosen]
    with (given.folder / "mutmut.log").open("w") as log:
        subprocess.run(command, cwd=given.folder, check=True, stdout=log)
    sys.stdout.write(report(given.folder, names, set(chosen)))


def copy(folder):
    """Copy what the tests need of the checkout."""
    folder.mkdir(parents=True)
    for name in COPIED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    shutil.copy(HERE / "setup.cfg", folder)


def mutants(folder):
    """Return the names of all mutants by the file that they are of."""
    code = (
        "import json, sys; from pathlib import Path; from mutmut.mutation.file_mutation import mutate_file_contents; "
        "from mutmut.utils.format_utils import get_mutant_name as name; "
        "files = [path for folder in sys.argv[1:] for path in sorted(Path(folder).glob('*.py'))]; "
        "print(json.dumps({str(f): [name(f, m) for m in mutate_file_contents(str(f), f.read_text()).mutant_names] "
        "for f in files}))"
    )
    command = [sys.executable, "-c", code, *MUTATED]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return {path: names for path, names in json.loads(done.stdout).items() if names}


def drawn(path, names):
    """Return the sample of a file's mutants, the same each time for the same file."""
    size = min(len(names), max(AT_LEAST, len(names) // ONE_IN))
    return random.Random(f"{SEED} {path}").sample(names, size)  # noqa: S311 - a sample, no secret


def report(folder, names, chosen):
    """Return the counts per file and the mutants to be looked at."""
    lines = ["| file | mutants | tried | killed | stopped |", "|---|---|---|---|---|"]
    together, survivors = Counter(), []
    for path, of_file in names.items():
        codes = json.loads((folder / "mutants" / f"{path}.meta").read_text("utf-8"))["exit_code_by_key"]
        tried = {name: OUTCOMES.get(codes[name], "survived") for name in of_file if name in chosen}
        counts = Counter(tried.values(), mutants=len(of_file), tried=len(tried))
        lines.append(row(path, counts))
        together += counts
        survivors += [name for name, outcome in tried.items() if outcome != "killed"]
    (folder / "survivors.txt").write_text("".join(f"{name}\n" for name in survivors), "utf-8")
    return "\n".join([*lines, row("together", together), "", *survivors, ""])


def row(title, counts):
    """Return a row of the table."""
    return " ".join(["|", title, *(f"| {counts[key]}" for key in ("mutants", "tried", "killed", "stopped")), "|"])


if __name__ == "__main__":
    main()
