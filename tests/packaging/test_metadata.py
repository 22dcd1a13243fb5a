"""Facts of the package that are stated in more than one file."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project():
    """Return what pyproject.toml says of the project."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_the_citation_names_the_released_version_and_licence(project):
    """CITATION.cff has the keys that its format demands, and the facts of pyproject.toml."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert (citation["title"], citation["version"]) == (project["name"], project["version"])
    assert citation["license"] == project["license"]


def test_every_python_that_is_claimed_is_tried(project):
    """The workflow's matrix has the versions of the classifiers, from the lowest that the package allows."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))
    job = workflow["jobs"]["checks"]
    tried = set(job["strategy"]["matrix"]["python"])
    prefix = "Programming Language :: Python :: "
    claimed = {name.removeprefix(prefix) for name in project["classifiers"] if name.startswith(prefix)}
    assert claimed <= tried
    assert f">={min(tried, key=lambda version: int(version.partition('.')[2]))}" == project["requires-python"]
    assert "bash .ci/run" in [step.get("run") for step in job["steps"]]


def test_hooks_are_tools_of_the_development_environment(project):
    """A hook before a commit runs nothing that the extra `dev` does not install."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert {repo["repo"] for repo in hooks} == {"local"}
    tools = {hook["entry"].split()[0] for repo in hooks for hook in repo["hooks"]}
    assert tools == {"ruff", "mypy"}
    dev = {requirement.partition(">=")[0] for requirement in project["optional-dependencies"]["dev"]}
    assert tools <= dev


def test_constraints_have_a_version_and_sums_of_every_dependency(project):
    """CI installs by them alone; `bash .ci/pin` writes them."""
    pinned = {
        match[1]: match[2]
        for match in re.finditer(
            r"^([a-z0-9-]+)==[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n?)+)",
            (ROOT / "constraints.txt").read_text("utf-8"),
            re.MULTILINE,
        )
    }
    extras = project["optional-dependencies"].values()
    lines = [line for lines in (project["dependencies"], *extras) for line in lines]
    asked = {re.match(r"[\w.-]+", line)[0].lower().replace(".", "-") for line in lines}
    assert asked - {"cxr-labeler"} <= pinned.keys()
    assert all(pinned.values())
    assert "http" not in (ROOT / "constraints.txt").read_text("utf-8").replace("httpcore", "").replace("httpx", "")
