"""The verb generate: a group with one kind of program a subcommand, imported when it is asked for.

In: a kind. Out: what its file beside this one makes of it. A kind is one line here and one file.
"""

from __future__ import annotations

import click

from triton_data.lazy_group import LazyGroup

KINDS = {
    "graphs": ("commands.generate.graphs:graphs", "Tensor graphs of one table of operators, inside a FLOP window."),
    "templates": ("commands.generate.templates:templates", "Entries with a test each, from hand-written kernels."),
    "llm": ("commands.generate.llm:llm", "Modules that a language model writes, kept where they run and are new."),
}


@click.group(cls=LazyGroup, table=KINDS, kind="kind", no_args_is_help=False)
def generate() -> None:
    """Make programs without a web: what scraped code leaves out.

    Example:  triton-data generate graphs --level 2 --target-count 100 --output-file graphs.jsonl
    """
