"""Read one `output_code.py`: its kernels with what their decorators say, and the host code that launches them.

In: the text of a Graph. Out: `Emitted`, working copies of syntax trees that the transforms change. Nothing is executed.
Plain `ast`, not libcst: generated code has no formatting or comments worth keeping, and parsing it is fifty times
faster (docs/decisions/020). Not covered: C++ kernels, foreach and template kernels with several bodies.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import dataclass, field
from typing import Any

from triton_data.rewrite.reasons import Declined, Reason

_SOURCES = re.compile(r"Topologically Sorted Source Nodes: \[(.*?)\], Original ATen: \[(.*?)\]")


@dataclass
class Kernel:
    name: str  # as the host code calls it
    function: ast.FunctionDef
    callees: list[ast.FunctionDef]  # combine functions that Inductor wrote beside it
    heuristic: str  # pointwise, reduction, persistent_reduction, ...
    size_hints: dict[str, int]
    signature: dict[str, str]  # parameter -> *fp32, i32, constexpr
    meta: dict[str, Any]  # inductor_meta
    decorator: ast.Call
    nodes: tuple[str, ...] = ()  # source nodes, such as layer_norm, h
    aten: tuple[str, ...] = ()  # such as aten.gelu
    fixed: dict[str, int] = field(default_factory=dict)  # blocks that Inductor baked in
    dropped: tuple[str, ...] = ()  # parameters that nothing reads
    comment: str = ""  # what Inductor says above it, the graph fragment included

    @property
    def parameters(self) -> list[str]:
        return [a.arg for a in self.function.args.args]


@dataclass
class Emitted:
    kernels: dict[str, Kernel]
    arguments: list[str]  # of call(), in order
    body: list[ast.stmt]  # of call(), after the arguments are unpacked
    lines: list[str]  # of the whole code, for the comments between statements

    def nodes_above(self, statement: ast.stmt) -> tuple[str, ...]:
        """The source nodes that Inductor names in the comment above a statement of call()."""
        for line in reversed(self.lines[max(statement.lineno - 4, 0) : statement.lineno - 1]):
            if found := _SOURCES.search(line):
                return tuple(word.strip() for word in found[1].split(",") if word.strip())
            if "raw_stream" not in line:
                break
        return ()


def read(code: str) -> Emitted:
    tree = ast.parse(code)
    kernels = {}
    for node in tree.body:
        source = _kernel_source(node)
        if source is not None:
            name, text = source
            kernels[name] = _kernel(name, text, _comment_before(code, node))
    call = _call(tree)
    arguments, body = _unpacked(call)
    return Emitted(kernels, arguments, body, code.splitlines())


def _kernel_source(node: ast.stmt) -> tuple[str, str] | None:
    match node:
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id="async_compile"), attr=how), args=[_, text, *_]),
        ):
            if how != "triton" or not isinstance(text, ast.Constant):
                raise Declined(Reason.OUTPUT_CODE, f"async_compile.{how}")
            return name, str(text.value)
    return None


def _kernel(name: str, text: str, comment: str) -> Kernel:
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    found = [(f, d) for f in functions for d in f.decorator_list if _heuristic(d)]
    if len(found) != 1:
        raise Declined(Reason.OUTPUT_CODE, f"{name}: {len(found)} kernels in one text")
    function, decorator = found[0]
    assert isinstance(decorator, ast.Call)
    keywords = {k.arg: k.value for k in decorator.keywords}
    triton_meta, meta = _literal(keywords["triton_meta"]), _literal(keywords["inductor_meta"])
    nodes, aten = _sources(comment)
    return Kernel(
        name=name,
        function=function,
        callees=[f for f in functions if f is not function],
        heuristic=_heuristic(decorator),
        size_hints=_literal(keywords["size_hints"]) if "size_hints" in keywords else {},
        signature=triton_meta["signature"],
        meta=meta,
        decorator=decorator,
        nodes=nodes,
        aten=aten,
        comment=comment,
    )


def _heuristic(decorator: ast.expr) -> str:
    match decorator:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="triton_heuristics"), attr=name)):
            return name
    return ""


def _literal(node: ast.expr) -> Any:
    """A literal in which calls such as DeviceProperties(...) stand for nothing that is needed here."""

    class Blank(ast.NodeTransformer):
        def visit_Call(self, call: ast.Call) -> ast.expr:
            return ast.Constant(None)

        def visit_Attribute(self, attribute: ast.Attribute) -> ast.expr:
            return ast.Constant(ast.unparse(attribute))

    return ast.literal_eval(Blank().visit(copy.deepcopy(node)))


def _sources(comment: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = _SOURCES.search(comment)
    if found is None:
        return (), ()
    nodes, aten = ([word.strip() for word in part.split(",") if word.strip()] for part in found.groups())
    return tuple(nodes), tuple(aten)


def _comment_before(code: str, node: ast.stmt) -> str:
    lines = code.splitlines()
    last = node.lineno - 1
    first = last
    while first > 0 and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first:last])


def _call(tree: ast.Module) -> ast.FunctionDef:
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) and node.name == "Runner" else [node]
        for each in inside:
            if isinstance(each, ast.FunctionDef) and each.name == "call":
                return each
    raise Declined(Reason.OUTPUT_CODE, "no call()")


def _unpacked(call: ast.FunctionDef) -> tuple[list[str], list[ast.stmt]]:
    """`arg0_1, arg1_1 = args; args.clear()` and then the work."""
    match call.body:
        case [ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id="args")), ast.Expr(), *rest]:
            return [name.id for name in names if isinstance(name, ast.Name)], rest
    return [], list(call.body)
