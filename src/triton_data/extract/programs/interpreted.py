"""Programs whose modules launch Triton kernels: on a machine without a GPU the kernels run in Triton's interpreter.

In: the text of a standalone file. Out: the text, with a function before it that makes the file run alone either
way; with a GPU it does nothing. Not covered: kernels that the interpreter cannot run, code that asks for `cuda` itself.
"""

from __future__ import annotations

import re

FLAG = "launches_triton"
STARTS_INTERPRETER = "_interpret_triton_without_gpu"
_DECORATED = re.compile(r"^\s*@(\w+\.)?jit\b(?!\.)", re.M)  # triton goes by other names too
_IMPORTED = re.compile(r"^(import triton\b|from triton\b.* import )", re.M)
_FUTURE = "from __future__ import annotations\n"

# Triton's interpreter knows `tl.exp` but not `exp = tl.exp`, has no libdevice, cannot time configurations, and finds no
# device to ask.
# It also spends up to half of its time on checks for overflow, which a GPU makes only when asked to.
PRELUDE = """def _interpret_triton_without_gpu():
    import contextlib
    import dataclasses
    import functools
    import importlib
    import os
    import types

    import torch

    if torch.cuda.is_available():
        return
    os.environ["TRITON_INTERPRET"] = "1"
    import triton
    import triton.language as tl
    from triton.runtime.interpreter import interpreter_semantic

    autotune = triton.autotune
    triton.autotune = lambda configs, *args, **kwargs: autotune(configs[:1], *args, **kwargs)
    for module in (tl, tl.math):
        for name, function in list(vars(module).items()):
            if tl.core.is_builtin(function):
                setattr(module, name, functools.partial(function, _semantic=interpreter_semantic))

    def elementwise(function):
        def call(*args, _semantic=None):
            first = next(arg for arg in args if isinstance(arg, tl.tensor))
            values = [torch.as_tensor(getattr(getattr(arg, "handle", arg), "data", arg)) for arg in args]
            result = function(*values).numpy().astype(first.handle.data.dtype)
            return tl.tensor(type(first.handle)(result, first.dtype), first.type)

        return call

    def nearest(x):  # of two equally near the one away from zero
        return torch.trunc(x + torch.copysign(torch.tensor(0.5, dtype=x.dtype), x))

    names = "abs acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh erf erfc erfinv exp exp2 expm1 floor"
    names += " fmod hypot lgamma log log10 log1p log2 rsqrt sin sinh sqrt tan tanh trunc"
    functions = {name: getattr(torch, name) for name in names.split()}
    functions |= {"pow": torch.float_power, "rint": torch.round, "nearbyint": torch.round, "round": nearest}
    functions |= {f"fast_{name}f": functions[name] for name in "cos exp log log2 log10 pow sin tan tanh".split()}
    for module in ("triton.language.extra.libdevice", "triton.language.extra.cuda.libdevice"):
        for name, function in functions.items():
            setattr(importlib.import_module(module), name, elementwise(function))
    builder = interpreter_semantic.builder
    builder.options = dataclasses.replace(builder.options, sanitize_overflow=False)
    torch.cpu.device = lambda index: contextlib.nullcontext()
    properties = {"multiprocessor_count": 1, "max_shared_mem": 65536, "warpSize": 32}
    triton.runtime.driver.set_active(
        types.SimpleNamespace(
            get_current_target=lambda: types.SimpleNamespace(backend="cpu", arch=0, warp_size=32),
            get_current_device=lambda: 0,
            utils=types.SimpleNamespace(get_device_properties=lambda device: properties),
        )
    )


_interpret_triton_without_gpu()
"""


def launches_triton(text: str) -> bool:
    return _IMPORTED.search(text) is not None and _DECORATED.search(text) is not None


def with_interpreter(text: str) -> str:
    if not launches_triton(text):
        return text
    future = _FUTURE if text.startswith(_FUTURE) else ""
    return f"{future}{chr(10) if future else ''}{PRELUDE}\n{text.removeprefix(future).lstrip(chr(10))}"
