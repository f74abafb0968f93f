"""A pair made again for other sizes: what the judge asks for, and the pipeline gives (pipeline/recapture.py).

In: a reference whose sizes were changed. Out: a candidate for it, or None where there is none. Not covered: which sizes
(judge/smaller_sizes.py).
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Recaptured:
    entry: str
    text: str
    externs: tuple[str, ...]  # library operations that it leaves to torch


class Recapture(Protocol):
    def __call__(self, reference: str, entry: str, mode: str) -> Recaptured | None: ...


class RecaptureService(Protocol):
    """What a whole run shares: its jails stay open as long as it is. `environment` is that of the reference."""

    def __call__(self, reference: str, entry: str, mode: str, environment: str = "") -> Recaptured | None: ...

    def resources(self) -> AbstractContextManager[object]: ...
