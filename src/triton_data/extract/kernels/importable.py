"""Kernels whose standalone file can be imported, which no reading of names can promise: modules ask for devices, read
files that are not there, or are written for another Triton.

In: kernels with the texts that they were closed to, and the probe that runs foreign code in the jail. Out: the
same kernels; without their launcher where that is what cannot be imported; else a Drop with the error.
Not covered: what happens once a kernel is launched (launcher_inputs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triton_data.extract.programs.failures import drop_of
from triton_data.extract.source.find import FoundKernel
from triton_data.extract.wire import FailedAt, Failure, ImportTexts, Prober, TextsImported
from triton_data.records import Drop, Kernel

Closings = list[tuple[FoundKernel, Kernel | Drop]]
SECONDS = 20.0  # of the processor, for one task
TOGETHER = 25  # texts of one task: starting one costs as much as importing a few


def importable(closings: Closings, probe: Prober, alone: Callable[[FoundKernel], Kernel | Drop]) -> Closings:
    """`alone` closes a kernel without its launcher."""
    failed = failures(_texts(closings), probe)
    shorter = [(found, alone(found) if _launched(kernel, failed) else kernel) for found, kernel in closings]
    failed |= failures([text for text in _texts(shorter) if text not in failed], probe)
    return [(found, _judged(found, kernel, failed)) for found, kernel in shorter]


def failures(texts: Iterable[str], probe: Prober) -> dict[str, Failure]:
    """What became of those that cannot be imported, each also by itself."""
    failed: dict[str, Failure] = {}
    distinct = list(dict.fromkeys(texts))
    for start in range(0, len(distinct), TOGETHER):
        batch = tuple(distinct[start : start + TOGETHER])
        together = probe(ImportTexts(batch, SECONDS)).answer
        for place, text in enumerate(batch):
            answer = together
            if _failure(answer, place) is not None and len(batch) > 1:
                answer, place = probe(ImportTexts((text,), SECONDS)).answer, 0
            failure = _failure(answer, place)
            if failure is not None:
                failed[text] = failure
    return failed


def _failure(answer: TextsImported | Failure, place: int) -> Failure | None:
    """Of the text in this place; where the child died, of each of them."""
    if isinstance(answer, Failure):
        return answer
    return Failure(FailedAt.IMPORT, answer.errors[place]) if answer.errors[place] else None


def _launched(kernel: Kernel | Drop, failed: dict[str, Failure]) -> bool:
    return isinstance(kernel, Kernel) and bool(kernel.launcher) and kernel.text in failed


def _texts(closings: Closings) -> list[str]:
    return [kernel.text for _, kernel in closings if isinstance(kernel, Kernel)]


def _judged(found: FoundKernel, kernel: Kernel | Drop, failed: dict[str, Failure]) -> Kernel | Drop:
    failure = failed.get(kernel.text) if isinstance(kernel, Kernel) else None
    return drop_of(failure, None, found.name) if failure is not None else kernel
