"""`triton-data rewrite` on bare files: each program is captured and rewritten, with no run.

In: paths of programs. Out: one plain dictionary a program, and the files under `out`. Not covered: resume; that is
what a run is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from triton_data.capture.stage import CaptureStage
from triton_data.capture.stage import Job as CaptureJob
from triton_data.config import Config
from triton_data.records import Capture, Drop, Pair, Program
from triton_data.rewrite.options import Options
from triton_data.rewrite.stage import SECONDS, Job, RewriteStage
from triton_data.running.engine.local import GRACE
from triton_data.without_run.extract import Row, python_files, read_program, run_bare


def rewrite_paths(
    paths: Iterable[Path], config: Config, options: Options, out: Path | None, kernels: bool = False
) -> Iterator[Row]:
    """Every Program file under `paths`, for the first target and the first mode; `kernels`: each alone too."""
    target, mode = config.capture.targets[0], config.capture.modes[0]
    jobs: dict[str, tuple[Path, CaptureJob]] = {}
    for path in python_files(paths):
        program = read_program(path)
        if isinstance(program, Drop):
            yield {"path": str(path), "reason": program.reason, "detail": program.detail}
        else:
            job = CaptureJob(program, target, mode, config.capture.libraries)
            jobs[job.key] = path, job
    yield from _rewritten(jobs, config, options, out, kernels)


def _rewritten(
    jobs: dict[str, tuple[Path, CaptureJob]], config: Config, options: Options, out: Path | None, kernels: bool
) -> Iterator[Row]:
    chosen, workers = config.capture, config.jobs or None
    stage = CaptureStage.of(chosen, config.allow_unsafe_exec)
    ready: dict[str, tuple[Path, Program, Capture]] = {}
    for outcome in run_bare(stage, [job for _, job in jobs.values()], chosen.timeout + GRACE, workers):
        path, job = jobs[outcome.item]
        yield from (_row(path, job.program, drop) for drop in outcome.drops)
        for capture in outcome.outputs:
            assert isinstance(capture, Capture)
            ready[capture.key] = path, job.program, capture
    rewriting = RewriteStage(config.allow_unsafe_exec, options)
    items = [Job(program, capture) for _, program, capture in ready.values()]
    for outcome in run_bare(rewriting, items, SECONDS + GRACE, workers):
        path, program, _ = ready[outcome.item]
        small: dict[str, Program] = {}
        for result in (*outcome.drops, *outcome.outputs):
            if isinstance(result, Drop) or (isinstance(result, Pair) and result.program == program.key):
                yield _row(path, program, result, out)
            elif kernels and isinstance(result, Pair):
                yield _kernel_row(path, small[result.program], result, out)
            elif isinstance(result, Program):
                small[result.key] = result


def _kernel_row(path: Path, small: Program, pair: Pair, out: Path | None) -> Row:
    head: Row = {"path": str(path), "kernel": small.entry, "rewritten": pair.entry}
    if out is None:
        return {**head, "reference": small.text, "text": pair.text}
    folder = out / f"{path.stem}_kernels"
    folder.mkdir(parents=True, exist_ok=True)
    reference, written = folder / f"{small.entry}.py", folder / f"{small.entry}_triton.py"
    reference.write_text(small.text, "utf-8")
    written.write_text(pair.text, "utf-8")
    return {**head, "reference": str(reference), "written": str(written)}


def _row(path: Path, program: Program, result: Drop | Pair, out: Path | None = None) -> Row:
    head: Row = {"path": str(path), "entry": program.entry}
    if isinstance(result, Drop):
        return {**head, "reason": result.reason, "detail": result.detail}
    if out is None:
        return {**head, "rewritten": result.entry, "text": result.text}
    out.mkdir(parents=True, exist_ok=True)
    written = out / f"{path.stem}_triton.py"
    written.write_text(result.text, "utf-8")
    return {**head, "rewritten": result.entry, "written": str(written)}
