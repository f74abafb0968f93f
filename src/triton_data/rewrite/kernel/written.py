"""A kernel as it stands in the file: its comment, its configurations, its text, and the statements that launch it.

In: a kernel after the passes, under its new names. Out: lines and statements. Not covered: which passes it went through
(standalone.py), and products, whose launches read sizes from tensors (templates/written_template.py).
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence

from triton_data.rewrite import printer, tree
from triton_data.rewrite.host.layout import Layout
from triton_data.rewrite.kernel.configs import Config
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.reasons import Declined, Reason

STEP = printer.STEP
LONGEST_HEAD = 76  # of `kernel[grid](`, beyond which the grid gets a line of its own
_GRIDS = {"Grid1D": "x", "Grid2D": "xy", "Grid3D": "xyz", "Grid2DWithYZOverflow": "xy"}


class Written:
    """A kernel as it stands in the file, and how to launch it."""

    def __init__(
        self,
        kernel: Kernel,
        title: str,
        names: dict[str, str],
        configs: list[Config],
        autotune: bool,
        helpers: set[str],
    ) -> None:
        self.kernel, self.title, self.names, self.configs = kernel, title, names, configs
        self.helpers = helpers  # library functions that it calls
        self.original = [*kernel.signature]  # parameters in the order in which the launch passes them
        self.tuned = autotune and len(configs) > 1

    def text(self) -> list[str]:
        lines = [f"# {line}" for line in self._comment()]
        if self.tuned:
            lines += self._autotune()
        self.kernel.function.name = self.title
        return [*lines, "@triton.jit", *printer.function(self.kernel.function)]

    def _comment(self) -> list[str]:
        operations = ", ".join(dict.fromkeys(name.rsplit(".", 1)[-1].lstrip("_") for name in self.kernel.aten))
        nodes = ", ".join(self.kernel.nodes)
        return textwrap.wrap(f"{nodes or self.title}: {operations}", printer.WIDTH - 2) if operations else []

    def _autotune(self) -> list[str]:
        configs = [f"{STEP * 2}{self._config(c)}," for c in self.configs]
        sizes = [n for n in self._parameters() if n.startswith("n_")]
        lines = ["@triton.autotune(", f"{STEP}configs=best_of(", *configs, f"{STEP}),", f"{STEP}key={sizes!r},"]
        changed = [self.names.get(n, n) for n in self.kernel.meta.get("mutated_arg_names", ())]
        if changed:
            lines.append(f"{STEP}restore_value={changed!r},")
        return [*lines, ")"]

    def _config(self, config: Config) -> str:
        blocks = ", ".join(f'"{self.names.get(k, k)}": {v}' for k, v in config.blocks)
        stages = f", num_stages={config.num_stages}" if config.num_stages != 1 else ""
        return f"triton.Config({{{blocks}}}, num_warps={config.num_warps}{stages})"

    def _parameters(self) -> list[str]:
        return [a.arg for a in self.kernel.function.args.args]

    def launch(self, arguments: list[ast.expr], layouts: Sequence[Layout | None] = ()) -> list[ast.stmt]:
        by_parameter = dict(zip(self.original, map(ast.unparse, arguments), strict=False))
        passed = [by_parameter[p] for p in self.original if p in by_parameter and self._is_used(p)]
        options = [f"{self.names.get(b, b)}={v}" for b, v in self.kernel.fixed.items() if self._is_used(b)]
        first = self.configs[0]
        if not self.tuned:
            options += [f"{self.names.get(b, b)}={v}" for b, v in first.blocks if self._is_used(b)]
            options += [f"num_warps={first.num_warps}"]
            options += [f"num_stages={first.num_stages}"] if first.num_stages != 1 else []
        grid = self._grid(by_parameter)
        call = f"({', '.join([*passed, *options])})"
        if len(self.title) + len(grid) <= LONGEST_HEAD:
            return [tree.statement(f"{self.title}[{grid}]{call}")]
        return [tree.statement(f"grid = {grid}"), tree.statement(f"{self.title}[grid]{call}")]

    @property
    def is_tall(self) -> bool:
        return self.kernel.meta.get("grid_type") == "Grid2DWithYZOverflow"

    def _is_used(self, parameter: str) -> bool:
        return self.names.get(parameter, parameter) in self._parameters()

    def _grid(self, sizes: dict[str, str]) -> str:
        kind = self.kernel.meta.get("grid_type", "")
        if kind not in _GRIDS:
            raise Declined(Reason.GRID, f"{self.kernel.name}: {kind}")
        parts = []
        blocks = {k for c in self.configs for k, _ in c.blocks} | set(self.kernel.fixed)
        for axis in _GRIDS[kind]:
            size, block = sizes.get(f"{axis}numel"), f"{axis.upper()}BLOCK"
            if size is None:
                raise Declined(Reason.GRID, f"{self.kernel.name}: no {axis}numel")
            used = block in blocks and self._is_used(block)
            parts.append(f"triton.cdiv({size}, meta['{self.names.get(block, block)}'])" if used else size)
        if self.is_tall:
            return f"lambda meta: tall_grid({', '.join(parts)})"
        return f"lambda meta: ({', '.join(parts)},)"
