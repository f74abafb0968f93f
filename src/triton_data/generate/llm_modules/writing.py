"""One sample from its draw to its end: ask, read, run, compile; and with the error back to the model, a few times.

In: a Sample. Out: an Outcome: a Program with what was made of it and an Attempt for each answer, or a Drop whose reason
is the last answer's category. Every failed answer of a sample that came good is a dropped part. Asking waits in the
event loop, running waits in threads; what is known of other modules is looked at in the loop alone.
Not covered: which samples there are (stage.py), how many at once (engine.py).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from triton_data.generate.llm_modules import answers, form
from triton_data.generate.llm_modules.files import Folder
from triton_data.generate.llm_modules.prompts import Prompt
from triton_data.generate.llm_modules.reasons import FINAL, Category
from triton_data.generate.llm_modules.settings import Settings
from triton_data.generate.llm_modules.validation import Compiled, Compiler, Known, Ran, run_eager
from triton_data.jail import Jail
from triton_data.llm.client import NoReply
from triton_data.llm.question import Messages, Reply
from triton_data.records import Attempt, Drop, Origin, Outcome, Program, Record, Sample

T = TypeVar("T")
WITH_INPUTS = "llm"  # inputs_from of what a model wrote with its inputs


@dataclass(frozen=True, slots=True)
class Written:
    """An answer and who gave it."""

    reply: Reply
    provider: str
    model: str
    sampling: str
    terms: str
    question: str = ""  # key in the ledger
    cost: int = 0


class Source(Protocol):
    """Whoever writes modules: a model that is asked, or typed construction."""

    async def __call__(self, sample: Sample, number: int, messages: Messages) -> Written: ...


class Stopping(Exception):
    """The sample is left as it is: a later call goes on with it, and its answers are in the ledger."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one answer."""

    drop: Drop | None = None
    program: Program | None = None
    ran: Ran | None = None
    compiled: Compiled | None = None


@dataclass
class Writer:
    settings: Settings
    prompts: Mapping[str, Prompt]
    source: Source
    compiler: Compiler
    known: Known
    folder: Folder
    threads: Executor
    stopping: Callable[[], bool] = lambda: False
    show: Callable[[str, str], None] = lambda title, text: None  # of `verbose`

    async def write(self, sample: Sample) -> Outcome:
        started = time.monotonic()
        attempts: list[Attempt] = []
        prompt = self.prompts.get(sample.prompt)
        messages: Messages = prompt.ask(sample) if prompt else ()
        self.show("sample", f"{', '.join(sample.operators)} (seed={self.settings.seed})")
        for message in messages:
            self.show(*message)
        for number in range(self.settings.max_retries + 1):
            try:
                written = await self.source(sample, number, messages)
            except NoReply as error:
                written = _nobody(self.settings)
                found = Found(Drop(Category.NO_ANSWER, str(error)))
            else:
                self.show("answer", written.reply.text or written.reply.arguments)
                found = await self._judged(sample, written)
            attempts.append(self._attempt(sample, number, written, found, prompt))
            self.show("verdict", _verdict(found))
            if found.drop is None or found.drop.reason in FINAL:
                break
            if prompt:
                said = ("assistant", written.reply.text or written.reply.arguments or "(nothing)")
                messages = (*messages, said, prompt.again(sample, _error(found.drop)))
        return _outcome(sample, attempts, found, time.monotonic() - started)

    async def _judged(self, sample: Sample, written: Written) -> Found:
        code = answers.read(written.reply)
        if isinstance(code, Drop):
            return Found(code)
        text = form.formed(code, sample.name)
        if isinstance(text, Drop):
            return Found(text)
        ran = await self._in_thread(run_eager, self._jail, text, sample.name, self.settings.validation_timeout)
        if isinstance(ran, Drop):
            return Found(ran)
        program = Program(sample.name, text, WITH_INPUTS, self._origin(sample, written), ran.layers)
        if like := self.known.alike(program):
            return Found(like, ran=ran)
        program = self.folder.named(program)
        try:
            compiled = await self._in_thread(self.compiler, program)
            like = compiled if isinstance(compiled, Drop) else self.known.alike(program)  # another may have been faster
        except BaseException:
            self.folder.release(program)
            raise
        if isinstance(compiled, Drop) or like:
            self.folder.release(program)
            return Found(like, ran=ran)
        self.known.keep(program)
        kept = self.folder.put(program)
        if kept.entry != program.entry:  # what was compiled has another name now: only the program stays
            compiled = Compiled(compiled.pair)
        return Found(None, kept, ran, compiled)

    @property
    def _jail(self) -> Jail:
        assert self.compiler.jail is not None, "answers are judged while the compiler is held"
        return self.compiler.jail

    async def _in_thread(self, call: Callable[..., T], *given: Any) -> T:
        if self.stopping():
            raise Stopping
        return await asyncio.get_running_loop().run_in_executor(self.threads, call, *given)

    def _origin(self, sample: Sample, written: Written) -> Origin:
        version = written.reply.version or written.model
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Origin(
            "generated", path=f"{sample.name}.py", generator=f"llm:{written.provider}/{version}",
            seed=self.settings.seed, time=now,
        )  # fmt: skip

    def _attempt(self, sample: Sample, number: int, written: Written, found: Found, prompt: Prompt | None) -> Attempt:
        drop, reply = found.drop, written.reply
        return Attempt(
            sample=sample.key, number=number,
            category=drop.reason if drop else "", detail=drop.detail if drop else "",
            program=found.program.key if found.program else "",
            question=written.question, prompt_hash=prompt.hash if prompt else "",
            provider=written.provider, model=written.model, version=reply.version,
            sampling=written.sampling, terms=written.terms,
            prompt_tokens=reply.prompt_tokens, completion_tokens=reply.completion_tokens, cost=written.cost,
            operators=found.ran.operators if found.ran else (),
            pair=found.compiled.pair if found.compiled else "",
            origin=replace(self._origin(sample, written), path=""),
            layers=found.ran.layers if found.ran else (),
        )  # fmt: skip


def _outcome(sample: Sample, attempts: list[Attempt], found: Found, seconds: float) -> Outcome:
    failed = [each for each in attempts if each.category]
    if found.drop is not None:
        earlier = failed[:-1]
        drops = [Drop(found.drop.reason, found.drop.detail)]
        records: tuple[Record, ...] = tuple(attempts)
    else:
        earlier, drops = failed, []
        assert found.program is not None, "what is not dropped is kept"
        records = (found.program, *(found.compiled.records if found.compiled else ()), *attempts)
    drops += [Drop(each.category, each.detail, f"answer {each.number}") for each in earlier]
    return Outcome(sample.key, records, tuple(drops), seconds)


def _nobody(settings: Settings) -> Written:
    return Written(Reply(""), settings.provider, settings.model or settings.model_name, "", "")


def _verdict(found: Found) -> str:
    if found.drop is not None:
        return _error(found.drop)
    return f"valid{f', pair {found.compiled.pair}' if found.compiled and found.compiled.pair else ''}"


def _error(drop: Drop) -> str:
    return f"{drop.reason}: {drop.detail}" if drop.detail else str(drop.reason)
