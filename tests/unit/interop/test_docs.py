"""The examples of docs/spacy.md and docs/hospital-formats.md, run as they stand."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import labeler.interop.spacy_component  # noqa: F401 - an installed package has it as an entry point

ROOT = Path(__file__).parents[3]


def test_the_examples_for_spacy_give_what_is_printed():
    """Each line has the result below it."""
    assert doctest.testfile(str(ROOT / "docs" / "spacy.md"), module_relative=False) == (0, 12)


def test_the_examples_of_hospital_formats_run(tmp_path):
    """The blocks of commands run in their order, and give the labels of their two reports."""
    page = (ROOT / "docs" / "hospital-formats.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    python = f'labeler() {{ "{sys.executable}" -m labeler "$@"; }}\npython() {{ "{sys.executable}" "$@"; }}\nset -e\n'
    run = subprocess.run(
        ["bash", "-c", python + "\n".join(blocks)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "absent\n"), run.stderr
    assert (tmp_path / "note_nlp.csv").read_text().splitlines()[1].startswith("1,17,0,,12,Pleural Effusion,")
    assert "P7,ACCESSION1," in (tmp_path / "from-hl7.csv").read_text()
