"""The commands `labeler phrases ...`. What takes long to import is imported when a command runs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from labeler.cli.options import viewed
from labeler.terminal import printable

_NAMED = 10
"""How many studies a change lists by name."""

_folder = click.Path(path_type=Path)
_phrases_option = click.option(
    "--phrases",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of phrases and rules instead of those that come with the labeler.",
)


@click.group()
def phrases() -> None:
    """Write, check and try label sets."""


@phrases.command("list")
@_phrases_option
def list_sets(phrases: Path | None) -> None:
    """List the label sets with their hash, size, source and policies."""
    from labeler.phrasebook.folder import label_sets
    from labeler.phrasebook.load import load_phrasebook, phrases_folder

    root = phrases or phrases_folder()
    for name in label_sets(root):
        book = load_phrasebook(name, root)
        texts = sum(len(group.texts()) for file in book.findings for group in file.mentions)
        size = f"unions of {book.label_set.over}'s findings" if book.label_set.over else f"{texts} phrases"
        click.echo(f"{name:<20} {book.hash}  {len(book.label_set.findings)} findings, {size}  {book.label_set.meaning}")
        if book.label_set.source:
            click.echo(f"{'':<20} source: {book.label_set.source}")
        for name_of_policy, policy in book.label_set.policies.items():
            default = ", by itself" if name_of_policy in book.label_set.default_policies else ""
            click.echo(f"{'':<20} --policy {name_of_policy}{default}: {policy.meaning}")


@phrases.command()
@click.argument("entry", metavar="NAME")
@_phrases_option
def show(entry: str, phrases: Path | None) -> None:
    """Show what NAME is: a rule, a group of phrases, a finding or a policy, with its file and line, as it is written.

    `labeler explain` and the evidence name the rule and the group of phrases of every mention.
    """
    from labeler.authoring.lookup import look_up, meaning_in_code
    from labeler.phrasebook.load import phrases_folder

    if in_code := meaning_in_code(entry):
        click.echo(f"{entry}: {in_code}")
        return
    for found in look_up(phrases or phrases_folder(), entry):
        click.secho(f"{found.path}:{found.line}", bold=True)
        click.echo(f"{found.text}\n")


@phrases.command()
@click.argument("name")
@click.option("--into", type=_folder, default=Path(), help="Folder to write it in.  [default: this one]")
def init(name: str, into: Path) -> None:
    """Write a small label set NAME to start from."""
    from labeler.authoring.scaffold import write_scaffold

    folder = into / name
    for path in write_scaffold(folder):
        click.echo(path)
    click.echo(f"Next: labeler phrases check {folder}", err=True)


@phrases.command()
@click.argument("finding")
@click.option("--to", "label_set", required=True, help="Label set: one of the labeler's, or the path of your own.")
@click.option("--phrases", type=_folder, help="Your own folder of phrases and rules; copied from the labeler's if new.")
def add(finding: str, label_set: str, phrases: Path | None) -> None:
    """Add a FINDING to a label set of your own.

    A set of the labeler's is copied first: here, under its name, or with --phrases into your own folder, rules and all.
    """
    from labeler.authoring.scaffold import add_finding

    written = add_finding(finding, label_set, phrases)
    for path in written:
        click.echo(path)
    folder = written[-1].parent
    use = f"--phrases {phrases} --label-set {folder.name}" if phrases else f"--label-set ./{folder}"
    click.echo(f"Next: write its phrases in {written[0]}, then", err=True)
    click.echo(f"  labeler phrases check {folder}\n  labeler label REPORTS {use} -o labels.csv", err=True)


@phrases.command()
@click.argument("folder", metavar="[DIR]", type=_folder, required=False)
@_phrases_option
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
def check(folder: Path | None, phrases: Path | None, *, strict: bool) -> None:
    """Check a label set DIR, or a whole folder of phrase files, and run its cases.

    Without DIR, all phrase files of --phrases are checked, or those that come with the labeler. Exits 1 if there is an
    error.
    """
    from labeler.authoring.lint import check as checked
    from labeler.phrasebook.load import phrases_folder

    remarks = list(checked(folder or phrases or phrases_folder(), phrases))
    for remark in remarks:
        click.echo(printable(str(remark)))
        if remark.excerpt:
            click.echo(remark.excerpt)
    errors = sum(remark.is_fault for remark in remarks)
    click.echo(f"{_count(errors, 'error')}, {_count(len(remarks) - errors, 'warning')}", err=True)
    sys.exit(1 if errors or (strict and remarks) else 0)


@phrases.command("try")
@click.argument("folder", metavar="DIR", type=_folder)
@click.argument("inputs", nargs=-1, required=True, metavar="REPORTS...")
@click.option("--against", type=_folder, help="Another version of the set: show only the labels that it changes.")
@click.option("--snippets", type=click.IntRange(min=0), default=2, show_default=True, help="Examples for each phrase.")
@click.option("--sections", help="Text to label.  [default: what the label set says]")
@click.option("--id-column", help="Column of a table with the study's identifier.  [default: study_id, uid or id]")
@click.option("--text-column", help="Column of a table with the report.  [default: text, report or report_text]")
@_phrases_option
def try_set(
    folder: Path, inputs: tuple[str, ...], *, against: Path | None, snippets: int, sections: str | None, **options: Any
) -> None:
    """Show what a label set DIR finds in REPORTS: counts for each phrase with examples, and what never fires.

    Examples are report text; --snippets 0 leaves them out.
    """
    from labeler.authoring.survey import Survey, changes
    from labeler.phrasebook.load import load_phrasebook
    from labeler.pipeline import Labeler

    root = options.pop("phrases")
    labeler = Labeler(_set_path(folder), phrases=root, sections=sections)
    other = None if against is None else Labeler(_set_path(against), phrases=root, sections=sections)
    with viewed(inputs, options, labeler) as studies:
        if other is not None:
            _show_changes(changes(studies, other))
            return
        for line in Survey(studies, snippets).lines(load_phrasebook(_set_path(folder), root)):
            click.echo(line)


@phrases.command()
@click.argument("kind", type=click.Choice(["label-set", "finding", "rules", "order", "scope", "profile"]))
def schema(kind: str) -> None:
    """Write the JSON Schema of a KIND of phrase file, for editors."""
    from labeler.phrasebook import schema as models

    known: dict[str, type[models.Model]] = {
        "label-set": models.LabelSetFile,
        "finding": models.FindingFile,
        "rules": models.AssertionFile,
        "order": models.OrderFile,
        "scope": models.ScopeFile,
        "profile": models.ProfileFile,
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    click.echo(json.dumps(head | known[kind].model_json_schema(), indent=2))


def _set_path(folder: Path) -> str:
    """Write a folder so that it is taken for a path; the name of a set that comes with the labeler stays a name."""
    return str(folder.resolve()) if (folder / "label_set.yaml").is_file() else str(folder)


def _show_changes(changed: dict[tuple[str, str, str], list[str]]) -> None:
    for (finding, before, after), studies in changed.items():
        more = f" and {len(studies) - _NAMED} more" if len(studies) > _NAMED else ""
        named = printable(", ".join(studies[:_NAMED]))
        click.echo(f"{finding}: {before} -> {after}: {len(studies)} ({named}{more})")
    click.echo(f"{sum(map(len, changed.values()))} labels change", err=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
