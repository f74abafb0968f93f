"""Errors that no other argument mends: a package that is absent stays so however the class is called, so does what is
not in the installed version of one, and weights stay float32 where kernels want half of it.

In: the `Result` of an attempt and the namespace of the standalone file, in which a name that an absent package
would have brought is None, or a class of nothing. Out: whether it is such an error. Runs in the jail.
Not covered: which package (programs/failures.py reads it from the message, or from what the closure lacks).
"""

from __future__ import annotations

import re
from typing import Any

from triton_data.extract.jailed.attempt import Result

_CALLED = re.compile(r"(?<![\w.])([^\W\d]\w*)\s*(?=[(.\[])")
_MISSING = re.compile("ImportError|ModuleNotFoundError|PackageNotFoundError")
_NO_LONGER = re.compile(r"AttributeError: module '[\w.]+' has no attribute '(\w+)'")
_HALF = re.compile(r"n[o']t support (fp32|float32)|(only|must be)[\w ]* (torch\.)?(fp16|bf16|float16|bfloat16)\b")
_EMPTY = re.compile(r"(\w+)\(\) takes no arguments|(?:type object )?'(\w+)' (?:object )?has no attribute")


def beyond_arguments(result: Result, namespace: dict[str, Any]) -> bool:
    unfixable = _MISSING.match(result.error) or _HALF.search(result.error)
    return unfixable is not None or bool(absent_name(result, namespace)) or _left_out(result)


def _left_out(result: Result) -> bool:
    """The line names what an installed package has not; `getattr(package, argument)` is another matter."""
    found = _NO_LONGER.match(result.error)
    return found is not None and any(f".{found[1]}" in line for line in result.lines)


def absent_name(result: Result, namespace: dict[str, Any]) -> str:
    """The name on the failing line that is None, or a class of nothing, for want of its package."""
    empty_class = _EMPTY.search(result.error)
    name = next(filter(None, empty_class.groups())) if empty_class else ""
    if getattr(namespace.get(name), "absent", False) is True:  # as closure/imports.py writes it
        return name
    if "'NoneType' object" not in result.error or not result.lines:
        return ""
    local = result.frames[-1][2]
    used = [name for name in _CALLED.findall(result.lines[-1]) if name not in local]
    return next((name for name in used if namespace.get(name, name) is None), "")
