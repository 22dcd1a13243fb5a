"""Coverage-guided fuzzing of what reads text and files first.

Needs atheris, which is no dependency of the project:

    python3.11 -m venv fuzz && fuzz/bin/pip install atheris .
    fuzz/bin/python tests/fuzz/fuzz.py TARGET CORPUS -max_total_time=150 -timeout=10 -max_len=4096

TARGET is sections, sentences, tables or zip; CORPUS is a folder, which is made and filled with the example reports
where it is not there. The truths that are checked are those of tests/properties/truths.py. What breaks one is written
to the working folder as crash-*, and becomes an @example of the property that it breaks.
"""

import gzip
import io
import json
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "properties"))

with atheris.instrument_imports(include=["labeler.text", "labeler.io", "csv", "zipfile", "gzip", "json"]):
    import truths

    from labeler.phrasebook.load import phrases_folder
    from labeler.text.sections import load_section_rules

RULES = load_section_rules(phrases_folder() / "sections.yaml")
FOLDER = tempfile.TemporaryDirectory()
FORMATS = ("csv", "jsonl", "chexpert", "csv.gz")


def reports():
    """Return the example reports and those of the golden tests."""
    paths = [*ROOT.glob("examples/reports/**/*.txt"), *ROOT.glob("tests/golden/reports/*.txt")]
    return [path.read_bytes() for path in sorted(paths)]


def written(data, ending):
    """Write an input to a file and return its path."""
    path = Path(FOLDER.name) / f"input.{ending}"
    path.write_bytes(data)
    return path


def sections(data):
    """Split a report into sections."""
    truths.sections_tile_the_report(data.decode("utf-8", "surrogateescape"), RULES)


def sentences(data):
    """Split a text into sentences."""
    truths.sentences_tile_the_text(data.decode("utf-8", "surrogateescape"))


def tables(data):
    """Read a table; the first byte says of which kind."""
    kind, data = FORMATS[data[0] % len(FORMATS)] if data else "csv", data[1:]
    if kind == "csv":
        truths.csv_rows_are_kept(written(data, kind), data)
    else:
        truths.rows_are_reports_or_failures(written(data, kind), kind.removesuffix(".gz"))


def zip_files(data):
    """Read a zip: by the first byte, the bytes as they are, or a zip whose members they name and fill."""
    if data[:1] == b"\1":
        names, *contents = data[1:].split(b"\0")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in zip(names.decode("utf-8", "ignore").split("|"), contents, strict=False):
                archive.writestr(zipfile.ZipInfo(name), content)
        data = b"\0" + packed.getvalue()
    truths.zip_members_are_kept(written(data[1:], "zip"))


def table_seeds():
    """Yield one table of each kind."""
    texts = [report.decode() for report in reports()[:4]]
    cells = "".join('{},"{}"\r\n'.format(number, text.replace('"', '""')) for number, text in enumerate(texts))
    lines = "\n".join(json.dumps({"study_id": number, "text": text}) for number, text in enumerate(texts))
    table = f"study_id,text\r\n{cells}".encode()
    single = cells.replace("0,", "", 1).encode()
    for number, content in enumerate((table, lines.encode(), single, gzip.compress(table, mtime=0))):
        yield bytes([number]) + content
        yield bytes([number]) + content[:600]


def zip_seeds():
    """Yield zips as bytes, stored and packed, and as names and contents."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for number, report in enumerate(reports()[:2]):
                archive.writestr(zipfile.ZipInfo(f"p10/p1000000{number}/s5000000{number}.txt"), report[:300])
        yield b"\0" + packed.getvalue()
    yield b"\1a.txt|../b.txt|p10/s1.txt\0" + b"\0".join(reports()[:3])


TARGETS = {
    "sections": (sections, reports),
    "sentences": (sentences, reports),
    "tables": (tables, table_seeds),
    "zip": (zip_files, zip_seeds),
}


def main():
    """Fuzzes a target from its corpus."""
    name, corpus, *options = sys.argv[1:]
    target, seeds = TARGETS[name]
    if not Path(corpus).exists():
        Path(corpus).mkdir(parents=True)
        for number, seed in enumerate(seeds()):
            (Path(corpus) / f"seed-{number:03}").write_bytes(seed)
    atheris.Setup([sys.argv[0], corpus, *options], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
