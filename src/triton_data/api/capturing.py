"""`capture(module, inputs)`: the Triton code that TorchInductor writes for a GPU that need not be here.

In: a module or function of this process with its inputs, or a program as text. Out: `Captured`. A live module is traced
in this process, which is the caller's own code; a text is foreign and runs in the jail. Not covered: running the code.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triton_data.api.programs import name_of, program_of
from triton_data.capture.libraries import find_libraries
from triton_data.errors import Misuse
from triton_data.records import Capture, Drop, Graph, Program


@dataclass(frozen=True)
class Captured:
    """`print(captured)` is the code; `captured.kernels` are the kernels by name."""

    entry: str
    target: str
    mode: str
    graphs: tuple[Graph, ...]

    @property
    def code(self) -> str:
        return "\n\n".join(graph.code for graph in self.graphs)

    @property
    def kernels(self) -> dict[str, str]:
        return {kernel.name: kernel.text for graph in self.graphs for kernel in graph.kernels}

    @property
    def externs(self) -> tuple[str, ...]:
        """Library calls that Inductor left in place, such as extern_kernels.mm."""
        return tuple(call for graph in self.graphs for call in graph.externs)

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        names = ", ".join(self.kernels) or "no kernel"
        return f"<captured {self.entry} for {self.target} ({self.mode}): {names}>"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p><pre>{html.escape(self.code)}</pre>"


def capture(
    module: Callable[..., Any] | str | Path,
    inputs: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    target: str = "sm_90",
    mode: str = "inference",
    libraries: str = "keep",
) -> Captured:
    """What TorchInductor makes of a module, a function, or a program's text; no GPU is needed.

    `inputs` is a list of arguments or a dictionary of keywords, for a live module. `target` is a row of
    `triton_data.targets.TARGETS`; `mode` is inference, training or dynamic. With
    `libraries="triton"`, products, convolutions and attention are Triton too. Raises Misuse with the reason when there
    is no Triton code to be had.
    """
    find_libraries(libraries)
    if isinstance(module, str | Path):
        if inputs is not None:
            raise Misuse("a program's text has its inputs in get_inputs(): leave `inputs` out")
        program = program_of(module)
        made = captured(program, target, mode, libraries)
        entry, graphs = program.entry, made if isinstance(made, Drop) else made.graphs
    else:
        if inputs is None:
            raise Misuse("say what the module is called with: capture(module, [x, y])")
        entry, graphs = name_of(module), _of_live(module, inputs, target, mode, libraries)
    if isinstance(graphs, Drop):
        raise Misuse(f"{graphs.reason}: {graphs.detail}")
    return Captured(entry, target, mode, graphs)


def captured(program: Program, target: str, mode: str, libraries: str = "keep") -> Capture | Drop:
    """Of a text: in the jail."""
    from triton_data.capture.stage import CaptureStage, Job
    from triton_data.config import CaptureConfig

    stage = CaptureStage.of(CaptureConfig((target,), (mode,), libraries), False)
    with stage.resources():
        (result,) = stage.work(Job(program, target, mode, libraries))
    return result


def _of_live(
    module: Callable[..., Any], inputs: Sequence[Any] | Mapping[str, Any], target: str, mode: str, libraries: str
) -> tuple[Graph, ...] | Drop:
    from triton_data.capture.headless.capture import capture_live
    from triton_data.capture.headless.program import Built

    args, kwargs = ((), dict(inputs)) if isinstance(inputs, Mapping) else (tuple(inputs), {})
    return capture_live(Built(module, args, kwargs), target, mode, libraries)
