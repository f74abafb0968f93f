"""What `scraper/generator/main.py` and `run_full_pipline.sh` do: the whole of a run, in the words that people know.

In: the options of the write-ups. Out: a run, and what it holds as files: `generated/kernels/<repo>/<name>.py` with each
kernel's launcher, `generated/programs/<repo>/<entry>.py`. Not covered: the stages themselves (pipeline/plan.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from triton_data import pipeline
from triton_data.capture.own_gpu import own_target
from triton_data.config import Config, load, with_flags
from triton_data.errors import Misuse, closest
from triton_data.records import WITH_TRITON, Kernel, Origin, Program, SourceFile
from triton_data.running.item_subset import ItemSubset
from triton_data.sources import spec
from triton_data.store import Store

HERE = Path("scraper/generator")


def base() -> Path:
    """Where paths of the write-ups start: the current folder, or two above it inside scraper/generator."""
    here = Path.cwd()
    return here.parents[1] if here.parts[-2:] == HERE.parts else here


def nearby(path: Path) -> Path:
    """Under `base()`, said as a relative path where that is possible."""
    whole = base() / path
    return whole.relative_to(Path.cwd()) if whole.is_relative_to(Path.cwd()) else whole


def download(run_dir: Path, limit: int | None, jobs: int | None) -> None:
    config = pipeline.grown(run_dir, scrape__sources=("github:",), scrape__limit=limit, jobs=jobs)
    pipeline.check(config)
    pipeline.execute(config, pipeline.GATHERING)


def generate_all(run_dir: Path, out: Path, subset: ItemSubset, jobs: int | None) -> str:
    """Every repository of the run; another shard's are neither done nor written."""
    if not (run_dir / "run.db").exists():
        raise Misuse(f"nothing is downloaded in {run_dir}: first scrape_github.py or --download, or name its --run-dir")
    pipeline.execute(pipeline.grown(run_dir, jobs=jobs), ["extract"], subset)
    return write(run_dir, out)


def generate_one(repo: str, run_dir: Path, out: Path, jobs: int | None) -> str:
    """A folder, owner/name, or any source; fetched first where the run does not have it."""
    source = _source(repo)
    config = pipeline.grown(run_dir, scrape__sources=(source,), jobs=jobs)
    pipeline.check(config)
    pipeline.execute(config, pipeline.GATHERING)
    kind, rest = spec.split(source)
    name = Path(rest).name if kind == "dir" else rest.split("==")[0]
    with Store.read(run_dir) as store:
        left = store.items_done("scrape", without="extract")
        items = {item: next(store.products(SourceFile, "scrape", item), None) for item in left}
    wanted = frozenset(key for key, file in items.items() if file is not None and _same(file.origin, name))
    pipeline.execute(config, ["extract"], ItemSubset(only=wanted))
    return write(run_dir, out, name)


def _source(repo: str) -> str:
    if Path(repo).expanduser().is_dir():
        return f"dir:{Path(repo).expanduser().resolve()}"
    return repo if repo.partition(":")[0] in spec.KINDS else f"github:{repo}"


def _same(origin: Origin, name: str) -> bool:
    return origin.repo.lower() == name.lower() or (origin.url != "" and name.startswith(origin.url))


def write(run_dir: Path, out: Path, repo: str = "") -> str:
    """The run's kernels and programs as files, all of them or one repository's; says how many."""
    with Store.read(run_dir) as store:
        kernels = [k for k in store.sorted(Kernel) if not repo or _same(k.origin, repo)]
        found = (p for p in store.sorted(Program) if p.inputs_from not in WITH_TRITON)
        programs = [p for p in found if p.origin.source != "given" and (not repo or _same(p.origin, repo))]
    _write(out / "kernels", ((k.origin.repo, k.name, k.text) for k in kernels))
    _write(out / "programs", ((p.origin.repo, p.entry, p.text) for p in programs))
    return f"{out}: {len(kernels)} kernels, {len(programs)} programs of {run_dir}"


