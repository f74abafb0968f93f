"""`rewrite(program)` and `verify(reference, candidate)`: foreign text in the jail, one answer each.

In: programs as text or files. Out: `Rewritten`, and the verifier's own `Judgement`. Not covered: many at once, and
resume: a run does those.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triton_data.api.capturing import captured
from triton_data.api.programs import program_of, text_of
from triton_data.errors import Misuse
from triton_data.records import Drop, Pair

if TYPE_CHECKING:
    from triton_data.verify.judge.judgement import Judgement


@dataclass(frozen=True)
class Rewritten:
    """`print(rewritten)` is a standalone Triton program with the reference's interface."""

    entry: str  # ModelNew for Model
    text: str
    reference: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<rewritten {self.entry}: {len(self.text.splitlines())} lines>"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p><pre>{html.escape(self.text)}</pre>"


def rewrite(
    program: str | Path, *, target: str = "sm_90", mode: str = "inference", libraries: str = "keep"
) -> Rewritten:
    """A program in KernelBench's form as standalone, readable Triton; Misuse says why when it cannot be."""
    from triton_data.rewrite.stage import Job, RewriteStage

    reference = program_of(program)
    made = captured(reference, target, mode, libraries)
    if isinstance(made, Drop):
        raise Misuse(f"{made.reason}: {made.detail}")
    rewriting = RewriteStage()
    with rewriting.resources():
        results = list(rewriting.work(Job(reference, made)))
    for result in results:
        if isinstance(result, Pair) and result.program == reference.key:
            return Rewritten(result.entry, result.text, reference.text)
    reasons = [f"{result.reason}: {result.detail}" for result in results if isinstance(result, Drop)]
    raise Misuse("; ".join(reasons) or "nothing was rewritten")


def verify(
    reference: str | Path, candidate: str | Path | Rewritten, *, device: str = "cpu", externs: tuple[str, ...] = ()
) -> Judgement:
    """Does the candidate give the reference's outputs, and do its kernels do the work? docs/verification.md has how.

    The answer's `passed`, `reason`, `detail` and `checks` say what was found.
    """
    from triton_data.verify.bench.bench import open_bench
    from triton_data.verify.judge.judgement import PROTOCOL
    from triton_data.verify.judge.pair import verify_texts

    text = candidate.text if isinstance(candidate, Rewritten) else text_of(candidate)
    with open_bench(device) as bench:
        return verify_texts(text_of(reference), text, device=device, protocol=PROTOCOL, bench=bench, externs=externs)
