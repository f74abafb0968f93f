"""Run a piece of usage once and note how functions that launch kernels were called, and what it compared.

In: the text of a standalone file, the function in it to call, the names of the functions, and for some of them the
names of functions that may compute what the usage compares with. Out: arguments as source text, and which of
those functions did: on the same arguments, the numbers that were compared, in the shapes and types of the result.
Runs in the jail. Not covered: judging the kernels; a comparison that fails is passed over.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from triton_data.extract.jailed.attempt import limited, tensors_in
from triton_data.extract.jailed.observe import gpu_stand_in, limited_launches
from triton_data.extract.jailed.observe.express import Constructions, Inexpressible
from triton_data.extract.jailed.observe.express_inputs import express_argument
from triton_data.extract.jailed.observe.limited_launches import LAUNCHED
from triton_data.extract.wire import Call as WrittenCall
from triton_data.extract.wire import LaunchesSeen, ObserveLaunches

MAX_CALLS, MAX_COMPARED, MAX_ELEMENTS = 3, 60, 1 << 24
_COMPARING = ((torch.testing, "assert_close"), (torch, "allclose"), (torch, "equal"), (torch.Tensor, "allclose"),
              (torch.Tensor, "equal"), (np.testing, "assert_allclose"), (np.testing, "assert_array_equal"),
              (np.testing, "assert_array_almost_equal"))  # fmt: skip


@dataclass(eq=False)
class SeenCall:
    """One call: its arguments as source text and as values before and after, and what it returned."""

    written: WrittenCall | None  # None: not everything in it has source text
    before: tuple[Any, Any]
    after: tuple[Any, Any] = ((), {})
    result: Any = None
    returned: bool = False
    cut: bool = False  # what it launched did not end in time, so that its result is none


@dataclass(eq=False)
class Launches:
    compared: list[torch.Tensor] = field(default_factory=list)
    results: list[torch.Tensor] = field(default_factory=list)  # kept alive, so that each is known by its id
    calls: dict[str, list[SeenCall]] = field(default_factory=dict)

    @contextmanager
    def comparing(self) -> Iterator[None]:
        """Before the text is executed: it may import these functions by name."""
        known = [(home, name, getattr(home, name)) for home, name in _COMPARING]
        for home, name, original in known:
            setattr(home, name, self._noting(original))
        known.append((torch.Tensor, "__sub__", torch.Tensor.__sub__))
        torch.Tensor.__sub__ = self._subtracting(torch.Tensor.__sub__)
        try:
            yield
        finally:
            for home, name, original in known:
                setattr(home, name, original)

    def _noting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def compare(*args: Any, **kwargs: Any) -> Any:
            for value in tensors_in([*map(_as_tensor, args), *map(_as_tensor, kwargs.values())]):
                if len(self.compared) < MAX_COMPARED:
                    self.compared.append(value.detach().clone())
            with suppress(AssertionError):  # that a kernel is wrong is for the verifier to say
                original(*args, **kwargs)
            return True

        return compare

    def _subtracting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A result taken from something near it is a comparison; from something else it is arithmetic."""

        @functools.wraps(original)
        def subtract(one: Any, other: Any) -> Any:
            difference = original(one, other)
            ours = {id(result) for result in self.results} & {id(one), id(other)}
            if ours and isinstance(other, torch.Tensor) and one.shape == other.shape and _small(difference, other):
                self.compared += [one.detach().clone(), other.detach().clone()]
            return difference

        return subtract

    def watch(self, namespace: dict[str, Any], name: str) -> None:
        """Under all of its names; of a class what `apply` launches. A kernel itself is left alone."""
        target = namespace[name]
        if hasattr(target, "__getitem__"):
            return
        if isinstance(target, type):
            apply = getattr(target, "apply", None)
            if callable(apply) and not issubclass(target, torch.nn.Module):
                wrapped = self._calling(name, apply, namespace)
                for alias in [alias for alias, value in namespace.items() if value == apply]:  # f = Function.apply
                    namespace[alias] = wrapped
                target.apply = staticmethod(wrapped)  # type: ignore[attr-defined]
            return
        wrapped = self._calling(name, target, namespace)
        for alias in [alias for alias, value in namespace.items() if value is target]:
            namespace[alias] = wrapped

    def _calling(self, name: str, original: Callable[..., Any], namespace: dict[str, Any]) -> Callable[..., Any]:
        calls = self.calls.setdefault(name, [])

        @functools.wraps(original)
        def called(*args: Any, **kwargs: Any) -> Any:
            if sum(call.returned for call in calls) >= MAX_CALLS:
                return original(*args, **kwargs)
            if sum(tensor.numel() for tensor in tensors_in([args, kwargs])) > MAX_ELEMENTS:
                calls.append(SeenCall(_source_text(namespace, args, kwargs), ((), {}), returned=True, cut=True))
                return _without_launching(original, args, kwargs)
            call = SeenCall(_source_text(namespace, args, kwargs), _copied((args, kwargs)))
            calls.append(call)
            before = LAUNCHED.cut
            call.result = original(*args, **kwargs)
            call.returned, call.cut = True, LAUNCHED.cut > before
            if not call.cut:
                call.after = _copied((args, kwargs))
                self.results += tensors_in(call.result)
            return call.result

        return called


