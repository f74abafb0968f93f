"""A written module through capture, rewrite and verify while its writer can still be asked again.

In: a Program that runs in eager. Out: what was made of it, or a Drop in the words of generate/llm_modules. A module
that the rewriter declines, or about whose pair nothing could be proved, is good all the same: `Compiled.pair` says so.
Foreign code stays in the stages' own jails. Called from threads. Not covered: the stages' outcomes (adopt.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field

from triton_data.capture.reasons import Reason as CaptureReason
from triton_data.capture.stage import PRELOAD, CaptureStage
from triton_data.capture.stage import Job as CaptureJob
from triton_data.curate.stages import TRACING, traced
from triton_data.generate.llm_modules.reasons import Category
from triton_data.generate.llm_modules.validation import Compiled
from triton_data.jail import Jail
from triton_data.pipeline.synthesis.known import KnownTexts
from triton_data.records import Capture, Drop, Pair, Program, Record, Trace, Verdict
from triton_data.rewrite.stage import Job as RewriteJob
from triton_data.rewrite.stage import RewriteStage
from triton_data.verify.reasons import Reason as VerifyReason
from triton_data.verify.stage import Job as VerifyJob
from triton_data.verify.stage import VerifyStage

EAGER = ("triton_data.generate.llm_modules.jailed", TRACING)
TARGET, MODE = "sm_90", "inference"
_OF_CAPTURE = {
    CaptureReason.NO_TRITON: Category.NO_KERNEL,
    CaptureReason.TOO_LARGE: Category.TOO_LARGE,
    "timeout": Category.TIMEOUT,
    "oom": Category.MEMORY,
}
_DIFFERS = (VerifyReason.WRONG_VALUES, VerifyReason.WRONG_SHAPE, VerifyReason.WRONG_DTYPE)


@dataclass
class StageCompiler:
    """`validate`: eager, compile or verify, how far a module goes."""

    validate: str
    seconds: float
    known: KnownTexts
    allow_unsafe: bool = False
    jail: Jail | None = None
    capture: CaptureStage = field(init=False)
    rewrite: RewriteStage = field(init=False)
    verify: VerifyStage = field(init=False)

    def __post_init__(self) -> None:
        self.capture = CaptureStage((TARGET,), (MODE,), max(self.seconds, 60.0), self.allow_unsafe)
        self.rewrite = RewriteStage(self.allow_unsafe)
        self.verify = VerifyStage(timeout=max(self.seconds, 60.0), allow_unsafe=self.allow_unsafe)

    @contextmanager
    def resources(self) -> Iterator[StageCompiler]:
        """All jails start at once: each is mostly its own process importing torch."""
        jail = self._jail()
        needed: list[AbstractContextManager[object]] = [jail]
        if self.validate == "verify":
            needed += [self.rewrite.resources(), self.verify.resources()]
        with ExitStack() as stack:
            with ThreadPoolExecutor(len(needed)) as pool:
                starts = [pool.submit(stack.enter_context, each) for each in needed]
            for start in starts:
                start.result()
            self.jail = self.capture.jail = jail
            try:
                yield self
            finally:
                self.jail = self.capture.jail = None

    def _jail(self) -> Jail:
        """One for eager, tracing and capture, with what each of its forks would import."""
        if self.validate == "eager":
            return Jail(("torch", *EAGER), warm=f"{EAGER[0]}:warm", allow_unsafe=self.allow_unsafe)
        preload = (*PRELOAD, "triton_data.capture.headless.capture", *EAGER)
        warm = "triton_data.capture.headless.jailed:warm_up"
        return Jail(preload, warm=warm, allow_unsafe=self.allow_unsafe)

    def __call__(self, program: Program) -> Compiled | Drop:
        assert self.jail is not None, "called while it is held"
        trace = traced(self.jail, program)
        if isinstance(trace, Trace) and (same := self.known.same_graph(trace)):
            return same
        if self.validate == "eager":
            return Compiled("")
        capture = next(self.capture.work(CaptureJob(program, TARGET, MODE)))
        if isinstance(capture, Drop):
            return Drop(
                _OF_CAPTURE.get(capture.reason, Category.COMPILATION), f"{capture.reason}: {capture.detail}"[:1000]
            )
        if self.validate == "compile":
            return Compiled("", (capture,))
        return self._rewritten(program, capture)

    def _rewritten(self, program: Program, capture: Capture) -> Compiled | Drop:
        made = list(self.rewrite.work(RewriteJob(program, capture)))
        records: tuple[Record, ...] = tuple(each for each in made if not isinstance(each, Drop))
        pair = next((each for each in made if isinstance(each, Pair) and each.program == program.key), None)
        if pair is None:
            why = next((each for each in made if isinstance(each, Drop)), Drop("nothing"))
            return Compiled(f"not rewritten: {why.reason}", (capture, *records))
        job = VerifyJob(program, pair, capture.externs, MODE, self.verify.suffix)
        verdict = next(self.verify.work(job))
        if isinstance(verdict, Drop):
            return Compiled(f"not verified: {verdict.reason}", (capture, *records))
        if verdict.reason in _DIFFERS:
            return Drop(Category.MISMATCH, _failed(verdict))
        return Compiled(
            "verified" if verdict.passed else f"not verified: {verdict.reason}", (capture, *records, verdict)
        )


def _failed(verdict: Verdict) -> str:
    return f"eager and compiled differ: {dict(verdict.checks).get('failed', verdict.reason)}"[:1000]
