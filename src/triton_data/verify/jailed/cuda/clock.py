"""What the jail runs to time one side of a pair on a CUDA device.

In: a payload as for a candidate, with one draw, and what to time: eager, compile, max-autotune, candidate. Out: the
milliseconds of each repetition, and of what the device can do at all (a copy, a matrix product). Every repetition
starts with a cold L2 and ends when the whole device is idle, whatever stream was used. Not covered: clocks that change;
the median is over repetitions of one moment.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.jailed import module_state
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.load_candidate import init_of
from triton_data.verify.reading import subject
from triton_data.verify.wire import values

WARM, REPETITIONS, MOST_MS = 3, 50, 400.0
FLUSH = 256 << 20  # bytes; more than any L2
MODES = {"compile": "default", "max-autotune": "max-autotune-no-cudagraphs"}
_Event, _synchronize = torch.cuda.Event, torch.cuda.synchronize  # as they were before foreign code was loaded


def run(payload: dict[str, Any]) -> dict[str, Any]:
    chosen.take(payload)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    given = [values.from_payload(tensor) for tensor in payload["tensors"]]
    with torch.no_grad():
        instance = _made(payload, given)
        inputs = pytree.tree_map(there, values.unpack(payload["draws"][0]["inputs"], given))
        said: dict[str, Any] = {}
        for what in payload["time"]:
            if what in ("eager", "candidate"):
                call = instance
            else:
                torch._dynamo.reset()
                call = torch.compile(instance, mode=MODES[what])
            said[what] = timed(functools.partial(call, *inputs[0], **inputs[1]))
        if "eager" in payload["time"]:
            said |= {"bytes": _traffic(instance, inputs), "flops": _flops(instance, inputs), **_device(inputs)}
    return said


def _made(payload: dict[str, Any], given: list[torch.Tensor]) -> Any:
    torch.manual_seed(payload["seed"])
    module = subject.load(payload["text"], "timed")
    init = init_of(module, payload, given)
    instance = subject.made(module.__dict__[payload["entry"]], init, payload["training"])
    if isinstance(instance, torch.nn.Module):
        instance.to("cuda")
        wanted = [values.unpack(spec, given) for spec in payload["state"].values()]
        for mine, theirs in zip(module_state.of(instance).values(), wanted, strict=True):
            mine.copy_(theirs)
    return instance


def there(leaf: Any) -> Any:
    return leaf.to("cuda") if isinstance(leaf, torch.Tensor) else leaf


def timed(call: Callable[[], Any]) -> list[float]:
    flush = torch.empty(FLUSH, dtype=torch.uint8, device="cuda")
    for _ in range(WARM):
        call()
    found: list[float] = []
    while len(found) < REPETITIONS and sum(found) < MOST_MS:
        start, end = _Event(enable_timing=True), _Event(enable_timing=True)
        flush.zero_()
        _synchronize()
        start.record()
        call()
        _synchronize()  # other streams too
        end.record()
        _synchronize()
        found.append(float(start.elapsed_time(end)))
    return found


def _traffic(instance: Any, inputs: Any) -> int:
    """What must be read and written once: inputs, weights and outputs."""
    outputs = instance(*inputs[0], **inputs[1])
    leaves = [*pytree.tree_leaves((inputs, outputs)), *module_state.of(instance).values()]
    return sum(leaf.numel() * leaf.element_size() for leaf in leaves if isinstance(leaf, torch.Tensor))


def _flops(instance: Any, inputs: Any) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        instance(*inputs[0], **inputs[1])
    return int(counter.get_total_flops())


def _device(inputs: Any) -> dict[str, float]:
    """Bytes and floating-point operations a millisecond, as this device does them at its best here and now."""
    floats = [t for t in pytree.tree_leaves(inputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    kind = floats[0].dtype if floats else torch.float32
    source = torch.empty(1 << 30, dtype=torch.uint8, device="cuda")
    target, size = torch.empty_like(source), 8192
    square = torch.randn(size, size, device="cuda").to(kind)
    copied = min(timed(lambda: target.copy_(source)))
    multiplied = min(timed(lambda: square @ square))
    return {"bytes_per_ms": 2 * source.numel() / copied, "flops_per_ms": 2 * size**3 / multiplied}
