"""What the scripts under triton-data/ do: the names users know, each one call of a room.

In: a door's arguments. Out: what the write-ups promise. A door whose room is not built yet says so and exits 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from triton_data.endings import run_command
from triton_data.errors import NotBuiltYet


@click.command("create_json.py")
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("datasets/triton_functions.json"),
    show_default=True,
)
@click.option("--plain", is_flag=True, help="No ```python fence around each entry.")
@click.option("--with-metadata", is_flag=True, help="Add name, kind and origin to each entry.")
def _create_json(folders: tuple[Path, ...], out: Path, plain: bool, with_metadata: bool) -> None:
    """Write every @triton.jit function under the folders as a torchtune text-completion dataset.

    Example:  python triton-data/create_json.py inductor_kernels scraper/generator/generated
    """
    from triton_data.export.torchtune import create_json as write

    made = write(folders, out, plain, with_metadata)
    for path, why in made.skipped.items():
        print(f"skipped {path}: {why}", file=sys.stderr)
    click.echo(f"{made.path}: {made.entries} functions")


def create_json(args: Sequence[str]) -> None:
    run_command(_create_json, args)


def not_built(door: str, instead: str) -> Callable[[Sequence[str]], None]:
    """A door to a room of a later part."""

    def refuse(args: Sequence[str]) -> None:
        @click.command(
            door,
            context_settings={"ignore_unknown_options": True},
            help=f"Not in this version yet. {instead}",
        )
        @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
        def command(rest: tuple[str, ...]) -> None:
            raise NotBuiltYet(door, instead)

        run_command(command, args)

    return refuse


scrape_github = not_built("scrape_github.py", "`triton-data scrape dir:PATH` reads a folder that you have")
get_kernels_from_debug_info = not_built("get_kernels_from_debug_info.py", "`triton-data capture` needs no debug folder")
generator_main = not_built("scraper/generator/main.py", "`triton-data extract` finds kernels and modules in a run")
generate_synth_torch = not_built("generate_synth_torch.py", "`triton-data --help` lists the verbs that work")
gen = not_built("generator/gen.py", "`triton-data --help` lists the verbs that work")
generate = not_built("data_generation/generate.py", "`triton-data --help` lists the verbs that work")
run_full_pipeline = not_built("run_full_pipline.sh", "`triton-data run CONFIG.toml` runs the pipeline")
