"""The capture stage: every Program of a run, on every target, in every mode.

In: Programs. Out: a Capture each, or a Drop that says why not. Their text runs in the jail, in forks of one process
that has torch and Inductor loaded: warm and pretending a GPU, or (`device` is cuda) on the machine's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from triton_data.capture.debug_folder import keep_files
from triton_data.capture.headless import jailed
from triton_data.capture.libraries import KEEP, noted
from triton_data.capture.modes import ANY, GIVEN
from triton_data.capture.toolchain import check_toolchain
from triton_data.config import CaptureConfig
from triton_data.environments import Environments, packages_of, shelf_of
from triton_data.jail import GPU, RUN, Jail, Outcome, Task
from triton_data.records import WITH_TRITON, Capture, Drop, Program
from triton_data.store import Store

WHOLE = f"t.inputs_from NOT IN {WITH_TRITON}"
# A program of which it is known whether symbolic sizes are right: its capture or rewrite failed, or it was judged.
DECIDED = """(
    t.key || '{suffix}' IN (SELECT item FROM outcomes WHERE stage = 'capture' AND part = '' AND status = 'dropped')
    OR t.key IN (SELECT c.program FROM outcomes o JOIN captures c ON c.key = o.item WHERE o.stage = 'rewrite'
        AND o.part = '' AND o.status = 'dropped' AND c.mode = 'dynamic' AND c.target = '{target}')
    OR t.key IN (SELECT c.program FROM outcomes o JOIN pairs p ON p.key = substr(o.item, 1, instr(o.item, ':') - 1)
        JOIN captures c ON c.key = p.capture AND c.program = p.program WHERE o.stage = 'verify' AND o.part = ''
        AND c.mode = 'dynamic' AND c.target = '{target}'))"""
Variant: TypeAlias = tuple[str, str, str, int]  # target, mode, libraries, choice
PRELOAD = ("torch", "triton_data.jail.vision_operators")


@dataclass(frozen=True)
class Job:
    program: Program
    target: str
    mode: str
    libraries: str = KEEP
    choice: int = 0  # with triton: which of several kernels of each product

    @property
    def variant(self) -> tuple[str, str, str, int]:
        return self.target, self.mode, self.libraries, self.choice

    @property
    def key(self) -> str:
        return self.program.key + suffix(*self.variant)


def suffix(target: str, mode: str, libraries: str = KEEP, choice: int = 0) -> str:
    products = "" if libraries == KEEP else f":{libraries}"
    return f":{target}:{mode}{products}" + (f":{choice}" if choice else "")


def headless_jail(allow_unsafe: bool = False, shelf: str = "") -> Jail:
    preload = (*PRELOAD, "triton_data.capture.headless.capture")
    return Jail(preload, warm="triton_data.capture.headless.jailed:warm_up", allow_unsafe=allow_unsafe, shelf=shelf)


@dataclass
class CaptureStage:
    targets: tuple[str, ...]
    modes: tuple[str, ...]
    timeout: float = 120.0  # seconds a Program
    allow_unsafe: bool = False
    device: str = "cpu"
    keep_debug: str = ""  # with cuda: folder for what TORCH_COMPILE_DEBUG leaves
    name: str = "capture"
    jail: Jail | None = None
    environments: Environments | None = None
    libraries: str = KEEP
    choices: int = 1
    sizes: str = GIVEN

    @classmethod
    def of(cls, config: CaptureConfig, allow_unsafe: bool, environments: Environments | None = None) -> CaptureStage:
        fixed = (config.targets, config.modes, config.timeout, allow_unsafe, config.device, config.keep_debug)
        stage = cls(*fixed, environments=environments, sizes=config.sizes)
        return replace(stage, libraries=config.libraries, choices=config.choices)

    def todo(self, store: Store) -> Iterator[Job]:
        for variant in self.variants():
            for program in store.unfinished(Program, self.name, suffix(*variant), self._where(variant)):
                yield Job(program, *variant)

    def count(self, store: Store) -> int:
        return sum(
            store.count_unfinished(Program, self.name, suffix(*variant), self._where(variant))
            for variant in self.variants()
        )

    def resources(self) -> AbstractContextManager[object]:
        check_toolchain()
        shelf = shelf_of(self.environments)
        if self.device == "cuda":  # neither Inductor nor a warm-up: both start CUDA, and its children could not
            env = {"TORCH_COMPILE_DEBUG": "1"}
            self.jail = Jail(PRELOAD, allow_unsafe=self.allow_unsafe, env=env, gpu=True, shelf=shelf)
        else:
            self.jail = headless_jail(self.allow_unsafe, shelf)
        return self.jail

    def work(self, item: Job) -> Iterator[Capture | Drop]:
        outcome = self._captured(item)
        if not outcome.ok or not isinstance(outcome.value, dict):
            yield outcome.drop()
            return
        if self.keep_debug and "debug" in outcome.value:
            folder = Path(self.keep_debug) / f"{item.program.entry}_{item.program.key[:8]}_{item.mode}"
            keep_files(outcome.value["debug"], folder)
        made = jailed.from_json(outcome.value, item.program, item.target, item.mode, outcome.facts.layers)
        if isinstance(made, Capture):  # which products it has is what was asked for, not what a worker says
            made = replace(made, toolchain=made.toolchain + noted(item.libraries, item.choice))
        yield made

    def _captured(self, item: Job) -> Outcome:
        assert self.jail is not None, "work() runs while the stage is held"
        payload: dict[str, object] = {"entry": item.program.entry, "text": item.program.text, "target": item.target}
        payload |= {"mode": item.mode, "libraries": item.libraries, "choice": item.choice}
        packages = packages_of(self.environments, item.program.environment)
        if self.device == "cuda":
            task = Task("triton_data.capture.on_gpu:capture", payload={**payload, "keep_debug": bool(self.keep_debug)})
            return self.jail.run(task, replace(GPU, wall_s=self.timeout, packages=packages))
        policy = replace(RUN, wall_s=self.timeout, cpu_s=int(self.timeout), packages=packages)
        return self.jail.run(Task("triton_data.capture.headless.jailed:capture", payload=payload), policy)

    def variants(self) -> Iterator[Variant]:
        for target in self.targets:
            for mode in self._modes():
                for choice in range(self.choices):
                    yield target, mode, self.libraries, choice

    def _modes(self) -> list[str]:
        """With any sizes, symbolic ones come before those that are given."""
        if self.sizes != ANY or "inference" not in self.modes:
            return list(self.modes)
        return list(dict.fromkeys(["dynamic", *self.modes]))

    def _where(self, variant: Variant) -> str:
        target, mode, libraries, choice = variant
        if self.sizes != ANY or mode != "inference":
            return WHOLE
        return f"{WHOLE} AND {DECIDED.format(suffix=suffix(target, 'dynamic', libraries, choice), target=target)}"
