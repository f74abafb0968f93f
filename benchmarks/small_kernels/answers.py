"""What small kernels answer on a device, and how far two answers are apart.

In: kernels of the tables. Out: for each the bits of its output, or the type of the error that it ended with. Not
covered: kernels whose answer hangs on the number of warps.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import multiprocessing
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from small_kernels import inputs
from small_kernels.table import N, Small

Answer = Mapping[str, Any]
HEAD = "import triton\nimport triton.language as tl\nfrom triton.language.extra import libdevice\n"
PROCESSES = 8  # that compile at once
DENSE = 1024  # elements of inputs that are not loaded whole


def of(kernels: Sequence[Small], device: str) -> dict[str, Answer]:
    if device == "cuda":
        return _at_once(kernels)
    from triton_data.verify.jailed.interpreter import install

    install.install()
    return _in_turn(kernels, device)


def _at_once(kernels: Sequence[Small]) -> dict[str, Answer]:
    """Compiling takes longest, so some processes share the device."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        parts = pool.starmap(_in_turn, [(kernels[start::PROCESSES], "cuda") for start in range(PROCESSES)])
    found = {name: answer for part in parts for name, answer in part.items()}
    return {one.name: found[one.name] for one in kernels}


def _in_turn(kernels: Sequence[Small], device: str) -> dict[str, Answer]:
    with tempfile.TemporaryDirectory() as folder:
        return {one.name: _answer(one, device, Path(folder)) for one in kernels}


def _answer(one: Small, device: str, folder: Path) -> Answer:
    try:
        return _ran(one, device, folder)
    except Exception as error:
        if device == "cuda" and "illegal" in str(error):
            raise  # the device answers nothing any more
        return {"error": type(error).__name__, "says": str(error)[-200:]}


def _ran(one: Small, device: str, folder: Path) -> Answer:
    kernel = getattr(_loaded(one, folder), one.name)
    given = [inputs.made(kind, DENSE if kind.endswith(":dense") else N, turn) for turn, kind in enumerate(one.inputs)]
    out = torch.zeros(max(one.size, N), dtype=inputs.KINDS[one.output])
    given, out = [tensor.to(device) for tensor in given], out.to(device)
    if device == "cpu":
        _begin()
    arguments = [eval(text) for _, text in one.arguments]
    kernel[one.grid](*given, out, *arguments, N=N)
    bits = out[: one.size].cpu().contiguous().view(torch.uint8).numpy().tobytes()
    return {"bits": base64.b64encode(bits).decode()}


def _begin() -> None:
    from triton_data.verify.jailed.interpreter.execute import LAUNCHES
    from triton_data.verify.jailed.interpreter.memory import Memory

    LAUNCHES.begin(Memory(), 0, False, False)


def _loaded(one: Small, folder: Path) -> Any:
    path = folder / f"{one.name}.py"
    path.write_text(HEAD + one.text(), "utf-8")
    spec = importlib.util.spec_from_file_location(f"small_{one.name}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def printed(found: Mapping[str, Answer], device: str) -> str:
    import triton

    name = torch.cuda.get_device_name() if device == "cuda" else "interpreter"
    head = {"device": name, "torch": torch.__version__, "triton": triton.__version__}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(answer)}" for name, answer in found.items())
    return json.dumps(head)[:-1] + ', "answers": {\n' + lines + "\n}}"


def counted(known: Mapping[str, Answer]) -> str:
    errors = Counter(answer["error"] for answer in known.values() if "error" in answer)
    return f"{len(known)} known, of which refused: {dict(errors)}"


def differences(kernels: Sequence[Small], known: Mapping[str, Answer], found: Mapping[str, Answer]) -> dict[str, str]:
    """What the compiler refuses, verification compiles on the CPU as well: nothing is compared there."""
    apart = {}
    for one in kernels:
        theirs, mine = known.get(one.name), found[one.name]
        if theirs is None or "error" in theirs:
            continue
        how = (
            f"{mine['error']}: {mine['says']}"
            if "error" in mine
            else _apart(one, _values(one, theirs), _values(one, mine))
        )
        if how:
            apart[one.name] = how
    return apart


def _values(one: Small, answer: Answer) -> torch.Tensor:
    bits = np.frombuffer(base64.b64decode(answer["bits"]), np.uint8).copy()
    values = torch.from_numpy(bits).view(inputs.KINDS[one.output])
    if one.output in ("u16", "u32", "u64"):
        return values.view({"u16": torch.int16, "u32": torch.int32, "u64": torch.int64}[one.output])
    return values


def _apart(one: Small, theirs: torch.Tensor, mine: torch.Tensor) -> str:
    if not theirs.is_floating_point():
        different = theirs != mine
    else:
        x, y = theirs.double(), mine.double()
        same = (x == y) | (x.isnan() & y.isnan())
        scale = torch.maximum(x.abs(), y.abs()).nan_to_num(0.0, 0.0, 0.0)
        different = ~same & ~((x - y).abs() <= one.near * scale.clamp(min=1e-2 if one.near else 0.0))
    if not bool(different.any()):
        return ""
    place = int(different.nonzero()[0])
    return f"{int(different.sum())} of {theirs.numel()}, such as {mine[place].item()} for {theirs[place].item()} at {place}"
