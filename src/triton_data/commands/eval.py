"""The verb eval: models side by side on the same tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from tqdm import tqdm

from triton_data.commands import options, terminal_tables
from triton_data.errors import Misuse
from triton_data.store import Store
from triton_data.train.score import Score, scores
from triton_data.train.tasks import WRITE_UP, Task, of_file, of_folder, of_kernels, of_programs


@click.command("eval")
@click.argument("models", nargs=-1, required=True, metavar="NAME=SOURCE...")
@click.option("--tasks", "place", type=click.Path(path_type=Path), help="Folder of problems, or JSON lines of prompts.")
@click.option(
    "--split",
    type=click.Choice(["train", "validation", "test"]),
    default="test",
    show_default=True,
    help="Without --tasks: the programs of this split of the run.",
)
@click.option("--go-on", is_flag=True, help="Without --tasks: give the head of each kernel, for the model to go on.")
@click.option("--limit", type=click.IntRange(min=1), help="The first so many tasks.")
@click.option("--write-up/--no-write-up", default=True, show_default=True, help="Ask the write-up's question too.")
@click.option("--samples", type=click.IntRange(min=1), default=1, show_default=True, help="Answers a task.")
@click.option("--k", "ks", default="1", show_default=True, help="Of pass@k, by commas.")
@click.option("--chat/--text", default=True, show_default=True, help="Ask in messages, or let the model go on.")
@click.option("--max-new-tokens", type=click.IntRange(min=1), default=1024, show_default=True)
@click.option("--temperature", type=float, default=0.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--target", default="sm_90", show_default=True, help="The GPU to compile for.")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda", "none"]),
    default="cpu",
    show_default=True,
    help="Where it is tried whether a program is right.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for every answer and what was found of it. `report` shows eval/ of the run's.",
)
@click.option("--env", type=click.Path(path_type=Path), help="The training environment, for checkpoint folders.")
@options.RUN_DIR
@options.UNSAFE
@options.JSON
def evaluate(models: tuple[str, ...], place: Path | None, split: str, go_on: bool, limit: int | None, write_up: bool,
             samples: int, ks: str, target: str, device: str, out: Path | None, env: Path | None, run_dir: Path,
             allow_unsafe_exec: bool, as_json: bool, **asking: Any) -> None:  # fmt: skip
    """Score models on rewriting PyTorch programs in Triton: parses, has a kernel, compiles, is correct.

    SOURCE is a checkpoint folder, the URL of an OpenAI-compatible server (http://HOST/v1#MODEL), or a file of JSON
    lines with `key` and `completion`.

    Example:  triton-data eval base=runs/tiny tuned=runs/tiny-tuned/epoch_1 --tasks datasets/kernelbench --text

    Example:  triton-data eval mine=http://localhost:8000/v1#my-model --run-dir runs/quickstart --samples 5 --k 1,5
    """
    from triton_data.evaluate.answers import Judge, Judging, judge_all
    from triton_data.targets import find_target
    from triton_data.train.complete import Asking, completions
    from triton_data.train.environment import environment

    find_target(target)
    named = _named(models)
    wanted = _ks(ks, samples)
    tasks = list(_tasks(place, run_dir, split, go_on))[:limit] + ([WRITE_UP] if write_up else [])
    by_key = {task.key: task for task in tasks}
    result: dict[str, list[Score]] = {}
    answers = {name: list(completions(source, tasks, Asking(samples, **asking), environment(env)))
               for name, source in named.items()}  # fmt: skip
    with Judge(Judging(target, device, allow_unsafe_exec)) as judge:
        for name, each in answers.items():
            judged = list(tqdm(judge_all(judge, by_key, each), name, len(each), disable=None))
            _save(out, name, [asdict(one) for one in judged])
            found: dict[str, list[dict[str, bool | None]]] = {}
            for one in judged:
                found.setdefault(one.key, []).append(one.levels)
            result[name] = scores(found, wanted)
    _print(result, as_json)


def _named(models: tuple[str, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for model in models:
        name, equals, source = model.partition("=")
        if not equals or not name or not source or "/" in name:
            raise Misuse(f"{model!r}: write NAME=SOURCE, such as tuned=runs/tuning/out/epoch_0")
        if name in named:
            raise Misuse(f"two models are called {name!r}: give them different names")
        named[name] = source
    return named


def _ks(text: str, samples: int) -> list[int]:
    try:
        ks = sorted({int(word) for word in text.split(",")})
    except ValueError:
        raise Misuse(f"--k {text!r}: write numbers by commas, such as 1,5") from None
    if ks[0] < 1 or ks[-1] > samples:
        raise Misuse(f"pass@{ks[-1]} needs {ks[-1]} answers a task: give --samples {max(ks[-1], 1)}")
    return ks


def _tasks(place: Path | None, run_dir: Path, split: str, go_on: bool) -> Iterator[Task]:
    if place is not None:
        yield from of_file(place) if place.is_file() else of_folder(place)
        return
    from triton_data.export.rows import KERNEL, Selection

    with Store.read(run_dir) as store:
        selection = Selection(store)
        if not selection.round:
            raise Misuse(f"{run_dir} has no splits yet: run `triton-data curate --run-dir {run_dir}`, or give --tasks")
        if go_on:
            rows = (row for row in selection.rows() if row.split == split and row.kind == KERNEL)
            tasks = list(of_kernels((f"{row.name}-{row.key[:8]}", row.triton) for row in rows))
        else:
            tasks = list(of_programs(program for program, _, found in selection.programs() if found == split))
    if not tasks:
        raise Misuse(f"nothing of {run_dir} to ask is in its {split} split: give another --split, or --tasks")
    yield from tasks


def _save(out: Path | None, name: str, rows: list[dict[str, Any]]) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _print(result: dict[str, list[Score]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({name: [asdict(score) for score in each] for name, each in result.items()}))
        return
    table = Table("", *result)
    rows = dict.fromkeys((score.level, score.k) for each in result.values() for score in each)
    for level, k in rows:
        found = {name: next((s for s in each if (s.level, s.k) == (level, k)), None) for name, each in result.items()}
        table.add_row(f"{level} pass@{k}", *(_cell(score) for score in found.values()))
    terminal_tables.console().print(table)


def _cell(score: Score | None) -> str:
    if score is None:
        return "-"
    return f"{score.value:.1%} [{score.low:.1%}, {score.high:.1%}] {score.tasks} tasks"
