"""What a launcher gives on several draws: its arguments by name, and everything that it returns or writes.

In: the text of a standalone file, its launcher and a `get_inputs()`. Out: `Observation`s, each in memory of its own:
as given with several seeds, with floating inputs made small and large, so that an epsilon or an approximation
shows, and at other sizes. Runs in the jail. Not covered: launchers that return anything but tensors and plain values.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

import torch

from triton_data.extract.jailed.attempt import limited, tensors_in
from triton_data.extract.jailed.launchers.run import EACH, Load, call, drawn
from triton_data.extract.jailed.observe.limited_launches import LAUNCHED
from triton_data.formats import resize

T = TypeVar("T")
SEEDS = 3
SMALL, SHRUNK = 1 << 13, 5
OTHER_SIZES, TRIED = 2, 8
FACTORS = (0.02, 5.0)


@dataclass(frozen=True, eq=False)
class Observation:
    arguments: dict[str, Any]  # as they were before the call
    outputs: dict[str, torch.Tensor]  # 'return', 'return 1', or the name of an argument that was written
    plain: dict[str, Any]  # what else it returns
    kind: str  # seed, scaled, given (at its caller's sizes), size
    unread: frozenset[str] = frozenset()  # arguments that are written, whatever they held before
    launched: tuple[str, ...] = ()  # kernels


class Unusable(Exception):
    """Nothing that an expression could be compared with."""


def observations(
    text: str, launcher: str, inputs: str, load: Load, left: Callable[[], float], other_sizes: bool = True
) -> list[Observation]:
    """The first is what is searched on, small where that runs; every other one only has to agree."""
    base = _small(text, launcher, inputs, load, left) if other_sizes else inputs
    namespace = load(f"{text}\n\n\n{base}")
    found = [_observe(namespace, launcher, seed, None) for seed in range(SEEDS)]
    for factor in FACTORS:
        found += _tried(functools.partial(_observe, namespace, launcher, 7, factor), left)
    if base != inputs:
        found += _tried(functools.partial(_at_size, load, text, launcher, inputs, "given"), left)
    for other in (each.text for each in islice(resize.varied(base), TRIED)) if other_sizes else ():
        if sum(each.kind == "size" for each in found) == OTHER_SIZES or left() <= 0:
            break
        found += _tried(functools.partial(_at_size, load, text, launcher, other), left)
    first = replace(found[0], unread=frozenset(_unread(namespace, launcher, found[0])))
    return [first, *(each for each in found[1:] if each.outputs.keys() == first.outputs.keys())]


def _small(text: str, launcher: str, inputs: str, load: Load, left: Callable[[], float]) -> str:
    """Thousands of expressions are tried on it, so the smallest text that runs and is still larger than nothing."""
    best, size = inputs, _elements(load(f"{text}\n\n\n{inputs}"))
    for resized in islice(resize.shrunk(inputs), SHRUNK) if size > SMALL else ():
        if size <= SMALL:
            break
        for seen in _tried(functools.partial(_at_size, load, text, launcher, resized.text), left):
            now = sum(value.numel() for value in seen.arguments.values() if isinstance(value, torch.Tensor))
            if now < size:
                best, size = resized.text, now
    return best


def _elements(namespace: dict[str, Any]) -> int:
    args, kwargs = drawn(namespace, 0)
    return sum(tensor.numel() for tensor in tensors_in([args, kwargs]))


def _at_size(load: Load, text: str, launcher: str, inputs: str, kind: str = "size") -> Observation:
    return _observe(load(f"{text}\n\n\n{inputs}"), launcher, 3, None, kind)


def _unread(namespace: dict[str, Any], launcher: str, seen: Observation) -> Iterator[str]:
    """Arguments that are no inputs: holding something else, they are written alike."""
    written = [name for name in seen.outputs if not name.startswith("return")]
    for name in written:
        args, kwargs = drawn(namespace, 0)
        value = _named(namespace[launcher], args, kwargs)[name]
        value.copy_(torch.full_like(value, 3) if value.dtype is not torch.bool else ~value)
        again = _tried(functools.partial(_called, namespace, launcher, args, kwargs), lambda: 1.0)
        for after in again:
            if torch.equal(after[name], seen.outputs[name]):
                yield name


def _called(namespace: dict[str, Any], launcher: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    with limited(2 * EACH):
        call(namespace, launcher, args, kwargs)
    return _named(namespace[launcher], args, kwargs)


def _tried(observe: Callable[[], T], left: Callable[[], float]) -> Iterator[T]:
    if left() <= 0:
        return
    try:
        yield observe()
    except (Exception, SystemExit):  # noqa: BLE001 - at this size it does not run, which says nothing
        return


def _observe(namespace: dict[str, Any], launcher: str, seed: int, factor: float | None, kind: str = "") -> Observation:
    args, kwargs = drawn(namespace, seed)
    if factor is not None:
        args, kwargs = _scaled(args, factor), {key: _scaled(value, factor) for key, value in kwargs.items()}
    before = _named(namespace[launcher], *copy.deepcopy((_detached(args), _detached(kwargs))))
    with limited(2 * EACH):
        result = call(namespace, launcher, args, kwargs)
    launched = tuple(dict.fromkeys(LAUNCHED.names))
    after = _named(namespace[launcher], args, kwargs)
    outputs, plain = _returned(result)
    written = {name: value for name, value in after.items() if isinstance(value, torch.Tensor)
               and not _same(value, before[name])}  # fmt: skip
    own = {id(value) for value in written.values()}
    outputs = {name: value for name, value in outputs.items() if id(value) not in own} if written else outputs
    if not outputs and not written:
        raise Unusable("it gives no tensor")
    everything = {name: value.detach().clone() for name, value in {**outputs, **written}.items()}
    kind = kind or ("seed" if factor is None else "scaled")
    return Observation(before, everything, plain, kind, launched=launched)


def _named(target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    function = getattr(target, "forward", target) if isinstance(target, type) else target
    parameters = list(inspect.signature(function).parameters.values())
    parameters = parameters[1:] if isinstance(target, type) else parameters
    if any(each.kind in (each.VAR_POSITIONAL,) for each in parameters):
        raise Unusable("any number of arguments")
    named = dict(zip([each.name for each in parameters], args, strict=False)) | kwargs
    missing = {each.name: each.default for each in parameters if each.default is not each.empty}
    return {**missing, **named}


def _returned(result: Any) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    if isinstance(result, torch.Tensor):
        return {"return": result}, {}
    if result is None:
        return {}, {}
    if not isinstance(result, tuple | list):
        raise Unusable(f"it returns {type(result).__name__}")
    tensors = {f"return {n}": value for n, value in enumerate(result) if isinstance(value, torch.Tensor)}
    plain = {f"return {n}": value for n, value in enumerate(result) if not isinstance(value, torch.Tensor)}
    if any(not isinstance(value, int | float | str | bool | None) for value in plain.values()):
        raise Unusable("it returns objects")
    return tensors, plain


def _scaled(value: Any, factor: float) -> Any:
    if isinstance(value, torch.Tensor):
        return value * factor if value.is_floating_point() and bool((value < 0).any()) else value
    return type(value)(_scaled(each, factor) for each in value) if type(value) in (list, tuple) else value


def _detached(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if type(value) in (list, tuple):
        return type(value)(_detached(each) for each in value)
    return {key: _detached(each) for key, each in value.items()} if type(value) is dict else value


def _same(a: torch.Tensor, b: Any) -> bool:
    return a.shape == b.shape and bool(((a == b) | ((a != a) & (b != b))).all())
