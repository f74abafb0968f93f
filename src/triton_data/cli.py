"""The command line: `triton-data VERB`. One verb a stage; each does no more than call its room.

Results go to stdout, logs and progress to stderr. The doors under triton-data/ call the same functions.
Not covered: the verbs themselves (commands/), how a command ends (commands/exit_codes.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import click

import triton_data
from triton_data.commands.exit_codes import run_command
from triton_data.lazy_group import LazyGroup

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
    "merge": ("commands.merge:merge", "Bring several runs together in one, for those who shard by hand."),
    "warm": ("commands.warm:warm", "Keep what verify, capture and extract load ready between commands."),
    "init": ("commands.init:init", "Write a commented config and a tiny repository to try it on."),
    "completion": ("commands.init:completion", "Print the script with which a shell completes verbs and options."),
}


@click.group(
    cls=LazyGroup, table=VERBS, kind="verb",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)  # fmt: skip
@click.version_option(triton_data.__version__, prog_name="triton-data")
def cli() -> None:
    """Turn PyTorch code into verified (PyTorch, Triton) training data, and train on it.

    Start with:  triton-data run examples/quickstart.toml
    """


def main(args: Sequence[str] | None = None) -> None:
    run_command(cli, args, "triton-data")
