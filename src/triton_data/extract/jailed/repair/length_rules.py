"""Images that are too small for a kernel, signals that are too short for a frame.

In: a match of the pattern in a failed call's message, the `FailedCall`, and the Specs that were tried. Out: other lists
of Specs, the likeliest first. Not covered: which message asks for which rule (message_rules.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from triton_data.extract.jailed.repair.spec_changes import FailedCall, each, replaced, resized
from triton_data.extract.jailed.spec import Specs


def larger(found: re.Match[str] | None, failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    for factor in (2, 4, 8, 32):
        for n, spec in each(specs, failure):
            if len(spec.shape) >= 3:
                shape = (*spec.shape[:2], *(s * factor for s in spec.shape[2:]))
                yield replaced(specs, n, replace(spec, shape=shape))
        for n, spec in each(specs, failure):
            for axis in range(1, len(spec.shape)):
                yield replaced(specs, n, spec.put(axis, spec.shape[axis] * factor))


def frames(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """As long as eight frames; what is complained about may have been padded, so any last axis too."""
    have, want = int(found["have"]), int(found["want"])
    for new in (8 * want, 4 * want):
        yield from resized(failure, specs, have, new)
        for n, spec in each(specs, failure):
            if spec.shape and spec.shape[-1] < want:
                yield replaced(specs, n, replace(spec, shape=(*spec.shape[:-1], new)))
