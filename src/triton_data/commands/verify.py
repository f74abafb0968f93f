"""The verb verify: a run's pairs, two files, or the rows of a Parquet file.

In: flags. Out: verdicts in a run, or on stdout; exit status 0 only when all that was asked about passed, where files
were given. Not covered: what is checked (verify/).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from triton_data.commands import options
from triton_data.commands.stages import run_stages
from triton_data.errors import Misuse
from triton_data.records import Verdict
from triton_data.store import Store


@click.command()
@click.argument("files", nargs=-1, metavar="[REF.py CANDIDATE.py | KERNEL.py]", type=click.Path(path_type=Path))
@click.option("--device", type=click.Choice(["cpu", "cuda"]), help="cpu is Triton's interpreter.  [default: cpu]")
@click.option("--protocol", type=int, help="Version of the checks, 1 or 2.  [default: 2]")
@click.option("--externs", help="With files: library operations that are the pair's to use, by commas.")
@click.option("--time", "timed", is_flag=True, default=None, help="With --device cuda: time what passed.")
@click.option(
    "--per-gpu", type=click.IntRange(min=1), help="With --device cuda: tasks at a time on each.  [default: 16]"
)
@click.option(
    "--sanitize", help="With --device cuda: tools of compute-sanitizer for what passed, such as memcheck,racecheck."
)
@click.option(
    "--repro", type=click.Path(path_type=Path), help="With files: write a script that shows the draw that failed."
)
@click.option("--explain", metavar="ID", help="Say all about a verdict of the run; ID is the beginning of its id.")
@click.option("--parquet", type=click.Path(path_type=Path), help="Verify every row of this file instead.")
@click.option("--columns", default="python_code,triton_code", show_default=True, help="With --parquet: its columns.")
@click.option("--out", type=click.Path(path_type=Path), help="With --parquet: JSON lines.  [default: beside the file]")
@click.option("--limit", type=click.IntRange(min=1), help="With --parquet: the first so many rows.")
@options.RUN_DIR
@options.JOBS
@options.UNSAFE
@options.JSON
def verify(
    files: tuple[Path, ...], device: str | None, protocol: int | None, externs: str | None, explain: str | None,
    parquet: Path | None, columns: str, out: Path | None, limit: int | None, run_dir: Path, jobs: int | None,
    allow_unsafe_exec: bool, as_json: bool, timed: bool | None, per_gpu: int | None, sanitize: str | None,
    repro: Path | None,
) -> None:  # fmt: skip
    """Check that a Triton program gives its PyTorch reference's numbers, and that its kernels do the work.

    \b
    REF.py        a class or function, get_inputs() and get_init_inputs()
    CANDIDATE.py  the same with New behind its name: ModelNew for Model
    KERNEL.py     alone: a function that launches, and get_inputs(); never passes, because nothing says what is right

    Example:  triton-data verify examples/program.py rewritten/program_triton.py

    Example:  triton-data verify found/kernels/softmax_kernel.py

    Example:  triton-data verify --run-dir runs/quickstart --json

    Example:  triton-data verify --parquet kernelbook.parquet --columns python_code,triton_code
    """
    if timed and device != "cuda":
        raise Misuse("--time measures a GPU: add --device cuda")
    tools = options.listed(sanitize) or ()
    if protocol is not None:
        _check_protocol(protocol)
    if explain is not None:
        _explain(run_dir, explain, as_json)
    elif parquet is not None:
        _audit(parquet, columns, device or "cpu", out, limit, jobs, allow_unsafe_exec, as_json, protocol)
    elif files:
        _files(files, device or "cpu", options.listed(externs) or (), bool(timed), tools, allow_unsafe_exec, as_json,
               protocol, repro)  # fmt: skip
    else:
        flags = {"allow_unsafe_exec": allow_unsafe_exec or None, "verify__device": device, "verify__protocol": protocol,
                 "verify__timing": timed, "verify__per_gpu": per_gpu, "verify__sanitize": tools or None}  # fmt: skip
        if as_json:
            _run_json(run_dir, jobs, flags)
        else:
            run_stages(["verify"], run_dir, as_json, jobs=jobs, **flags)
            _summarise(run_dir)


def _run_json(run_dir: Path, jobs: int | None, flags: dict[str, Any]) -> None:
    """A line a verdict, with the id that --explain takes."""
    from triton_data import pipeline
    from triton_data.commands.stages import grown_run, refuse_nothing
    from triton_data.verify import explain

    config = grown_run(run_dir, ["verify"], jobs=jobs, **flags)
    summaries = pipeline.execute(config, ["verify"])
    with Store.read(run_dir) as store:
        for verdict in store.records(Verdict):
            click.echo(json.dumps(explain.row(verdict)))
    refuse_nothing(summaries, config.run_dir)


def _check_protocol(protocol: int) -> None:
    from triton_data.verify.judge.judgement import PROTOCOLS

    if protocol not in PROTOCOLS:
        raise Misuse(f"unknown protocol {protocol}: this version has protocols 1 and 2")


def _files(files: tuple[Path, ...], device: str, externs: tuple[str, ...], timed: bool, tools: tuple[str, ...],
           allow_unsafe: bool, as_json: bool, protocol: int | None, repro: Path | None) -> None:  # fmt: skip
    from triton_data.verify.judge.judgement import PROTOCOL
    from triton_data.without_run.verify import verify_files, verify_kernel_file

    if tools:
        from triton_data.verify.judge import sanitizer  # imports torch, which the jail shall not wait for

        sanitizer.check(tools, device, allow_unsafe)
    if len(files) > 2:
        raise Misuse(
            "verify takes a reference and a candidate, or a kernel alone: triton-data verify REF.py CANDIDATE.py"
        )
    if len(files) == 1:
        if externs or timed or tools or repro:
            raise Misuse(
                "--externs, --time, --sanitize and --repro need a reference: triton-data verify REF.py CANDIDATE.py"
            )
        found = verify_kernel_file(files[0], device, allow_unsafe)
    else:
        found = verify_files(
            files[0], files[1], device, protocol or PROTOCOL, externs, timed, allow_unsafe, tools, repro
        )
    if as_json:
        said = {"passed": found.passed, "reason": found.reason, "detail": found.detail, "checks": dict(found.checks)}
        click.echo(json.dumps({**said, "numbers": dict(found.numbers), "layers": found.layers}))
    else:
        click.echo("passed" if found.passed else f"not passed: {found.reason}: {found.detail}")
        width = max(len(name) for name, _ in found.checks)
        for name, measured in found.checks:
            click.echo(f"  {name:{width}}  {measured}")
    if not found.passed:
        raise SystemExit(1)


def _explain(run_dir: Path, key: str, as_json: bool) -> None:
    from triton_data.verify import explain

    with Store.read(run_dir) as store:
        for verdict in explain.find(store, key):
            click.echo(json.dumps(explain.row(verdict)) if as_json else "\n".join(explain.explain(store, verdict)))


def _audit(parquet: Path, columns: str, device: str, out: Path | None, limit: int | None, jobs: int | None,
           allow_unsafe: bool, as_json: bool, protocol: int | None) -> None:  # fmt: skip
    from triton_data.commands.terminal_tables import console, tally_table
    from triton_data.without_run import verify

    names = options.listed(columns) or ()
    if len(names) != 2:
        raise Misuse("--columns takes two names, the reference's and the candidate's: python_code,triton_code")
    target = out or parquet.with_suffix(f".verdicts.{device}.jsonl")
    version = {} if protocol is None else {"protocol": protocol}
    for row in verify.audit(parquet, (names[0], names[1]), device, target, limit, jobs, allow_unsafe, **version):
        click.echo(json.dumps(row), err=not as_json)
    rows = verify.finished(target)
    counts = verify.tally(rows)
    if not as_json:
        console().print(tally_table(f"{parquet.name}: {len(rows)} rows, {target}", counts))
    if counts["passed"] < len(rows):
        raise SystemExit(1)


def _summarise(run_dir: Path) -> None:
    from triton_data.commands.terminal_tables import console, tally_table
    from triton_data.verify import explain

    with Store.read(run_dir) as store:
        counts = explain.by_reason(store.records(Verdict))
        if counts:
            console().print(tally_table("verdicts; --explain ID says all about one", counts))
        failed = [verdict for verdict in store.records(Verdict) if not verdict.passed]
        for verdict in failed[:20]:
            click.echo(f"{verdict.key[:12]}  {verdict.reason}  {dict(verdict.checks).get('failed', '')[:140]}")
