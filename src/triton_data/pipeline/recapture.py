"""A pair again, at other sizes: capture and rewrite of a program whose sizes were changed.

In: a text, an entry and a mode. Out: the Triton program that the pipeline makes of it, with its library operations, or
None. Both rooms are used through their stages, so foreign code stays in their jails, which are opened when they are
first needed. Not covered: what the sizes should be (formats/resize.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from triton_data.capture.libraries import KEEP
from triton_data.capture.stage import CaptureStage
from triton_data.capture.stage import Job as CaptureJob
from triton_data.environments import Environments
from triton_data.records import Capture, Origin, Pair, Program
from triton_data.rewrite.stage import Job as RewriteJob
from triton_data.rewrite.stage import RewriteStage
from triton_data.verify.judge.recapture import Recaptured

TARGET = "sm_90"


class StageRecapture:
    def __init__(
        self, allow_unsafe: bool = False, environments: Environments | None = None, libraries: str = KEEP
    ) -> None:
        self.capture = CaptureStage((TARGET,), ("inference",), allow_unsafe=allow_unsafe, environments=environments)
        self.libraries = libraries
        self.rewrite = RewriteStage(allow_unsafe, environments=environments)
        self._held = ExitStack()

    def __call__(self, reference: str, entry: str, mode: str, environment: str = "") -> Recaptured | None:
        if self.capture.jail is None:
            for stage in (self.capture, self.rewrite):
                self._held.enter_context(stage.resources())
        program = Program(entry, reference, "given", Origin("given"), environment=environment)
        for capture in self.capture.work(CaptureJob(program, TARGET, mode, self.libraries)):
            if isinstance(capture, Capture):
                for pair in self.rewrite.work(RewriteJob(program, capture)):
                    if isinstance(pair, Pair):  # the whole program's comes first
                        return Recaptured(pair.entry, pair.text, capture.externs)
        return None

    @contextmanager
    def resources(self) -> Iterator[StageRecapture]:
        try:
            yield self
        finally:
            self._held.close()
            self.capture.jail = self.rewrite.jail = None
