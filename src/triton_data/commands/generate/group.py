"""The verb generate: a group with one kind of program a subcommand, imported when it is asked for.

In: a kind. Out: what its file beside this one makes of it. A kind is one line here and one file.
"""

from __future__ import annotations

import importlib
from typing import Any

import click

from triton_data.errors import Misuse, closest

KINDS = {
    "graphs": ("commands.generate.graphs:graphs", "Tensor graphs of one table of operators, inside a FLOP window."),
    "templates": ("commands.generate.templates:templates", "Entries with a test each, from hand-written kernels."),
    "llm": ("commands.generate.llm:llm", "Modules that a language model writes, kept where they run and are new."),
}


class Kinds(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(KINDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in KINDS:
            return None
        module, _, attribute = KINDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"triton_data.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in KINDS and not args[0].startswith("-"):
            raise Misuse(f"unknown kind {args[0]!r}{closest(args[0], KINDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in KINDS.items()])


@click.group(cls=Kinds, no_args_is_help=False)
def generate() -> None:
    """Make programs without a web: what scraped code leaves out.

    Example:  triton-data generate graphs --level 2 --target-count 100 --output-file graphs.jsonl
    """
