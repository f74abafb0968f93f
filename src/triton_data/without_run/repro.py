"""A script that calls a reference and its candidate on the draw that told them apart.

In: a Judgement that did not pass, and the paths of both files. Out: the text of a script that needs torch and triton
alone: weights and inputs are in it, compressed. Not covered: faults that only the judge's interpreter sees (a race, a
load beside its tensor), which such a call may survive; and gradients, of which it shows the outputs.
"""

from __future__ import annotations

import base64
import io
import textwrap
import zlib
from pathlib import Path

import torch

from triton_data.verify.judge.judgement import Judgement
from triton_data.verify.wire import values
from triton_data.verify.wire.candidate import CandidateQuestion

_SCRIPT = '''"""Reproduces: {said}

    python {name}
"""

import base64
import importlib.util
import io
import os
import zlib

os.environ.setdefault("TRITON_INTERPRET", "{interpreted}")
os.environ.setdefault("TRITON_F32_DEFAULT", "ieee")
import torch
from torch.utils import _pytree as pytree

REFERENCE, CANDIDATE, DEVICE = {reference!r}, {candidate!r}, {device!r}
GIVEN = """
{data}
"""


def called(path, entry, given):
    """The class or function in this file, with the weights and inputs of the draw."""
    spec = importlib.util.spec_from_file_location(entry, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    target = getattr(module, entry)
    torch.manual_seed(given["seed"])
    if isinstance(target, type):
        target = target(*given["init"][0], **given["init"][1]).train(given["training"]).to(DEVICE)
        own, weights = target.state_dict(), given["weights"]
        names = zip(own, own if set(own) == set(weights) else weights)
        for mine, theirs in names:
            own[mine].copy_(weights[theirs])
    args, kwargs = pytree.tree_map(lambda leaf: leaf.to(DEVICE) if torch.is_tensor(leaf) else leaf, given["inputs"])
    return [leaf.cpu() if torch.is_tensor(leaf) else leaf for leaf in pytree.tree_leaves(target(*args, **kwargs))]


def main():
    given = torch.load(io.BytesIO(zlib.decompress(base64.b64decode(GIVEN))))
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    with torch.no_grad():
        expected = called(REFERENCE, {entry!r}, given)
        got = called(CANDIDATE, {new_entry!r}, given)
    for number, (right, mine) in enumerate(zip(expected, got)):
        if not torch.is_tensor(right) or right.shape != getattr(mine, "shape", None):
            print(f"output {{number}}: expected", getattr(right, "shape", right), "got", getattr(mine, "shape", mine))
            continue
        off = (right.to(torch.complex128) - mine.to(torch.complex128)).abs().nan_to_num(float("inf")).reshape(-1)
        off[(right == mine).reshape(-1) | ((right != right) & (mine != mine)).reshape(-1)] = 0
        if off.numel():
            at = tuple(int(n) for n in torch.unravel_index(off.argmax(), right.shape))
            print(f"output {{number}}: worst at {{list(at)}}: expected {{right[at].item()}}, got {{mine[at].item()}}")


main()
'''


def script(found: Judgement, reference: Path, candidate: Path, entry: str, name: str) -> str | None:
    """None where nothing was asked: a text that was screened, a reference that does not run."""
    question = found.asked
    if found.passed or question is None or not question.draws:
        return None
    data = base64.b64encode(zlib.compress(_given(question, found.draw), 9)).decode()
    said = " ".join(f"{found.reason}: {found.detail}".replace("\\", "/").replace('"', "'").split())
    return _SCRIPT.format(
        said=said[:400], name=name, reference=str(reference.resolve()), candidate=str(candidate.resolve()),
        device=question.device, interpreted=int(question.device == "cpu"), data="\n".join(textwrap.wrap(data, 118)),
        entry=entry, new_entry=question.entry,
    )  # fmt: skip


def _given(question: CandidateQuestion, number: int) -> bytes:
    tensors = [values.unpacked_tensor(tensor) for tensor in question.tensors]
    draw = question.draws[min(number, len(question.draws) - 1)]
    state = question.other_state if draw.weights and question.other_state else question.state
    given = {
        "init": values.unpack(question.init, tensors) if question.init is not None else ((), {}),
        "weights": {name: values.unpack(packed, tensors) for name, packed in state.items()},
        "inputs": values.unpack(draw.inputs, tensors),
        "seed": draw.seed,
        "training": question.training,
    }
    file = io.BytesIO()
    torch.save(given, file)
    return file.getvalue()
