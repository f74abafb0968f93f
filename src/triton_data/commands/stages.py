"""Verbs that run stages: scrape, extract, and run for all of them.

Each works on a run; extract also on bare files (without_run/extract.py), because people try a tool on one file first.
Not covered: capture, which has more ways in (capture.py), and export (export.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from triton_data import config as configs
from triton_data import pipeline
from triton_data.commands import options
from triton_data.commands.inspect import print_funnel
from triton_data.running.stage import Summary
from triton_data.store import Store


@click.command()
@click.argument("sources", nargs=-1, required=True)
@options.gathering
@options.RUN_DIR
@options.JOBS
@options.JSON
def scrape(sources: tuple[str, ...], run_dir: Path, jobs: int | None, as_json: bool, dry_run: bool, refresh: bool,
           **chosen: Any) -> None:  # fmt: skip
    """Bring source files into a run, with their provenance.

    \b
    dir:PATH                 a folder
    git:URL[@REVISION]       a repository, local ones too
    github:                  a search; github:OWNER/NAME one repository
    pypi:NAME[==VERSION]     a package; pypi-top:N the first N of --names-file
    given:PATH               programs in KernelBench's form, as they are

    Example:  triton-data scrape dir:examples/minirepo --run-dir runs/mini

    Example:  triton-data scrape github: --min-stars 500 --limit 20 --dry-run
    """
    gather(sources, run_dir, as_json, dry_run, refresh, jobs, chosen)


def gather(sources: tuple[str, ...], run_dir: Path, as_json: bool, dry_run: bool, refresh: bool, jobs: int | None,
           chosen: dict[str, Any]) -> None:  # fmt: skip
    for name in ("repos_file", "names_file", "opt_out"):  # the run may go on from another folder
        chosen[name] = chosen[name] and str(Path(chosen[name]).expanduser().absolute())
    flags = {f"scrape__{name}": value for name, value in chosen.items()}
    config = pipeline.grown(run_dir, scrape__sources=sources, jobs=jobs, **flags)
    pipeline.check(config)
    if dry_run:
        from triton_data.sources.dry_run import show_plan

        show_plan(config.scrape, run_dir, as_json)
        return
    if refresh and (run_dir / "run.db").exists():
        from triton_data.sources import rounds

        with Store.open(run_dir) as store:
            rounds.refresh(store)
    _execute(config, (*pipeline.GATHERING, "given"), as_json)
    with Store.read(run_dir) as store:
        if not any(number for _, _, number in store.product_counts()):
            click.echo(f"nothing was found in {', '.join(sources)}: no Python file that could be read", err=True)
            raise SystemExit(1)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="With PATHS: write what was found under this folder.")
@options.RUN_DIR
@options.JOBS
@options.UNSAFE
@options.OFFLINE
@options.LLM_MODEL
@options.LLM_URL
@options.JSON
def extract(paths: tuple[Path, ...], out: Path | None, run_dir: Path, jobs: int | None, allow_unsafe_exec: bool,
            offline: bool, llm_model: str | None, llm_url: str | None, as_json: bool) -> None:  # fmt: skip
    """Cut standalone kernels and programs out of the run's files, or out of PATHS.

    What a run's sources require is installed as wheels that only the jail sees; with PATHS, what is here has to do.
    A language model is asked only where one is named; its key is read from OPENAI_API_KEY.

    Example:  triton-data extract examples/minirepo --out found --json

    Example:  triton-data extract --run-dir runs/mine --llm-model qwen3 --llm-url http://localhost:8000/v1
    """
    flags: dict[str, Any] = {"jobs": jobs, "allow_unsafe_exec": allow_unsafe_exec or None}
    flags |= {"extract__dependencies": "present" if offline else None}
    flags |= {"llm__model": llm_model, "llm__url": llm_url}
    if not paths:
        return run_stages(["extract"], run_dir, as_json, **flags)
    options.writable(out)
    from triton_data.llm import configured
    from triton_data.without_run.extract import extract_paths

    llm = configs.with_flags(configs.Config(), llm__model=llm_model, llm__url=llm_url).llm
    configured.check(llm)
    return finish_bare(extract_paths(paths, out, allow_unsafe_exec, configured.asking(llm)), as_json)


@click.command()
@click.argument("config_file", metavar="CONFIG.toml", type=click.Path(path_type=Path))
@click.option("--run-dir", default=None, help="The run's folder, instead of the one that the file names.")
@options.LIBRARIES
@click.option("--force", is_flag=True, help="Replace an export that holds more, or that something else made.")
@click.option("--add", is_flag=True, help="Go on in a run that was made of other sources.")
@options.JOBS
@options.UNSAFE
@options.OFFLINE
@options.JSON
def run(config_file: Path, run_dir: str | None, libraries: str | None, force: bool, add: bool, jobs: int | None,
        allow_unsafe_exec: bool, offline: bool, as_json: bool) -> None:  # fmt: skip
    """Run the whole pipeline that a TOML file names. Stopped half-way, the same command goes on.

    Example:  triton-data run examples/quickstart.toml
    """
    from triton_data.commands.run_summary import report_run

    config = configs.load(config_file)
    config = configs.with_flags(config, run_dir=run_dir, jobs=jobs, allow_unsafe_exec=allow_unsafe_exec or None,
                                export__force=force or None, capture__libraries=libraries,
                                extract__dependencies="present" if offline else None)  # fmt: skip
    config = pipeline.rooted(config)
    pipeline.check(config)
    for line in pipeline.changed(config, add):
        click.echo(f"{config.run_dir} was asked otherwise: {line}", err=True)
    summaries = pipeline.execute(config)
    with Store.read(Path(config.run_dir)) as store:
        report_run(store, config, summaries, as_json)


def run_stages(names: Sequence[str], run_dir: Path, as_json: bool, **flags: Any) -> None:
    _execute(grown_run(run_dir, names, **flags), names, as_json)


def grown_run(run_dir: Path, names: Sequence[str], **flags: Any) -> configs.Config:
    """The settings of a run that is there already: a mistyped --run-dir must not become an empty one."""
    Store.read(run_dir).close()
    config = pipeline.grown(run_dir, **flags)
    pipeline.check(config, names)
    return config


def _execute(config: configs.Config, names: Sequence[str], as_json: bool) -> None:
    summaries = pipeline.execute(config, names)
    with Store.read(Path(config.run_dir)) as store:
        print_funnel(store, as_json)
    refuse_nothing(summaries, config.run_dir)


def refuse_nothing(summaries: Sequence[Summary], run_dir: str) -> None:
    """Exit status 1 where a stage had something to do and all of it was dropped."""
    for each in summaries:
        if each.drops and not each.records:
            click.echo(f"{each.stage}: nothing came of {each.items} items, {each.drops} drops:"
                       f" triton-data status --run-dir {run_dir} --dropped says why", err=True)  # fmt: skip
            raise SystemExit(1)


def finish_bare(results: Any, as_json: bool) -> None:
    """One line a result, or the text that it is; exit status 0 only when none of them is a Drop."""
    dropped = shown = 0
    with closing(results):  # an error here must stop the workers behind it
        for result in results:
            shown += 1
            dropped += "reason" in result
            plain = result.get("text") or "  ".join(filter(None, map(_plain, result.values())))
            click.echo(json.dumps(result) if as_json else plain)
    if not shown:
        click.echo("nothing was found: no module, kernel or program in what was named", err=True)
    if dropped or not shown:
        raise SystemExit(1)


def _plain(value: Any) -> str:
    return ", ".join(map(_plain, value)) if isinstance(value, list | tuple) else str(value)
