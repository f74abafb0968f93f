"""Random decisions that can be made once more at other sizes.

In: a seed. Out: sizes and choices. Every decision takes one number of the generator, whatever is open to it, so that
the same seed with other sizes leads to the same graph: that is how a graph is moved into a FLOP window and made small.
Not covered: which decisions there are (families/, graphs/).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

# Sizes that people write, and their neighbours: tails are where kernels go wrong.
USUAL = {
    "batch": (1, 2, 3, 4, 7, 8, 16, 32, 33, 64, 128),
    "channels": (1, 3, 4, 8, 16, 31, 32, 48, 64, 96, 128, 192, 256, 384, 512),
    "spatial": (7, 8, 14, 16, 28, 32, 33, 56, 64, 112, 128, 224),
    "features": (8, 16, 32, 33, 64, 65, 127, 128, 129, 256, 384, 512, 513, 768, 1023, 1024, 1536, 2048, 3072, 4096),
    "sequence": (8, 16, 31, 32, 49, 64, 77, 128, 196, 197, 256, 257, 384, 512, 1024, 2048),
    "head": (8, 16, 32, 40, 64, 80, 96, 128),
    "single": (1,),
    "vocabulary": (10, 100, 128, 1000, 1001, 10000, 30522, 32000, 50257),
}
LARGEST = {"vocabulary": 65536, "head": 256, "single": 1}
LARGEST_SIZE = 8192
SHARE_USUAL = 0.7  # the other sizes are random, log-uniform

Resize = Callable[[int, int], int]  # the number of a size, its value


class Draw:
    def __init__(self, seed: int | str, scale: int = LARGEST_SIZE, resize: Resize | None = None) -> None:
        self.random = Random(seed)
        self.scale = scale  # no size is drawn above it, unless its use asks for more
        self.resize = resize
        self.sizes: list[tuple[int, int, int]] = []  # (value, smallest, largest) of every size drawn

    def choice(self, options: Sequence[T]) -> T:
        return options[int(self.random.random() * len(options))]

    def integer(self, low: int, high: int) -> int:
        """`high` is one of them."""
        return low + int(self.random.random() * (high - low + 1))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def order(self, options: Sequence[T]) -> list[T]:
        marked = [(self.random.random(), place) for place in range(len(options))]
        return [options[place] for _, place in sorted(marked)]

    def size(self, kind: str = "features", low: int = 1, high: int = 0) -> int:
        high = high or LARGEST.get(kind, LARGEST_SIZE)
        usual, where = self.random.random() < SHARE_USUAL, self.random.random()
        top = max(low, min(high, self.scale if kind != "vocabulary" else 8 * self.scale))
        known = [size for size in USUAL[kind] if low <= size <= top] if usual else []
        value = known[int(where * len(known))] if known else int(low * (top / low) ** where + 0.5)
        if self.resize is not None:
            value = max(low, min(high, self.resize(len(self.sizes), value)))
        self.sizes.append((value, low, high))
        return value
