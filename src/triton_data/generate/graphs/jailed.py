"""Inside of the jail: does a graph give what the table says, and do its numbers mean anything?

In: texts at full size, which are traced without memory on torch's meta device, and at a size that can be run. Out: for
each program '' or a reason and a detail. Not covered: whether a compiler gets it right (verify/).
"""

from __future__ import annotations

import gc
import warnings
from typing import Any

import torch

from triton_data.generate.graphs.reasons import Reason

Outputs = list[torch.Tensor]


def check(payload: dict[str, Any]) -> list[list[str]]:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    return [list(_checked(program, payload["device"])) for program in payload["programs"]]


def _checked(program: dict[str, Any], device: str) -> tuple[str, str]:
    try:
        with torch.device("meta"), torch.no_grad():
            shapes = [[list(out.shape), str(out.dtype)[6:]] for out in _call(program["entry"], program["text"], None)]
    except Exception as error:  # noqa: BLE001  whatever it is, it is the graph's
        return Reason.META, f"{type(error).__name__}: {error}"
    if shapes != program["outputs"]:
        return Reason.META, f"torch gives {shapes}, the table says {program['outputs']}"
    try:
        with torch.device(device), torch.no_grad():
            return _meaningful(program["entry"], program["small"])
    except Exception as error:  # noqa: BLE001
        return Reason.FAILED, f"{type(error).__name__}: {error}"
    finally:
        if device != "cpu":
            gc.collect()
            torch.cuda.empty_cache()


def _meaningful(entry: str, text: str) -> tuple[str, str]:
    first, again = _call(entry, text, 1), _call(entry, text, 1)
    for number, (one, two) in enumerate(zip(first, again, strict=True)):
        if one.is_floating_point() and not bool(torch.isfinite(one).all()):
            return Reason.NOT_FINITE, f"output {number}"
        if not torch.equal(one, two):
            return Reason.NONDETERMINISTIC, f"output {number}"
    del again
    for number, (one, other) in enumerate(zip(first, _call(entry, text, 2), strict=True)):
        if torch.equal(one, other):
            return Reason.CONSTANT, f"output {number} does not depend on the inputs"
        if one.numel() > 1 and bool((one == one.flatten()[0]).all()):
            return Reason.CONSTANT, f"output {number} is one value everywhere"
    return "", ""


def _call(entry: str, text: str, seed: int | None) -> Outputs:
    names: dict[str, Any] = {}
    exec(compile(text, "graph.py", "exec"), names)
    if seed is not None:
        torch.manual_seed(seed)
    target = names[entry]() if isinstance(names[entry], type) else names[entry]
    return list(target(*names["get_inputs"]()))
