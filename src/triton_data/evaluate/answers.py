"""`triton-data eval`: how far a model's programs get: read, hold a kernel, compile for a GPU, compute the same.

In: tasks and completions. Out: one Judged a completion, and a table of scores. Foreign code runs in the jail only.
Not covered: speed; that needs the GPU.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from triton_data.evaluate.compile_conversation import CompileAnswer, CompileQuestion
from triton_data.jail import COMPILE, Jail, Task
from triton_data.train.complete import Completion
from triton_data.train.score import kernels_in, program_in, reads
from triton_data.train.tasks import Task as Asked
from triton_data.verify.bench.bench import Bench, open_bench
from triton_data.verify.wire.record import Malformed, encode, parse

SECONDS = 120.0
PRELOAD = ("torch", "triton", "triton_data.evaluate.compile_candidate")


@dataclass(frozen=True)
class Judged:
    key: str
    sample: int
    parses: bool
    has_kernel: bool
    compiles: bool | None  # None: could not be asked
    correct: bool | None
    why: str  # what stopped it, '' when nothing did
    program: str

    @property
    def levels(self) -> dict[str, bool | None]:
        return {name: getattr(self, name) for name in ("parses", "has_kernel", "compiles", "correct")}


@dataclass(frozen=True)
class Judging:
    target: str = "sm_90"
    device: str = "cpu"  # of the verifier; none: correctness is not asked
    allow_unsafe: bool = False


class Judge:
    def __init__(self, judging: Judging) -> None:
        self.judging = judging
        self.stack = ExitStack()

    def __enter__(self) -> Judge:
        self.compiler = self.stack.enter_context(Jail(PRELOAD, allow_unsafe=self.judging.allow_unsafe))
        self.bench: Bench | None = None
        if self.judging.device != "none":
            self.bench = self.stack.enter_context(open_bench(self.judging.device, self.judging.allow_unsafe))
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def judge(self, task: Asked, completion: Completion) -> Judged:
        text = program_in(completion.text, completion.began)
        module = reads(text)
        asked = None if not task.reference or self.bench is None else False
        result = Judged(completion.key, completion.sample, False, False, False, asked, "syntax", text)
        if module is None:
            return result
        kernels = kernels_in(module)
        result = replace(result, parses=True, has_kernel=bool(kernels), why="" if kernels else "no_kernel")
        if not kernels:
            return result
        why = self._compile(task, text)
        result = replace(result, compiles=not why, why=why)
        if why or asked is None or self.bench is None:
            return result
        return self._verify(task, text, result)

    def _compile(self, task: Asked, text: str) -> str:
        """'' or why not."""
        question = CompileQuestion(text, self.judging.target, task.reference or "", f"{task.entry}New")
        policy = replace(COMPILE, wall_s=SECONDS, cpu_s=int(SECONDS))
        task_of_jail = Task(entry="triton_data.evaluate.compile_candidate:run", payload=encode(question))
        outcome = self.compiler.run(task_of_jail, policy)
        if not outcome.ok:
            return outcome.reason
        try:
            return "" if parse(CompileAnswer, outcome.value).kernels else "not_launched"
        except Malformed as error:
            return f"bad_result: {error}"

    def _verify(self, task: Asked, text: str, result: Judged) -> Judged:
        from triton_data.verify.judge.pair import verify_texts

        assert self.bench is not None, "asked for only where there is one"
        found = verify_texts(
            task.reference, text, device=self.judging.device, bench=self.bench,
            names=(task.entry, f"{task.entry}New"),
        )  # fmt: skip
        return replace(result, correct=found.passed, why="" if found.passed else str(found.reason))


def judge_all(judge: Judge, tasks: Mapping[str, Asked], answers: Sequence[Completion]) -> Iterator[Judged]:
    """A completion that was judged once, word for word, is not judged again."""
    known: dict[tuple[str, str], Judged] = {}
    for answer in answers:
        task = tasks[answer.key]
        text = answer.began + answer.text
        if (task.key, text) not in known:
            known[task.key, text] = judge.judge(task, answer)
        yield replace(known[task.key, text], sample=answer.sample)
