"""A model's distinct submodules as Programs, with the shapes that they were really called with.

Enters: a Program whose entry is a module. Leaves: one Program for each distinct layer-sized submodule, whose text is
the parent's and an `entry` that picks the submodule out, so that people can program against it. Nothing is
allocated: the parent runs once on fake tensors. Not covered: submodules called with anything but tensors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from triton_data.capture.headless.program import Built, build, loaded
from triton_data.records import Program, digest

_PICKED = '''{text}

_Parent, _parent_inputs = {parent}, get_init_inputs


class {entry}(torch.nn.Module):
    """`{path}` of {parent}, alone."""

    def __init__(self):
        super().__init__()
        self.part = _Parent(*_parent_inputs()).get_submodule("{path}")

    def forward(self, *tensors):
        return self.part(*tensors)


def get_inputs():
    return [{inputs}]


def get_init_inputs():
    return []
'''


def submodule_programs(program: Program, fewest: int = 2) -> Iterator[Program]:
    """Submodules that hold at least `fewest` others: blocks, not single layers, and each structure once."""
    with loaded(program.text) as module, FakeTensorMode(allow_non_fake_inputs=True):
        built = build(module, program.entry, training=False)
        if not isinstance(built.forward, torch.nn.Module):
            return
        calls = _calls(built)
    seen: set[str] = set()
    for path, (part, inputs) in calls.items():
        identity = digest(str(part), inputs)
        if not path or path == "model" or identity in seen or len(list(part.modules())) <= fewest:
            continue
        seen.add(identity)
        entry = f"{program.entry}_{path.replace('.', '_')}"
        text = _PICKED.format(text=program.text, parent=program.entry, entry=entry, path=path, inputs=inputs)
        yield Program(entry, text, "usage", program.origin)


def _calls(built: Built) -> dict[str, tuple[torch.nn.Module, str]]:
    """The first call of each submodule, where all that it was given is tensors."""
    found: dict[str, tuple[torch.nn.Module, str]] = {}
    assert isinstance(built.forward, torch.nn.Module)
    handles = []
    for path, part in built.forward.named_modules():

        def note(part: Any, args: Any, kwargs: Any, path: str = path) -> None:
            plain = args and not kwargs and all(isinstance(value, torch.Tensor) for value in args)
            if plain and path not in found:
                found[path] = part, ", ".join(_made(value) for value in args)

        handles.append(part.register_forward_pre_hook(note, with_kwargs=True))
    try:
        with torch.no_grad():
            built.forward(*built.args, **built.kwargs)
    finally:
        for handle in handles:
            handle.remove()
    return found


def _made(tensor: torch.Tensor) -> str:
    shape, dtype = tuple(tensor.shape), tensor.dtype
    if dtype.is_floating_point:
        return f"torch.randn({shape}, dtype={dtype})"
    return f"torch.zeros({shape}, dtype={dtype})"
