"""Which expression gives what a kernel gives: a search over templates, judged on numbers alone.

In: a launcher with inputs and `Expression`s. Out: for each of its outputs the text of an expression over its
parameters that agrees on every draw, however small or large its values and at other sizes; or none. Of several that
agree the one with the least error is taken, and of equal ones the shortest. Runs in the jail.
Not covered: whether the kernel is right. What is found is a claim, and the verifier judges it like any other.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import torch
import torch.nn.functional as F

from triton_data.extract.jailed.attempt import TooSlow, limited
from triton_data.extract.jailed.launchers import matching
from triton_data.extract.jailed.launchers.combining import combined, derived
from triton_data.extract.jailed.launchers.filling import Known, filled
from triton_data.extract.jailed.launchers.observations import Observation, Unusable, observations
from triton_data.extract.jailed.launchers.run import Load
from triton_data.extract.jailed.observe import gpu_stand_in
from triton_data.extract.references.composites import COMPOSITES
from triton_data.extract.wire import Recognised, RecogniseLauncher

RIVALS = 12  # that agree on the first draw and are compared on the others
MOST_ELEMENTS = 1 << 21  # of all inputs together: what is searched on is tried thousands of times
KEPT_EACH, KEPT = 1 << 15, 1 << 26  # elements of what was tried, for a second operator
_NUMBER = re.compile(r"(?<![\w.])(\d+\.\d*(?:e[-+]?\d+)?|\d+e[-+]?\d+|\.\d+)(?![\w.])", re.I)
_MODULES = {"torch": torch, "F": F, "math": math}
_SHAPED = ("", ".unsqueeze(-1)", ".squeeze(-1)", ".flatten()", ".squeeze()", ".unsqueeze(0)", ".contiguous()")


@dataclass(eq=False)
class Search:
    seen: list[Observation]
    until: float
    tried: int = 0
    kept: int = 0  # elements of values
    values: dict[str, torch.Tensor] = field(default_factory=dict)  # of what was tried on the first draw

    def left(self) -> float:
        return self.until - time.process_time()

    def find(self, output: str, stages: Sequence[Callable[[], Iterator[str]]]) -> str:
        """The first stage that has something to say decides: whatever comes later is more complicated."""
        return next(filter(None, (self._best(output, stage()) for stage in stages)), "")

    def _best(self, output: str, candidates: Iterator[str]) -> str:
        expected = self.seen[0].outputs[output]
        if not any(matching.telling(each.outputs[output]) for each in self.seen):
            return ""
        agreeing: list[tuple[float, str]] = []
        for text in candidates:
            if self.left() <= 0 or len(agreeing) >= RIVALS:
                break
            shaped = self._agrees(text, expected)
            if shaped and all(shaped != one for _, one in agreeing):
                total = self._everywhere(shaped, output)
                if total is not None:
                    agreeing.append((total, shaped))
        return _closest(agreeing, max(matching.NOISE.get(expected.dtype, 0.0), 1e-12))

    def _agrees(self, text: str, expected: torch.Tensor) -> str:
        """The text in the shape and type of what is expected; '' where it gives something else."""
        value = self.value(text)
        if value is None or value.numel() != expected.numel():
            return ""
        for shaping in _SHAPED if value.shape != expected.shape else ("",):
            shaped = value if not shaping else _evaluated(f"v{shaping}", {"v": value})
            if shaped is None or shaped.shape != expected.shape:
                continue
            cast = "" if shaped.dtype is expected.dtype else f".to({expected.dtype})"
            if cast and not (shaped.is_floating_point() or not expected.is_floating_point()):
                continue
            if matching.near(shaped.to(expected.dtype), expected) is not None:
                return f"({text}){shaping}{cast}" if shaping or cast else text
        return ""

    def value(self, text: str) -> torch.Tensor | None:
        if text in self.values:
            return self.values[text]
        self.tried += 1
        value = _evaluated(text, self.seen[0].arguments)
        if value is None or not value.numel():
            return None
        if value.numel() <= KEPT_EACH and self.kept + value.numel() <= KEPT:
            self.values[text], self.kept = value, self.kept + value.numel()
        return value

    def _everywhere(self, text: str, output: str) -> float | None:
        total = 0.0
        for each in self.seen:
            value = _evaluated(text, each.arguments)
            if each.kind == "size" and (value is None or value.shape != each.outputs[output].shape):
                continue  # sizes were changed that do not go together, which many launchers do not notice
            error = matching.near(value, each.outputs[output]) if value is not None else None
            if error is None:
                return None
            total += error
        return total


def _closest(agreeing: list[tuple[float, str]], noise: float) -> str:
    if not agreeing:
        return ""
    least = min(total for total, _ in agreeing)
    equal = [text for total, text in agreeing if total <= 3 * least + noise]
    return min(equal, key=lambda text: (len(text), text))


def _evaluated(text: str, arguments: dict[str, Any]) -> torch.Tensor | None:
    try:
        with gpu_stand_in.redirected() if "device" in text else nullcontext():
            value = eval(text, {**_MODULES, **arguments})
    except TooSlow:
        raise
    except Exception:  # noqa: BLE001 - most fillings are no sensible expression
        return None
    return value.detach() if isinstance(value, torch.Tensor) else None


def recognise(request: RecogniseLauncher, load: Load) -> Recognised:
    gpu_stand_in.install()
    began = time.process_time()
    half = began + request.seconds / 2
    with torch.no_grad():
        try:
            with gpu_stand_in.redirected():
                left = lambda: half - time.process_time()  # noqa: E731
                seen = observations(request.text, request.launcher, request.inputs, load, left, request.other_sizes)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
            return Recognised((), (), f"{type(error).__name__}: {error}"[:300])
        if sum(v.numel() for v in seen[0].arguments.values() if isinstance(v, torch.Tensor)) > MOST_ELEMENTS:
            return Recognised((), (), "too large to search on")
        return _searched(request, seen, began + request.seconds)


def _searched(request: RecogniseLauncher, seen: list[Observation], until: float) -> Recognised:
    search = Search(seen, until)
    numbers = tuple(dict.fromkeys(_NUMBER.findall(request.text)))[:8]
    known = Known.of(seen[0].arguments, seen[0].unread, numbers)
    templates = (*COMPOSITES, *request.expressions)
    found: dict[str, str] = {}
    try:
        with limited(max(1.0, search.left() + 2)):
            for output, expected in seen[0].outputs.items():
                if expected.numel() == 0:
                    return Recognised((), (), f"{output} is empty")
                search.until = min(until, time.process_time() + (until - time.process_time()) * 0.7)

                stages = (
                    lambda: chain.from_iterable(filled(each, known, known.tensors) for each in COMPOSITES),
                    lambda: chain.from_iterable(filled(each, known, known.tensors) for each in request.expressions),
                    lambda: derived(known, templates),
                    lambda expected=expected: combined(search.values, known, expected),
                )
                text = search.find(output, stages)
                if not text:
                    return Recognised((), (), f"{search.tried} expressions, none gives {output}")
                found[output] = text
    except (TooSlow, Unusable) as error:
        return Recognised((), (), f"{search.tried} expressions in {request.seconds:.0f} s: {error}")
    plain = tuple(f"{name}={value!r}" for name, value in seen[0].plain.items())
    floating = tuple(name for name in known.tensors if seen[0].arguments[name].is_floating_point())
    return Recognised(tuple(found), tuple(found.values()), "", plain, seen[0].launched, floating)
