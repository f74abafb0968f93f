"""What every task does first, done in the zygote: libraries set themselves up, and bytecode is specialized, before
there is a fork that would have to copy each page for it.

In: nothing. Out: nothing that a task could see: no thread, no random number, no file. Not covered: what only some tasks
do (a stage's own `warm`).
"""

from __future__ import annotations

import json
import sys
from typing import Any

from triton_data.jail import frame
from triton_data.jail.inside import limits, perform

OFTEN = 16  # the interpreter specializes what it has run eight times


def rehearse() -> None:
    for _ in range(OFTEN):
        returned: Any = _one_model() if "torch" in sys.modules else (None, [])
        value, tensors = perform.normal(returned)
        frame.encode({"ok": True, "value": value}, tensors)
        json.loads(json.dumps({"source": "", "entry": "", "payload": None}))
        limits.mark_of("/scratch")
        perform.takes_payload(rehearse)


def _one_model() -> Any:
    import torch

    before = torch.get_rng_state()  # the generator has been there since torch was imported, with a seed of its own
    with torch.no_grad():
        model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.ReLU())
        result = model(torch.randn(4, 4)).softmax(-1)
    torch.set_rng_state(before)
    return result
