"""The command line: `triton-data VERB`. One verb a stage; each does no more than call its room.

Results go to stdout, logs and progress to stderr. The doors under triton-data/ call the same functions.
Not covered: how a command ends (endings.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

import triton_data
from triton_data import config as configs
from triton_data import pipeline
from triton_data.endings import run_command
from triton_data.errors import Misuse, NotBuiltYet, closest
from triton_data.store import Store

RUN_DIR = click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    default=Path("runs/default"),
    show_default=True,
    help="The run's folder.",
)
JOBS = click.option("--jobs", type=click.IntRange(min=1), help="Worker processes; one a core if not given.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of a table.")

LATER = {  # verbs whose rooms later parts build: their one honest line
    "generate": "LLM-written modules, constraint-built graphs and templates",
    "verify": "checking a Triton program against its PyTorch reference",
    "curate": "dedup, decontamination, licences, labels and splits",
    "train": "fine-tuning configs and runs",
    "eval": "scoring a tuned model's kernels",
    "report": "pages that show a run",
}


class Verbs(click.Group):
    """In the order data flows, and with a suggestion for a mistyped verb."""

    order = (
        "doctor", "scrape", "extract", "generate", "capture", "verify", "curate", "export", "train", "eval",
        "report", "status", "run",
    )  # fmt: skip

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in self.order if name in self.commands]

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


@cli.command()
@click.option("--run-dir", type=click.Path(path_type=Path), default=Path("runs"), help="Where free disk is looked up.")
@JSON
def doctor(run_dir: Path, as_json: bool) -> None:
    """Print what this machine can do, and what is missing for what.

    Example:  triton-data doctor --json
    """
    from triton_data import doctor as room
    from triton_data.show import console, facts_table

    facts = room.examine(run_dir)
    if as_json:
        click.echo(json.dumps(facts))
    else:
        console().print(facts_table(room.lines(facts)))


@cli.command()
@click.argument("sources", nargs=-1, required=True)
@RUN_DIR
@JOBS
@JSON
def scrape(sources: tuple[str, ...], run_dir: Path, jobs: int | None, as_json: bool) -> None:
    """Bring source files into a run, with their provenance.

    Example:  triton-data scrape dir:examples/minirepo --run-dir runs/mini
    """
    _stages(["scrape"], run_dir, as_json, jobs=jobs, scrape__sources=sources)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="With PATHS: write what was found under this folder.")
@RUN_DIR
@JOBS
@JSON
def extract(paths: tuple[Path, ...], out: Path | None, run_dir: Path, jobs: int | None, as_json: bool) -> None:
    """Cut standalone kernels and programs out of the run's files, or out of PATHS.

    Example:  triton-data extract examples/minirepo --out found --json
    """
    if not paths:
        return _stages(["extract"], run_dir, as_json, jobs=jobs)
    from triton_data.bare import extract_paths

    return _finish_bare(extract_paths(paths, out), as_json)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--target", "targets", default=None, help="GPUs to emit code for, by commas.  [default: sm_90]")
@click.option("--mode", "modes", default=None, help="inference, training, dynamic, by commas.  [default: inference]")
@click.option("--out", type=click.Path(path_type=Path), help="With PATHS: write the output code under this folder.")
@RUN_DIR
@JOBS
@JSON
def capture(
    paths: tuple[Path, ...], targets: str | None, modes: str | None, out: Path | None, run_dir: Path,
    jobs: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Collect TorchInductor's Triton kernels for the run's programs, or for PATHS; no GPU needed.

    Example:  triton-data capture model.py --target sm_90,sm_80 --out captured --json
    """
    chosen = {"capture__targets": _listed(targets), "capture__modes": _listed(modes)}
    if not paths:
        return _stages(["capture"], run_dir, as_json, jobs=jobs, **chosen)
    from triton_data.bare import capture_paths

    config = configs.with_flags(configs.Config(), **chosen)
    return _finish_bare(capture_paths(paths, config.capture, out, jobs), as_json)


@cli.command()
@click.option("--format", "formats", default=None, help="Formats, by commas.  [default: torchtune]")
@click.option("--out", default=None, help="Folder for the files.  [default: datasets]")
@click.option("--plain", is_flag=True, default=None, help="No ```python fence around each entry.")
@click.option("--with-metadata", is_flag=True, default=None, help="Add name, kind and origin to each entry.")
@RUN_DIR
@JSON
def export(formats: str | None, out: str | None, plain: bool | None, with_metadata: bool | None, run_dir: Path,
           as_json: bool) -> None:  # fmt: skip
    """Write the run's records as files that trainers read.

    Example:  triton-data export --run-dir runs/quickstart --format torchtune --out datasets
    """
    with Store.read(run_dir) as store:
        config = configs.with_flags(
            pipeline.saved_config(store), export__formats=_listed(formats), export__out=out, export__plain=plain,
            export__with_metadata=with_metadata,
        )  # fmt: skip
        for made in pipeline.export(store, config):
            if as_json:
                click.echo(json.dumps({"path": str(made.path), "entries": made.entries, "by_kind": made.by_kind}))
            else:
                click.echo(f"{made.path}: {made.entries} entries {made.by_kind}")


@cli.command()
@RUN_DIR
@JSON
def status(run_dir: Path, as_json: bool) -> None:
    """Print the funnel of a run: done, pending, dropped by reason, records made.

    Example:  triton-data status --run-dir runs/quickstart --json
    """
    with Store.read(run_dir) as store:
        _print_funnel(store, as_json)


@cli.command()
@click.argument("config_file", metavar="CONFIG.toml", type=click.Path(path_type=Path))
@click.option("--run-dir", default=None, help="The run's folder, instead of the one that the file names.")
@JOBS
@JSON
def run(config_file: Path, run_dir: str | None, jobs: int | None, as_json: bool) -> None:
    """Run the whole pipeline that a TOML file names. Stopped half-way, the same command goes on.

    Example:  triton-data run examples/quickstart.toml
    """
    from triton_data.finish import report_run

    config = configs.with_flags(configs.load(config_file), run_dir=run_dir, jobs=jobs)
    pipeline.check(config)
    summaries = pipeline.execute(config)
    with Store.read(Path(config.run_dir)) as store:
        report_run(store, config, summaries, as_json)


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


for _name, _what in LATER.items():
    cli.add_command(_later(_name, _what))


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _stages(names: Sequence[str], run_dir: Path, as_json: bool, **flags: Any) -> None:
    """Run stages of a run that may exist already: its own settings, then the flags given now."""
    config = configs.Config()
    if (run_dir / "run.db").exists():
        with Store.read(run_dir) as store:
            config = pipeline.saved_config(store)
    config = configs.with_flags(config, run_dir=str(run_dir), **flags)
    pipeline.check(config)
    pipeline.execute(config, names)
    with Store.read(run_dir) as store:
        _print_funnel(store, as_json)


def _print_funnel(store: Store, as_json: bool) -> None:
    funnel = pipeline.funnel(store)
    if as_json:
        click.echo(json.dumps(funnel))
        return
    from triton_data.show import console, funnel_table

    console().print(funnel_table(funnel))


def _finish_bare(results: Any, as_json: bool) -> None:
    """One line a result; exit status 0 only when none of them is a Drop."""
    dropped = 0
    for result in results:
        dropped += "reason" in result
        click.echo(json.dumps(result) if as_json else "  ".join(str(result[k]) for k in result if k != "text"))
    if dropped:
        raise SystemExit(1)


def main(args: Sequence[str] | None = None) -> None:
    run_command(cli, args, "triton-data")
