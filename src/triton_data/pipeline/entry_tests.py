"""Who runs the tests of exported entries: a jail that is opened when the first ones come.

In: a config; entries. Out: the first failure of each. They run where verification ran, on the GPU or in the interpreter
on a CPU. Not covered: entries whose programs need packages that are installed beside ours: their tests fail here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from triton_data.config import Config

if TYPE_CHECKING:
    from triton_data.export.test_code import Entry
    from triton_data.jail import Jail

EXACT = "triton_data.verify.jailed.interpreter.install:warm"  # as in verification


class EntryTests:
    def __init__(self, config: Config) -> None:
        self.device, self.allow_unsafe = config.verify.device, config.allow_unsafe_exec
        self.jail: Jail | None = None
        self.stack = ExitStack()

    def __enter__(self) -> EntryTests:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.close()

    def __call__(self, entries: Sequence[Entry]) -> Mapping[str, str]:
        from triton_data.generate.templates.testing import open_test_jail, run_tests

        if self.jail is None:
            self.jail = self.stack.enter_context(open_test_jail(self.device, EXACT, self.allow_unsafe))
        found = run_tests(entries, self.jail, self.device)
        return {each.id: each.failure or ("" if each.passed else "no test ran") for each in found}
