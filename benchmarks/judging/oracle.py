"""Does a mutant give other results than its original, for any input that the program may get?

In: a mutant that was passed, and its original. Out: 'same' (bit for bit, on every draw), 'rounding' (never further off
than rounding goes), 'different', with the draw that showed it, or 'undecided'. Both run in the jail, in Triton's
interpreter as it comes, with nothing of the verifier's but libdevice: it must not be its own judge. Draws have the
shapes, types and strides of `get_inputs()`. Not covered: inputs of other shapes or strides; what lies in memory that a
mutant leaves unwritten.
"""

from __future__ import annotations

from dataclasses import replace

from judging.subjects import Subject
from triton_data.jail import RUN, Jail, Task

POLICY = replace(RUN, wall_s=120.0, cpu_s=120)
DRAWS = 24

IN_THE_JAIL = """
import importlib.util
import sys

import torch

from triton_data.verify import libdevice

ROUNDINGS = {torch.float64: 64, torch.float32: 64, torch.float16: 4, torch.bfloat16: 4}
SCALES = (1.0, 1e-3, 30.0, 1.0, 0.1, 100.0)


def loaded(text, name):
    path = f"{name}.py"
    with open(path, "w") as file:
        file.write(text)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def made(module, entry, given):
    target = getattr(module, entry)
    return target(*given).eval() if isinstance(target, type) else target


def entry_of(module):
    return next(name for name in vars(module) if name.endswith("New") or name.endswith("_new"))


def numbers(inputs, draw):
    torch.manual_seed(1000 + draw)
    redrawn = []
    for value in inputs():
        if isinstance(value, torch.Tensor) and value.is_floating_point() and draw:
            noise = torch.randn(value.shape, dtype=torch.float64)
            wide = (noise if draw % 3 == 1 else value.double() * SCALES[draw % len(SCALES)])
            wide = torch.where(torch.rand(value.shape) < 0.2, 0.0, wide) if draw % 4 == 3 else wide
            wide = wide + (5.0 if draw % 7 == 6 else 0.0)
            value = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype).copy_(wide)
        redrawn.append(value)
    return redrawn


def outputs(target, inputs):
    copies = [value.clone() if isinstance(value, torch.Tensor) else value for value in inputs]
    torch.manual_seed(0)
    found = target(*copies)
    leaves = torch.utils._pytree.tree_leaves((found, copies))
    return [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]


def difference(a, b):
    if a.shape != b.shape or a.dtype != b.dtype:
        return "different"
    if torch.equal(a, b) or bool(((a == b) | ((a != a) & (b != b))).all()):
        return "same"
    if a.dtype not in ROUNDINGS or not torch.equal(a.isfinite(), b.isfinite()):
        return "different"
    finite = a.isfinite()
    a, b, eps = a[finite].double(), b[finite].double(), ROUNDINGS[a.dtype] * torch.finfo(a.dtype).eps
    return "rounding" if float((a - b).abs().max()) <= eps * float(a.abs().max()) else "different"


def main(payload):
    libdevice.install()
    reference = loaded(payload["reference"], "reference")
    old, new = loaded(payload["original"], "original"), loaded(payload["mutant"], "mutant")
    given = getattr(reference, "get_init_inputs", list)()
    worst = "same"
    with torch.no_grad():
        models = [made(module, entry_of(old), given) for module in (old, new)]
        if isinstance(models[0], torch.nn.Module):
            for tensor in [*models[0].parameters(), *models[0].buffers()]:
                if tensor.is_floating_point():
                    tensor.copy_(torch.rand_like(tensor) + 0.5)
            models[1].load_state_dict(models[0].state_dict())
        for draw in range(payload["draws"]):
            inputs = numbers(reference.get_inputs, draw)
            wanted = outputs(models[0], inputs)
            try:
                got = outputs(models[1], inputs)
            except Exception as error:
                return ["different", f"draw {draw}: {type(error).__name__}"]
            for a, b in zip(wanted, got, strict=True):
                found = difference(a, b)
                if found == "different":
                    return [found, f"draw {draw}"]
                worst = "rounding" if found == "rounding" else worst
    return [worst, ""]
"""


def open_plain_jail() -> Jail:
    return Jail(("torch", "triton", "numpy", "triton_data.verify.libdevice"), env={"TRITON_INTERPRET": "1"})


def compared(mutant: Subject, jail: Jail) -> tuple[str, str]:
    """A mutant that raises differs, too; a task that ends otherwise, as when its original fails, decides nothing."""
    payload = {"reference": mutant.reference, "original": mutant.original, "mutant": mutant.candidate, "draws": DRAWS}
    outcome = jail.run(Task(source=IN_THE_JAIL, payload=payload), POLICY)
    if not outcome.ok:
        return "undecided", outcome.reason
    assert isinstance(outcome.value, list)
    return str(outcome.value[0]), str(outcome.value[1])
