"""Where each input of a graph comes from, as Python writes it: `self.norm.weight`, `x`, `x.size(0)`.

In: Dynamo's own source expressions, such as `L['self']._modules['norm']._parameters['weight']`. Out: an expression
over `self` and the arguments of forward. Not covered: sources that only Dynamo can evaluate (globals, closures,
iterators): declined.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from triton_data.rewrite.reasons import Declined, Reason

_CONTAINERS = ("_modules", "_parameters", "_buffers")


def expressions(inputs: Sequence[str], is_class: bool, parameters: Sequence[str] | None = None) -> list[str]:
    """Over `self` and the parameters of forward; where these are given, anything else is declined."""
    made = [_expression(source, is_class) for source in inputs]
    if parameters is None:
        return made
    has_self = any(re.match(r"self\b", text) for text in made)
    return [_of_parameters(text, is_class, has_self, parameters) for text in made]


def _of_parameters(text: str, is_class: bool, has_self: bool, parameters: Sequence[str]) -> str:
    """A decorated forward is traced as its wrapper, whose `args[0]` is forward's first parameter, or self."""
    node = ast.parse(text, mode="eval").body
    own = {*parameters, "self"} if is_class else {*parameters}

    class Named(ast.NodeTransformer):
        def visit_Subscript(self, inner: ast.Subscript) -> ast.expr:
            match inner:
                case ast.Subscript(value=ast.Name(id="args"), slice=ast.Constant(value=int(place))) if (
                    "args" not in own
                ):
                    names = list(parameters) if has_self or not is_class else ["self", *parameters]
                    if place < len(names):
                        return ast.Name(names[place], ast.Load())
                case ast.Subscript(value=ast.Name(id="kwargs"), slice=ast.Constant(value=str(name))) if name in own:
                    return ast.Name(name, ast.Load())
            self.generic_visit(inner)
            return inner

    node = Named().visit(node)
    if unknown := {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} - own:
        raise Declined(Reason.INPUTS, f"{', '.join(sorted(unknown))}: not a parameter of forward")
    return ast.unparse(node)


def _expression(source: str, is_class: bool) -> str:
    try:
        node = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise Declined(Reason.INPUTS, source) from error
    return ast.unparse(_plain(node, is_class))


def _plain(node: ast.expr, is_class: bool) -> ast.expr:
    match node:
        case ast.Subscript(value=ast.Name(id="L"), slice=ast.Constant(value=str(name))):
            own = is_class and name in ("self", "s", "this", "module")
            return ast.Name("self" if own else name, ast.Load())
        case ast.Subscript(value=ast.Attribute(value=owner, attr=kind), slice=ast.Constant(value=str(name))) if (
            kind in _CONTAINERS
        ):
            inner = _plain(owner, is_class)
            if name.isdigit():
                return ast.Subscript(inner, ast.Constant(int(name)), ast.Load())
            return ast.Attribute(inner, name, ast.Load())
        case ast.Subscript(value=ast.Call(func=ast.Attribute(value=tensor, attr="size"), args=[]), slice=index):
            return ast.Call(ast.Attribute(_plain(tensor, is_class), "size", ast.Load()), [index], [])
        case ast.Subscript(value=ast.Call(func=ast.Attribute(value=tensor, attr="stride"), args=[]), slice=index):
            return ast.Call(ast.Attribute(_plain(tensor, is_class), "stride", ast.Load()), [index], [])
        case ast.Subscript(value=inside, slice=ast.Constant() as key):
            return ast.Subscript(_plain(inside, is_class), key, ast.Load())
        case ast.Attribute(value=owner, attr=name):
            return ast.Attribute(_plain(owner, is_class), name, ast.Load())
    raise Declined(Reason.INPUTS, ast.unparse(node))


def role(expression: str) -> str:
    """A short word for a pointer that holds it: `self.norm.weight` is weight, `x` is x."""
    node = ast.parse(expression, mode="eval").body
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner, slice=ast.Constant(value=key)):
            return key if isinstance(key, str) and key.isidentifier() else role(ast.unparse(inner))
    return "value"
