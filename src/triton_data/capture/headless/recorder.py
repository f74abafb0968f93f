"""A torch.compile backend that keeps what Inductor emits for each graph that Dynamo finds.

Enters: graphs and their inputs, as Dynamo hands them over. Leaves: a Graph record each, and how the program's result
is made of what they return. How a graph is compiled is the caller's: for a GPU that is not here (capture.py), or on
the one that is (on_gpu.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Any, TypeAlias

import torch
import torch._dynamo.config
from torch._guards import TracingContext
from torch.utils._sympy.printers import PythonPrinter

from triton_data.capture import output_code
from triton_data.capture.granted.arguments import of_call, of_constructor
from triton_data.capture.headless import graph_outputs
from triton_data.capture.headless.graph_inputs import sources_of
from triton_data.capture.headless.patches import numbered_from_zero
from triton_data.capture.headless.program import Built, loaded
from triton_data.capture.modes import find_mode
from triton_data.capture.reasons import Reason, dropped, one_line
from triton_data.capture.toolchain import versions
from triton_data.formats.machine_paths import relative
from triton_data.records import Capture, Drop, Graph, Program

Emitted: TypeAlias = Callable[[str], None]  # called with the output code of each direction
Prepared: TypeAlias = tuple[Built, AbstractContextManager[Any]]  # and the context to call it in
Traced: TypeAlias = Callable[[Built], tuple[Graph, ...] | Drop]
Compile: TypeAlias = Callable[[torch.fx.GraphModule, list[Any], Emitted], Callable[..., Any]]  # what runs the graph


def capture_as(
    program: Program, target: str, mode: str, prepare: Callable[[ModuleType], Prepared], graphs_of: Traced
) -> Capture | Drop:
    """The text, built by `prepare` and traced by `graphs_of`; whatever fails is a Drop that names the step."""
    find_mode(mode)
    step = Reason.TEXT
    try:
        with loaded(program.text) as module:
            if not hasattr(module, program.entry):
                return dropped(Reason.TEXT, f"no {program.entry!r} in the text")
            step = Reason.BUILD
            built, context = prepare(module)
            step = Reason.RUN
            with context:
                graphs = graphs_of(built)
    except Exception as error:  # noqa: BLE001  foreign code: any failure of it is a Drop
        return dropped(step, one_line(error))
    if isinstance(graphs, Drop):
        return graphs
    return Capture(program.key, program.entry, target, mode, graphs, versions(), program.origin)


def record(
    built: Built, mode: str, compile_graph: Compile, use: Callable[[Any], None] = lambda result: None
) -> tuple[Graph, ...] | Drop:
    """Every graph of one call of the program; `use` is handed what it returned."""
    recorder = _Recorder(compile_graph)
    torch._dynamo.reset()
    # A number such as an epsilon stays a number: as a symbol it would reach the kernels as a tensor of one element.
    numbers = torch._dynamo.config.patch(specialize_float=True)
    with numbered_from_zero(), torch.set_grad_enabled(mode == "training"), numbers:
        compiled = torch.compile(built.forward, backend=recorder, dynamic=mode == "dynamic")
        result = compiled(*built.args, **built.kwargs)
        use(result)
    if recorder.errors:
        return dropped(Reason.LOWER, one_line(recorder.errors[0]))
    if not any(graph.kernels for graph in recorder.graphs):
        return dropped(Reason.NO_TRITON, ", ".join(sorted({e for g in recorder.graphs for e in g.externs})))
    call, constructor = recorder.granted(built)
    graphs = recorder.with_returns(result)
    return tuple(dataclasses.replace(graph, call=call, constructor=constructor) for graph in graphs)


class _Recorder:
    def __init__(self, compile_graph: Compile) -> None:
        self.compile_graph = compile_graph
        self.graphs: list[Graph] = []
        self.errors: list[Exception] = []
        self.calls: list[tuple[tuple[Any, ...], Any]] = []  # (inputs, outputs)
        self.looked_at: set[str] = set()  # sources of Dynamo's guards
        self.constants: set[str] = set()  # of those that compare with a constant

    def __call__(self, graph: torch.fx.GraphModule, example_inputs: list[Any]) -> Any:
        codes: list[str] = []
        perform = graph.forward
        readable = relative(graph.print_readable(print_output=False))
        inputs = tuple(sources_of(graph))
        self._look()
        try:
            perform = self.compile_graph(graph, example_inputs, codes.append)
        except torch._dynamo.exc.RestartAnalysis:
            raise  # Inductor asks Dynamo to trace again with other symbols
        except Exception as error:  # noqa: BLE001  becomes this Program's Drop
            self.errors.append(error)
        self._keep(codes, readable, inputs)

        def run(*args: Any) -> Any:
            made = perform(*args)
            self.calls.append((args, made))
            return made

        return run

    def _look(self) -> None:
        context = TracingContext.try_get()
        for guard in context.guards_context.dynamo_guards if context is not None else ():
            if guard.name.startswith("L["):
                self.looked_at.add(guard.name)
                if guard.create_fn_name() in ("CONSTANT_MATCH", "EQUALS_MATCH"):
                    self.constants.add(guard.name)

    def granted(self, built: Built) -> tuple[tuple[str, ...], tuple[str, ...]]:
        inputs = {source for graph in self.graphs for source in graph.inputs}
        call = tuple(of_call(built.forward, built.args, built.kwargs, self.constants))
        if (made := built.made) is None:
            return call, ()
        return call, tuple(of_constructor(made.cls, made.args, made.kwargs, self.looked_at, inputs))

    def with_returns(self, result: Any) -> tuple[Graph, ...]:
        if len(self.calls) != 1 or not isinstance(self.calls[0][1], list | tuple):
            return tuple(self.graphs)
        inputs, outputs = self.calls[0]
        outputs_text = graph_outputs.expression(result, inputs, self.graphs[0].inputs, outputs)
        return tuple(dataclasses.replace(graph, returns=outputs_text) for graph in self.graphs)

    def _keep(self, codes: list[str], readable: str, inputs: tuple[str, ...]) -> None:
        for index, code in enumerate(map(output_code.without_paths, codes)):
            direction = "inference"
            if len(codes) > 1:
                direction = "forward" if index == 0 else "backward"
            kernels, externs = output_code.kernels_of(code), output_code.externs_of(code)
            self.graphs.append(Graph(direction, code, kernels, externs, readable, inputs=inputs, guards=_guards()))


def _guards() -> tuple[str, ...]:
    """Conditions on symbolic sizes under which Dynamo and Inductor have decided so far."""
    context = TracingContext.try_get()
    shapes = context.fake_mode.shape_env if context is not None and context.fake_mode is not None else None
    return () if shapes is None else tuple(PythonPrinter().doprint(guard.expr) for guard in shapes.guards)
