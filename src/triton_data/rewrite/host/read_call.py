"""The host code: `call(args)` of Inductor becomes the body of a forward that people can read.

In: the statements of call(), what each input is, and the kernels under their new names. Out: statements that allocate,
launch, and call the extern operations in the same order. Streams, guards, deletes and alignment copies go; strides that
the kernels rely on stay. Every statement is one that is known here, or the Capture is declined.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from triton_data.rewrite import tree
from triton_data.rewrite.host.externs import extern_call
from triton_data.rewrite.host.layout import Layout, Layouts, is_contiguous
from triton_data.rewrite.kernel.emitted import Emitted, Kernel
from triton_data.rewrite.naming import fresh
from triton_data.rewrite.reasons import Declined, Reason

_EMPTY = re.compile(r"^empty_strided_(cuda|xpu|cpu)$")
_SOURCES = re.compile(r"# Topologically Sorted Source Nodes: \[(.*?)\]")
_NUMEL = re.compile(r"^triton_\w+numel(_\d+)?$")
_PRODUCT = re.compile(r"^ps\d+$")
_IGNORED = ("args.clear", "torch.cuda.set_device", "assert_alignment", "torch._C._cuda_setDevice")


W = TypeVar("W")


@dataclass
class Launch:
    kernel: Kernel
    arguments: list[ast.expr]  # in the order of the original parameters
    layouts: list[Layout | None] = field(default_factory=list)  # of each argument, where it is known


@dataclass
class Host:
    statements: list[ast.stmt | Launch] = field(default_factory=list)
    nodes: list[tuple[str, ...]] = field(default_factory=list)  # source nodes of each statement
    returned: list[ast.expr] = field(default_factory=list)
    uses: set[str] = field(default_factory=set)  # support functions that the file must bring
    layouts: Layouts = field(default_factory=Layouts)

    def allocations(self) -> dict[str, tuple[str, str]]:
        """name -> (sizes, strides) of what is allocated; '' for the strides of a contiguous tensor."""
        found: dict[str, tuple[str, str]] = {}
        for each in self.statements:
            match each:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[size, *rest]) as call):
                    if tree.called(call) in ("torch.empty", "torch.empty_strided"):
                        found[name] = ast.unparse(size), ast.unparse(rest[0]) if rest else ""
        return found

    def launched(self, written: Mapping[str, W]) -> list[tuple[Launch, W]]:
        return [(each, written[each.kernel.name]) for each in self.statements if isinstance(each, Launch)]


class Reader:
    def __init__(self, emitted: Emitted, inputs: dict[str, str]) -> None:
        self.emitted = emitted
        self.host = Host()
        self.alias: dict[str, ast.expr] = {name: tree.expression(text) for name, text in inputs.items()}
        self.inputs = set(inputs)
        self.checked: set[str] = set()
        self.first_only: set[str] = set()
        self.short: set[str] = set()
        self.views: set[str] = set()

    def read(self) -> Host:
        self._block(self.emitted.body)
        return self.host

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        self._read(statement)
        nodes = self.emitted.nodes_above(statement)
        self.host.nodes += [nodes] * (len(self.host.statements) - len(self.host.nodes))

    def _read(self, statement: ast.stmt) -> None:
        match statement:
            case ast.With(body=inner):
                self._block(inner)
            case ast.Delete() | ast.Pass():
                return
            case ast.Return(value=ast.Tuple(elts=values)):
                self.host.returned = [self.resolve(value) for value in values]
            case ast.Expr(value=ast.Call() as call):
                self._call(call)
            case ast.Assign(targets=[target], value=value):
                self._assign(target, value)
            case _:
                raise Declined(Reason.HOST_CALL, ast.unparse(statement)[:200])

    # ---- statements that bind ----------------------------------------------------------------------------

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        text = ast.unparse(value)
        if not isinstance(target, ast.Name):
            raise Declined(Reason.HOST_CALL, ast.unparse(target))
        name = target.id
        if text.startswith(("get_raw_stream(", "copy_if_misaligned(", "copy_misaligned(")):  # the latter of torch 2.12
            return
        if isinstance(value, ast.Name):
            self._bind_alias(name, value)
        elif isinstance(value, ast.Call):
            self._assign_call(name, value)
        elif isinstance(value, ast.Subscript) and ast.unparse(value.value) in self.first_only:
            if ast.unparse(value.slice) == "0":
                self._bind_alias(name, ast.Name(ast.unparse(value.value), ast.Load()))
            else:  # only the fused operation's own backward reads these, and it is not called either
                self.alias[name] = ast.Constant(None)
        else:
            self._emit(self._short(name), self.resolve(value))

    def _short(self, name: str) -> str:
        """`triton_poi_fused_add_0_xnumel` holds a number of elements, `ps0` a product of sizes."""
        base = "numel" if _NUMEL.match(name) else "extent" if _PRODUCT.match(name) else ""
        if not base:
            return name
        short = fresh(base, self.short)
        self.alias[name] = ast.Name(short, ast.Load())
        return short

    def _bind_alias(self, name: str, value: ast.Name) -> None:
        self.alias[name] = self.alias.get(value.id, value)
        if value.id in self.host.layouts.known:
            self.host.layouts.known[name] = self.host.layouts.known[value.id]

    def _assign_call(self, name: str, call: ast.Call) -> None:
        function = tree.called(call)
        if _EMPTY.match(function):
            size, stride, dtype = call.args[:3]
            self.host.layouts.learn(name, size, stride)
            self._emit(name, self._allocation(function, size, stride, dtype))
        elif function == "reinterpret_tensor":
            self._emit(name, self._view(call))
            if len(call.args) < 4 or ast.unparse(call.args[3]) == "0":
                self.host.layouts.learn(name, call.args[1], call.args[2])
        else:
            found = extern_call(call, self.resolve, self._sizes)
            if found.first_only:
                self.first_only.add(name)
            if found.uses:
                self.host.uses.add(found.uses)
            self._emit(name, found.expression)

    def _allocation(self, function: str, size: ast.expr, stride: ast.expr, dtype: ast.expr) -> ast.expr:
        device = "'cpu'" if function.endswith("_cpu") else "device"
        sizes = ast.unparse(self.resolve(size))
        if is_contiguous(size, stride):
            return tree.expression(f"torch.empty({sizes}, dtype={ast.unparse(dtype)}, device={device})")
        strides = ast.unparse(self.resolve(stride))
        return tree.expression(f"torch.empty_strided({sizes}, {strides}, dtype={ast.unparse(dtype)}, device={device})")

    def _view(self, call: ast.Call) -> ast.expr:
        base, size, stride, *rest = call.args
        offset = rest[0] if rest else ast.Constant(0)
        source = self.resolve(base)
        text = self.host.layouts.view(base, ast.unparse(source), Layout(size, stride), ast.unparse(offset))
        if text is None:
            self.host.uses.add("strided_view")
            arguments = [source, self.resolve(size), self.resolve(stride)]
            arguments += [] if ast.unparse(offset) == "0" else [self.resolve(offset)]
            return ast.Call(ast.Name("strided_view", ast.Load()), arguments, [])
        return self.resolve(tree.expression(text))

    # ---- statements that do ------------------------------------------------------------------------------

    def _call(self, call: ast.Call) -> None:
        function = tree.called(call)
        if function in _IGNORED:
            return
        if function == "assert_size_stride":
            self._layout_check(call)
            return
        owner, _, method = function.rpartition(".")
        if method == "run" and owner in self.emitted.kernels:
            kernel = self.emitted.kernels[owner]
            given = [self._named_view(a) for a in call.args] if kernel.heuristic == "template" else call.args
            layouts = [self._layout(a) for a in given]
            self.host.statements.append(Launch(kernel, [self.resolve(a) for a in given], layouts))
            return
        self.host.statements.append(ast.Expr(self._extern(call)))

    def _named_view(self, argument: ast.expr) -> ast.expr:
        """A view that a template reads strides of gets a name."""
        if not (isinstance(argument, ast.Call) and tree.called(argument) == "reinterpret_tensor"):
            return argument
        name = fresh("buf_view", self.views)
        self._assign_call(name, argument)
        return ast.Name(name, ast.Load())

    def _layout(self, argument: ast.expr) -> Layout | None:
        known = self.host.layouts.known.get(ast.unparse(argument))
        return known and Layout(self.resolve(known.size), self.resolve(known.stride))

    def _layout_check(self, call: ast.Call) -> None:
        name = ast.unparse(call.args[0])
        size, stride = call.args[1], call.args[2]
        self.host.layouts.learn(name, size, stride)
        if name in self.checked:
            return
        self.checked.add(name)
        value = self.alias.get(name)
        if isinstance(value, ast.Constant):
            return
        if name in self.inputs and value is not None:
            text = ast.unparse(value)
            there = self.host.layouts.weights if text.startswith(("self.", "self[")) else self.host.layouts.arguments
            there[text] = Layout(self.resolve(size), self.resolve(stride))
            return
        # An extern operation may return other strides on another device; the kernels were written for these.
        self.host.uses.add("with_strides")
        made = ast.Call(ast.Name("with_strides", ast.Load()), [self.resolve(call.args[0]), self.resolve(stride)], [])
        self._emit(name, made)

    def _extern(self, call: ast.Call) -> ast.expr:
        return extern_call(call, self.resolve, self._sizes).expression

    def _sizes(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.Call) and tree.called(node) == "reinterpret_tensor":
            return Layout(node.args[1], node.args[2]).sizes
        known = self.host.layouts.known.get(ast.unparse(node))
        return known.sizes if known else []

    def _emit(self, name: str, value: ast.expr) -> None:
        self.alias.pop(name, None)
        self.host.statements.append(ast.Assign([ast.Name(name, ast.Store())], value))

    def resolve(self, node: ast.expr) -> ast.expr:
        reader = self

        class Resolve(ast.NodeTransformer):
            def visit_Name(self, inner: ast.Name) -> ast.expr:
                return reader.alias.get(inner.id, inner) if isinstance(inner.ctx, ast.Load) else inner

            def visit_Call(self, inner: ast.Call) -> ast.expr:
                if tree.called(inner) == "reinterpret_tensor":
                    return reader._view(inner)
                self.generic_visit(inner)
                return inner

        return Resolve().visit(tree.expression(ast.unparse(node)))  # type: ignore[no-any-return]
