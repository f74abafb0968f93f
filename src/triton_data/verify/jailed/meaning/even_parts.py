"""Does a program cut an axis into parts that are as good as equal, but not equal?

Halves of an odd width, every second of an odd number: where such a program runs at all, it does because a part of one
element is broadcast, or because nothing compares the parts, and no kernel for it means that. `EvenParts()` around a
call; then `parts.uneven`. Not covered: parts that an index picks, or a convolution's groups (which refuse).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import torch

from triton_data.formats.dispatch_mode import DispatchMode
from triton_data.verify.jailed import operations

_WHOLE = 1 << 62
Part = tuple[int, int, int]  # where it begins, its step, how many


class EvenParts(DispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.cuts: dict[tuple[int, int, int], set[Part]] = defaultdict(set)  # of a tensor along an axis of a length
        self.kept: list[torch.Tensor] = []  # so that an id stays its own

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name = operations.short(func)
        if name == "slice":
            self._sliced(*args, **(kwargs or {}))
        elif name in ("split", "split_with_sizes", "chunk", "unsafe_split", "unsafe_chunk"):
            axis = args[2] if len(args) > 2 else (kwargs or {}).get("dim", 0)
            self._split(args[0], axis, result)
        return result

    def _sliced(
        self, whole: torch.Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
    ) -> None:
        length = whole.shape[dim]
        begin, stop, _ = slice(start, _WHOLE if end is None else end).indices(length)
        self._note(whole, dim, (begin, step, len(range(begin, stop, step))))

    def _split(self, whole: torch.Tensor, dim: int, parts: Any) -> None:
        begin = 0
        for part in parts:
            self._note(whole, dim, (begin, 1, part.shape[dim]))
            begin += part.shape[dim]

    def _note(self, whole: torch.Tensor, dim: int, part: Part) -> None:
        if part[2] != whole.shape[dim]:
            self.kept.append(whole)
            self.cuts[id(whole), dim % whole.ndim, whole.shape[dim]].add(part)

    @property
    def uneven(self) -> bool:
        return any(_uneven(length, sorted(parts)) for (_, _, length), parts in self.cuts.items())


def _uneven(length: int, parts: list[Part]) -> bool:
    """They cover all of it once, and are as equal as they can be: but for one element, or but for the last."""
    sizes = [size for _, _, size in parts]
    if len(parts) < 2 or min(sizes) == max(sizes) or not _covers(length, parts):
        return False
    all_but_last = len(set(sizes[:-1])) == 1 and sizes[-1] < sizes[0] == -(-length // len(sizes))
    return max(sizes) - min(sizes) == 1 or all_but_last


def _covers(length: int, parts: list[Part]) -> bool:
    places = sorted(place for begin, step, size in parts for place in range(begin, begin + step * size, step))
    return places == list(range(length))
