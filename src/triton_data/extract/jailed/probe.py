"""What runs inside the jail: observe a usage, search inputs for a class, check a finished Program.

In: the JSON of a request of wire.py, with the text of a standalone file. Out: the JSON of its answer; foreign
exceptions become strings. Everything here executes code that we did not write: call it in a jail and nowhere else.
Not covered: believing the answer (probe_client.py).
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
import types
import warnings
from collections.abc import Callable
from typing import Any

import torch

from triton_data.extract.jailed.attempt import TooSlow, limited, tensors_in
from triton_data.extract.jailed.launchers.recognise import recognise
from triton_data.extract.jailed.launchers.run import run_launcher
from triton_data.extract.jailed.observe import gpu_stand_in
from triton_data.extract.jailed.observe.cpu_devices import on_cpu
from triton_data.extract.jailed.observe.launches import observe_launches
from triton_data.extract.jailed.observe.observe import Observer
from triton_data.extract.jailed.search.search import search
from triton_data.extract.wire import (
    CheckProgram,
    FailedAt,
    Failure,
    ImportTexts,
    InputsFound,
    ObserveLaunches,
    ObserveUsage,
    ProgramRan,
    ProgramWeighed,
    RecogniseLauncher,
    RunLauncher,
    SearchInputs,
    TextsImported,
    UsageSeen,
    WeighProgram,
    reply_json,
    request_from,
)
from triton_data.formats.program_form import arguments

QUICK = 2.0  # seconds of the processor for two runs


def probe(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    request = request_from(payload)
    started = time.process_time()
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        answer = _OPERATIONS[type(request)](request)
    return reply_json(answer, round(time.process_time() - started, 3)), []


def load(text: str) -> dict[str, Any]:
    """Execute a standalone file as a module of its own name."""
    module = types.ModuleType("standalone")
    module.__file__ = "standalone.py"
    sys.modules["standalone"] = module  # dataclasses and pickling look their module up
    _remember_source(text)
    exec(compile(text, "standalone.py", "exec"), module.__dict__)
    return module.__dict__


def _remember_source(text: str) -> None:
    """`inspect.getsource` works on what is executed: torch.jit.script and einops-like code ask for it."""
    import linecache

    linecache.cache["standalone.py"] = (len(text), None, text.splitlines(True), "standalone.py")


def message_of(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:600]


def observe(request: ObserveUsage) -> UsageSeen:
    torch.manual_seed(0)
    try:
        namespace = load(request.text)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
        return UsageSeen({}, message_of(error))
    observer = Observer(namespace)
    message, too_slow = "", False
    with observer.watching(), torch.no_grad(), on_cpu():
        try:
            with limited(request.seconds):
                namespace[request.call]()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - what ran before the error is still evidence
            message, too_slow = message_of(error), isinstance(error, TooSlow)
    return UsageSeen(observer.evidence(), message, too_slow)


def search_inputs(request: SearchInputs) -> InputsFound | Failure:
    try:
        namespace = load(request.text)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Failure(FailedAt.IMPORT, message_of(error))
    try:
        return search(namespace, request)
    except Exception as error:  # noqa: BLE001 - a foreign object may raise wherever it is only looked at
        return Failure(FailedAt.FORWARD, message_of(error))


def import_texts(request: ImportTexts) -> TextsImported:
    errors = []
    gpu_stand_in.install()  # modules ask for a device
    for text in request.texts:
        try:
            with gpu_stand_in.redirected():
                load(text)
            errors.append("")
        except (Exception, SystemExit) as error:  # noqa: BLE001 - foreign code may raise anything
            errors.append(message_of(error) or "it raises")
    return TextsImported(tuple(errors))


def check(request: CheckProgram) -> ProgramRan | Failure:
    """Run the finished Program twice with one seed: it must run, be finite, and say whether it repeats itself. Where
    that is quick, it runs once with another seed, as it will when two programs are compared."""
    started = time.process_time()
    try:
        torch.manual_seed(0)
        namespace = load(request.text)
        first, second = _run(namespace, request.entry), _run(namespace, request.entry)
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Failure(FailedAt.FORWARD, message_of(error))
    tensors = list(tensors_in(first))
    if not tensors:
        return Failure(FailedAt.FORWARD, "no tensor")
    finite = all(bool(torch.isfinite(t).all()) for t in tensors if t.dtype.is_floating_point or t.dtype.is_complex)
    if not finite:
        return Failure(FailedAt.NOT_FINITE, "not finite")
    again = list(tensors_in(second))
    same = len(tensors) == len(again) and all(
        a.shape == b.shape and torch.equal(a, b) for a, b in zip(tensors, again, strict=True)
    )
    quick = time.process_time() - started < QUICK
    return ProgramRan(deterministic=same, any_seed=not quick or _runs(namespace, request.entry))


def weigh(request: WeighProgram) -> ProgramWeighed | Failure:
    from triton_data.formats.on_fake_tensors import weigh as on_fake_tensors

    try:
        namespace = load(request.text)
        found = on_fake_tensors(lambda: _built(namespace, request.entry))
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Failure(FailedAt.FORWARD, message_of(error))
    return ProgramWeighed(found.bytes, found.flops, found.outputs)


def _runs(namespace: dict[str, Any], entry: str) -> bool:
    try:
        _run(namespace, entry, seed=2)
    except (Exception, SystemExit):  # noqa: BLE001
        return False
    return True


def _run(namespace: dict[str, Any], entry: str, seed: int = 1) -> Any:
    model, args, kwargs = _built(namespace, entry, seed)
    writes = not isinstance(namespace[entry], type)  # it may return nothing but what it is given to write to
    with torch.no_grad():
        result = model(*args, **kwargs)
    return [args, kwargs] if result is None and writes else result


def _built(namespace: dict[str, Any], entry: str, seed: int = 1) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    torch.manual_seed(0)
    model = namespace[entry]
    if isinstance(model, type):
        args, kwargs = arguments(namespace["get_init_inputs"]()) if "get_init_inputs" in namespace else ((), {})
        model = model(*args, **kwargs)
    torch.manual_seed(seed)
    return model, *arguments(namespace["get_inputs"]())


_OPERATIONS: dict[type, Callable[[Any], Any]] = {
    ObserveUsage: observe,
    ObserveLaunches: lambda request: observe_launches(request, load),
    RunLauncher: lambda request: run_launcher(request, load),
    RecogniseLauncher: lambda request: recognise(request, load),
    SearchInputs: search_inputs,
    CheckProgram: check,
    WeighProgram: weigh,
    ImportTexts: import_texts,
}
