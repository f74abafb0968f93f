"""How much memory a program's inputs, weights and operations take, before anybody allocates it.

In: a text and its entry. Out: bytes, or 0 where the sizes that it names make nothing large or it cannot be known. The
program is instantiated and called with tensors that have no memory. Runs foreign code: only in the jail.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import math
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.formats import resize
from triton_data.formats.dispatch_mode import DispatchMode
from triton_data.verify.jailed import cuda_on_cpu, module_state
from triton_data.verify.jailed.meaning.fake_tensors import DYNAMO, fake_tensors, lacks_dynamo
from triton_data.verify.reading import subject

LARGE = 1 << 18  # the product of all sizes that are named; where it is smaller, calling is quicker than looking
MOST_CALLS = 400  # a call without memory is dearer than one of few numbers
LONG = 1 << 10  # one size: of a layer that has as many features, weights are its square


class _Enough(Exception):
    """A loop over a long axis: what it has made so far is told."""


class _Counted(DispatchMode):
    def __init__(self) -> None:
        super().__init__()
        self.bytes = self.calls = 0

    def __torch_dispatch__(self, func: Any, kinds: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        if not func.is_view:
            self.bytes += _size(result)
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise _Enough
        return result


def of(text: str, entry: str) -> int:
    sizes = resize.sizes(text)
    small = math.prod(sizes) < LARGE and max(sizes, default=0) < LONG
    if small or "torch.library" in text:  # which can be loaded once in a process
        return 0
    logging.getLogger("torch._subclasses.fake_tensor").disabled = True  # it prints what does not fit together
    try:
        return _estimated(text, entry)
    except Exception as error:  # noqa: BLE001  whatever foreign code raises, it is then run as it is
        if not lacks_dynamo(error):
            return 0
    importlib.import_module(DYNAMO)
    return of(text, entry)


def _estimated(text: str, entry: str) -> int:
    with cuda_on_cpu.set_aside(), fake_tensors(), torch.no_grad():
        module = subject.load(text, "measured")
        instance = subject.instantiated(module.__dict__[entry], subject.arguments_of(module, "get_init_inputs"))
        inputs = subject.arguments_of(module, "get_inputs")
        with _Counted() as counted, contextlib.suppress(_Enough):
            instance(*inputs[0], **inputs[1])
        computed: int = counted.bytes
        return computed + _size(inputs) + _size(module_state.of(instance))


def _size(value: Any) -> int:
    tensors = (leaf for leaf in pytree.tree_leaves(value) if isinstance(leaf, torch.Tensor))
    return sum(int(leaf.numel()) * int(leaf.element_size()) for leaf in tensors)
