"""Calls of a function that launches kernels and that nothing in its repository calls: guesses by its parameters' names.

In: a kernel's text and the name of its launcher. Out: the text of a file with a usage that tries one guess after
the other until one runs, for jailed/observe/launches.py to observe. The sizes are ones that no block divides first,
then powers of two; all tensors have as many axes, but for what is named like a vector or a list of places.
Not covered: classes, and functions of any number of arguments. What is found runs, which is not to say that it is
meant: where it is wrong, nobody is to blame.
"""

from __future__ import annotations

import ast
import re

from triton_data.extract.programs.interpreted import with_interpreter
from triton_data.extract.usage.snippets import CALL

SIZES = (72, 64)
SHAPES = ("{n}, {n}", "2, {n}, {n}", "1, 2, {n}, {n}", "20 * {n}")
_VECTOR = re.compile(r"^(bias|gamma|beta|mean|rstd|var|ln_\w+|norm_\w+)$|_(bias|gamma|beta)$")
_SCALING = re.compile(r"^(weight|w|b|g)$")  # of a norm; of a product it is a matrix
_PRODUCT = re.compile(r"linear|matmul|mm|gemm|conv|proj|dot")
_PLACES = re.compile(r"ind(ex|ices)|idx|target|label|(^|_)ids?$|token")
_SCALAR = (
    (re.compile(r"eps"), "1e-5"),
    (re.compile(r"^(dim|axis)$"), "-1"),
    (re.compile(r"seed|offset"), "0"),
    (re.compile(r"causal|^is_|^use_|transpose|return_"), "False"),
    (re.compile(r"^(p|alpha|scale|sm_scale|scaling|factor|slope|temperature|dropout\w*|softmax_scale)$"), "0.5"),
    (re.compile(r"^(n|size|k|num_\w+|\w+_size|\w+_dim|groups?|heads?|BLOCK\w*)$"), "16"),
)
_BY_KIND = {"int": "16", "float": "0.5", "bool": "False"}


def guessed_usage(text: str, launcher: str) -> str | None:
    found = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == launcher]
    if not found or found[-1].args.vararg or found[-1].args.kwarg:
        return None
    arguments = found[-1].args
    places = [*arguments.posonlyargs, *arguments.args]
    required = places[: len(places) - len(arguments.defaults)]
    required += [a for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None]
    calls = dict.fromkeys(
        _call(launcher, required, len(places) - len(arguments.defaults), shape.format(n=size), size, vectors)
        for size in SIZES
        for shape in SHAPES
        for vectors in ((False, True) if _PRODUCT.search(launcher) else (True, False))
    )
    tried = "\n".join(f"        lambda: {call}," for call in calls)
    usage = (
        f"def {CALL}():\n    for guess in [\n{tried}\n    ]:\n        try:\n            return guess()\n"
        "        except Exception:\n            continue\n"
    )
    return with_interpreter(f"{text.rstrip()}\n\n\nimport torch\n\n\n{usage}")


def _call(launcher: str, required: list[ast.arg], unnamed: int, shape: str, size: int, vectors: bool) -> str:
    values = [_value(argument, shape, size, vectors) for argument in required]
    given = [v if n < unnamed else f"{a.arg}={v}" for n, (a, v) in enumerate(zip(required, values, strict=True))]
    return f"{launcher}({', '.join(given)})"


def _value(argument: ast.arg, shape: str, size: int, vectors: bool) -> str:
    kind = ast.unparse(argument.annotation) if argument.annotation else ""
    if kind in _BY_KIND or not (kind and "Tensor" in kind):
        for pattern, value in _SCALAR:
            if pattern.search(argument.arg) and (not kind or kind in _BY_KIND):
                return str(int(float(value))) if kind == "int" else value
        if kind in _BY_KIND:
            return _BY_KIND[kind]
    if _PLACES.search(argument.arg):
        return f"torch.randint(0, {size}, ({shape.split(', ')[0]},))"
    if _VECTOR.search(argument.arg) or (vectors and _SCALING.search(argument.arg)):
        return f"torch.randn({size})"
    return f"torch.randn({shape})"
