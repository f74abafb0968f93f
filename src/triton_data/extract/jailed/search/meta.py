"""Try shapes on meta tensors, where a call costs the same however large it is.

In: an `Attempt` and a model one of whose calls was slow. Out: for arguments that cannot work, the `Result` that
says why; None where only a real call can tell: the shapes fit, or the code needs values, or moves to another device.
Runs in the jail. Not covered: finite values, indices out of range.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import torch
import torch._meta_registrations  # here, once for all children of the zygote: the first meta call would take seconds

from triton_data.extract.jailed.attempt import Attempt, Result
from triton_data.extract.jailed.repair.repair import speaks

SLOW = 0.05  # seconds of one real call; below it a meta call is no cheaper
_NEEDS_VALUES = re.compile(
    r"meta|NotImplementedError|data-dependent|same device|device type|DataDependent|Invalid channel|storage"
)


class MetaModel:
    def __init__(self, attempt: Attempt, model: Any) -> None:
        self.attempt, self.model = attempt, model
        self._copy: Any = None
        self.usable = True

    def refusal(self, inputs: list[str]) -> Result | None:
        """Why these arguments cannot work, in words that jailed/repair/repair.py understands; else None."""
        if self.usable and self._copy is None:
            self._copy = self._on_meta()
        if not self.usable:
            return None
        with torch.device("meta"):
            result = self.attempt.call(self._copy, inputs, values=False, limit=1.0)
        if result.ok:
            return None
        self.usable = not result.too_slow and _NEEDS_VALUES.search(result.error) is None
        return result if self.usable and speaks(result.error) else None

    def _on_meta(self) -> Any:
        try:
            return copy.deepcopy(self.model).to("meta")
        except Exception:  # noqa: BLE001 - foreign objects may refuse to be copied for any reason
            self.usable = False
            return None
