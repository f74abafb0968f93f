"""What the scripts under triton-data/ do: the names users know, each one call of a room.

In: a door's arguments. Out: what the write-ups promise.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from triton_data.commands import options
from triton_data.commands.doors import generator_options, written_modules
from triton_data.commands.exit_codes import run_command
from triton_data.commands.generate import graphs
from triton_data.commands.generate.templates import templates


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
@click.option("--force", is_flag=True, help="Replace a file that triton-data did not write.")
def _create_json(folders: tuple[Path, ...], out: Path, plain: bool, with_metadata: bool, force: bool) -> None:
    """Write every @triton.jit function under the folders as a torchtune text-completion dataset.

    Example:  python triton-data/create_json.py inductor_kernels scraper/generator/generated
    """
    from triton_data.commands.doors.kernel_folders import create_json as write

    made = write(folders, out, plain, with_metadata, force)
    for path, why in made.skipped.items():
        print(f"skipped {path}: {why}", file=sys.stderr)
    click.echo(f"{made.path}: {made.entries} functions")


@click.command("scrape_github.py")
@options.gathering
@click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    default=Path("runs/github"),
    show_default=True,
    help="The run's folder.",
)
@options.JOBS
@options.JSON
def _scrape_github(run_dir: Path, jobs: int | None, as_json: bool, dry_run: bool, refresh: bool,
                   **chosen: Any) -> None:  # fmt: skip
    """Bring in the code of GitHub repositories with 100 or more stars that could hold Triton kernels.

    Example:  python triton-data/scrape_github.py

    Example:  python triton-data/scrape_github.py --limit 20 --dry-run
    """
    from triton_data.commands.stages import gather

    gather(("github:",), run_dir, as_json, dry_run, refresh, jobs, chosen)


@click.command("get_kernels_from_debug_info.py")
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("inductor_kernels"),
    show_default=True,
    help="Folder for <model>/<trace>/<kernel>.py.",
)
@click.option("--run-dir", type=click.Path(path_type=Path), help="Also put each trace into this run, as a capture.")
def _get_kernels(path: Path, out: Path, run_dir: Path | None) -> None:
    """Write the Triton kernels of a torch_compile_debug folder as files, and say how many tokens they are.

    Nothing in the folder is executed. A capture in a run has no program, so no later stage rewrites it; export has it.

    Example:  TORCH_COMPILE_DEBUG=1 python model.py

    Example:  python triton-data/get_kernels_from_debug_info.py torch_compile_debug
    """
    from triton_data.commands.doors.debug_folder import get_kernels

    click.echo(get_kernels(path, out, run_dir))


COMMANDS: dict[str, click.Command] = {
    "create_json.py": _create_json,
    "scrape_github.py": _scrape_github,
    "get_kernels_from_debug_info.py": _get_kernels,
    "scraper/generator/main.py": generator_options.main,
    "synthetic_torch_modules/generate_synth_torch.py": written_modules.command,
    "generator/gen.py": graphs.gen,
    "data_generation/generate.py": templates,
    "scripts/run_full_pipline.sh": generator_options.full_pipeline,
}


def open_door(path: str) -> None:
    """Run the door at `path` (under triton-data/) with the process's own arguments."""
    run_command(COMMANDS[path], sys.argv[1:], path)
