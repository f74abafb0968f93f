"""Which other shapes a working class takes: a larger one that is no power of two, and another batch.

In: an `Attempt`, a `Built` and Specs that work. Out: further lists of input expressions that were run.
Runs in the jail. Not covered: sizes that the constructor fixes.
"""

from __future__ import annotations

import time

from triton_data.extract.jailed.attempt import Attempt
from triton_data.extract.jailed.search.construct import Built
from triton_data.extract.jailed.spec import Specs, written

SLOW = 1.0  # seconds of the processor, for constructing and calling


def larger_inputs(attempt: Attempt, built: Built, specs: Specs) -> list[list[str]]:
    """At most two: the batch changed, and one free size enlarged (with the changed batch where that works). One where a
    call takes a second or more."""
    found = []
    started = time.process_time()
    base = specs
    batch = _first(specs)
    if batch is not None and _works(attempt, built, wider := _resized(specs, 0, batch, batch + 1)):
        base = wider
        found.append(written(wider))
    if time.process_time() - started > SLOW:
        return found
    for old in _free(base):
        for new in (2 * old + 5, 2 * old + 4, 3 * old):
            larger = _everywhere(base, old, new)
            if larger != base and _works(attempt, built, larger):
                found.append(written(larger))
                return found
    return found


def _works(attempt: Attempt, built: Built, specs: Specs) -> bool:
    if attempt.budget.late():
        return False
    constructed = attempt.construct(built.cls, built.args, built.kwargs)
    return constructed.ok and attempt.call(constructed.value, written(specs)).ok


def _first(specs: Specs) -> int | None:
    return next((spec.shape[0] for spec in specs if spec.is_tensor and spec.shape), None)


def _resized(specs: Specs, axis: int, old: int, new: int) -> Specs:
    return tuple(s.put(axis, new) if s.is_tensor and s.shape and s.shape[axis] == old else s for s in specs)


def _free(specs: Specs) -> list[int]:
    """Sizes past the first axis, middle axes first: the last is most often a width that the weights fix."""
    middle = [size for s in specs if s.is_tensor for size in s.shape[1:-1]]
    last = [s.shape[-1] for s in specs if s.is_tensor and len(s.shape) > 1]
    return list(dict.fromkeys(middle + last))[:3]


def _everywhere(specs: Specs, old: int, new: int) -> Specs:
    out = []
    for spec in specs:
        changed = spec
        for axis in range(1, len(spec.shape)):
            if spec.is_tensor and spec.shape[axis] == old:
                changed = changed.put(axis, new)
        out.append(changed)
    return tuple(out)
