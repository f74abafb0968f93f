"""`triton-data capture` on bare files or on a suite's models, with no run.

In: paths, or a suite's name. Out: one plain dictionary an outcome, and files under `out` when it is given. With levels,
every kernel also goes through Triton's compiler; one that does not compile is a Drop of its own.
Not covered: resume and provenance; that is what a run is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from triton_data.capture.compile_check import Compiled, binary, levels_of
from triton_data.capture.compiling import Compiler
from triton_data.capture.stage import CaptureStage, Job, suffix
from triton_data.capture.suites.programs import suite_programs
from triton_data.config import Config
from triton_data.records import Capture, Drop, Graph, Program
from triton_data.running.engine.local import GRACE
from triton_data.targets import find_target
from triton_data.without_run.extract import Row, python_files, read_program, run_bare


@dataclass(frozen=True)
class Given:
    head: Row  # how its rows begin: its path, or its model's name
    folder: str  # its place under `out`
    program: Program | Drop


def capture_paths(
    paths: Iterable[Path], config: Config, out: Path | None, levels: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Every Program file under `paths`, for every target and mode."""
    given = (Given({"path": str(path)}, path.stem, read_program(path)) for path in python_files(paths))
    return _capture(given, config, out, levels)


def capture_suite(
    suite: str, models: str, limit: int | None, config: Config, out: Path, levels: tuple[str, ...] = ()
) -> Iterator[Row]:
    """Every model of the suite whose name matches `models`, for every target and mode."""
    programs = suite_programs(suite, models, limit)
    given = [Given({"model": p.origin.path}, _plain(p.origin.path), p) for p in programs]
    return _capture(given, config, out, levels)


def _capture(given: Iterable[Given], config: Config, out: Path | None, levels: tuple[str, ...]) -> Iterator[Row]:
    wanted = levels_of(levels, [find_target(key) for key in config.capture.targets])
    results = _results(given, config)
    if not levels:
        for head, folder, result in results:
            yield {**head, **_row(result, out, folder)}
        return
    ready = list(results)  # first all of one, then all of the other: both want every core
    with Compiler(config.jobs or None, config.allow_unsafe_exec) as compiler:
        for head, folder, result in ready:
            if isinstance(result, Drop):
                yield {**head, **_row(result, out, folder)}
            else:
                yield from _with_levels(compiler, head, folder, result, wanted[result.target], out)


def _results(given: Iterable[Given], config: Config) -> Iterator[tuple[Row, str, Capture | Drop]]:
    chosen = config.capture
    stage = CaptureStage.of(chosen, config.allow_unsafe_exec)
    wanted: dict[str, tuple[Given, Job]] = {}
    for each in given:
        if isinstance(each.program, Drop):
            yield each.head, each.folder, each.program
            continue
        for variant in stage.variants():
            job = Job(each.program, *variant)
            wanted[job.key] = each, job
    for outcome in run_bare(stage, [job for _, job in wanted.values()], chosen.timeout + GRACE, config.jobs or None):
        each, job = wanted[outcome.item]
        head = {**each.head, "entry": job.program.entry, "target": job.target, "mode": job.mode}
        folder = f"{each.folder}/{suffix(*job.variant)[1:].replace(':', '_')}"
        for result in (*outcome.drops, *outcome.outputs):
            assert isinstance(result, Drop | Capture)
            yield head, folder, result


def _row(result: Capture | Drop, out: Path | None, folder: str) -> Row:
    if isinstance(result, Drop):
        return {"reason": result.reason, "detail": result.detail}
    row: Row = {
        "graphs": len(result.graphs),
        "kernels": [kernel.name for kernel in result.kernels],
        "externs": [extern for graph in result.graphs for extern in graph.externs],
        "layers": list(result.layers),
    }
    if out is None:
        return row
    files = {out / folder / f"{_file_name(*item)}.py": item[1].code for item in enumerate(result.graphs)}
    return {**row, "written": [_written(path, text.encode()) for path, text in files.items()]}


def _file_name(index: int, graph: Graph) -> str:
    return f"{index}_{_plain(graph.direction)}"


def _plain(name: str) -> str:
    """What came out of the jail is a claim, and must not lead out of the folder."""
    return re.sub(r"\W", "_", name)


def _with_levels(
    compiler: Compiler, head: Row, folder: str, capture: Capture, levels: tuple[str, ...], out: Path | None
) -> Iterator[Row]:
    """The capture's row with what became of each kernel, then a row for each that did not compile."""
    row = _row(capture, out, folder)
    failed, compiled, written = list[Row](), list[Row](), list[str]()
    for index, graph in enumerate(capture.graphs):
        for result in compiler.compile(graph.kernels, capture.target, levels):
            if isinstance(result, Drop):
                failed.append({**head, "kernel": result.part, "reason": result.reason, "detail": result.detail})
                continue
            fields = ("name", "config", "registers", "spilled", "shared")
            compiled.append({"graph": index, **{field: getattr(result, field) for field in fields}})
            if out is not None:
                written += _write_levels(out / folder / _file_name(index, graph), result)
    row["compiled"] = compiled
    if out is not None:
        row["written"] += written
    yield {**head, **row}
    yield from failed


def _write_levels(folder: Path, result: Compiled) -> Iterator[str]:
    for level, text in result.levels:
        yield _written(folder / f"{_plain(result.name)}.{level}", binary(level, text))


def _written(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)
