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


WARM = """import torch
import torch.nn.functional as F


def get_inputs():
    return [torch.randn([2, 4, 8, 8]), torch.randn([4, 4, 3, 3]), torch.randint(0, 4, [2, 8, 8])]


def fused_operator(x, w, i):
    y = F.interpolate(F.conv2d(F.pad(x, (1, 1, 1, 1)), w), scale_factor=2.0)
    z = F.layer_norm(F.scaled_dot_product_attention(x, x, x), [8]).to(torch.float16)
    sums = torch.special.i0e(torch.cumsum(torch.sort(x).values, 1)) + torch.logsumexp(x @ x, 1, keepdim=True)
    most = torch.topk(torch.softmax(x, 1), 2).values
    return [y, z, torch.gather(x, 1, i[:, None]), F.cross_entropy(x, i), sums, most]
"""


def warm_up() -> None:
    """What torch imports at the first trace on the meta device takes seconds: once, not in every task."""
    check({"programs": [{"entry": "fused_operator", "text": WARM, "small": WARM, "outputs": []}], "device": "cpu"})
    _meaningful("fused_operator", WARM)


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
