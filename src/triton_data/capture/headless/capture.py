"""A Program becomes a Capture, in this process and without a GPU.

Enters: a Program, a target, a mode. Leaves: a Capture, or a Drop that says why not. The program's text is
executed here: run foreign text through the jail (jailed.py). Not covered: whether the kernels compile
(compile_check.py) or are right (verify/).
"""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

# Read when Inductor is imported: more would start compile workers, and threads that a fork must not inherit.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

import torch
import torch._dynamo
import torch._functorch.config as functorch_config
import torch._inductor.config as inductor_config
from torch._dynamo.utils import detect_fake_mode
from torch._inductor.compile_fx import compile_fx
from torch._subclasses.fake_tensor import FakeTensorMode

from triton_data.capture.headless.convolutions import decompositions
from triton_data.capture.headless.fake_gpu import DEVICE
from triton_data.capture.headless.patches import pretending
from triton_data.capture.headless.products import in_triton
from triton_data.capture.headless.program import Built, require_gradients
from triton_data.capture.headless.recorder import Emitted, capture_as, record
from triton_data.capture.headless.retarget import inputs_on
from triton_data.capture.headless.sizing import sized
from triton_data.capture.headless.written_out import no_fast_path
from triton_data.capture.libraries import KEEP, TRITON, noted
from triton_data.capture.modes import find_mode
from triton_data.capture.reasons import Reason, dropped, one_line
from triton_data.capture.toolchain import check_toolchain
from triton_data.records import Capture, Drop, Graph, Origin, Program
from triton_data.targets import TARGETS, Target, find_target


def capture_program(
    program: Program, target: str = "sm_90", mode: str = "inference", libraries: str = KEEP, choice: int = 0
) -> Capture | Drop:
    check_toolchain()
    spec = find_target(target)
    training = mode == "training"
    made = capture_as(
        program,
        target,
        mode,
        lambda module: sized(module, program.entry, training),
        lambda built: capture_call(built, spec, mode, libraries, choice),
    )
    return made if isinstance(made, Drop) else replace(made, toolchain=made.toolchain + noted(libraries, choice))


def capture_live(built: Built, target: str, mode: str, libraries: str = KEEP) -> tuple[Graph, ...] | Drop:
    """Of a module of this process, which is its caller's own code, as it stands: its weights, its training flag."""
    check_toolchain()
    find_mode(mode)
    spec = find_target(target)
    try:
        if mode == "training":
            require_gradients(built)
        return capture_call(built, spec, mode, libraries)
    except Exception as error:  # noqa: BLE001  whatever a caller's module raises is the reason there is no code
        return dropped(Reason.RUN, one_line(error))


# Wide rather than deep: what one capture loads and caches, the forked ones find there.
_WARM = Program(
    "warm",
    """
import torch
import torch.nn.functional as F

def warm(x, y, w, i):
    z = torch.softmax(torch.relu(x @ y) + 1, -1)
    z = F.layer_norm(z, (8,)) + F.embedding(i, x).sum(-1, keepdim=True)
    c = F.gelu(F.max_pool2d(F.batch_norm(F.conv2d(w, w[:, :, :3, :3]), x[0, :4], x[0, 4:].abs()), 2))
    return torch.cat([z, z.var(-1, keepdim=True).sqrt()], -1), c, F.silu(c).mean((2, 3)), x.bfloat16().cumsum(-1)

def get_inputs():
    return [torch.ones(8, 8), torch.ones(8, 8), torch.ones(4, 3, 9, 9), torch.zeros(8, dtype=torch.long)]
""",
    "given",
    Origin("given"),
)


def warm_up() -> None:
    """Once in the process that forks: imports, pattern tables, one capture. Leaves no thread behind.

    Inference only: a process that has run autograd must not fork children that run it. Its environment must hold
    OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1, because native threads do not survive a fork either.
    """
    # torch.fx.Interpreter makes a progress bar that is never shown, and tqdm a thread to watch it.
    with contextlib.suppress(ImportError):
        import tqdm

        tqdm.tqdm.monitor_interval = 0
    _ask_ptxas()
    for mode in ("inference", "dynamic"):
        result = capture_program(_WARM, mode=mode)
        if isinstance(result, Drop):
            raise RuntimeError(f"warm-up capture failed: {result.reason}: {result.detail}")
    gc.collect()
    gc.freeze()  # so that no child copies these pages only to count references
    if threading.active_count() != 1:
        raise RuntimeError(f"warm-up left threads: {[thread.name for thread in threading.enumerate()]}")


def _ask_ptxas() -> None:
    """Triton keeps the assembler's version by architecture, and asks by starting it: what no jailed process may do."""
    from triton.backends.nvidia.compiler import get_ptxas_version

    for target in TARGETS.values():
        if target.backend == "cuda":
            get_ptxas_version(target.arch)


def capture_call(
    built: Built, target: Target, mode: str, libraries: str = KEEP, choice: int = 0
) -> tuple[Graph, ...] | Drop:
    """Each graph is lowered for the target, then runs in eager on the CPU."""
    whole = libraries == TRITON

    def compile_graph(graph: torch.fx.GraphModule, example_inputs: list[Any], emitted: Emitted) -> Any:
        fake = detect_fake_mode() or FakeTensorMode(allow_non_fake_inputs=True)
        products = in_triton(target, choice) if whole else contextlib.nullcontext()
        with pretending(target, emitted), one_text_a_graph(), products:
            inputs = inputs_on(DEVICE, graph, example_inputs, fake)
            compile_fx(graph, inputs, decompositions=decompositions() if whole else None)
        return graph.forward

    with no_fast_path() if whole else contextlib.nullcontext():
        return record(built, mode, compile_graph)


@contextlib.contextmanager
def one_text_a_graph() -> Iterator[None]:
    """Inductor's settings for a capture, here and on a GPU: both directions at once, nothing answered by a cache."""
    with (
        functorch_config.patch(force_non_lazy_backward_lowering=True, enable_autograd_cache=False),
        # shape_padding measures on the device; the caches would answer with another machine's modules.
        inductor_config.patch(shape_padding=False, fx_graph_cache=False),
    ):
        yield
