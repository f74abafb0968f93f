"""A reference with other weights than it begins with, of the strongest kind that it runs with.

In: a reference, a draw and a seed. Out: an instance, and how its weights were varied. Runs foreign code: only in the
jail. Not covered: which numbers they get (jailed/module_state.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import module_state
from triton_data.verify.jailed.calls.reference_program import Reference
from triton_data.verify.jailed.calls.runner import Refused, described
from triton_data.verify.reasons import Reason

Vary = Callable[[Any, int], bool]


def instance_of(reference: Reference, given: Draw, seed: int, protocol: int) -> tuple[Any, Vary | None]:
    """Weights that are all 1 or all 0 hide a kernel that forgets them, so they get numbers of their own, of the
    strongest kind that the program can run with."""
    try:
        instance = reference.fresh(seed)
        plain = instance(*(args := reference.on_device(reference.inputs(given)))[0], **args[1])
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, described(error)) from error
    for vary in (module_state.vary_with_signs, module_state.vary)[protocol == 1 :]:
        if not vary(varied := reference.fresh(seed), seed):
            break
        try:
            args = reference.on_device(reference.inputs(given))
            outputs = varied(*args[0], **args[1])
        except Exception:  # noqa: BLE001  it needs the weights that it has
            continue
        if _broken(outputs) <= _broken(plain):
            instance = reference.fresh(seed)
            vary(instance, seed)
            return instance, vary
    return reference.fresh(seed), None


def _broken(outputs: Any) -> int:
    floats = [t for t in pytree.tree_leaves(outputs) if isinstance(t, torch.Tensor) and t.is_floating_point()]
    return sum(int((~t.isfinite()).sum()) for t in floats)
