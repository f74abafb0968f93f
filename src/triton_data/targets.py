"""Targets as data: what TorchInductor and Triton ask a GPU about itself, for GPUs that are not here.

Enters: a name such as 'sm_90'. Leaves: a `Target` with the properties that end up in generated code.
Not covered: which of these properties change a kernel's text (docs/capture.md), and any measurement.
Importable without torch.
"""

from __future__ import annotations

from dataclasses import dataclass

from triton_data.errors import Misuse, closest


@dataclass(frozen=True, slots=True)
class Target:
    """One GPU model. Field names below `warp_size` are those of torch's device properties."""

    key: str  # what a user types
    backend: str  # triton's name: cuda or hip
    arch: int | str  # triton's name: 90 or gfx942
    warp_size: int
    name: str
    major: int
    minor: int
    multi_processor_count: int
    shared_memory_per_block_optin: int
    shared_memory_per_multiprocessor: int
    shared_memory_per_block: int
    L2_cache_size: int
    total_memory: int
    gcnArchName: str = ""
    regs_per_multiprocessor: int = 65536
    max_threads_per_multi_processor: int = 2048
    max_threads_per_block: int = 1024


def _nvidia(key: str, name: str, sms: int, shared: int, l2_mib: int, memory_gib: int) -> Target:
    major, minor = divmod(int(key.removeprefix("sm_")), 10)
    return Target(
        key=key,
        backend="cuda",
        arch=major * 10 + minor,
        warp_size=32,
        name=name,
        major=major,
        minor=minor,
        multi_processor_count=sms,
        shared_memory_per_block_optin=shared,
        shared_memory_per_multiprocessor=shared + 1024,
        shared_memory_per_block=49152,
        L2_cache_size=l2_mib << 20,
        total_memory=memory_gib << 30,
    )


def _amd(key: str, name: str, compute_units: int, shared: int, memory_gib: int) -> Target:
    return Target(
        key=key,
        backend="hip",
        arch=key,
        warp_size=64,
        name=name,
        major=9,
        minor=int(key[4]),
        multi_processor_count=compute_units,
        shared_memory_per_block_optin=shared,
        shared_memory_per_multiprocessor=shared,
        shared_memory_per_block=shared,
        L2_cache_size=4 << 20,
        total_memory=memory_gib << 30,
        gcnArchName=f"{key}:sramecc+:xnack-",
    )


TARGETS: dict[str, Target] = {
    target.key: target
    for target in (
        _nvidia("sm_75", "Tesla T4", 40, 65536, 4, 15),
        _nvidia("sm_80", "NVIDIA A100-SXM4-80GB", 108, 166912, 40, 80),
        _nvidia("sm_86", "NVIDIA RTX A6000", 84, 101376, 6, 48),
        _nvidia("sm_89", "NVIDIA L40S", 142, 101376, 96, 48),
        _nvidia("sm_90", "NVIDIA H100 80GB HBM3", 132, 232448, 50, 80),
        _nvidia("sm_100", "NVIDIA B200", 148, 232448, 126, 180),
        _nvidia("sm_120", "NVIDIA GeForce RTX 5090", 170, 101376, 96, 32),
        _amd("gfx90a", "AMD Instinct MI250X", 104, 65536, 64),
        _amd("gfx942", "AMD Instinct MI300X", 304, 65536, 192),
        _amd("gfx950", "AMD Instinct MI355X", 256, 163840, 288),
    )
}


def find_target(key: str) -> Target:
    if key not in TARGETS:
        raise Misuse(f"no target {key!r}{closest(key, TARGETS)}")
    return TARGETS[key]
