"""Operators on the host side of a kernel: its grid, its arguments, the memory that it is given.

In: a function that launches kernels. Out: one `Edit` a place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from triton_data.verify.reading.edit import Edit, called, changed, expression, inside, launches, replaced

UNINITIALISED = {"zeros": "empty", "zeros_like": "empty_like", "full": "empty", "new_zeros": "new_empty"}


def dropped_launch(function: ast.FunctionDef) -> Iterator[Edit]:
    """kernel[grid](...) → pass"""
    calls = set(launches(function))
    for statement in inside(function, ast.Expr):
        if statement.value in calls:
            yield Edit(statement, "pass")


def swapped_arguments(function: ast.FunctionDef) -> Iterator[Edit]:
    """kernel[grid](x, y, n) → kernel[grid](y, x, n), neighbour by neighbour"""
    for call in launches(function):
        for index, (one, other) in enumerate(zip(call.args, call.args[1:], strict=False)):
            arguments = [*call.args[:index], other, one, *call.args[index + 2 :]]
            if isinstance(one, ast.Name | ast.Attribute | ast.Call):
                yield replaced(call, changed(call, args=arguments))


def missing_program(function: ast.FunctionDef) -> Iterator[Edit]:
    """kernel[(n,)](...) → kernel[(n - 1,)](...), also where the grid has a name"""
    for grid in _grids(function):
        for size in grid.elts:
            if not (isinstance(size, ast.Constant) and size.value == 1):
                yield replaced(size, expression(f"{ast.unparse(size)} - 1"))


def _grids(function: ast.FunctionDef) -> Iterator[ast.Tuple]:
    subscripts = [call.func.slice for call in launches(function) if isinstance(call.func, ast.Subscript)]
    names = {node.id for node in subscripts if isinstance(node, ast.Name)}
    for statement in inside(function, ast.Assign):
        if isinstance(statement.targets[0], ast.Name) and statement.targets[0].id in names:
            subscripts.append(statement.value)
    for node in subscripts:
        grid = node.body if isinstance(node, ast.Lambda) else node
        if isinstance(grid, ast.Tuple):
            yield grid


def short_size(function: ast.FunctionDef) -> Iterator[Edit]:
    """kernel[grid](x, x.numel()) → kernel[grid](x, x.numel() - 1)"""
    for call in launches(function):
        for argument in call.args:
            integer = isinstance(argument, ast.Constant) and type(argument.value) is int
            if integer or called(argument) == "numel" or isinstance(argument, ast.Subscript):
                yield replaced(argument, expression(f"{ast.unparse(argument)} - 1"))


def uninitialised(function: ast.FunctionDef) -> Iterator[Edit]:
    """torch.zeros(shape) → torch.empty(shape)"""
    for call in inside(function, ast.Call):
        if called(call) in UNINITIALISED and isinstance(call.func, ast.Attribute):
            arguments = call.args[:1] if called(call) == "full" else call.args
            func = changed(call.func, attr=UNINITIALISED[called(call)])
            yield replaced(call, changed(call, func=func, args=arguments))


def dropped_contiguous(function: ast.FunctionDef) -> Iterator[Edit]:
    """x.contiguous() → x"""
    for call in inside(function, ast.Call):
        if called(call) == "contiguous" and isinstance(call.func, ast.Attribute):
            yield replaced(call, call.func.value)
