"""The command line: `triton-data VERB`. One verb a stage; each does no more than call its room.

Results go to stdout, logs and progress to stderr. The doors under triton-data/ call the same functions.
Not covered: the verbs themselves (commands/), how a command ends (commands/exit_codes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

import triton_data
from triton_data.commands import capture, curate, export, inspect, rewrite, stages, train, verify
from triton_data.commands import eval as eval_verb
from triton_data.commands.exit_codes import run_command
from triton_data.commands.looking import explain, report
from triton_data.errors import Misuse, NotBuiltYet, closest

LATER = {  # verbs whose rooms later parts build: their one honest line
    "generate": "LLM-written modules, constraint-built graphs and templates",
}
ORDER = (  # the order in which data flows
    "doctor", "scrape", "extract", "generate", "capture", "rewrite", "verify", "curate", "export", "train", "eval",
    "report", "explain", "show", "status", "run",
)  # fmt: skip


class Verbs(click.Group):
    """Listed in the order data flows, and with a suggestion for a mistyped verb."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in ORDER if name in self.commands]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            raise Misuse(f"unknown verb {args[0]!r}{closest(args[0], self.commands)}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(triton_data.__version__, prog_name="triton-data")
def cli() -> None:
    """Turn PyTorch code into verified (PyTorch, Triton) training data, and train on it.

    Start with:  triton-data run examples/quickstart.toml
    """


def _later(name: str, what: str) -> click.Command:
    def refuse(**_: object) -> None:
        raise NotBuiltYet(f"`triton-data {name}` ({what})", "`triton-data --help` lists the verbs that work")

    return click.Command(
        name,
        callback=refuse,
        params=[click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED)],
        context_settings={"ignore_unknown_options": True},
        help=f"Not in this version yet: {what}.",
    )


for _command in (
    inspect.doctor, inspect.status, stages.scrape, stages.extract, capture.capture, rewrite.rewrite,
    verify.verify, curate.curate, export.export, train.train, eval_verb.evaluate,
    report.report, explain.explain, explain.show, stages.run,
):  # fmt: skip
    cli.add_command(_command)
for _name, _what in LATER.items():
    cli.add_command(_later(_name, _what))


def main(args: Sequence[str] | None = None) -> None:
    run_command(cli, args, "triton-data")