def _without_launching(original: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    skipping, LAUNCHED.skipping = LAUNCHED.skipping, True
    try:
        return original(*args, **kwargs)
    finally:
        LAUNCHED.skipping = skipping


def observe_launches(request: ObserveLaunches, load: Callable[[str], dict[str, Any]]) -> LaunchesSeen:
    torch.manual_seed(0)
    gpu_stand_in.install()
    limited_launches.install()
    LAUNCHED.skipping = not request.launch
    seen, error = Launches(), ""
    references: dict[str, Callable[..., Any]] = {}
    with seen.comparing(), gpu_stand_in.redirected():
        try:
            with limited(request.seconds):
                namespace = load(request.text)
                references = {name: namespace[name] for name in request.references}
                for name in request.functions:
                    seen.watch(namespace, name)
                namespace[request.call]()
        except (Exception, SystemExit) as raised:  # noqa: BLE001 - what ran before the error is still evidence
            error = f"{type(raised).__name__}: {raised}"[:600]
        agreeing = {
            name: call
            for name, reference in references.items()
            if (call := _agreeing(reference, seen, request.references[name])) is not None
        }
    ended = {name: _written(calls, cut=False) for name, calls in seen.calls.items()}
    unfinished = {name: _written(calls, cut=True) for name, calls in seen.calls.items()}
    return LaunchesSeen(ended, unfinished, agreeing, error)


def _written(calls: list[SeenCall], cut: bool) -> tuple[WrittenCall, ...]:
    """Each distinct one once."""
    found: list[WrittenCall] = []
    for call in calls:
        if call.written is not None and call.returned and call.cut == cut and call.written not in found:
            found.append(call.written)
    return tuple(found[:MAX_CALLS])


def _agreeing(reference: Callable[..., Any], seen: Launches, function: str) -> WrittenCall | None:
    """The first call for which the reference gives what was compared."""
    for call in seen.calls.get(function, ()):
        if call.written is None or not call.returned or call.cut:
            continue
        try:
            with limited(5.0), torch.no_grad():
                args, kwargs = _copied(call.before)
                given = reference(*args, **kwargs)
        except (Exception, SystemExit):  # noqa: BLE001 - foreign code may raise anything
            continue
        changed = _changed(call.before, (args, kwargs))
        alike = _forms(given) == _forms(call.result) and changed.keys() == _changed(call.before, call.after).keys()
        outputs = [*tensors_in(given), *changed.values()]
        if alike and outputs and all(any(_near(one, other) for other in seen.compared) for one in outputs):
            return call.written
    return None


def _changed(before: Any, after: Any) -> dict[int, torch.Tensor]:
    pairs = enumerate(zip(tensors_in(list(before)), tensors_in(list(after)), strict=True))
    return {place: new for place, (old, new) in pairs if not _same(old, new)}


def _forms(value: Any) -> list[tuple[Any, ...]]:
    return [(tuple(tensor.shape), tensor.dtype) for tensor in tensors_in(value)]


def _same(a: torch.Tensor, b: torch.Tensor) -> bool:
    return a.shape == b.shape and bool(((a == b) | ((a != a) & (b != b))).all())


def _near(a: torch.Tensor, b: torch.Tensor) -> bool:
    if a.shape != b.shape:
        return False
    if not a.is_floating_point():
        return _same(a, b)
    return bool(torch.isclose(a.double(), b.double(), rtol=1e-3, atol=1e-5, equal_nan=True).all())


def _small(difference: torch.Tensor, beside: torch.Tensor) -> bool:
    if not difference.numel():
        return False
    return float(difference.detach().abs().max()) <= 0.05 * float(beside.detach().abs().max())


def _source_text(namespace: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> WrittenCall | None:
    constructions = Constructions(namespace)
    try:
        written = WrittenCall(
            tuple(express_argument(constructions, value) for value in args),
            {key: express_argument(constructions, value) for key, value in kwargs.items()},
        )
    except Inexpressible:
        return None
    own_objects = any("⟦" in text for text in (*written.args, *written.kwargs, *written.kwargs.values()))
    return None if own_objects else written


def _copied(value: Any) -> Any:
    """Tensors in memory of their own; other things as they are, where they cannot be copied."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if type(value) in (list, tuple):
        return type(value)(_copied(each) for each in value)
    if type(value) is dict:
        return {key: _copied(each) for key, each in value.items()}
    try:
        return copy.copy(value)
    except Exception:  # noqa: BLE001 - foreign objects may refuse in any way
        return value


def _as_tensor(value: Any) -> Any:
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" else value
