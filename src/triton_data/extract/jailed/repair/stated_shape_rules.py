"""Messages that state a whole shape: `Expected shape: ["B", "1", "H", "W"] Actual shape: [2, 16]`, `must be BxCxHxW`.

In: a match of the pattern in a failed call's message, the `FailedCall`, and the Specs that were tried. Out: other lists
of Specs, the likeliest first. Not covered: which message asks for which rule (message_rules.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from triton_data.extract.jailed.guess.guess import axis_size
from triton_data.extract.jailed.repair.spec_changes import FailedCall, each, replaced
from triton_data.extract.jailed.spec import Specs

_GOT = re.compile(r"\[(\d[\d, ]*)\]")


def stated(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """First where an argument has the shape that the message complains about."""
    axes = [axis for axis in re.split(r"[\s,x'\"]+", found["want"]) if axis and axis != "*"]
    got = _GOT.search(failure.message, found.end("want"))
    have = tuple(map(int, re.findall(r"\d+", got[1]))) if got else ()
    for n, spec in sorted(each(specs, failure), key=lambda each: each[1].shape != have):
        width = spec.shape[1] if len(spec.shape) > 1 else 16
        shape = tuple(axis_size(axis, place, len(axes), width) for place, axis in enumerate(axes))
        if shape != spec.shape:
            yield replaced(specs, n, replace(spec, shape=shape))
