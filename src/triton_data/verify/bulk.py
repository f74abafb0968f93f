"""How much memory a program's inputs and weights take, before anybody allocates them.

In: a text and its entry. Out: bytes, or 0 where nothing large is named or it cannot be told. Inputs and weights are
made of tensors without memory. Runs foreign code: only in the jail. Not covered: what is computed from them.
"""

from __future__ import annotations

import ast
from typing import Any

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils import _pytree as pytree

from triton_data.program_form import arguments
from triton_data.verify import state, subject

LARGE = 256  # a text whose integers are all smaller is quicker run than looked at


def of(text: str, entry: str) -> int:
    integers = (n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and type(n.value) is int)
    if max(integers, default=0) < LARGE:
        return 0
    try:
        with FakeTensorMode(allow_non_fake_inputs=True):
            names = subject.load(text, "measured").__dict__
            made = subject.made(names[entry], _given(names.get("get_init_inputs")))
            return sum(map(_size, pytree.tree_leaves((_given(names["get_inputs"]), state.of(made)))))
    except Exception:  # noqa: BLE001  whatever foreign code raises, it is then run as it is
        return 0


def _given(function: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return arguments(function()) if function else ((), {})


def _size(leaf: Any) -> int:
    return leaf.numel() * leaf.element_size() if isinstance(leaf, torch.Tensor) else 0
