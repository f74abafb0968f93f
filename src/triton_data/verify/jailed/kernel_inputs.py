"""What the jail runs for a kernel that stands alone: its inputs, for every draw. It is not called here.

In: a payload of plain JSON with texts that have a `get_inputs()`. Out: for each text the packed inputs of its draws, or
why there are none. Not covered: what the kernel makes of them (candidate.py).
"""

from __future__ import annotations

import os
from typing import Any

import torch
from torch.utils import _pytree as pytree

from triton_data.verify.draws import structure
from triton_data.verify.draws.draws import Draw
from triton_data.verify.jailed import cuda_on_cpu, reference
from triton_data.verify.jailed.reference_calls import Refused, packed, said
from triton_data.verify.reading import subject
from triton_data.verify.reasons import Reason


def run(payload: dict[str, Any]) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """The first `enough` texts whose inputs are not larger than each may have."""
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # inputs are made on the CPU, whatever the kernel then runs on
    cuda_on_cpu.install()
    heads: list[dict[str, Any]] = []
    tensors: list[torch.Tensor] = []
    for text, limit in payload["texts"]:
        mark = len(tensors)
        try:
            with cuda_on_cpu.redirected(), torch.no_grad():
                heads.append(_drawn(text, limit, payload["draws"], tensors))
        except Refused as refused:
            heads.append({"refused": refused.reason.value, "detail": str(refused)})
        if "draws" not in heads[-1]:
            del tensors[mark:]
        if sum("draws" in head for head in heads) == payload["enough"]:
            break
    return {"heads": heads}, tensors


def _drawn(text: str, limit: int, plan: list[dict[str, Any]], tensors: list[torch.Tensor]) -> dict[str, Any]:
    try:
        source = reference.Reference(subject.load(text, "alone"), None, None, False, "cpu")
        source.structure = structure.found(source.drawn(1001), source.drawn(1002))
        drawn = [source.inputs(Draw(**draw)) for draw in plan]
    except Exception as error:
        raise Refused(Reason.REFERENCE_FAILED, f"get_inputs(): {said(error)}") from error
    leaves = pytree.tree_leaves(drawn[:1])
    size = sum(leaf.nbytes for leaf in leaves if isinstance(leaf, torch.Tensor))
    if size > limit:
        return {"big": size}
    return {"draws": [packed(inputs, tensors, Reason.UNSUPPORTED_INPUTS) for inputs in drawn]}
