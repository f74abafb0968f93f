"""Kernels whose standalone file can be imported, which no reading of names can promise: modules ask for devices, read
files that are not there, or are written for another Triton.

Enters: kernels with the texts that they were closed to, and the probe that runs foreign code in the jail. Leaves: the
same kernels; without their launcher where that is what cannot be imported; else a Drop with the error.
Not covered: what happens once a kernel is launched (launcher_inputs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from triton_data.extract.programs.failures import drop_of
from triton_data.extract.programs.programs import Prober
from triton_data.extract.source.find import FoundKernel
from triton_data.records import Drop, Kernel

Facts = dict[str, Any]
Made = list[tuple[FoundKernel, Kernel | Drop]]
SECONDS = 20.0  # of the processor, for one task
TOGETHER = 25  # texts of one task: starting one costs as much as importing a few


def importable(made: Made, probe: Prober, alone: Callable[[FoundKernel], Kernel | Drop]) -> Made:
    """`alone` closes a kernel without its launcher."""
    failed = failures(_texts(made), probe)
    shorter = [(found, alone(found) if _launched(kernel, failed) else kernel) for found, kernel in made]
    failed |= failures([text for text in _texts(shorter) if text not in failed], probe)
    return [(found, _judged(found, kernel, failed)) for found, kernel in shorter]


def failures(texts: Iterable[str], probe: Prober) -> dict[str, Facts]:
    """What became of those that cannot be imported, each also by itself."""
    found: dict[str, Facts] = {}
    distinct = list(dict.fromkeys(texts))
    for start in range(0, len(distinct), TOGETHER):
        batch = distinct[start : start + TOGETHER]
        facts = probe({"op": "imports", "texts": batch, "seconds": SECONDS})
        errors = facts.get("errors") or ["?"] * len(batch)  # none: the child did not live to say
        for text, error in zip(batch, errors, strict=True):
            if error:
                alone = {"op": "imports", "texts": [text], "seconds": SECONDS}
                by_itself = probe(alone) if len(batch) > 1 else facts
                said = by_itself.get("errors", [by_itself.get("error", "")])[0]
                if said:
                    found[text] = {"stage": "import", **by_itself, "error": said}
    return found


def _launched(kernel: Kernel | Drop, failed: dict[str, Facts]) -> bool:
    return isinstance(kernel, Kernel) and bool(kernel.launcher) and kernel.text in failed


def _texts(made: Made) -> list[str]:
    return [kernel.text for _, kernel in made if isinstance(kernel, Kernel)]


def _judged(found: FoundKernel, kernel: Kernel | Drop, failed: dict[str, Facts]) -> Kernel | Drop:
    facts = failed.get(kernel.text) if isinstance(kernel, Kernel) else None
    return drop_of(facts, None, found.name) if facts is not None else kernel
