"""Ctrl-C, in two steps: the first asks for an orderly stop, the second stops now.

While it is in force, SIGINT and SIGTERM set `asked`; the loop that sees it finishes what is in flight and commits.
A second signal raises KeyboardInterrupt. Only the main thread may hold one; elsewhere it does nothing.
"""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupt:
    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print("\nfinishing what is in flight; once more to stop now", file=sys.stderr, flush=True)
