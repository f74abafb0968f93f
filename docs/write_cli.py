"""Write docs/cli.md: the `--help` of every verb and every door, so that the docs cannot rot.

`make docs` runs this; a test fails when the file is not what this would write.
"""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner

from triton_data.cli import cli
from triton_data.commands.doors import door

HERE = Path(__file__).parent


def page() -> str:
    parts = ["# Command line\n", "Written by `make docs` from the commands themselves.\n"]
    parts += [section(["triton-data"], cli)]
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        parts += [section(["triton-data", name], command)]
        for each, part in inside(command).items():
            parts += [section(["triton-data", name, each], part).replace("## ", "### ", 1)]
    parts += ["# Doors\n", "The names that the write-ups use, under `triton-data/`.\n"]
    parts += [section([path], command) for path, command in door.COMMANDS.items()]
    return "\n".join(parts)


def inside(command: click.Command) -> dict[str, click.Command]:
    """The commands of a group, those too that are imported only when they are asked for."""
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: each for name, each in found.items() if each is not None}


def section(words: list[str], command: click.Command) -> str:
    result = CliRunner().invoke(command, ["--help"], prog_name=" ".join(words), terminal_width=100, color=False)
    return f"## `{' '.join(words)}`\n\n```text\n{result.output.rstrip()}\n```\n"


if __name__ == "__main__":
    (HERE / "cli.md").write_text(page())
