"""A click group whose commands are imported when they are asked for: `--help` must not wait for torch.

In: a table of (module:attribute below this package, line for the list) by name. Out: the group, listed in the table's
order, with a suggestion for a mistyped name. Not covered: the commands themselves (commands/).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click

from triton_data.errors import Misuse, closest


class LazyGroup(click.Group):
    """`kind` is what a name stands for, such as a verb."""

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.table, self.kind = table, kind

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"triton_data.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.table and not args[0].startswith("-"):
            raise Misuse(f"unknown {self.kind} {args[0]!r}{closest(args[0], self.table)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])
