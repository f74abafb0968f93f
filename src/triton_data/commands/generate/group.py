"""The verb generate. Each module beside this one is a subcommand of its name, imported when it is asked for."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import click

from triton_data.commands import generate as package
from triton_data.errors import Misuse, closest


class Kinds(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        modules = [module.name for module in pkgutil.iter_modules(package.__path__)]
        return sorted(name.replace("_", "-") for name in modules if name != "group")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(importlib.import_module(f"{package.__name__}.{name}"), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise Misuse(f"generate makes no {args[0]!r}{closest(args[0], known)}: {', '.join(known)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Kinds)
def generate() -> None:
    """Make programs without a web.

    Example:  triton-data generate templates --out dataset
    """
