"""The end of `triton-data run`: write the export, then say what was made, where it lies and what to try next."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click

from triton_data import pipeline
from triton_data.commands import terminal_tables
from triton_data.commands.looking import report
from triton_data.config import Config
from triton_data.records import FRAGMENT, Capture, Kernel, Pair, Program, Verdict
from triton_data.running.stage import Summary
from triton_data.store import Store

NEXT = (
    "a folder:         triton-data scrape dir:PATH --run-dir runs/mine; then extract, capture, rewrite, export",
    "a PyPI package:   triton-data scrape pypi:einops --run-dir runs/einops, and so on",
    "a GitHub repo:    triton-data scrape github:OWNER/NAME --run-dir runs/mine, and so on",
    "what was dropped: triton-data status --run-dir {run_dir} --dropped",
)


def report_run(store: Store, config: Config, summaries: list[Summary], as_json: bool) -> None:
    funnel = pipeline.funnel(store)
    made = list(pipeline.export(store, config))
    pages = report.make(store, Path(config.report.out) if config.report.out else None) if config.report.make else None
    programs = store.count_distinct("captures", "program")
    if as_json:
        exported = [each.to_json() for each in made]
        click.echo(json.dumps({**funnel, "exported": exported, "captured_programs": programs,
                               "report": pages and str(pages.page)}))  # fmt: skip
        return
    console = terminal_tables.console()
    console.print(terminal_tables.funnel_table(funnel))
    pair = terminal_tables.one_pair(store)
    if pair is not None:
        console.print(pair)
    seconds = sum(summary.seconds for summary in summaries)
    alone = sum(1 for _ in store.records(Program, "inputs_from = ?", (FRAGMENT,)))
    compared = sum(1 for _ in store.records(Pair, "capture = ''"))
    right = sum(1 for verdict in store.records(Verdict) if verdict.passed)
    console.print(
        f"{store.count(Kernel)} hand-written kernels, {compared} of them with a reference; {programs} programs captured"
        f" ({sum(len(c.kernels) for c in store.records(Capture))} Inductor kernels),"
        f" {store.count(Pair) - alone - compared} rewritten and {alone} kernels alone;"
        f" {right} of all pairs verified, {seconds:.1f} s"
    )
    for each in made:
        console.print(f"result: {each.line()}", soft_wrap=True)
    if pages is not None:
        console.print(f"report: {pages.page} (open it in a browser)", soft_wrap=True)
    console.print(f"run:    {store.run_dir} (run.db, blobs/, events.jsonl)", soft_wrap=True)
    if shutil.which("triton-data") is None:
        console.print("on your PATH: source .venv/bin/activate", soft_wrap=True)
    console.print("next:", *(line.format(run_dir=store.run_dir) for line in NEXT), sep="\n  ", soft_wrap=True)
