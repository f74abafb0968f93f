"""The command line: `triton-data VERB`. One verb a stage; each does no more than call its room.

Results go to stdout, logs and progress to stderr. The doors under triton-data/ call the same functions.
Not covered: the verbs themselves (commands/), how a command ends (commands/exit_codes.py).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import click

import triton_data
from triton_data.commands.exit_codes import run_command
from triton_data.errors import Misuse, closest

# In the order in which data flows: where a verb is, and its line in the list of them. The rooms behind the verbs import
# torch, PyArrow and more: a verb is imported when it is asked for, so that `--help` does not wait for all of them.
VERBS = {
    "doctor": ("commands.inspect:doctor", "Print what this machine can do, and what is missing for what."),
    "scrape": ("commands.stages:scrape", "Bring source files into a run, with their provenance."),
    "extract": ("commands.stages:extract", "Cut standalone kernels and programs out of a run's files, or of PATHS."),
    "generate": ("commands.generate.group:generate", "Make programs without a web: graphs, templates, modules."),
    "capture": ("commands.capture:capture", "Collect TorchInductor's Triton kernels for programs; no GPU needed."),
    "rewrite": ("commands.rewrite:rewrite", "Rewrite captures, or the programs in PATHS, as standalone Triton."),
    "verify": ("commands.verify:verify", "Check that a Triton program gives its PyTorch reference's outputs."),
    "curate": ("commands.curate:curate", "Decide what goes into the dataset: duplicates, licences, splits."),
    "export": ("commands.export:export", "Write the run's records as files that trainers read."),
    "train": ("commands.train:train", "Fine-tune a model on an export, in an environment of its own."),
    "eval": ("commands.eval:evaluate", "Score models on rewriting PyTorch programs in Triton."),
    "report": ("commands.looking.report:report", "Make pages of a run that open from disk."),
    "explain": ("commands.looking.explain:explain", "Say what happened to one thing of a run, stage by stage."),
    "show": ("commands.looking.explain:show", "Print a pair, program and kernel side by side."),
    "status": ("commands.inspect:status", "Print the funnel of a run: done, pending, dropped by reason."),
    "run": ("commands.stages:run", "Run the whole pipeline that a TOML file names."),
    "init": ("commands.init:init", "Write a commented config and a tiny repository to try it on."),
    "completion": ("commands.init:completion", "Print the script with which a shell completes verbs and options."),
}


class Verbs(click.Group):
    """Listed in the order data flows, imported when asked for, with a suggestion for a mistyped verb."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module, _, attribute = VERBS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(f"triton_data.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise Misuse(f"unknown verb {args[0]!r}{closest(args[0], known)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(triton_data.__version__, prog_name="triton-data")
def cli() -> None:
    """Turn PyTorch code into verified (PyTorch, Triton) training data, and train on it.

    Start with:  triton-data run examples/quickstart.toml
    """


def main(args: Sequence[str] | None = None) -> None:
    run_command(cli, args, "triton-data")
