"""A launcher, called with inputs that are written down: what comes out, or why nothing does.

In: the text of a standalone file, the launcher's name and texts with a `get_inputs()`. Out: the first inputs with which
it ends in Triton's interpreter, with nothing cut short. Runs in the jail.
Not covered: launchers that are methods of objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from triton_data.extract.jailed.attempt import limited, tensors_in
from triton_data.extract.jailed.observe import gpu_stand_in, limited_launches
from triton_data.extract.jailed.observe.limited_launches import LAUNCHED
from triton_data.extract.wire import LauncherRan, RunLauncher
from triton_data.formats.program_form import arguments

EACH = 6.0  # seconds of the processor for one call
A_TRY = 2.0  # where smaller sizes are left to try
MOST = 1 << 22  # elements: more take too long to draw and to interpret
Load = Callable[[str], dict[str, Any]]


class NothingLaunched(Exception):
    pass


def run_launcher(request: RunLauncher, load: Load) -> LauncherRan:
    gpu_stand_in.install()
    error = ""
    with gpu_stand_in.redirected():
        for place, inputs in enumerate(request.inputs):
            try:
                namespace = load(f"{request.text}\n\n\n{inputs}")
                with limited(3 * A_TRY):
                    args, kwargs = drawn(namespace, 0)
                    if sum(tensor.numel() for tensor in tensors_in([args, kwargs])) > MOST:
                        continue
                    call(namespace, request.launcher, args, kwargs, A_TRY)
                return LauncherRan(place, launched=tuple(dict.fromkeys(LAUNCHED.names)))
            except (Exception, SystemExit) as raised:  # noqa: BLE001 - foreign code may raise anything
                error = f"{type(raised).__name__}: {raised}"[:300]
    return LauncherRan(-1, error)


def drawn(namespace: dict[str, Any], seed: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
    torch.manual_seed(seed)
    return arguments(namespace["get_inputs"]())


def call(namespace: dict[str, Any], launcher: str, args: tuple[Any, ...], kwargs: dict[str, Any],
         seconds: float = EACH) -> Any:  # fmt: skip
    """Raises where a kernel did not end, or none was launched."""
    limited_launches.install(seconds, seconds)
    target: Any = namespace[launcher]
    result = getattr(target, "apply", target)(*args, **kwargs)
    if LAUNCHED.cut:
        raise TimeoutError(f"more than {seconds} s in the interpreter")
    if not LAUNCHED.names:
        raise NothingLaunched("it launched no kernel")
    return result
