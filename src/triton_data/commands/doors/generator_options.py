"""The commands behind `scraper/generator/main.py` and `scripts/run_full_pipline.sh`: options, and one call each.

In: arguments as ParityBench and the write-ups spell them. Out: what generator.py makes of them.
"""

from __future__ import annotations

from pathlib import Path

import click

from triton_data.commands import options
from triton_data.commands.doors import generator
from triton_data.commands.inspect import print_funnel
from triton_data.errors import Misuse
from triton_data.running.item_subset import ItemSubset
from triton_data.store import Store

_PATH = click.Path(path_type=Path)
_RUN_DIR = click.option("--run-dir", type=_PATH, help="The run's folder.  [default: runs/github, as scrape_github.py]")


@click.command("main.py")
@click.option("--download", is_flag=True, help="First bring in repositories from GitHub, as scrape_github.py does.")
@click.option("--generate-all", is_flag=True, help="Write every kernel and program of the run as a file.")
@click.option("-g", "--generate-one", "one", metavar="REPO", help="The same for one folder or owner/name.")
@click.option("-e", "--evaluate-one", "file", metavar="FILE", type=_PATH, help="Capture one program file.")
@click.option("--evaluate-all", is_flag=True, help="Capture and rewrite every program of the run.")
@click.option("--compile_mode", "--compile-mode", default="dynamo", show_default=True)
@click.option("--backend", default="inductor", show_default=True)
@click.option("--device", default="cpu", show_default=True,
              help="cuda: code for this GPU; cpu: for sm_90, without one.")  # fmt: skip
@click.option("--synthetic_data_dir", "--synthetic-data-dir", "given", type=_PATH,
              help="With --evaluate-all: a folder of programs in KernelBench's form, too.")  # fmt: skip
@click.option("--tests-dir", "out", type=_PATH, help="Output folder.  [default: scraper/generator/generated]")
@_RUN_DIR
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="Worker processes; one a core if not given.")
@click.option("-l", "--limit", type=click.IntRange(min=1), help="Only so many repositories, or programs.")
@click.option("--shard_num", "--shard-num", type=click.IntRange(min=0), default=0, help="From 0.")
@click.option("--shard_total", "--shard-total", type=click.IntRange(min=1), default=1, help="Every shard a --run-dir.")
def main(
    download: bool, generate_all: bool, one: str | None, file: Path | None, evaluate_all: bool, compile_mode: str,
    backend: str, device: str, given: Path | None, out: Path | None, run_dir: Path | None, jobs: int | None,
    limit: int | None, shard_num: int, shard_total: int,
) -> None:  # fmt: skip
    """Cut kernels and programs out of scraped repositories, and collect Triton code for the programs.

    Example:  python main.py --generate-all

    Example:  python main.py --evaluate-all --jobs 8 --run-dir runs/combined --synthetic_data_dir programs
    """
    if not (download or generate_all or one or file or evaluate_all):
        raise Misuse("say what to do: --download, --generate-all, -g REPO, -e FILE or --evaluate-all (see --help)")
    if shard_num >= shard_total:
        raise Misuse(f"--shard_num counts from 0: with --shard_total {shard_total} it ends at {shard_total - 1}")
    chosen = generator.evaluation(device, compile_mode, backend)
    subset = ItemSubset(limit, shard_num, shard_total)
    run_dir = run_dir or generator.nearby(Path("runs/github"))
    out = out or generator.nearby(generator.HERE / "generated")
    if download:
        generator.download(run_dir, limit, jobs)
    if generate_all:
        click.echo(generator.generate_all(run_dir, out, subset, jobs))
    if one:
        click.echo(generator.generate_one(one, run_dir, out, jobs))
    if file:
        generator.evaluate_one(file, jobs, **chosen)
    if evaluate_all:
        generator.evaluate_all(run_dir, given, subset, jobs, **chosen)
        with Store.read(run_dir) as store:
            print_funnel(store, as_json=False)


@click.command("run_full_pipline.sh")
@click.option("--source", "sources", multiple=True, metavar="SOURCE", help="github:, dir:PATH, pypi:NAME, given:PATH …")
@click.option("--config", "config_file", metavar="FILE.toml", type=_PATH, help="Settings of the run.")
@click.option("--synthetic-data-dir", "--synthetic_data_dir", "given", type=_PATH, help="Programs to include.")
@_RUN_DIR
@options.JOBS
@click.option("--limit", type=click.IntRange(min=1), help="Only so many repositories.")
@options.JSON
def full_pipeline(sources: tuple[str, ...], config_file: Path | None, given: Path | None, run_dir: Path | None,
                  jobs: int | None, limit: int | None, as_json: bool) -> None:  # fmt: skip
    """Scrape, extract, capture, rewrite and export. The same command again goes on where it was.

    Example:  ./scripts/run_full_pipline.sh --jobs=8 --run-dir=runs/combined --synthetic-data-dir=programs

    Example:  ./scripts/run_full_pipline.sh --jobs=8 --source=github: --limit=20
    """
    run_dir = run_dir or generator.nearby(Path("runs/github"))
    generator.full_pipeline(run_dir, config_file, sources, given, limit, jobs, as_json)
