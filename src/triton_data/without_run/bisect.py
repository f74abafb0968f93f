"""`triton-data rewrite --bisect ID`: which transform broke a pair? Rewrites it again up to each, and verifies.

In: a run and the beginning of a pair's id. Out: one plain dictionary a transform, in their order, and which was the
first whose result does not pass. Not covered: kernels alone; their transforms are those of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from triton_data.errors import Misuse
from triton_data.records import FRAGMENT, Capture, Drop, Pair, Program
from triton_data.rewrite.options import STEPS, Options
from triton_data.rewrite.stage import SECONDS, Job, RewriteStage
from triton_data.running.engine.local import GRACE
from triton_data.store import Store
from triton_data.verify.bench.bench import open_bench
from triton_data.verify.judge.pair import verify_texts
from triton_data.without_run.extract import Row, run_bare


def bisect(run_dir: Path, pair_id: str, device: str, allow_unsafe: bool) -> Iterator[Row]:
    program, capture, suffix = _found(run_dir, pair_id)
    first = ""
    with open_bench(device, allow_unsafe) as bench:
        for step in (*STEPS, ""):
            row: Row = {"after": step or "names"}
            text = _rewritten(program, capture, Options(suffix=suffix, stop_after=step), allow_unsafe)
            if isinstance(text, Drop):
                yield {**row, "reason": text.reason, "detail": text.detail}
                return
            training = capture.mode == "training"
            found = verify_texts(
                program.text, text, device=device, bench=bench, externs=capture.externs, training=training,
                names=(program.entry, program.entry + suffix),
            )  # fmt: skip
            first = first or ("" if found.passed else row["after"])
            yield {
                **row,
                "passed": found.passed,
                **({} if found.passed else {"why": f"{found.reason}: {found.detail}"}),
            }
    if first:
        yield {"reason": "first_failing_transform", "detail": first}


def _found(run_dir: Path, pair_id: str) -> tuple[Program, Capture, str]:
    with Store.read(run_dir) as store:
        pairs = list(store.records(Pair, "key LIKE ?", (f"{pair_id}%",)))
        if len(pairs) != 1:
            raise Misuse(f"{len(pairs)} pairs of {run_dir} begin with {pair_id!r}: give more of the id")
        programs = list(store.records(Program, "key = ?", (pairs[0].program,)))
        captures = list(store.records(Capture, "key = ?", (pairs[0].capture,)))
    if not captures:
        raise Misuse(f"the pair {pair_id} was not rewritten from a capture: there are no transforms to look at")
    if programs[0].inputs_from == FRAGMENT:
        raise Misuse(f"the pair {pair_id} is one kernel of a program: bisect the pair of that program")
    return programs[0], captures[0], pairs[0].entry.removeprefix(programs[0].entry)


def _rewritten(program: Program, capture: Capture, options: Options, allow_unsafe: bool) -> str | Drop:
    stage = RewriteStage(allow_unsafe, options)
    (outcome,) = run_bare(stage, [Job(program, capture)], SECONDS + GRACE, 1)
    if outcome.drops:
        return outcome.drops[0]
    return next(each.text for each in outcome.outputs if isinstance(each, Pair))