def _write(folder: Path, texts: Iterable[tuple[str, str, str]]) -> None:
    """The same texts give the same files; a name that is taken gets a number."""
    taken: set[Path] = set()
    for repo, name, text in texts:
        stem = folder / re.sub(r"[^\w.-]+", "_", repo or "given") / name.replace(".", "_")
        path, n = stem.with_name(f"{stem.name}.py"), 2
        while path in taken:
            path, n = stem.with_name(f"{stem.name}_{n}.py"), n + 1
        taken.add(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", errors="surrogateescape")


def evaluation(device: str, compile_mode: str, backend: str) -> dict[str, Any]:
    """Settings of the capture for the options of ParityBench, or one line that says what cannot be."""
    if compile_mode != "dynamo":
        raise Misuse(f"--compile_mode {compile_mode} is not captured: only dynamo leads to Triton kernels")
    if backend != "inductor":
        raise Misuse(f"--backend {backend} is not captured: only inductor emits Triton kernels")
    if device not in ("cpu", "cuda"):
        raise Misuse(f"unknown --device {device!r}{closest(device, ('cpu', 'cuda'))}")
    return {"capture__device": device, "capture__targets": (own_target(),)} if device == "cuda" else {}


def evaluate_one(file: Path, jobs: int | None, **capture: Any) -> None:
    """One program file, in no run: a line for what was captured, exit status 0 only when something was."""
    from triton_data.commands.stages import finish_bare
    from triton_data.without_run.capture import capture_paths

    if not file.is_file():
        raise Misuse(f"no file {file}: name one program in KernelBench's form")
    finish_bare(capture_paths([file], with_flags(Config(), jobs=jobs, **capture), None), as_json=False)


def evaluate_all(run_dir: Path, given: Path | None, subset: ItemSubset, jobs: int | None, **capture: Any) -> None:
    """Capture and rewrite the run's programs and those of the folder `given`."""
    if given is None and not (run_dir / "run.db").exists():
        raise Misuse(f"no run in {run_dir}: first --generate-all, or name a --run-dir or --synthetic_data_dir")
    sources = () if given is None else (f"given:{given.expanduser().absolute()}",)
    config = pipeline.grown(run_dir, scrape__sources=sources, jobs=jobs, **capture)
    pipeline.check(config)
    pipeline.execute(config, ["given", "capture", "rewrite"], subset)


def full_pipeline(run_dir: Path, config_file: Path | None, sources: tuple[str, ...], given: Path | None,
                  limit: int | None, jobs: int | None, as_json: bool) -> None:  # fmt: skip
    """Scrape, extract, capture, rewrite and export; what the run did before is not done again."""
    from triton_data.commands.run_summary import report_run

    if given is not None:
        sources = (*sources, f"given:{given.expanduser().absolute()}")
    config = _whole(run_dir, config_file, sources, limit, jobs)
    pipeline.check(config)
    if not config.scrape.sources:
        raise Misuse(
            "nothing to work on: give --source github: (a search; GITHUB_TOKEN makes it faster), --source dir:PATH,"
            " --config FILE.toml or --synthetic-data-dir DIR"
        )
    if all(source.startswith("given:") for source in config.scrape.sources):
        click.echo("only the given programs: add --source github: or --config FILE.toml for repositories", err=True)
    summaries = pipeline.execute(config)
    with Store.read(Path(config.run_dir)) as store:
        report_run(store, config, summaries, as_json)


def _whole(run_dir: Path, file: Path | None, sources: tuple[str, ...], limit: int | None, jobs: int | None) -> Config:
    if file is None:
        return pipeline.grown(run_dir, scrape__sources=sources, scrape__limit=limit, jobs=jobs)
    config = load(file)
    sources = tuple(dict.fromkeys((*config.scrape.sources, *sources)))
    return with_flags(config, run_dir=str(run_dir), scrape__sources=sources, scrape__limit=limit, jobs=jobs)
