"""A deadline for calls whose own timeout begins anew with every byte that comes.

In: a call and seconds. Out: its result, or `TimeoutError`. The call goes on in a thread of its own, which ends with the
other side's patience or with this process; whatever connection it held must not be used again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, act: Callable[[], T]) -> T:
    results: list[T] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            results.append(act())
        except BaseException as problem:  # noqa: BLE001 - raised again below, by whoever asked
            problems.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if problems:
        raise problems[0]
    if not results:
        raise TimeoutError(f"no whole answer in {seconds:.0f} s")
    return results[0]
