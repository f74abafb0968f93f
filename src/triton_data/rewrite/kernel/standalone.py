"""A kernel as it stands in the new file: through all passes, under its new names, with the launch that fits them.

In: the host code's launches. Out: for each kernel its text and its launches. Not covered: the file around them
(assemble.py) and what the passes do (passes/).
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from triton_data.rewrite import printer, tree
from triton_data.rewrite.host import graph_inputs
from triton_data.rewrite.host.layout import Layout
from triton_data.rewrite.host.read_call import Host, Launch
from triton_data.rewrite.kernel import configs, helpers, titles
from triton_data.rewrite.kernel.configs import Config
from triton_data.rewrite.kernel.emitted import Kernel
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.options import STEPS, Options
from triton_data.rewrite.passes import (
    assembly,
    broadcasts,
    casts,
    constants,
    copies,
    dead,
    fold,
    masks,
    names,
    sizes,
    spelling,
)
from triton_data.rewrite.reasons import Declined, Reason
from triton_data.rewrite.templates import written as templates
from triton_data.rewrite.templates.reading import is_template
from triton_data.rewrite.templates.written import Filled

STEP = printer.STEP
LONGEST_BOUND = 84  # of a line that binds sizes
LONGEST_HEAD = 76  # of `kernel[grid](`, beyond which the grid gets a line of its own
_GRIDS = {"Grid1D": "x", "Grid2D": "xy", "Grid3D": "xyz", "Grid2DWithYZOverflow": "xy"}
_SYMBOL = re.compile(r"^[kp]s\d+$")
PASSES: dict[str, tuple[Callable[[Kernel], None], ...]] = {
    "sizes": (sizes.apply,),
    "copies": (copies.apply,),
    "masks": (masks.apply,),
    "casts": (casts.apply,),
    "broadcasts": (broadcasts.apply, copies.apply),
    "constants": (assembly.apply, constants.apply, casts.apply, copies.apply),
    "dead": (dead.apply,),
    "fold": (fold.apply, dead.apply),
    "spelling": (spelling.apply,),
}


@dataclass
class Made:
    """What one rewrite puts between the support functions and the inputs."""

    written: list[Written]
    uses: set[str]  # support functions
    lines: list[str]  # the module or function
    launches: list[tuple[Launch, Written]]
    allocations: dict[str, tuple[str, str]]  # name -> (sizes, strides or '')


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


class WrittenTemplate(Written):
    """A product or a convolution: its sizes and strides are read from the tensors."""

    def __init__(
        self, filled: Filled, title: str, names: dict[str, str], autotune: bool, helpers: set[str], reserved: set[str]
    ) -> None:
        super().__init__(filled.kernel, title, names, filled.configs, autotune, helpers)
        self.filled, self.reserved = filled, reserved

    def _autotune(self) -> list[str]:
        lines = super()._autotune()
        sizes = [self.names.get(n, n) for n in self.filled.body.sizes if self._is_used(n)]
        return [f"{STEP}key={sizes!r}," if line.startswith(f"{STEP}key=") else line for line in lines]

    def launch(self, arguments: list[ast.expr], layouts: Sequence[Layout | None] = ()) -> list[ast.stmt]:
        launching = templates.Launching(self.filled, Launch(self.kernel, arguments, list(layouts)))
        body = self.filled.body
        sizes = {name: launching.value(name) for name in body.sizes if self._is_used(name) or name == "znumel"}
        short = {name: self.names.get(name, name) for name in sizes}
        lines = list[str]()
        if not {*short.values()} & self.reserved:
            lines += _bound([(short[name], value) for name, value in sizes.items()])
            sizes = short
        spoken = {name: ast.unparse(value) for name, value in launching.passed.items()}
        spoken |= sizes | {name: launching.value(name) for name in body.strides.known}
        passed = [spoken[name] for name in self._order() if name in spoken]
        options = [f"{self.names.get(b, b)}={v}" for b, v in body.fixed.items() if self._is_used(b)]
        if not self.tuned:
            first = self.configs[0]
            options += [f"{self.names.get(b, b)}={v}" for b, v in first.blocks if self._is_used(b)]
            options += [f"num_warps={first.num_warps}", f"num_stages={first.num_stages}"]
        parts = ", ".join(self._spoken(part, sizes) for part in body.grid)
        lines.append(f"grid = lambda meta: ({parts},)")
        lines.append(f"{self.title}[grid]({', '.join([*passed, *options])})")
        return [tree.statement(line) for line in lines]

    def _order(self) -> list[str]:
        """Parameters as the kernel takes them, in their old names."""
        old = {new: name for name, new in self.names.items()}
        return [old.get(name, name) for name in self._parameters()]

    def _spoken(self, part: str, sizes: Mapping[str, str]) -> str:
        by = {name: tree.expression(text) for name, text in sizes.items()}
        text = ast.unparse(tree.Substitute(by).visit(tree.expression(part)))
        return re.sub(r"meta\['(\w+)'\]", lambda found: f"meta['{self.names.get(found[1], found[1])}']", text)


def write_kernels(host: Host, options: Options, taken: set[str]) -> dict[str, Written]:
    """Every kernel that the host code launches, through all passes; `taken` are the names of the file so far."""
    written: dict[str, Written] = {}
    reserved = {name for each in host.statements if isinstance(each, ast.stmt) for name in _names(each)}
    for statement in host.statements:
        if isinstance(statement, Launch) and statement.kernel.name not in written:
            kernel = statement.kernel
            if is_template(kernel):
                written[kernel.name] = _of_template(statement, options, taken, reserved)
                continue
            found = configs.candidates(kernel)
            for name in STEPS:
                for apply in PASSES[name]:
                    apply(kernel)
                if name == options.stop_after:
                    break
            own = helpers.Unprefixed()
            for function in (kernel.function, *kernel.callees):
                own.visit(function)
            if not options.stop_after:
                known = dict(names.rename_callee(function, taken) for function in kernel.callees)
                tree.substitute(kernel.function.body, {k: ast.Name(v, ast.Load()) for k, v in known.items()})
            renamed = {} if options.stop_after else names.apply(kernel, _roles(statement), _sizes(statement))
            title = titles.kernel_title(kernel.aten, taken, kernel.function)
            written[kernel.name] = Written(kernel, title, renamed, found, options.autotune, own.used)
    return written


def _of_template(launch: Launch, options: Options, taken: set[str], reserved: set[str]) -> Written:
    kernel = launch.kernel
    filled = templates.fill(kernel)
    title = titles.template_title(kernel.aten, filled.dims, taken, filled.fused)
    for name in STEPS:
        if name not in ("sizes", "masks"):  # a template's sizes are arguments and its masks complete
            for apply in PASSES[name]:
                apply(kernel)
    templates.after_passes(filled)
    own = helpers.Unprefixed()
    own.visit(kernel.function)
    roles = _roles(launch, templates.OPERANDS.get(filled.kind, {}))
    indices = filled.body.names | templates.strides_named(filled, roles)
    renamed = names.apply(kernel, roles, _sizes(launch), indices)
    return WrittenTemplate(filled, title, renamed, options.autotune, own.used, reserved)


def _bound(pairs: list[tuple[str, str]]) -> list[str]:
    """`M, N, K = …`, as many on a line as fit."""
    lines: list[list[tuple[str, str]]] = [[]]
    for pair in pairs:
        if lines[-1] and sum(len(name) + len(value) + 4 for name, value in [*lines[-1], pair]) > LONGEST_BOUND:
            lines.append([])
        lines[-1].append(pair)
    return [f"{', '.join(name for name, _ in line)} = {', '.join(value for _, value in line)}" for line in lines]


def _names(statement: ast.stmt) -> list[str]:
    return [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]


def _roles(launch: Launch, known: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What each pointer parameter holds, from the expression that the launch passes; `known` are told already."""
    taken = {*known.values()}
    pointers = [p for p, kind in launch.kernel.signature.items() if kind.startswith("*")]
    passed = dict(zip(launch.kernel.signature, launch.arguments, strict=False))
    told = {name: role for name, role in known.items() if name in passed}
    rest = [name for name in pointers if name in passed and name not in told]
    return told | {name: fresh(_role(name, passed[name]), taken, first=1) for name in rest}


def _sizes(launch: Launch) -> dict[str, str]:
    """Symbolic sizes among the parameters, by what the launch passes."""
    taken: set[str] = set()
    passed = dict(zip(launch.kernel.signature, launch.arguments, strict=False))
    names = [name for name in launch.kernel.signature if _SYMBOL.match(name) and name in passed]
    given = {name: passed[name] for name in names}
    return {n: fresh(v.id if isinstance(v, ast.Name) else "extent", taken) for n, v in given.items()}


def _role(parameter: str, argument: ast.expr) -> str:
    text = ast.unparse(argument)
    if parameter.startswith("out_ptr"):
        return "out"
    if text.startswith(("self.", "self[")):
        return graph_inputs.role(text)
    bases = [name for name in tree.used(argument) if name not in ("self", "torch", "strided_view", "with_strides")]
    return bases[0] if len(bases) == 1 else "source"
