"""Verbs on bare files, with no run: people try a tool on one file first. Capture has its own (capture.py).

In: paths. Out: one plain dictionary an outcome, and files under `out` when it is given. A Drop has a `reason`.
Not covered: resume and provenance beyond the path; that is what a run is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from triton_data.errors import Misuse
from triton_data.extract.programs.llm_inputs import Ask
from triton_data.extract.source.repo import Repo
from triton_data.extract.user_files import read_file
from triton_data.formats import program_form
from triton_data.jail import Jail
from triton_data.records import Drop, Kernel, Origin, Outcome, Pair, Program
from triton_data.running.engine.local import LocalEngine
from triton_data.running.interrupt import Interrupt
from triton_data.running.stage import Work
from triton_data.sources.folder import Folder

Row = dict[str, Any]


def extract_paths(paths: Iterable[Path], out: Path | None, allow_unsafe: bool, ask: Ask | None = None) -> Iterator[Row]:
    """Each path is a repository of its own (a file: its folder's files of that name alone)."""
    from triton_data.extract.extract_repo import extract_repo
    from triton_data.extract.probe_client import JailProbe
    from triton_data.extract.stage import ENVIRONMENT, PRELOAD
    from triton_data.pipeline.expressions import expressions

    with Jail(PRELOAD, allow_unsafe=allow_unsafe, env=ENVIRONMENT) as jail:
        for path in paths:
            repo, origins, too_large = _repo(path)
            for result in chain(too_large, extract_repo(repo, origins, JailProbe(jail), ask, expressions())):
                yield _found(result, out)


def _repo(path: Path) -> tuple[Repo, dict[str, Origin], list[Drop]]:
    folder = Folder.parse(str(path if path.is_dir() else path.parent))
    names = folder.paths() if path.is_dir() else [path.name]
    read = {name: read_file(folder.root / name, name) for name in names}
    files = {name: data for name, data in read.items() if isinstance(data, bytes)}
    origins = {name: Origin("dir", repo=folder.name, path=name) for name in files}
    return Repo(files), origins, [drop for drop in read.values() if isinstance(drop, Drop)]


def _found(result: Kernel | Program | Pair | Drop, out: Path | None) -> Row:
    if isinstance(result, Drop):
        return {"kind": "drop", "name": result.part, "reason": result.reason, "detail": result.detail}
    kind, name = (result.table.removesuffix("s"), result.name if isinstance(result, Kernel) else result.entry)
    where = f"{result.origin.path}:{result.origin.line_start}"
    row: Row = {"kind": kind, "name": name, "from": where, "key": result.key}
    if isinstance(result, Program) or (isinstance(result, Kernel) and result.inputs):
        row["inputs_from"] = result.inputs_from
    if out is None:
        return row
    text = result.called if isinstance(result, Kernel) else result.text
    target = _free(out / f"{kind}s" / f"{name.replace('.', '_')}.py", text)
    return {**row, "written": str(target)}


def _free(path: Path, text: str) -> Path:
    """The path itself, or one beside it when another text has that name already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chosen, n = path, 2
    while chosen.exists() and chosen.read_text("utf-8") != text:
        chosen, n = path.with_stem(f"{path.stem}_{n}"), n + 1
    chosen.write_text(text, "utf-8")
    return chosen


def read_program(path: Path) -> Program | Drop:
    """A file in KernelBench's form."""
    try:
        return program_form.read_program(path.read_text("utf-8"), path.stem, Origin("given", path=path.name))
    except UnicodeDecodeError as error:
        return Drop("syntax", f"{type(error).__name__}: {error}")


def run_bare(work: Work, items: list[Any], timeout: float, jobs: int | None) -> Iterator[Outcome]:
    if not items:
        return
    with Interrupt() as interrupt, work.resources():
        for outcomes in LocalEngine(jobs, timeout).run(work, iter(items), interrupt):
            yield from outcomes
        if interrupt.asked:
            raise KeyboardInterrupt


def python_files(paths: Iterable[Path]) -> Iterator[Path]:
    found = False
    for path in paths:
        for each in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found = True
            yield each
    if not found:
        raise Misuse("no Python files under the paths given")
