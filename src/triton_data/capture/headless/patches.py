"""Every private part of torch that a headless capture replaces, each with its reason.

Enters: a Target. Leaves: a context in which Inductor lowers graphs of that device to source text, and the texts.
Checked on torch 2.11, 2.12 and 2.13, as a CPU build and as a CUDA build without a device (`KNOWN_TORCH` in
toolchain.py; benchmarks/exactness.py is the check). Nothing outside this module patches torch.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import types
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import torch
import torch._inductor.codegen.triton
import torch._inductor.utils
import torch.utils._triton
from torch._functorch import aot_autograd
from torch._inductor import graph as graph_module
from torch._inductor.fx_passes import joint_graph
from torch._inductor.graph import GraphLowering
from torch._inductor.runtime.hints import DeviceProperties
from torch._subclasses import fake_impls, fake_tensor
from torch._subclasses.fake_tensor import FakeTensor, FakeTensorConverter, FakeTensorMode
from torch._subclasses.functional_tensor import FunctionalTensor
from torch.fx.experimental.proxy_tensor import ProxyTorchDispatchMode
from torch.overrides import TorchFunctionMode

from triton_data.capture.headless.attention import attention
from triton_data.capture.headless.choices import DeviceChoices, convolution_format
from triton_data.capture.headless.cuda_only import SHAPES
from triton_data.capture.headless.fake_gpu import DEVICE, answering_for
from triton_data.targets import Target

_CPU = torch.device("cpu")


@contextlib.contextmanager
def pretending(target: Target, emitted: Callable[[str], None]) -> Iterator[None]:
    """Inside, torch lowers for the target; every output code goes to `emitted`."""
    _forget_other_targets(target)
    with contextlib.ExitStack() as stack:
        stack.enter_context(answering_for(target))
        stack.enter_context(_folding_on_host())
        stack.enter_context(_patterns_on_host())
        stack.enter_context(_source_only(emitted))
        stack.enter_context(_device_in_python_only())
        stack.enter_context(_target_by_default())
        stack.enter_context(_constants_on_target())
        stack.enter_context(_convolution_layout(target))
        stack.enter_context(_fallbacks_on_host())
        stack.enter_context(_whole_rms_norm())
        stack.enter_context(DeviceChoices(target))
        # F.multi_head_attention_forward looks its attention up by this name, below the reach of a mode.
        chosen = functools.partial(attention, target)
        stack.enter_context(mock.patch.object(torch.nn.functional, "scaled_dot_product_attention", chosen))
        # Inductor asks for the vendor by this attribute only.
        stack.enter_context(mock.patch.object(torch.version, "hip", "6.4.0" if target.backend == "hip" else None))
        yield


@contextlib.contextmanager
def numbered_from_zero() -> Iterator[None]:
    """AOTAutograd numbers graphs by a counter of the process, and writes the number into the code."""
    with mock.patch.object(aot_autograd, "AOT_COUNTER", itertools.count()):
        yield


@contextlib.contextmanager
def _folding_on_host() -> Iterator[None]:
    """Constant folding evaluates one-element constants on the device of the graph: do that on the host."""
    fold = joint_graph.constant_fold_uniform_value

    def fold_on_host(graph: torch.fx.GraphModule) -> Any:
        with _HostFactories():
            return fold(graph)

    with mock.patch.object(joint_graph, "constant_fold_uniform_value", fold_on_host):
        yield


@contextlib.contextmanager
def _patterns_on_host() -> Iterator[None]:
    """The pattern matcher traces its patterns once on the graph's device, some of them with real tensors.

    A pattern holds no device, so the host's trace is the same one; only the CUDA-only e8m0 patterns of torch 2.13
    (MX formats) are not registered this way.
    """
    init = joint_graph.lazy_init
    with mock.patch.object(joint_graph, "lazy_init", lambda device=None: init(_CPU)):
        yield


class _HostFactories(TorchFunctionMode):  # type: ignore[misc]
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        def host(value: Any) -> Any:
            moved = isinstance(value, torch.device) and value.type not in ("cpu", "meta")
            return _CPU if moved else value

        kwargs = {key: host(value) for key, value in (kwargs or {}).items()}
        return func(*(host(value) for value in args), **kwargs)


@contextlib.contextmanager
def _source_only(emitted: Callable[[str], None]) -> Iterator[None]:
    """Stop where the text is ready: loading it would start Triton's compiler and look for a device."""

    def compile_to_module(graph: GraphLowering) -> types.ModuleType:
        code, _ = graph.codegen()
        emitted(code.value)
        module = types.ModuleType("headless")
        module.__file__ = "<headless>"
        module.call = _not_runnable  # type: ignore[attr-defined]
        module.recursively_apply_fns = None  # type: ignore[attr-defined]
        return module

    with mock.patch.object(GraphLowering, "compile_to_module", compile_to_module):
        yield


