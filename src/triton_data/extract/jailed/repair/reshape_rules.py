"""What `view`, `split` and their like object to: sizes that do not divide.

In: a match of the pattern in a failed call's message, the `FailedCall`, and the Specs that were tried. Out: other lists
of Specs, the likeliest first. Not covered: which message asks for which rule (message_rules.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from triton_data.extract.jailed.repair.spec_changes import FailedCall, each, replaced
from triton_data.extract.jailed.spec import Specs

MAX_TIMES = 64


def reshape(found: re.Match[str], failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    yield from _more_of_them(failure, specs)
    for n, spec in each(specs, failure):
        for axis in reversed(range(1, len(spec.shape))):
            for size in (16, 64, 8, 32, 4, 128, 256, 1):
                if spec.shape[axis] != size:
                    yield replaced(specs, n, spec.put(axis, size))


def _more_of_them(failure: FailedCall, specs: Specs) -> Iterator[Specs]:
    """`x.view(-1, splits * channels, ...)`: items of a batch side by side."""
    sizes = re.search(r"shape '\[-1, ([\d, ]+)\]' is invalid for input of size (\d+)", failure.message)
    if sizes is not None:
        part = math.prod(map(int, sizes[1].split(",")))
        times = part // math.gcd(part, int(sizes[2])) if part else 0
        for n, spec in each(specs, failure):
            if 1 < times <= MAX_TIMES and spec.shape:
                yield replaced(specs, n, spec.put(0, spec.shape[0] * times))
