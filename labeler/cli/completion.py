"""What a shell completes: files, label sets, sections, profiles and rules; and the script that has it ask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem, get_completion_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    _Complete = Callable[[click.Context, str], list[CompletionItem]]

VARIABLE = "_LABELER_COMPLETE"
"""The variable of the environment by which a shell asks."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Write the script that has a SHELL complete commands, options, files, label sets, sections and rules.

    bash: eval "$(labeler completion bash)" in ~/.bashrc. zsh: the same with zsh in ~/.zshrc. fish: labeler completion
    fish > ~/.config/fish/completions/labeler.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101  click has the three
    click.echo(kind(ctx.find_root().command, {}, "labeler", VARIABLE).source())


def teach(group: click.Group) -> None:
    """Have every command complete the parameters that mean the same in all; to be called when a shell asks."""
    for command in _commands(group):
        for param in command.params:
            answer = _ANSWERS.get(param.name or "")
            if answer and not isinstance(param.type, click.Choice):
                param.shell_complete = answer  # type: ignore[method-assign]


def _commands(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _commands(each)


def _files(_context: click.Context, incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(incomplete, type="file")]


def _of(names: Callable[[], Iterable[str]], _context: click.Context, incomplete: str) -> list[CompletionItem]:
    """Complete a name, or the last of several that are joined by +; what looks like a path is one."""
    if incomplete.startswith((".", "/", "~")):
        return [CompletionItem(incomplete, type="dir")]
    before, joint, last = incomplete.rpartition("+")
    return [CompletionItem(f"{before}{joint}{name}") for name in names() if name.startswith(last)]


def _label_sets() -> list[str]:
    from labeler.phrasebook.folder import label_sets
    from labeler.phrasebook.load import phrases_folder

    return label_sets(phrases_folder())


def _sections() -> list[str]:
    from labeler.phrasebook.load import phrases_folder
    from labeler.text.sections import load_section_rules

    return ["mimic", "all", *sorted(load_section_rules(phrases_folder() / "sections.yaml").asserts)]


def _profiles() -> list[str]:
    from labeler.phrasebook.load import phrases_folder
    from labeler.phrasebook.profiles import profile_names

    return sorted({"default", *profile_names(phrases_folder())})


def _entries() -> list[str]:
    from labeler.authoring.lookup import names
    from labeler.phrasebook.load import phrases_folder

    return names(phrases_folder())


_ANSWERS: dict[str, Any] = {
    **dict.fromkeys(("inputs", "source", "output", "evidence", "findings", "gold", "predictions", "reports"), _files),
    **dict.fromkeys(("references", "candidates", "compare", "labels", "first", "second", "shards"), _files),
    "label_set": partial(_of, _label_sets),
    "sections": partial(_of, _sections),
    "profile": partial(_of, _profiles),
    "entry": partial(_of, _entries),
}
"""What completes a parameter, by its name."""


@click.command()
@click.pass_context
def man(ctx: click.Context) -> None:
    """Write a manual page of all commands.

    It is the help of each: labeler man | man -l -
    """
    root = ctx.find_root().command
    click.echo(".TH LABELER 1\n.SH NAME\nlabeler \\- label chest radiology reports")
    for command, path in _with_paths(root, "labeler"):
        text = command.get_help(click.Context(command, info_name=path, max_content_width=76))
        click.echo(f".SH {path.upper()}\n.nf\n{_roff(text)}\n.fi")


def _with_paths(command: click.Command, path: str) -> Iterator[tuple[click.Command, str]]:
    yield command, path
    if isinstance(command, click.Group):
        for name, each in sorted(command.commands.items()):
            yield from _with_paths(each, f"{path} {name}")


def _roff(text: str) -> str:
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)
