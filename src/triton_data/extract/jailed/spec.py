"""A forward argument that can be changed: a tensor's kind and shape, or an expression left alone.

In: a kind and a shape, or an expression. Out: source text: `Spec((2, 16, 64)).text()` is `torch.randn(2, 16, 64)`.
Not covered: which shape to try (jailed/guess, jailed/repair).
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

FLOAT, INT, BOOL, COMPLEX, UNIT = "float", "int", "bool", "complex", "unit"


@dataclass(frozen=True, slots=True)
class Spec:
    shape: tuple[int, ...] = ()
    kind: str = FLOAT
    high: int = 10  # integers are drawn below it
    many: int = 0  # > 0: a list of so many such tensors
    fixed: str = ""  # an expression instead of a tensor
    keyword: str = ""  # given by name
    low: int = 0  # integers are drawn from it on
    owner: str = ""  # of a part: `batch[]` for a dictionary, `data.` for an object
    part: str = ""  # its name there

    def argument(self) -> str:
        """As it stands in a call: `x` or `name=x`."""
        return f"{self.keyword}={self.text()}" if self.keyword else self.text()

    def text(self) -> str:
        if self.fixed:
            return self.fixed
        one = self._tensor()
        return "[" + ", ".join([one] * self.many) + "]" if self.many else one

    def _tensor(self) -> str:
        if self.kind == INT:
            return f"torch.randint({self.low}, {self.high}, {self.shape})"
        if self.kind == UNIT:
            return f"torch.rand({self.shape})"
        if self.kind == COMPLEX:
            return f"torch.randn({self.shape}, dtype=torch.complex64)"
        if self.kind == BOOL:
            return f"torch.ones({self.shape}, dtype=torch.bool)"
        return f"torch.randn({', '.join(map(str, self.shape))})" if self.shape else "torch.randn(())"

    @property
    def is_tensor(self) -> bool:
        return not self.fixed

    def put(self, axis: int, size: int) -> Spec:
        shape = list(self.shape)
        shape[axis] = size
        return replace(self, shape=tuple(shape))

    def swap(self, old: int, new: int) -> list[Spec]:
        """One Spec for each axis of size `old`, last axis first; and one with all of them changed."""
        axes = [n for n in range(len(self.shape)) if self.shape[n] == old]
        out = [self.put(axis, new) for axis in reversed(axes)]
        if len(axes) > 1:
            out.append(replace(self, shape=tuple(new if s == old else s for s in self.shape)))
        return out

    def ranked(self, rank: int) -> list[Spec]:
        """The same tensor with another number of axes; which axis is the channel stays open, so two answers."""
        if rank < 0 or rank > 6 or rank == len(self.shape):
            return []
        batch, *rest = self.shape or (2,)
        wide = max(rest, default=16)
        spatial = {5: (4, 16, 16), 4: (16, 16), 3: (16,), 6: (2, 4, 8, 8)}.get(rank, ())
        if rank <= 1:
            return [replace(self, shape=(batch,)[:rank]), replace(self, shape=(wide,)[:rank])]
        if rank == 2:
            return [replace(self, shape=(batch, wide))]
        return [replace(self, shape=(batch, wide, *spatial)), replace(self, shape=(batch, *spatial, wide))]


Specs = tuple[Spec, ...]  # the arguments of one call


def written(specs: Iterable[Spec]) -> list[str]:
    """Arguments as they stand in a call, each part where it belongs."""
    found: list[str] = []
    for owner, group in itertools.groupby(specs, lambda spec: spec.owner):
        parts = list(group)
        if not owner:
            found += [spec.argument() for spec in parts]
            continue
        if owner.endswith("]"):
            whole = "{" + ", ".join(f"{spec.part!r}: {spec.text()}" for spec in parts) + "}"
        else:
            whole = f"types.SimpleNamespace({', '.join(f'{spec.part}={spec.text()}' for spec in parts)})"
        found.append(f"{parts[0].keyword}={whole}" if parts[0].keyword else whole)
    return found


_DRAW = re.compile(r"^torch\.(randn|rand|zeros|ones|randint)\((.*)\)$", re.S)


def parse(text: str) -> Spec:
    """A Spec that can be varied where the expression is a plain draw; else one that is left as it is."""
    found = _DRAW.match(text)
    if found:
        try:
            call = ast.parse(text, mode="eval").body
        except SyntaxError:
            return Spec(fixed=text)
        shaped = _shape(call)
        if shaped is not None and isinstance(call, ast.Call) and not call.keywords:
            if found[1] == "randint":
                low, high = (
                    bound.value if isinstance(bound, ast.Constant) and type(bound.value) is int else usual
                    for bound, usual in zip(call.args, (0, 10), strict=False)
                )
                return Spec(shaped, INT, high, low=low)
            if found[1] in ("randn", "rand"):
                return Spec(shaped, FLOAT if found[1] == "randn" else UNIT)
    return Spec(fixed=text)


def _shape(call: ast.expr) -> tuple[int, ...] | None:
    if not isinstance(call, ast.Call) or not call.args:
        return None
    try:
        values = [ast.literal_eval(arg) for arg in call.args]
    except (ValueError, TypeError):
        return None
    shape = values[-1] if isinstance(values[-1], tuple) else tuple(values)
    return shape if all(isinstance(v, int) for v in shape) else None
