"""Does a captured kernel compile for its target? Triton's own compiler answers, with no GPU.

Enters: kernels as Inductor wrote them, and a target. Leaves: for each a `Compiled` with its resources and the levels
asked for, or a Drop with the compiler's message. The kernel's text is executed, so a capture that foreign code could
have written is checked inside the jail (`compile_kernels`). Not covered: whether the kernel computes the right thing.
"""

from __future__ import annotations

import base64
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from triton_data.capture.headless.program import loaded
from triton_data.capture.output_code import runnable
from triton_data.capture.reasons import Reason, dropped
from triton_data.errors import Misuse, closest
from triton_data.records import Drop, InductorKernel
from triton_data.targets import Target, find_target

LEVELS = {"cuda": ("ttir", "ttgir", "llir", "ptx", "cubin"), "hip": ("ttir", "ttgir", "llir", "amdgcn", "hsaco")}
_USAGE = re.compile(r"REG:(\d+).*?SHARED:(\d+).*?LOCAL:(\d+)")


@dataclass(frozen=True, slots=True)
class Compiled:
    """One kernel in one launch configuration, the first that Inductor would try."""

    name: str
    target: str
    config: str  # such as XBLOCK: 128, num_warps: 4, num_stages: 1
    shared: int  # bytes a program instance
    registers: int | None  # a thread; None where the target's tools do not say
    spilled: int | None  # bytes a thread in local memory
    levels: tuple[tuple[str, str], ...] = ()  # (level, text); binaries in base64


def check_levels(levels: Iterable[str], target: Target) -> tuple[str, ...]:
    known = LEVELS[target.backend]
    for level in levels:
        if level not in known:
            raise Misuse(f"{target.key} has no level {level!r}{closest(level, known)}")
    return tuple(levels)


def levels_of(levels: tuple[str, ...], targets: Iterable[Target]) -> dict[str, tuple[str, ...]]:
    """The levels that each target has of those asked for; one that none of them has is Misuse."""
    known = {target.key: LEVELS[target.backend] for target in targets}
    for level in levels:
        if not any(level in names for names in known.values()):
            raise Misuse(f"{', '.join(known)}: no level {level!r}{closest(level, sum(known.values(), ()))}")
    return {key: tuple(level for level in levels if level in names) for key, names in known.items()}


def compile_kernel(kernel: InductorKernel, target: Target, levels: tuple[str, ...] = ()) -> Compiled | Drop:
    try:
        with loaded(runnable(kernel.text)) as module:
            return _compile(getattr(module, kernel.name), kernel.name, target, levels)
    except Exception as error:  # noqa: BLE001  whatever the compiler says is this kernel's Drop
        return dropped(Reason.COMPILE, f"{type(error).__name__}: {error}"[:2000], kernel.name)


def compile_all(
    kernels: Iterable[InductorKernel], target: Target, levels: tuple[str, ...] = ()
) -> Iterator[Compiled | Drop]:
    from triton_data.capture.headless.fake_gpu import triton_driver

    with triton_driver(target):
        for kernel in kernels:
            yield compile_kernel(kernel, target, levels)


def compile_kernels(payload: dict[str, Any]) -> tuple[Any, list[Any]]:
    """The jail's entry: `{"kernels": [{"name", "text"}], "target", "levels"}` to a list of plain JSON."""
    target = find_target(payload["target"])
    kernels = [InductorKernel(fields["name"], fields["text"]) for fields in payload["kernels"]]
    results = compile_all(kernels, target, check_levels(payload.get("levels", ()), target))
    return [{type(result).__name__.lower(): asdict(result)} for result in results], []


def from_json(answer: Any, name: str, target: str, levels: tuple[str, ...]) -> Compiled | Drop:
    """The jail's answer for the kernel `name`: a claim, so only plain values of the expected types get through."""
    try:
        if "drop" in answer:
            return Drop(str(answer["drop"]["reason"]), str(answer["drop"]["detail"]), name)
        fields = answer["compiled"]
        usage = [None if fields[key] is None else int(fields[key]) for key in ("registers", "spilled")]
        texts = {str(level): str(text) for level, text in fields["levels"]}
        kept = tuple((level, texts[level]) for level in levels)
        return Compiled(name, target, str(fields["config"]), int(fields["shared"]), usage[0], usage[1], kept)
    except (KeyError, TypeError, ValueError) as error:
        return Drop("bad_result", f"{type(error).__name__}: {error}", name)


def binary(level: str, text: str) -> bytes:
    """A level as the bytes of a file."""
    return base64.b64decode(text) if level in ("cubin", "hsaco") else text.encode()


def _compile(autotuner: Any, name: str, target: Target, levels: tuple[str, ...]) -> Compiled | Drop:
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    if not autotuner.configs:
        return dropped(Reason.LAUNCH, "no launch configuration in its decorator", name)
    config, meta = autotuner.configs[0], autotuner.triton_meta
    signature = dict(meta["signature"])
    constants = {**meta.get("constants", {}), **{key: v for key, v in config.kwargs.items() if key in signature}}
    options = {"num_warps": config.num_warps, "num_stages": config.num_stages, "sanitize_overflow": False}
    # Triton warns that its default flips: what Inductor chose is in the text.
    options["enable_fp_fusion"] = meta.get("enable_fp_fusion", True)
    source = ASTSource(autotuner.fn, signature, constants, meta["configs"][0])
    compiled = triton.compile(source, GPUTarget(target.backend, target.arch, target.warp_size), options)
    registers, spilled = _usage(compiled.asm) if target.backend == "cuda" else (None, None)
    kept = tuple((level, _text(compiled.asm[level])) for level in levels)
    chosen = ", ".join(f"{key}: {value}" for key, value in config.kwargs.items())
    chosen = f"{chosen}, num_warps: {config.num_warps}, num_stages: {config.num_stages}"
    return Compiled(name, target.key, chosen, int(compiled.metadata.shared), registers, spilled, kept)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else base64.b64encode(value).decode()


def _usage(asm: dict[str, Any]) -> tuple[int | None, int | None]:
    """What the bundled cuobjdump reads from the cubin; None where a wheel comes without it."""
    import triton

    tool = Path(triton.__file__).parent / "backends/nvidia/bin/cuobjdump"
    if not tool.exists():
        return None, None
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(asm["cubin"])
        file.flush()
        done = subprocess.run([tool, "--dump-resource-usage", file.name], capture_output=True, text=True, timeout=60)
    found = _USAGE.search(done.stdout)
    return (int(found[1]), int(found[3])) if found else (None, None)
