"""The conversation about a lone kernel's inputs: what `get_inputs()` of a text gives, draw by draw.

In: texts, each with the bytes that its inputs may have. Out: for each text that was tried its packed inputs, or why
there are none. Asked by judge/kernel_alone.py, answered by jailed/kernel_inputs.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.verify.draws.draws import Draw
from triton_data.verify.wire.reference import Refusal
from triton_data.verify.wire.values import Packed


@dataclass(frozen=True, slots=True)
class KernelText:
    text: str
    limit: int  # bytes of one draw


@dataclass(frozen=True, slots=True)
class KernelInputsQuestion:
    texts: tuple[KernelText, ...]  # tried in this order
    enough: int
    draws: tuple[Draw, ...]


@dataclass(frozen=True, slots=True)
class KernelInputsReport:
    refusal: Refusal | None = None
    draws: tuple[Packed, ...] = ()  # none where they are refused, or larger than the limit


@dataclass(frozen=True, slots=True)
class KernelInputsAnswer:
    reports: tuple[KernelInputsReport, ...]