def _not_runnable(*args: Any) -> Any:
    raise RuntimeError("a headless capture is source text: it does not run")


@contextlib.contextmanager
def _device_in_python_only() -> Iterator[None]:
    """A fake tensor on the target says 'cuda' to Python and 'cpu' to C++.

    C++ asks the CUDA runtime for guards, streams and contexts as soon as it sees the device: autograd metadata,
    indexing and the engine all fail then, on a CPU build (no such guard) and on a CUDA build without a device
    alike. Python, which decides all decompositions and lowerings, keeps seeing the target. The few choices that
    C++ does make by device are made in choices.py instead.
    """
    make_fake = torch.Tensor._make_subclass
    dispatch = FakeTensor.__torch_dispatch__

    def make_fake_on_cpu(cls: type, *args: Any, **kwargs: Any) -> Any:
        if "device_for_backend_keys" in kwargs and kwargs["device_for_backend_keys"].type == "cuda":
            kwargs["device_for_backend_keys"] = _CPU
        return make_fake(cls, *args, **kwargs)

    def answer_device(cls: type, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        answer = dispatch(func, types, args, kwargs or {})
        is_target = func is torch.ops.prim.device.default and answer.type == "cuda"
        return _CPU if is_target else answer

    ask = fake_tensor._DISPATCH_META_HANDLERS[torch.ops.prim.device.default]

    def answer_mode(args: Any) -> torch.device:
        answer: torch.device = ask(args)
        return _CPU if answer.type == "cuda" else answer

    is_cuda = property(lambda tensor: tensor.device.type == "cuda")
    is_cpu = property(lambda tensor: tensor.device.type == "cpu")

    def python_device(tensor: FunctionalTensor) -> torch.device:
        return torch._from_functional_tensor(tensor.elem).device

    with (
        mock.patch.object(torch.Tensor, "_make_subclass", staticmethod(make_fake_on_cpu)),
        mock.patch.object(FakeTensor, "__torch_dispatch__", classmethod(answer_device)),
        mock.patch.dict(fake_tensor._DISPATCH_META_HANDLERS, {torch.ops.prim.device.default: answer_mode}),
        mock.patch.object(FunctionalTensor, "device", property(python_device)),
        mock.patch.multiple(FakeTensor, is_cuda=is_cuda, is_cpu=is_cpu),
        mock.patch.multiple(FunctionalTensor, is_cuda=is_cuda, is_cpu=is_cpu),
    ):
        yield


@contextlib.contextmanager
def _target_by_default() -> Iterator[None]:
    """What the program made on the CPU, and what C++ makes beside a tensor that it takes for one, is the target's.

    The program was traced on the CPU, so its factories say 'cpu' or nothing. Each operation of a trace passes
    these two modes, where they are moved without a rewrite of the graph: the first writes the operation down, the
    second says on which device its result lives.
    """
    convert = FakeTensorConverter.from_real_tensor

    def moving(mode_class: type) -> Any:
        dispatch = mode_class.__torch_dispatch__  # type: ignore[attr-defined]

        def dispatch_moved(mode: Any, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if kwargs and kwargs.get("device") == _CPU:
                kwargs = {**kwargs, "device": DEVICE}
            return dispatch(mode, func, types, args, kwargs or {})

        return mock.patch.object(mode_class, "__torch_dispatch__", dispatch_moved)

    def convert_moved(*args: Any, **kwargs: Any) -> FakeTensor:
        fake: FakeTensor = convert(*args, **kwargs)
        if fake.fake_device == _CPU:
            fake.fake_device = DEVICE
        return fake

    with (
        moving(ProxyTorchDispatchMode),
        moving(FakeTensorMode),
        mock.patch.object(FakeTensorConverter, "from_real_tensor", convert_moved),
    ):
        yield


class _OnTarget(torch.Tensor):  # type: ignore[misc]
    device = property(lambda tensor: DEVICE)


@contextlib.contextmanager
def _constants_on_target() -> Iterator[None]:
    """A constant's values are on the host here; its place in the generated text is the target."""
    read = graph_module.getattr_recursive

    def read_moved(module: Any, name: str) -> Any:
        value = read(module, name)
        is_host = isinstance(value, torch.Tensor) and not isinstance(value, FakeTensor) and value.device == _CPU
        return value.as_subclass(_OnTarget) if is_host else value

    with mock.patch.object(graph_module, "getattr_recursive", read_moved):
        yield


@contextlib.contextmanager
def _convolution_layout(target: Target) -> Iterator[None]:
    """Fake convolutions ask C++ for the output's memory format, which a CPU tensor gets from oneDNN's rules."""

    def layout(image: torch.Tensor, weight: torch.Tensor, backend: Any) -> torch.memory_format:
        return convolution_format(target, image, weight)

    with mock.patch.object(torch._C, "_conv_determine_backend_memory_format", layout):
        yield


@contextlib.contextmanager
def _fallbacks_on_host() -> Iterator[None]:
    """An operation without a fake kernel is run on zeros to learn its outputs' shapes: run it on the host."""
    run = fake_tensor.run_fallback_kernel

    def run_on_host(mode: Any, func: Any, flat_args: Any, spec: Any, error: Any) -> Any:
        fakes = [arg for arg in flat_args if isinstance(arg, FakeTensor) and arg.fake_device == DEVICE]
        for fake in fakes:
            fake.fake_device = _CPU
        try:
            return run(mode, func, flat_args, spec, error)
        finally:
            for fake in fakes:
                fake.fake_device = DEVICE

    def described(mode: Any, func: Any, *args: Any, **kwargs: Any) -> Any:
        with mode:
            return SHAPES[func](*args, **kwargs)

    with (
        mock.patch.object(fake_tensor, "run_fallback_kernel", run_on_host),
        mock.patch.dict(fake_impls.op_implementations_dict, dict.fromkeys(SHAPES, described)),
    ):
        yield


@contextlib.contextmanager
def _whole_rms_norm() -> Iterator[None]:
    """Autograd takes an operation apart unless the tensor's device has a kernel for it: say that both have one.

    On a CUDA build the device has one; there, and on a CPU build, the kernel is asked for and never run.
    """
    operation = torch.ops.aten._fused_rms_norm.default
    with contextlib.ExitStack() as stack:
        for key in ("CPU", "CUDA"):
            if not torch._C._dispatch_has_kernel_for_dispatch_key(operation.name(), key):
                library = stack.enter_context(torch.library._scoped_library("aten", "IMPL", key))
                library.impl("_fused_rms_norm", _not_runnable)
        stack.callback(operation._dispatch_cache.clear)
        operation._dispatch_cache.clear()
        yield


_last_target: list[Target] = []


def _forget_other_targets(target: Target) -> None:
    """Inductor caches what it learned about the device for the life of the process."""
    if _last_target == [target]:
        return
    for module in (torch.utils._triton, torch._inductor.utils, torch._inductor.codegen.triton):
        for value in vars(module).values():
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()
    DeviceProperties.create.cache_clear()
    _last_target[:] = [target]
