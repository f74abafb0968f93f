"""The verb `capture`: the programs of a run, bare files, or the models of a suite.

In: flags. Out: records in a run, or rows on stdout and files. Not covered: how code is captured (capture/).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from triton_data import config as configs
from triton_data import pipeline
from triton_data.capture.own_gpu import own_target
from triton_data.capture.suites.models import SUITES
from triton_data.commands import options
from triton_data.commands.stages import finish_bare, run_stages
from triton_data.errors import Misuse
from triton_data.records import Outcome
from triton_data.store import Store


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--target", "targets", default=None, help="GPUs to emit code for, by commas.  [default: sm_90]")
@click.option("--mode", "modes", default=None, help="inference, training, dynamic, by commas.  [default: inference]")
@options.LIBRARIES
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="cuda: run on the GPU that is here.  [default: cpu]")
@click.option("--keep-debug", metavar="DIR", help="With --device cuda: keep each program's torch_compile_debug folder.")
@click.option("--out", type=click.Path(path_type=Path), help="With PATHS or --suite: write the code here, with no run.")
@click.option("--levels", help="With PATHS or --out: compile, and keep ttir, ttgir, llir, ptx, cubin; by commas.")
@click.option("--suite", metavar="|".join(SUITES), help="Benchmark models, instead of PATHS.")
@click.option("--models", metavar="REGEX", help="With --suite: only models whose name matches.")
@click.option("--limit", type=click.IntRange(min=1), help="With --suite: the first so many of them.")
@options.RUN_DIR
@options.JOBS
@options.UNSAFE
@options.JSON
def capture(
    paths: tuple[Path, ...], targets: str | None, modes: str | None, libraries: str | None, device: str | None,
    keep_debug: str | None, out: Path | None, levels: str | None, suite: str | None, models: str | None,
    limit: int | None, run_dir: Path, jobs: int | None, allow_unsafe_exec: bool, as_json: bool,
) -> None:  # fmt: skip
    """Collect TorchInductor's Triton kernels for the run's programs, or for PATHS; no GPU needed.

    With --device cuda the programs are compiled and run on this machine's GPU under TORCH_COMPILE_DEBUG instead.

    Example:  triton-data capture model.py --target sm_90,sm_80 --out captured --json

    Example:  triton-data capture model.py --libraries triton --out captured

    Example:  triton-data capture model.py --levels ptx,cubin --out captured

    Example:  triton-data capture --suite timm --models '^resnet' --run-dir runs/timm
    """
    _check(paths, out, levels, suite, models, limit)
    options.writable(out)
    if keep_debug is not None and device != "cuda":
        raise Misuse("--keep-debug keeps what a GPU run leaves: add --device cuda")
    chosen = {
        "capture__device": device,
        "capture__keep_debug": keep_debug,
        "capture__targets": options.listed(targets) or ((own_target(),) if device == "cuda" else None),
        "capture__modes": options.listed(modes),
        "capture__libraries": libraries,
        "allow_unsafe_exec": allow_unsafe_exec or None,
        "jobs": jobs,
    }
    if paths or (suite and out):
        config = configs.with_flags(configs.Config(), **chosen)
        pipeline.check(config, ("capture",))
        return finish_bare(_bare(paths, config, out, options.listed(levels) or (), suite, models, limit), as_json)
    if suite:
        _add_suite(run_dir, suite, models, limit)
    return run_stages(["capture"], run_dir, as_json, **chosen)


def _check(
    paths: tuple[Path, ...], out: Path | None, levels: str | None, suite: str | None, *narrowing: str | int | None
) -> None:
    if paths and suite:
        raise Misuse("PATHS and --suite are two captures: give one of them")
    if any(value is not None for value in narrowing) and not suite:
        raise Misuse("--models and --limit choose from a suite: add --suite timm or --suite huggingface")
    if levels is not None and not paths and not (suite and out):
        raise Misuse("--levels works on files, not on a run: name PATHS, or add --out to --suite")


def _bare(
    paths: tuple[Path, ...], config: configs.Config, out: Path | None, levels: tuple[str, ...], suite: str | None,
    models: str | None, limit: int | None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    from triton_data.without_run.capture import capture_paths, capture_suite

    if suite and out:
        return capture_suite(suite, models or "", limit, config, out, levels)
    return capture_paths(paths, config, out, levels)


def _add_suite(run_dir: Path, suite: str, models: str | None, limit: int | None) -> None:
    """The models become Programs of the run; those that are there already stay as they are."""
    from triton_data.capture.suites.programs import suite_programs

    programs = list(suite_programs(suite, models or "", limit))
    with Store.open(run_dir) as store:
        store.commit("suite", [Outcome(program.key, (program,)) for program in programs])
