"""What a small kernel is: a name, its lines, its inputs, and how near to a GPU's answer the interpreter has to come.

Every kernel loads up to three blocks `a`, `b`, `c` of `N` elements (`i` are their places) and stores one block to
`o + i`. The lists in elementwise.py, casts.py, blocks.py, memory.py, calls.py and programs.py make them from tables.
Not covered: what only several warps see, and waiting for another program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

N = 32
EXACT, ROUNDED, APPROXIMATE = 0.0, 3e-7, 2e-5
"""Every bit; one rounding of float32; an instruction of a GPU that promises a few units in the last place."""


@dataclass(frozen=True)
class Small:
    name: str
    lines: tuple[str, ...]  # of its body, after the loads
    inputs: tuple[str, ...] = ("f32",)  # kind:pattern of inputs.py
    output: str = "f32"
    near: float = EXACT
    size: int = N  # elements of the output
    grid: tuple[int, ...] = (1,)
    more: str = ""  # functions beside it
    arguments: tuple[tuple[str, str], ...] = ()  # (parameter, what it is given, as Python)
    loads: bool = True

    def text(self) -> str:
        names = "abc"[: len(self.inputs)]
        parameters = [f"p{name}" for name in names] + ["o"] + [name for name, _ in self.arguments]
        body = ["i = tl.arange(0, N)"]
        body += [f"{name} = tl.load(p{name} + i)" for name in names] if self.loads else []
        body += self.lines
        head = f"@triton.jit\ndef {self.name}({', '.join(parameters)}, N: tl.constexpr):\n"
        return f"{self.more}\n{head}" + "".join(f"    {line}\n" for line in body)


def one(name: str, expression: str, *inputs: str, output: str = "f32", near: float = EXACT, more: str = "") -> Small:
    """A single expression of a, b and c."""
    return Small(name, (f"tl.store(o + i, {expression})",), inputs or ("f32",), output, near, more=more)


def lines(
    name: str, *body: str, inputs: tuple[str, ...] = ("f32",), output: str = "f32", near: float = EXACT, size: int = N,
    grid: tuple[int, ...] = (1,), arguments: tuple[tuple[str, str], ...] = (), more: str = "",
) -> Small:  # fmt: skip
    return Small(name, body, inputs, output, near, size, grid, more, arguments)


def everything() -> Iterator[Small]:
    from small_kernels import blocks, calls, casts, elementwise, memory, programs

    for module in (elementwise, casts, blocks, memory, calls, programs):
        yield from module.kernels()
