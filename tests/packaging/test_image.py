"""What the Dockerfile promises, as far as it can be seen without Docker; `.ci/run` builds the image if it can."""

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stages():
    """Return the instructions of each stage of the Dockerfile, as pairs of word and arguments."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    lines = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", "").splitlines()
    found = []
    for word, _, arguments in (line.partition(" ") for line in lines if line):
        if word == "FROM":
            found.append([])
        found[-1].append((word, " ".join(arguments.split())))
    return found


@pytest.fixture
def context(stages, tmp_path):
    """Make a folder of what the first stage copies, without what .dockerignore keeps back."""
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    for word, arguments in stages[0]:
        if word != "COPY":
            continue
        *sources, _ = arguments.split()
        for source in sources:
            assert source in sent
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, tmp_path / source)
    return tmp_path


def last(stage, word):
    """Return the arguments of the instruction of this name that is in force at the end of a stage."""
    return [arguments for name, arguments in stage if name == word][-1]


def test_the_container_runs_a_command_of_the_package_as_a_user_it_made(stages):
    """The last USER is not root and is made in the image; the entry point is a script of the wheel."""
    user = last(stages[-1], "USER")
    assert user not in {"root", "0"}
    assert re.search(rf"useradd (\S+ )*{user}$", last(stages[-1], "RUN"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert last(stages[-1], "ENTRYPOINT") in {f'["{name}"]' for name in scripts}


def test_the_second_stage_fetches_nothing(stages):
    """Its packages are those of the first stage's folder of wheels, with the same extras."""
    built = shlex.split(last(stages[0], "RUN"))
    installed = shlex.split(last(stages[-1], "RUN").partition("&&")[0])
    assert "--no-index" in installed
    assert installed[installed.index("--find-links") + 1] == built[built.index("--wheel-dir") + 1]
    assert installed[-1].removeprefix("cxr-labeler") == built[-1].removeprefix(".")


@pytest.mark.slow
def test_what_is_copied_builds_a_wheel_with_commands_and_phrases(stages, context, tmp_path_factory):
    """The first stage's command gives a wheel that has the package and all phrases, and neither tests nor eval."""
    wheels = str(tmp_path_factory.mktemp("wheels"))
    for command in [arguments for word, arguments in stages[0] if word == "RUN"][:-1]:
        subprocess.run(["sh", "-c", command], cwd=context, check=True)
    command = [wheels if word == "/wheels" else word for word in shlex.split(last(stages[0], "RUN"))]
    subprocess.run([sys.executable, "-m", *command, "--no-deps", "-q"], cwd=context, check=True)
    (wheel,) = Path(wheels).iterdir()
    names = zipfile.ZipFile(wheel).namelist()
    phrases = [path.relative_to(ROOT).as_posix() for path in (ROOT / "phrases").rglob("*.yaml")]
    assert {f"labeler/{path}" for path in phrases} <= set(names)
    assert "labeler/cli/app.py" in names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"labeler"}
