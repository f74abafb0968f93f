"""The verb rewrite: captures into readable Triton, in a run or for bare files."""

from __future__ import annotations

from pathlib import Path

import click

from triton_data import config as configs
from triton_data import pipeline
from triton_data.commands import options
from triton_data.commands.stages import finish_bare, run_stages
from triton_data.errors import Misuse
from triton_data.rewrite.options import STEPS, Options


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--target", default="sm_90", show_default=True, help="With PATHS: the GPU to capture for.")
@click.option("--mode", default="inference", show_default=True, help="With PATHS: inference, training or dynamic.")
@options.LIBRARIES
@click.option("--out", type=click.Path(path_type=Path), help="With PATHS: folder for the files; else they are printed.")
@click.option(
    "--config",
    "configurations",
    type=click.Choice(["all", "first"]),
    default="all",
    show_default=True,
    help="Keep Inductor's candidates as an autotune list, or bake the first one in.",
)
@click.option("--suffix", default="New", show_default=True, help="What the new class adds to the old name.")
@click.option("--kernels", is_flag=True, help="With PATHS: each kernel alone too, beside its expression in PyTorch.")
@click.option("--stop-after", type=click.Choice(STEPS), help="Leave out what comes after this transform.")
@click.option("--bisect", metavar="ID", help="Verify a pair of the run after each transform: which one broke it?")
@options.RUN_DIR
@options.JOBS
@options.UNSAFE
@options.JSON
def rewrite(
    paths: tuple[Path, ...], target: str, mode: str, libraries: str | None, out: Path | None, configurations: str,
    suffix: str, kernels: bool, stop_after: str | None, bisect: str | None, run_dir: Path, jobs: int | None,
    allow_unsafe_exec: bool, as_json: bool,
) -> None:  # fmt: skip
    """Rewrite the run's captures, or the programs in PATHS, as standalone Triton programs that people can read.

    Example:  triton-data rewrite examples/program.py --out rewritten

    Example:  triton-data rewrite examples/program.py --libraries triton --out rewritten
    """
    flags = {"jobs": jobs, "allow_unsafe_exec": allow_unsafe_exec or None}
    if bisect is not None:
        from triton_data.without_run.bisect import bisect as bisected

        return finish_bare(bisected(run_dir, bisect, "cpu", allow_unsafe_exec), as_json)
    if not paths:
        return run_stages(["rewrite"], run_dir, as_json, **flags)
    options.writable(out)
    from triton_data.without_run.rewrite import rewrite_paths

    if "," in target:
        raise Misuse(f"--target takes one GPU here, not {target!r}: rewrite once for each")
    config = configs.with_flags(configs.Config(), capture__targets=(target,), capture__modes=(mode,),
                                capture__libraries=libraries, **flags)  # fmt: skip
    pipeline.check(config, ("rewrite",))
    chosen = Options(autotune=configurations == "all", suffix=suffix, stop_after=stop_after or "")
    return finish_bare(rewrite_paths(paths, config, chosen, out, kernels), as_json)
