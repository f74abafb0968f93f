"""A Program becomes a Capture by really running on the GPU, under TORCH_COMPILE_DEBUG.

Enters: a Program and a mode, in a process that has a GPU and has TORCH_COMPILE_DEBUG=1 since it imported torch. Leaves:
a Capture, or a Drop, and on request the files of the debug folder. The program's text is executed here, its kernels
are compiled and launched: run foreign text through the jail. Not covered: machines with no GPU (headless/capture.py).
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # read when Inductor is imported: no pool of workers

import torch
import torch._dynamo.config
from torch._inductor.compile_fx import compile_fx
from torch._inductor.graph import GraphLowering
from torch.utils._pytree import tree_leaves, tree_map_only

from triton_data.capture.headless.capture import one_text_a_graph
from triton_data.capture.headless.jailed import to_json
from triton_data.capture.headless.program import Built, build, require_gradients
from triton_data.capture.headless.recorder import Emitted, Prepared, capture_as, record
from triton_data.capture.toolchain import check_toolchain
from triton_data.records import Capture, Drop, Graph, Origin, Program


def capture(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """What the jail runs. The child's folder is its own, and gone with it: what is to be kept goes into the answer."""
    torch._dynamo.config.debug_dir_root = str(Path.cwd() / "torch_compile_debug")
    program = Program(payload["entry"], payload["text"], "given", Origin("given"))
    answer = to_json(capture_on_gpu(program, payload["target"], payload["mode"]))
    if payload["keep_debug"]:
        answer["debug"] = _files(Path(torch._dynamo.config.debug_dir_root))
    return answer, []


def capture_on_gpu(program: Program, target: str, mode: str = "inference") -> Capture | Drop:
    check_toolchain()

    def prepare(module: ModuleType) -> Prepared:
        torch.manual_seed(0)
        built = _moved(build(module, program.entry, mode == "training"))
        if mode == "training":
            require_gradients(built)
        return built, nullcontext()

    def graphs_of(built: Built) -> tuple[Graph, ...] | Drop:
        graphs = record(built, mode, _compile, _differentiate)
        torch.cuda.synchronize()
        return graphs

    made = capture_as(program, target, mode, prepare, graphs_of)
    return made if isinstance(made, Drop) else replace(made, toolchain=(*made.toolchain, _device()))


def _compile(graph: torch.fx.GraphModule, inputs: list[Any], emitted: Emitted) -> Any:
    with mock.patch.object(GraphLowering, "save_output_code", staticmethod(emitted)), one_text_a_graph():
        return compile_fx(graph, inputs)


def _differentiate(result: Any) -> None:
    """Triton compiles a kernel at its first launch: without this, those of the backward graph would never run."""
    losses = [leaf.float().sum() for leaf in tree_leaves(result) if _differentiable(leaf)]
    if losses:
        torch.stack(losses).sum().backward()


def _differentiable(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor) and leaf.requires_grad and leaf.grad_fn is not None


def _moved(built: Built) -> Built:
    forward = built.forward.cuda() if isinstance(built.forward, torch.nn.Module) else built.forward
    args, kwargs = tree_map_only(torch.Tensor, lambda tensor: tensor.cuda(), (built.args, built.kwargs))
    return replace(built, forward=forward, args=args, kwargs=kwargs)


def _device() -> tuple[str, str]:
    return "gpu", torch.cuda.get_device_name()


def _files(root: Path) -> dict[str, str]:
    """All of them text: Inductor's debug folder holds sources, graphs and logs."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    return {path.relative_to(root).as_posix(): path.read_text("utf-8", errors="replace") for path in found}
