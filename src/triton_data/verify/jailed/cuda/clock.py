"""What the jail runs to time one side of a pair on a CUDA device.

In: a question as for a candidate, with one draw, and what to time: eager, compile, max-autotune, candidate. Out: the
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

from triton_data.jail.policy import Json
from triton_data.verify.jailed import module_state
from triton_data.verify.jailed.cuda import chosen
from triton_data.verify.jailed.load_candidate import init_of
from triton_data.verify.reading import subject
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateQuestion
from triton_data.verify.wire.clock import ClockAnswer, ClockQuestion, Roofline
from triton_data.verify.wire.record import encode
from triton_data.verify.wire.task import question_in

WARM, REPETITIONS, MOST_MS = 3, 50, 400.0
FLUSH = 256 << 20  # bytes; more than any L2
MODES = {"compile": "default", "max-autotune": "max-autotune-no-cudagraphs"}
_Event, _synchronize = torch.cuda.Event, torch.cuda.synchronize  # as they were before foreign code was loaded


def run(payload: Json) -> Json:
    chosen.take(payload)
    question = question_in(ClockQuestion, payload)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    given = [values.unpacked_tensor(tensor) for tensor in question.program.tensors]
    with torch.no_grad():
        instance = _instance(question.program, given)
        inputs = pytree.tree_map(there, values.unpack(question.program.draws[0].inputs, given))
        times: dict[str, tuple[float, ...]] = {}
        for name in question.measure:
            if name in ("eager", "candidate"):
                call = instance
            else:
                torch._dynamo.reset()
                call = torch.compile(instance, mode=MODES[name])
            change = functools.partial(with_other_numbers, inputs)
            times[name] = tuple(timed(functools.partial(call, *inputs[0], **inputs[1]), change))
        roofline = _roofline(instance, inputs) if "eager" in question.measure else None
    return encode(ClockAnswer(times, roofline))


def _instance(program: CandidateQuestion, given: list[torch.Tensor]) -> Any:
    torch.manual_seed(program.seed)
    module = subject.load(program.text, "timed")
    init = init_of(module, program, given)
    instance = subject.instantiated(module.__dict__[program.entry], init, program.training)
    if isinstance(instance, torch.nn.Module):
        instance.to("cuda")
        wanted = [values.unpack(packed, given) for packed in program.state.values()]
        for mine, theirs in zip(module_state.of(instance).values(), wanted, strict=True):
            mine.copy_(theirs)
    return instance


def there(leaf: Any) -> Any:
    return leaf.to("cuda") if isinstance(leaf, torch.Tensor) else leaf


def with_other_numbers(inputs: Any) -> None:
    """In place, so that whoever keeps answers by address or version has to compute all the same."""
    for leaf in pytree.tree_leaves(inputs):
        if isinstance(leaf, torch.Tensor) and leaf.is_floating_point() and leaf.ndim and 0 not in leaf.stride():
            leaf.copy_(leaf.flip(0))


def nothing() -> None:
    return None


def timed(call: Callable[[], Any], change: Callable[[], None] = nothing) -> list[float]:
    """`change` is called before each, and not timed."""
    flush = torch.empty(FLUSH, dtype=torch.uint8, device="cuda")
    for _ in range(WARM):
        call()
    found: list[float] = []
    while len(found) < REPETITIONS and sum(found) < MOST_MS:
        start, end = _Event(enable_timing=True), _Event(enable_timing=True)
        change()
        flush.zero_()
        _synchronize()
        start.record()
        call()
        _synchronize()  # other streams too
        end.record()
        _synchronize()
        found.append(float(start.elapsed_time(end)))
    return found


def _roofline(instance: Any, inputs: Any) -> Roofline:
    work = _traffic(instance, inputs), _flops(instance, inputs)
    return Roofline(*work, *_device(inputs))


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


def _device(inputs: Any) -> tuple[float, float]:
    """Bytes and floating-point operations a millisecond, as this device does them at its best here and now."""
    floats = [t for t in pytree.tree_leaves(inputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    kind = floats[0].dtype if floats else torch.float32
    source = torch.empty(1 << 30, dtype=torch.uint8, device="cuda")
    target, size = torch.empty_like(source), 8192
    square = torch.randn(size, size, device="cuda").to(kind)
    copied = min(timed(lambda: target.copy_(source)))
    multiplied = min(timed(lambda: square @ square))
    return 2 * source.numel() / copied, 2 * size**3 / multiplied
